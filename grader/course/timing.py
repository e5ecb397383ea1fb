"""When a submission was handed in, and what that means for its points."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """One submission and the deadline of its student, with extension and grace.

    `submitted` is None if the time is not known; `late` is zero if it was in time, and None if that is
    not known. `credit` is the part of the points that counts, from 0 to 1. `note` explains it in words,
    or is empty. `marked_late` means that the platform says so, and nothing else.
    """

    submitted: datetime | None
    deadline: datetime | None = None
    late: timedelta | None = None
    credit: float = 1.0
    note: str = ""
    marked_late: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it is known to be late."""
        return bool(self.late) or (self.late is None and self.marked_late)

    @classmethod
    def unknown(cls, deadline: datetime | None, marked_late: bool) -> "Timing":
        """A submission of which only that is known."""
        marked = "marked late by the platform, but " if marked_late else ""
        note = f"{marked}the time of submission is not known; no points are deducted"
        return cls(None, deadline, None, 1.0, note, marked_late)


def span_text(span: timedelta) -> str:
    """A time span in whole minutes, rounded up, such as `1 d 2 h 5 min`; empty for none."""
    minutes = -(-int(span.total_seconds()) // 60)
    amounts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{amount} {unit}" for amount, unit in amounts if amount)
