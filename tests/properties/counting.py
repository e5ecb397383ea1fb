"""Work counted in calls, which is the same on every machine at any time."""

import sys
from collections.abc import Callable
from contextlib import suppress

from grader.errors import StudentError


def calls(work: Callable[[], object]) -> int:
    """The number of function calls, including those of C functions."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        with suppress(StudentError):
            work()
    finally:
        sys.setprofile(before)
    return count
