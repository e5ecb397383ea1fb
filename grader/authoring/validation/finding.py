"""What a check has to say."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: an error makes a problem unsound."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `question` is empty if it concerns the whole problem.

    `detail` is what it is about, where several findings have the same text. `advice` is the change that
    would mend it.
    """

    level: Level
    check: str
    question: str
    text: str
    advice: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain data."""
        return {**asdict(self), "level": str(self.level)}
