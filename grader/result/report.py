"""The result of a question and the report of a submission.

`to_json` and `from_json` define the format of `result.json`. Under the same `schema_version` fields may
be added, but never renamed or removed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from grader.result.records import (
    AnswerRecord,
    Counterexample,
    Instructor,
    Message,
    Override,
    Verdict,
    WorkedExample,
    without_none,
)

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of one submission.

    `entries` is a grid of "correct", "incorrect" or "undecided", by rows, for an answer that was compared
    entry by entry; else None. `reference` is the key as infix text, and `reference_mathml` the same as
    MathML, only if the author lets students see it. Students never get `instructor`.
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
    override: Override | None = None

    @property
    def needs_review(self) -> bool:
        """Whether a human must look: nobody has decided, or only about another submission."""
        if self.override is not None:
            return self.override.outdated
        return self.verdict.needs_review

    def to_json(self, instructor: bool = False) -> dict[str, Any]:
        """The question of `result.json` as plain data, without fields that are None."""
        private = self.instructor if instructor else None
        return without_none(
            {
                "id": self.id,
                "verdict": str(self.verdict),
                "score": self.score,
                "max_score": self.max_score,
                "prompt": self.prompt,
                "answer": self.answer.to_json() if self.answer else None,
                "messages": [message.to_json() for message in self.messages],
                "counterexample": self.counterexample.to_json() if self.counterexample else None,
                "example": self.example.to_json() if self.example else None,
                "entries": self.entries,
                "reference": self.reference,
                "reference_mathml": self.reference_mathml,
                "instructor": private.to_json() if private else None,
                "override": self.override.to_json() if self.override else None,
            }
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A result from the data of `to_json`."""
        answer, counter, entries = (data.get(k) for k in ("answer", "counterexample", "entries"))
        example, private, override = (data.get(k) for k in ("example", "instructor", "override"))
        return cls(
            id=data["id"],
            verdict=Verdict(data["verdict"]),
            score=data["score"],
            max_score=data["max_score"],
            prompt=data.get("prompt", ""),
            answer=AnswerRecord.from_json(answer) if answer else None,
            messages=tuple(map(Message.from_json, data["messages"])),
            counterexample=Counterexample.from_json(counter) if counter else None,
            entries=tuple(tuple(row) for row in entries) if entries else None,
            reference=data.get("reference"),
            reference_mathml=data.get("reference_mathml"),
            example=WorkedExample.from_json(example) if example else None,
            instructor=Instructor.from_json(private) if private else None,
            override=Override(**override) if override else None,
        )


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """The submission that was graded. `digest` is "sha256:…" over its files."""

    id: str
    path: str
    digest: str


@dataclass(frozen=True)
class Report:
    """The report of one graded submission. `messages` are about the submission as a whole."""

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
        """Points earned, rounded to six decimals so that sums of fractions look as people write them."""
        return round(sum(question.score for question in self.questions), 6)

    @property
    def max_score(self) -> float:
        """Points that could be earned."""
        return round(sum(question.max_score for question in self.questions), 6)

    @property
    def pending(self) -> float:
        """Points that are not decided: those of the questions that wait for a human. They are no zeros."""
        return round(sum((q.max_score for q in self.questions if q.needs_review), 0.0), 6)

    @property
    def needs_review(self) -> bool:
        """Whether a human must look at any question."""
        return any(question.needs_review for question in self.questions)

    def __getitem__(self, question_id: str) -> QuestionResult:
        """The result of one question. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def to_json(self, instructor: bool = False) -> dict[str, Any]:
        """`result.json` as plain data. NaN and inf become strings.

        What only the instructor sees is left out unless `instructor` is set.
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
            "pending": self.pending,
            "max_score": self.max_score,
            "needs_review": self.needs_review,
            "messages": [message.to_json() for message in self.messages],
            "questions": [question.to_json(instructor) for question in self.questions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A report from the data of `to_json`. Raises ValueError for another schema version."""
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
            questions=tuple(map(QuestionResult.from_json, data["questions"])),
            messages=tuple(map(Message.from_json, data.get("messages", ()))),
        )
