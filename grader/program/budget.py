"""What a program may use. Everything is counted before it is done."""

import time
from dataclasses import dataclass, field

from grader.program.errors import Exhausted, Refused

STEPS = 200_000  # iterations and calls, weighed by the length of what is run again
ARRAY = 1_000_000  # numbers in one array
TOTAL = 20_000_000  # numbers in all arrays that a run makes
SECONDS = 1.5  # processor time of all runs that share a budget
ITEMS = 10_000  # items of one list, characters of one text that the program makes
BITS = 4_096  # of one integer
_LARGE = 4_096  # numbers in an array before which the clock is looked at
_CLOCK_EVERY = 256  # steps between two looks at the clock


@dataclass(slots=True)
class Budget:
    """The rest of what a program may use."""

    steps: int = STEPS
    total: int = TOTAL
    until: float = field(default_factory=lambda: time.process_time() + SECONDS)
    _look: int = field(default=STEPS, repr=False)
    _held: int = field(default=0, repr=False)

    def step(self, n: int = 1) -> None:
        """Count an iteration or a call that runs `n` parts of the program. Raises Refused."""
        self.steps -= n
        if self.steps < self._look:
            if self.steps < 0:
                raise Exhausted("the program runs for too long")
            self._look = self.steps - _CLOCK_EVERY
            self.check_clock()

    def hold(self, steps: int) -> None:
        """Leave `steps` of the rest; `resume` gives back the others."""
        if self.steps > steps:
            self._held += self.steps - steps
            self.steps = steps

    def resume(self) -> None:
        """Give back what `hold` has taken."""
        if self._held:
            self.steps, self._held = max(self.steps, 0) + self._held, 0
            self._look = self.steps - _CLOCK_EVERY

    def refill(self, steps: int) -> None:
        """Have at least `steps` left."""
        self.resume()
        if self.steps < steps:
            self.steps, self._look = steps, steps - _CLOCK_EVERY

    def check_clock(self) -> None:
        """Raise Refused if the time is over."""
        if time.process_time() > self.until:
            raise Exhausted("the program runs for too long")

    def array(self, size: int) -> None:
        """Count an array of `size` numbers before it is made. Raises Refused."""
        if size > ARRAY:
            raise Refused(f"an array of more than {ARRAY:,} numbers")
        if size > _LARGE:
            self.check_clock()
        self.total -= size
        if self.total < 0:
            raise Exhausted("the program makes too many arrays")

    def room(self, size: int) -> None:
        """Raise Refused if a list or text of `size` items is too long."""
        if size > ITEMS:
            raise Refused(f"a list or text of more than {ITEMS:,} items")

    def items(self, size: int) -> None:
        """Count a list or text of `size` items before it is made. Raises Refused."""
        self.room(size)
        self.step(1 + size // 16)

    def work(self, size: int) -> None:
        """Count `size` multiplications before they are done. Raises Refused."""
        self.total -= size // 16
        if self.total < 0:
            raise Exhausted("the program calculates for too long")
        if size > ARRAY:
            self.check_clock()
