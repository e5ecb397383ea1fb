"""`cases.yaml`: for each question, answers with the verdicts that the author expects.

q1:
  right: ["delta*h2[1]", {latex: '\\delta h^2_1'}]
  wrong: [{infix: "h2[1]", verdict: incorrect, codes: [dropped-upstream]}]
"""

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, RootModel, ValidationError, model_validator

from grader.authoring.validation.answers import judged
from grader.authoring.validation.finding import Finding, Level, of_fault
from grader.errors import AuthorError
from grader.key import Key
from grader.problem import source
from grader.problem.codes import CODES
from grader.problem.document import Document
from grader.problem.draw_kinds import Number, Strict, refusal
from grader.problem.schema import Text
from grader.problem.sentences import translated
from grader.problem.words import quoted
from grader.result import QuestionResult

FILE = "cases.yaml"
CHECK = "cases"
MAX_BYTES = 2_000_000
NEAR = 1e-3  # points


def _code(text: str) -> str:
    """A message code. Raises where it is a misspelt code of a mistake."""
    close = [] if text in CODES else difflib.get_close_matches(text, CODES, n=1, cutoff=0.7)
    if close:
        raise refusal(f"unknown code {quoted(text)}; did you mean {quoted(close[0])}?")
    return text


def _written(case: Any) -> Any:
    return {"infix": case} if isinstance(case, str) else case


class Case(Strict):
    """An answer and its expected result."""

    infix: Text | None = None
    latex: Text | None = None
    verdict: Literal["correct", "partial", "incorrect", "unreadable", "undecided"] | None = None
    score: Number | None = None
    codes: tuple[Annotated[str, AfterValidator(_code)], ...] = ()

    @model_validator(mode="after")
    def _one_text(self) -> "Case":
        if (self.infix is None) == (self.latex is None):
            raise refusal("a case needs `infix` or `latex`, and only one of them")
        return self

    @property
    def text(self) -> str:
        """The answer."""
        return self.infix or self.latex or ""

    @property
    def notation(self) -> str:
        """The notation of the answer."""
        return "latex" if self.infix is None else "infix"


def _other_verdict(case: Case) -> Case:
    if case.verdict == "correct":
        raise refusal(
            "the verdict of a wrong answer must be `incorrect`, `partial` or `unreadable`"
        )
    return case if case.verdict else case.model_copy(update={"verdict": "incorrect"})


Right = Annotated[Case, BeforeValidator(_written)]
Wrong = Annotated[Case, BeforeValidator(_written), AfterValidator(_other_verdict)]


class Cases(Strict):
    """The right and the wrong answers to one question."""

    right: list[Right] | None = None
    wrong: list[Wrong] | None = None


def _both_lists(written: Any) -> Any:
    if not isinstance(written, dict):
        raise refusal("needs lists named `right` and `wrong`")
    return written


class _File(RootModel[dict[str, Annotated[Cases, BeforeValidator(_both_lists)]]]):
    """The whole file, by question."""


def findings(key: Key, folder: Path) -> Iterator[Finding]:
    """Findings where a case does not get the expected result."""
    try:
        document = _document(folder / FILE)
        cases = _cases(document) if document else None
    except AuthorError as error:
        for fault in error.faults:
            yield of_fault(fault, CHECK)
        return
    if document is None or cases is None:
        other = next((one.name for one in folder.glob("cases.*")), "")
        text = f"{FILE} does not exist" + (f", but {other}" if other else "")
        advice = "list right and wrong answers for each question; see docs/problem-yaml.md"
        yield Finding(Level.NOTE, CHECK, "", text, advice)
        return
    known = [question.id for question in key.problem.questions]
    quick = _without_diagnosis(key)
    for name, own in cases.items():
        if name not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            reason = f"there is no question {name}{hint}"
            yield of_fault(document.fault((name,), reason, None, True), CHECK)
            continue
        for kind, many in (("right", own.right), ("wrong", own.wrong)):
            for at, case in enumerate(many or ()):
                unexplained = kind == "right" or not case.codes
                reason = _judged(quick if unexplained else key, name, case, kind)
                if reason and unexplained:
                    reason = _judged(key, name, case, kind)
                if reason:
                    yield of_fault(document.fault((name, kind, at), reason), CHECK, name)
    for name in known:
        if name not in cases:
            yield Finding(Level.NOTE, CHECK, name, f"{FILE} has no case for this question")


def _without_diagnosis(key: Key) -> Key:
    """The key without diagnosis, unless the author's rules depend on the kind of mistake."""
    questions = {
        name: replace(own, diagnoses=any(rule.code for rule in own.question.rules.mistakes))
        for name, own in key.questions.items()
    }
    return replace(key, questions=questions, seen={}, variants={})


def _document(file: Path) -> Document | None:
    """The file as YAML; None if there is none. Raises AuthorError."""
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        return Document(FILE, source.decoded(FILE, source.limited(FILE, stream, MAX_BYTES)))


def _cases(document: Document) -> dict[str, Cases]:
    """The cases by question. Raises AuthorError with all faults."""
    faults = list(document.faults)
    try:
        cases = _File.model_validate(document.data or {}).root
    except ValidationError as error:
        found = translated(error, _File)
        faults += [document.fault(c.path, c.reason, None, c.at_key) for c in found]
    if faults:
        raise AuthorError(source.in_order(faults))
    return cases


def _judged(key: Key, question: str, case: Case, kind: str) -> str:
    reason = misses(judged(key, question, case.text, case.notation), case, kind)
    return f"{kind} answer `{case.text}` {reason}" if reason else ""


def misses(result: QuestionResult, case: Case, kind: str) -> str:
    """The difference from what the case expects; empty if there is none."""
    wanted = "correct" if kind == "right" else str(case.verdict)
    if result.verdict != wanted:
        message = f": {result.messages[0].text}" if result.messages else ""
        return f"gets the verdict {result.verdict}, not {wanted}{message}"
    codes = {message.code for message in result.messages}
    missing = [code for code in case.codes if code not in codes]
    if missing:
        given = ", ".join(sorted(filter(None, codes))) or "none"
        return f"does not get the code {', '.join(missing)}; it gets: {given}"
    if case.score is not None and abs(result.score - case.score) > NEAR:
        return f"earns {result.score:g}, not {case.score:g}"
    return ""
