"""Grades answers whose right verdict is known: the reference, the author's mistakes, no answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.authoring.reference_text import printed
from grader.authoring.validation.finding import Finding, Level
from grader.errors import GraderError
from grader.grading import grade
from grader.grading.rules import BROKEN
from grader.key import Key, QuestionKey
from grader.result import QuestionResult, Verdict
from grader.submission import ArrayAnswer, Submission, TextAnswer
from grader.submission import Place as At

CHECK = "notations"
NUMBERS = "numbers"
_HERE = At("answer", 1)
_NOBODY = "validate"


def judged(key: Key, question: str, text: str, notation: str = "infix") -> QuestionResult:
    """The result of one answer, graded like a whole submission."""
    answer = TextAnswer(question, text, notation, _HERE)
    submission = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, submission, only=[question])[question]


def drawn(key: Key) -> Key:
    """The key on a student's own draws, which arrays are compared on."""
    return key.drawn_for(_NOBODY)


def notations(
    key: Key, own: QuestionKey, published: Key
) -> "Iterator[tuple[str, ReferenceVerdict]]":
    """The verdict on the reference in each notation; `published` is the key from `drawn`."""
    for name, text, notation in printed(own):
        result = judged(key, own.question.id, text, notation)
        refused = BROKEN & {message.code for message in result.messages}
        message = result.messages[0].text if result.messages else ""
        yield name, ReferenceVerdict(None if refused else result.verdict, f"{message}: {text}")
    yield NUMBERS, ReferenceVerdict(_numbers(key, published[own.question.id]))


def _numbers(key: Key, own: QuestionKey) -> Verdict:
    """The verdict on the reference's values on a student's own draw."""
    name, values = own.question.id, own.expected[0]
    answer = ArrayAnswer(name, values, 16, None, _HERE)
    submission = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, submission, only=[name])[name].verdict


@dataclass(frozen=True, slots=True)
class ReferenceVerdict:
    """The verdict on the reference in one notation; None if the author's rules forbid that form.

    `reason` is the first message and the text.
    """

    verdict: Verdict | None
    reason: str = ""


def findings(own: QuestionKey, verdicts: Mapping[str, ReferenceVerdict]) -> Iterator[Finding]:
    """Findings where the reference is not graded correct."""
    name = own.question.id
    formulas = {notation: read for notation, read in verdicts.items() if notation != NUMBERS}
    if formulas and all(read.verdict is None for read in formulas.values()):
        text = "every form of the reference breaks the question's own rules (forbid, require, form)"
        advice = "add an answer that keeps the rules to cases.yaml"
        yield Finding(Level.WARNING, CHECK, name, text, advice)
        return
    for notation, read in verdicts.items():
        if read.verdict is None:
            text = f"the reference in {notation} breaks the question's own rules (forbid, require, form)"
            yield Finding(Level.NOTE, CHECK, name, text)
        elif read.verdict != Verdict.CORRECT:
            text = f"the reference itself, written in {notation}, is graded {read.verdict}"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(notation, read), read.reason)
    yield from _foreseen(own)


def _foreseen(own: QuestionKey) -> Iterator[Finding]:
    """Findings where one of the author's `mistakes` has the values of the reference."""
    for rule in own.question.rules.mistakes:
        if rule.expression is None:
            continue
        try:
            value = own.evaluate(rule.expression)
        except (GraderError, ValueError):
            continue
        if np.allclose(value, own.expected, rtol=1e-9, atol=0):
            text = f"the mistake {rule.message!r} has the values of the reference, so it is a right answer"
            yield Finding(Level.ERROR, CHECK, own.question.id, text, "remove it from `mistakes`")


def _advice(notation: str, read: ReferenceVerdict) -> str:
    if read.verdict is Verdict.UNDECIDED:
        return "check how symbols are drawn: a unit may never switch, or values may be extreme"
    if "LaTeX" in notation:
        return "check the `latex` spellings: two may collide, or one may also be a function"
    return "check the names: one may also be a function or an index"


def empty(key: Key) -> Iterator[Finding]:
    """Findings where an empty submission earns points or needs review."""
    report = grade(key, Submission(_NOBODY, "empty", ""))
    for question in report.questions:
        if question.verdict != Verdict.MISSING or question.score:
            text = f"an empty submission is graded {question.verdict}, {question.score:g} points"
            yield Finding(Level.ERROR, "empty", question.id, text)
