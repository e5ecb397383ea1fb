"""What grading found: `Verdict`, `QuestionResult`, `Report`. Frozen, JSON-ready, versioned.

Every renderer works from a `Report` alone. `to_json` and `from_json` keep the contract of
`result.json`; fields may be added under the same `schema_version`, never renamed or removed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

SCHEMA_VERSION = 1


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
        data = _without_none(asdict(self))
        hints = data.pop("hints")
        return {**data, "hints": list(hints)} if hints else data


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
        data = _without_none({name: getattr(self, name) for name in names})
        if self.shape is not None:
            data["shape"] = list(self.shape)
        return {**data, "indices": list(self.indices)} if self.indices else data


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One entry of one draw on which the answer and the reference differ.

    `entry` is 1-based and empty for a scalar; `got` may be NaN or infinite.
    """

    draw: int
    entry: tuple[int, ...]
    expected: float
    got: float


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


@dataclass(frozen=True, slots=True)
class Instructor:
    """What only the instructor sees: the reference, every mistake that fits, and why what was earned.

    `candidates` are all mistakes whose values are those of the answer, the simplest first.
    """

    reference: str | None = None
    reference_mathml: str | None = None
    candidates: tuple[Message, ...] = ()
    credit: str = ""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of one submission.

    `entries` is a grid of "correct", "incorrect" or "undecided" for an answer with several entries
    that was compared entry by entry, row by row; None otherwise. `reference` is the key as infix
    text, and `reference_mathml` the same as MathML, only when the author allows students to see it.
    `instructor` never goes into what students get.
    """

    id: str
    verdict: Verdict
    score: float
    max_score: float
    prompt: str = ""
    answer: AnswerRecord | None = None
    messages: tuple[Message, ...] = ()
    counterexample: Counterexample | None = None
    entries: tuple[tuple[str, ...], ...] | None = None
    reference: str | None = None
    reference_mathml: str | None = None
    example: WorkedExample | None = None
    instructor: Instructor | None = None


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """Which submission it was. `digest` is "sha256:…" over its files."""

    id: str
    path: str
    digest: str


@dataclass(frozen=True)
class Report:
    """Everything known about one graded submission. `messages` concern the submission as a whole."""

    problem: str
    title: str
    problem_digest: str
    grader_version: str
    seed: int
    draws: int
    submission: SubmissionRecord
    questions: tuple[QuestionResult, ...]
    messages: tuple[Message, ...] = field(default=())

    @property
    def score(self) -> float:
        """Points earned, rounded so that sums of fractions read as people write them."""
        return round(sum(question.score for question in self.questions), 6)

    @property
    def max_score(self) -> float:
        """Points that could be earned."""
        return round(sum(question.max_score for question in self.questions), 6)

    @property
    def needs_review(self) -> bool:
        """Whether a human must look at any question."""
        return any(question.verdict.needs_review for question in self.questions)

    def __getitem__(self, question_id: str) -> QuestionResult:
        """The result of one question. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def to_json(self, instructor: bool = False) -> dict[str, Any]:
        """The contract's `result.json` as plain data. NaN and inf become strings.

        What only the instructor sees is left out unless asked for.
        """
        return {
            "schema_version": SCHEMA_VERSION,
            "problem": self.problem,
            "title": self.title,
            "problem_digest": self.problem_digest,
            "grader_version": self.grader_version,
            "seed": self.seed,
            "draws": self.draws,
            "submission": asdict(self.submission),
            "score": self.score,
            "max_score": self.max_score,
            "needs_review": self.needs_review,
            "messages": [message.to_json() for message in self.messages],
            "questions": [_question_json(question, instructor) for question in self.questions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Report":
        """The report that `to_json` made. Raises ValueError for another schema version."""
        if data.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"result schema {data.get('schema_version')!r}, not {SCHEMA_VERSION}")
        return cls(
            problem=data["problem"],
            title=data["title"],
            problem_digest=data["problem_digest"],
            grader_version=data["grader_version"],
            seed=data["seed"],
            draws=data["draws"],
            submission=SubmissionRecord(**data["submission"]),
            questions=tuple(_question(question) for question in data["questions"]),
            messages=tuple(_message(message) for message in data.get("messages", ())),
        )


def _question_json(question: QuestionResult, instructor: bool) -> dict[str, Any]:
    answer, counter = question.answer, question.counterexample
    seen = question.instructor if instructor else None
    return _without_none(
        {
            "id": question.id,
            "verdict": str(question.verdict),
            "score": question.score,
            "max_score": question.max_score,
            "prompt": question.prompt,
            "answer": answer.to_json() if answer else None,
            "messages": [message.to_json() for message in question.messages],
            "counterexample": _counterexample_json(counter) if counter else None,
            "example": _example_json(question.example) if question.example else None,
            "entries": question.entries,
            "reference": question.reference,
            "reference_mathml": question.reference_mathml,
            "instructor": _instructor_json(seen) if seen else None,
        }
    )


def _instructor_json(seen: Instructor) -> dict[str, Any]:
    data = _without_none(asdict(seen))
    return {**data, "candidates": [message.to_json() for message in seen.candidates]}


def _counterexample_json(counter: Counterexample) -> dict[str, Any]:
    return {
        "draw": counter.draw,
        "entry": list(counter.entry),
        "expected": _number_json(counter.expected),
        "got": _number_json(counter.got),
    }


def _example_json(example: WorkedExample) -> dict[str, Any]:
    return {
        "values": dict(example.values),
        "entry": list(example.entry),
        "expected": _number_json(example.expected),
        "got": _number_json(example.got),
    }


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _number_json(value: float) -> float | str:
    """JSON has no NaN and no infinity: they travel as "nan", "inf" and "-inf"."""
    return float(value) if abs(value) < float("inf") else str(float(value))


def _message(data: Mapping[str, Any]) -> Message:
    hints = tuple(data.get("hints", ()))
    return Message(Kind(data["kind"]), data["text"], data.get("code"), data.get("pointer"), hints)


def _question(data: Mapping[str, Any]) -> QuestionResult:
    answer, counter, entries = (data.get(key) for key in ("answer", "counterexample", "entries"))
    return QuestionResult(
        id=data["id"],
        verdict=Verdict(data["verdict"]),
        score=data["score"],
        max_score=data["max_score"],
        prompt=data.get("prompt", ""),
        answer=_answer(answer) if answer else None,
        messages=tuple(_message(message) for message in data["messages"]),
        counterexample=_counterexample(counter) if counter else None,
        entries=tuple(tuple(row) for row in entries) if entries else None,
        reference=data.get("reference"),
        reference_mathml=data.get("reference_mathml"),
        example=_example(data["example"]) if "example" in data else None,
    )


def _answer(data: Mapping[str, Any]) -> AnswerRecord:
    read = "reading" in data or "mathml" in data
    echo = WrittenEcho(data.get("reading", ""), data.get("mathml", "")) if read else None
    shape = data.get("shape")
    return AnswerRecord(
        data["text"],
        data["notation"],
        data.get("path", ""),
        data.get("line"),
        data.get("column"),
        echo,
        tuple(shape) if isinstance(shape, list) else None,
        tuple(data.get("indices", ())),
    )


def _counterexample(data: Mapping[str, Any]) -> Counterexample:
    return Counterexample(
        data["draw"], tuple(data["entry"]), float(data["expected"]), float(data["got"])
    )


def _example(data: Mapping[str, Any]) -> WorkedExample:
    entry, expected, got = tuple(data["entry"]), float(data["expected"]), float(data["got"])
    return WorkedExample(data["values"], entry, expected, got)
