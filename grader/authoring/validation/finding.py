"""The findings of checks."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from grader.errors import Fault
from grader.problem import Problem
from grader.problem.source import ProblemSource


class Level(StrEnum):
    """How serious a finding is. An error makes a problem unsound."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `question` is empty if it concerns the whole problem.

    `detail` tells findings with the same text apart. `advice` is a change that fixes it. `at` is the path
    in the data of `problem.yaml`, `line` and `column` the place in the file, 0 if there is none.
    """

    level: Level
    check: str
    question: str
    text: str
    advice: str = ""
    detail: str = ""
    at: tuple[str | int, ...] = ()
    line: int = 0
    column: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        data = {**asdict(self), "level": str(self.level)}
        del data["at"]
        return data

    def placed(self, problem: Problem, source: ProblemSource) -> "Finding":
        """The finding with line and column: its own, else those of its question."""
        ids = [question.id for question in problem.questions]
        at = self.at or (("questions", ids.index(self.question)) if self.question in ids else ())
        if self.line or not at:
            return self
        fault = source.fault(at, "")
        return replace(self, line=fault.line, column=fault.column)


def of_fault(fault: Fault, check: str, question: str = "") -> Finding:
    """A fault at a place in a file, as an error."""
    return Finding(Level.ERROR, check, question, str(fault), line=fault.line, column=fault.column)
