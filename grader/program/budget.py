"""What a program may use. Everything is counted before it is done."""

import time
from dataclasses import dataclass, field

from grader.program.errors import Refused

STEPS = 200_000  # statements, iterations and calls
ARRAY = 1_000_000  # numbers in one array
TOTAL = 200_000_000  # numbers in all arrays that a run makes
SECONDS = 5.0  # processor time of all runs that share a budget
_CLOCK_EVERY = 256  # steps between two looks at the clock


@dataclass(slots=True)
class Budget:
    """The rest of what a program may use."""

    steps: int = STEPS
    total: int = TOTAL
    until: float = field(default_factory=lambda: time.process_time() + SECONDS)

    def step(self) -> None:
        """Count a statement, an iteration or a call. Raises Refused."""
        self.steps -= 1
        if self.steps % _CLOCK_EVERY == 0:
            self.check_clock()
        if self.steps < 0:
            raise Refused("the program runs for too long")

    def check_clock(self) -> None:
        """Raise Refused if the time is over."""
        if time.process_time() > self.until:
            raise Refused("the program runs for too long")

    def array(self, size: int) -> None:
        """Count an array of `size` numbers before it is made. Raises Refused."""
        if size > ARRAY:
            raise Refused(f"an array of more than {ARRAY:,} numbers")
        self.total -= size
        if self.total < 0:
            raise Refused("the program makes too many arrays")
