"""The parts of a result: verdict, message, answer, examples. Each can be plain data and come back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self


class Verdict(StrEnum):
    """What became of one answer."""

    CORRECT = "correct"
    PARTIAL = "partial"
    INCORRECT = "incorrect"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNDECIDED = "undecided"
    ERROR = "error"

    @property
    def needs_review(self) -> bool:
        """Whether a human must look, because the grader could not decide."""
        return self in (Verdict.UNREADABLE, Verdict.UNDECIDED, Verdict.ERROR)


class Kind(StrEnum):
    """What a message is for."""

    MISTAKE = "mistake"
    STEP = "step"
    NOTE = "note"
    HINT = "hint"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for the student. `pointer` is the source line with a caret, if there is one.

    `hints` say the same and give less away, the weakest first.
    """

    kind: Kind
    text: str
    code: str | None = None
    pointer: str | None = None
    hints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The message as plain data, without what is not known."""
        data = without_none(asdict(self))
        hints = data.pop("hints")
        return {**data, "hints": list(hints)} if hints else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The message that `to_json` made."""
        hints = tuple(data.get("hints", ()))
        return cls(Kind(data["kind"]), data["text"], data.get("code"), data.get("pointer"), hints)


class Echo(Protocol):
    """How an answer was read. Grading makes one that is only written out when somebody looks."""

    @property
    def reading(self) -> str:
        """The reading as infix text."""

    @property
    def mathml(self) -> str:
        """The same reading as a MathML `<math>` element, made by us and safe to embed."""


@dataclass(frozen=True, slots=True)
class WrittenEcho:
    """An echo as text, such as one that comes from a `result.json`."""

    reading: str
    mathml: str


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What the student wrote, where, and how it was read.

    `shape` is (rows, columns) and () for a number, or the axes of an array of numbers that was
    handed in. `indices` are the index variables for each of whose values the reading stands.
    `echo` and `shape` are None if nothing could be read.
    """

    text: str
    notation: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    echo: Echo | None = None
    shape: tuple[int, ...] | None = None
    indices: tuple[str, ...] = ()

    @property
    def reading(self) -> str | None:
        """The answer as it was read, as infix text."""
        return self.echo.reading if self.echo else None

    @property
    def mathml(self) -> str | None:
        """The answer as it was read, as a MathML element."""
        return self.echo.mathml if self.echo else None

    def to_json(self) -> dict[str, Any]:
        """The contract's `answer` as plain data, without what is not known."""
        names = ("text", "notation", "path", "line", "column", "reading", "mathml")
        data = without_none({name: getattr(self, name) for name in names})
        if self.shape is not None:
            data["shape"] = list(self.shape)
        return {**data, "indices": list(self.indices)} if self.indices else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_json` made."""
        read = "reading" in data or "mathml" in data
        echo = WrittenEcho(data.get("reading", ""), data.get("mathml", "")) if read else None
        shape = data.get("shape")
        return cls(
            data["text"],
            data["notation"],
            data.get("path", ""),
            data.get("line"),
            data.get("column"),
            echo,
            tuple(shape) if isinstance(shape, list) else None,
            tuple(data.get("indices", ())),
        )


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One entry of one draw on which the answer and the reference differ.

    `entry` is 1-based and empty for a scalar; `got` may be NaN or infinite. `expected` is None where
    the draw is the student's own and the answer is numbers: there it would be the answer.
    """

    draw: int
    entry: tuple[int, ...]
    expected: float | None
    got: float

    def to_json(self) -> dict[str, Any]:
        """The counterexample as plain data, without what is not shown."""
        return without_none(
            {
                "draw": self.draw,
                "entry": list(self.entry),
                "expected": None if self.expected is None else number_json(self.expected),
                "got": number_json(self.got),
            }
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The counterexample that `to_json` made."""
        expected = data.get("expected")
        return cls(
            data["draw"],
            tuple(data["entry"]),
            None if expected is None else float(expected),
            float(data["got"]),
        )


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A difference that can be checked by hand: small values of the symbols, and both results.

    `values` holds the symbols in order: a number, a list for a vector, a list of rows for a matrix.
    `entry` is as in `Counterexample`.
    """

    values: Mapping[str, Any]
    entry: tuple[int, ...]
    expected: float
    got: float

    def to_json(self) -> dict[str, Any]:
        """The example as plain data."""
        return {
            "values": dict(self.values),
            "entry": list(self.entry),
            "expected": number_json(self.expected),
            "got": number_json(self.got),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The example that `to_json` made."""
        entry = tuple(data["entry"])
        return cls(data["values"], entry, float(data["expected"]), float(data["got"]))


@dataclass(frozen=True, slots=True)
class Instructor:
    """What only the instructor sees: the reference, every mistake that fits, and why what was earned.

    `candidates` are all mistakes whose values are those of the answer, the simplest first.
    `projection` is two random projections of the answer's values on the draws: answers that mean the
    same have the same, up to rounding. None where there are no values that could be compared.
    `expected` is the value that the counterexample withholds from the student.
    """

    reference: str | None = None
    reference_mathml: str | None = None
    candidates: tuple[Message, ...] = ()
    credit: str = ""
    projection: tuple[float, float] | None = None
    expected: float | None = None

    def to_json(self) -> dict[str, Any]:
        """What the instructor sees as plain data, without what is not known."""
        data = without_none(asdict(self))
        candidates = [message.to_json() for message in self.candidates]
        if self.projection is not None:
            data["projection"] = list(self.projection)
        if self.expected is not None:
            data["expected"] = number_json(self.expected)
        return {**data, "candidates": candidates}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` made."""
        projection = data.get("projection")
        return cls(
            data.get("reference"),
            data.get("reference_mathml"),
            tuple(map(Message.from_json, data["candidates"])),
            data["credit"],
            (projection[0], projection[1]) if projection else None,
            float(data["expected"]) if "expected" in data else None,
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A human's word on one question: its points, beside what the grader gave.

    `automatic` is what the grader gave. `outdated` tells that another hand-in was decided about than
    the one that counts now.
    """

    points: float
    comment: str = ""
    automatic: float = 0.0
    outdated: bool = False

    def to_json(self) -> dict[str, Any]:
        """The override as plain data."""
        return asdict(self)


def without_none(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what is not known."""
    return {key: value for key, value in data.items() if value is not None}


def number_json(value: float) -> float | str:
    """JSON has no NaN and no infinity: they travel as "nan", "inf" and "-inf"."""
    return float(value) if abs(value) < float("inf") else str(float(value))
