"""What a program holds after it was run: its assignments with their shapes, for `--explain`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from grader.grading.program_runs import first_run
from grader.key import Key
from grader.program.running import ENTRY
from grader.program.values import Unknown
from grader.submission import Listing

MOST = 400  # lines of one submission


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """A line of a program and a name that it gives its last value.

    `shape` has the axes of an array, none for a number; it is None if `reason` says why nothing is known.
    """

    path: str
    line: int
    text: str
    name: str
    shape: tuple[int, ...] | None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self)


def program_lines(key: Key, listings: Sequence[Listing]) -> tuple[ProgramLine, ...]:
    """The assignments of all programs on the first draw, in order.

    Those inside functions that the program calls itself are left out.
    """
    found: list[ProgramLine] = []
    for listing in listings:
        ran = first_run(key, listing)
        if ran is None:
            continue
        source = listing.text.splitlines()
        held = [one for one in ran.held() if one.rank <= ENTRY and 1 <= one.line <= len(source)]
        for one in sorted(held, key=lambda one: one.line):
            place = listing.place(one.line)
            shape, reason = _shape(one.value)
            text = source[one.line - 1].strip()
            line = place.line or one.line
            found.append(ProgramLine(place.path, line, text, one.path, shape, reason))
    return tuple(found[:MOST])


def _shape(value: object) -> tuple[tuple[int, ...] | None, str]:
    """The axes of a value, or None and the reason why it is not known."""
    if isinstance(value, Unknown):
        return None, value.reason
    return (value.shape if isinstance(value, np.ndarray) else ()), ""
