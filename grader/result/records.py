"""The parts of a result: verdict, message, answer, examples. Each converts to plain data and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self


class Verdict(StrEnum):
    """The outcome for one answer."""

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

    `hints` are sentences that give less away, the vaguest first.
    """

    kind: Kind
    text: str
    code: str | None = None
    pointer: str | None = None
    hints: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The message as plain data, without fields that are None."""
        data = without_none(asdict(self))
        hints = data.pop("hints")
        return {**data, "hints": list(hints)} if hints else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A message from the data of `to_json`."""
        hints = tuple(data.get("hints", ()))
        return cls(Kind(data["kind"]), data["text"], data.get("code"), data.get("pointer"), hints)


class Echo(Protocol):
    """How an answer was read. Grading makes one that is only printed when it is needed."""

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

    `shape` is (rows, columns), () for a number, or the axes of a submitted array of numbers. `indices`
    are the index variables of a reading that is a formula for each entry. `echo` and `shape` are None if
    the answer could not be read. `line` and `column` count from 1, in a notebook within its `cell`.
    """

    text: str
    notation: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    echo: Echo | None = None
    shape: tuple[int, ...] | None = None
    indices: tuple[str, ...] = ()
    cell: int | None = None

    @property
    def reading(self) -> str | None:
        """The answer as it was read, as infix text."""
        return self.echo.reading if self.echo else None

    @property
    def mathml(self) -> str | None:
        """The answer as it was read, as a MathML element."""
        return self.echo.mathml if self.echo else None

    def to_json(self) -> dict[str, Any]:
        """The `answer` of `result.json` as plain data, without fields that are None."""
        names = ("text", "notation", "path", "cell", "line", "column", "reading", "mathml")
        data = without_none({name: getattr(self, name) for name in names})
        if self.shape is not None:
            data["shape"] = list(self.shape)
        return {**data, "indices": list(self.indices)} if self.indices else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A record from the data of `to_json`."""
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
            data.get("cell"),
        )


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One entry of one draw on which the answer and the reference differ.

    `entry` is 1-based and empty for a scalar; `got` may be NaN or infinite. `expected` is None for an
    array on the student's own draw: there it would be the answer.
    """

    draw: int
    entry: tuple[int, ...]
    expected: float | None
    got: float

    def to_json(self) -> dict[str, Any]:
        """The counterexample as plain data, without an `expected` that is None."""
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
        """A counterexample from the data of `to_json`."""
        expected = data.get("expected")
        return cls(
            data["draw"],
            tuple(data["entry"]),
            None if expected is None else float(expected),
            float(data["got"]),
        )


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A difference to check by hand: small values of the symbols, and both results.

    `values` has the symbols in order: a number, a list for a vector, a list of rows for a matrix.
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
        """An example from the data of `to_json`."""
        entry = tuple(data["entry"])
        return cls(data["values"], entry, float(data["expected"]), float(data["got"]))


@dataclass(frozen=True, slots=True)
class Instructor:
    """What only the instructor sees: the reference, all mistakes that fit, and the reason for the points.

    `candidates` are all mistakes with the same values as the answer, the simplest first. `projection` is
    two random projections of the answer's values on the draws: equal answers have equal projections, up
    to rounding. It is None for an answer without values. `expected` is the value that the counterexample
    does not show to the student. `proposed` are the points that a converted answer earns once its reading
    is confirmed.
    """

    reference: str | None = None
    reference_mathml: str | None = None
    candidates: tuple[Message, ...] = ()
    credit: str = ""
    projection: tuple[float, float] | None = None
    expected: float | None = None
    proposed: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as plain data, without fields that are None."""
        data = without_none(asdict(self))
        candidates = [message.to_json() for message in self.candidates]
        if self.projection is not None:
            data["projection"] = list(self.projection)
        if self.expected is not None:
            data["expected"] = number_json(self.expected)
        return {**data, "candidates": candidates}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The same from the data of `to_json`."""
        projection = data.get("projection")
        return cls(
            data.get("reference"),
            data.get("reference_mathml"),
            tuple(map(Message.from_json, data["candidates"])),
            data["credit"],
            (projection[0], projection[1]) if projection else None,
            float(data["expected"]) if "expected" in data else None,
            data.get("proposed"),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A human's decision on one question.

    `automatic` are the points that the grader gave. An `outdated` decision was about another submission
    than the one that counts now.
    """

    points: float
    comment: str = ""
    automatic: float = 0.0
    outdated: bool = False

    def to_json(self) -> dict[str, Any]:
        """The override as plain data."""
        return asdict(self)


def without_none(data: dict[str, Any]) -> dict[str, Any]:
    """The data without values that are None."""
    return {key: value for key, value in data.items() if value is not None}


def number_json(value: float) -> float | str:
    """JSON has no NaN and no infinity: they are written as "nan", "inf" and "-inf"."""
    return float(value) if abs(value) < float("inf") else str(float(value))
