"""The problem's own grader, asked about answers whose verdict is known."""

from collections.abc import Iterator

from grader.authoring.validation.finding import Finding, Level
from grader.authoring.written import printed
from grader.grading import grade
from grader.grading.rules import BROKEN
from grader.key import Key, QuestionKey
from grader.result import QuestionResult, Verdict
from grader.submission import ArrayAnswer, Submission, TextAnswer
from grader.submission import Place as At

CHECK = "notations"
_HERE = At("answer", 1)
_NOBODY = "validate"


def judged(key: Key, question: str, text: str, notation: str = "infix") -> QuestionResult:
    """The result of one answer, taken the whole way that a submission goes."""
    answer = TextAnswer(question, text, notation, _HERE)
    handed_in = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, handed_in, only=[question])[question]


def notations(key: Key, own: QuestionKey) -> Iterator[tuple[str, Verdict | None]]:
    """What the grader says to the reference in each notation; None where the author's rules refuse it."""
    for name, text, notation in printed(own):
        result = judged(key, own.question.id, text, notation)
        refused = BROKEN & {message.code for message in result.messages}
        yield name, None if refused else result.verdict
    yield "numbers", _numbers(key, own)


def _numbers(key: Key, own: QuestionKey) -> Verdict:
    """The verdict on the reference's values on a student's own draw."""
    name = own.question.id
    values = key.drawn_for(_NOBODY)[name].expected[0]
    answer = ArrayAnswer(name, values, 16, None, _HERE)
    handed_in = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, handed_in, only=[name])[name].verdict


def findings(own: QuestionKey, verdicts: dict[str, Verdict | None]) -> Iterator[Finding]:
    """Where the grader does not know the reference when it sees it."""
    name = own.question.id
    for notation, verdict in verdicts.items():
        if verdict is None:
            text = f"the reference in {notation} breaks the question's own rules (forbid, require, form)"
            yield Finding(Level.NOTE, CHECK, name, text)
        elif verdict != Verdict.CORRECT:
            text = f"the reference itself, written in {notation}, is graded {verdict}"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(notation))


def _advice(notation: str) -> str:
    if "LaTeX" in notation:
        return "look at the `latex` spellings: two that collide, or one that is also a function"
    return "look at the names: one may also be a function or an index"


def empty(key: Key) -> Iterator[Finding]:
    """An empty submission earns nothing, and nobody has to look at it."""
    report = grade(key, Submission(_NOBODY, "empty", ""))
    for question in report.questions:
        if question.verdict != Verdict.MISSING or question.score:
            text = f"an empty submission is graded {question.verdict}, {question.score:g} points"
            yield Finding(Level.ERROR, "empty", question.id, text)
