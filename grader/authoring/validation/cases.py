"""`cases.yaml`: for each question, answers with the verdicts that the author expects.

q1:
  right: ["delta*h2[1]", {latex: '\\delta h^2_1'}]
  wrong: [{infix: "h2[1]", verdict: incorrect, codes: [dropped-upstream]}]
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.authoring.validation.answers import judged
from grader.authoring.validation.finding import Finding, Level, of_fault
from grader.errors import AuthorError, Fault
from grader.key import Key
from grader.problem import cache, source
from grader.result import QuestionResult

if TYPE_CHECKING:
    from grader.problem.document import Document

FILE = "cases.yaml"
CHECK = "cases"
MAX_BYTES = 2_000_000
NEAR = 1e-3  # points


@dataclass(frozen=True, slots=True)
class Case:
    """An answer and what is expected of its result; `verdict` is None where the answer is right."""

    text: str
    notation: str
    verdict: str | None
    score: float | None
    codes: Sequence[str]


class CasesFile:
    """A `cases.yaml`; its YAML is parsed only if it was not read before, or a place in it is asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._text = source.decoded(FILE, content)

    def cases(self) -> dict[str, dict[str, list[Case]]]:
        """Cases by question, then by `right` and `wrong`. Raises AuthorError with all that is wrong."""
        marked = FILE.encode() + b"\0" + self._content  # no problem.yaml has these bytes
        data = cache.cached(marked)
        if data is None:
            from grader.authoring.validation.cases_schema import validated

            data = validated(self._document)
            cache.store(marked, data)
        return {
            name: {kind: [_case(one) for one in some or ()] for kind, some in own.items()}
            for name, own in data.items()
        }

    def fault(self, path: tuple[str | int, ...], reason: str, at_key: bool = False) -> Fault:
        """What is wrong at a place in the file."""
        return self._document.fault(path, reason, None, at_key)

    @cached_property
    def _document(self) -> "Document":
        from grader.problem.document import Document

        return Document(FILE, self._text)


def _case(data: Mapping[str, Any]) -> Case:
    notation = "latex" if data["infix"] is None else "infix"
    return Case(data[notation], notation, data["verdict"], data["score"], data["codes"])


def findings(key: Key, folder: Path) -> Iterator[Finding]:
    """Findings where a case does not get the expected result."""
    try:
        file = _file(folder / FILE)
        cases = file.cases() if file else None
    except AuthorError as error:
        for fault in error.faults:
            yield of_fault(fault, CHECK)
        return
    if file is None or cases is None:
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
            yield of_fault(file.fault((name,), reason, at_key=True), CHECK)
            continue
        for kind, many in own.items():
            for at, case in enumerate(many):
                unexplained = kind == "right" or not case.codes
                reason = _judged(quick if unexplained else key, name, case, kind)
                if reason and unexplained:
                    reason = _judged(key, name, case, kind)
                if reason:
                    yield of_fault(file.fault((name, kind, at), reason), CHECK, name)
    for name in known:
        if name not in cases:
            yield Finding(Level.NOTE, CHECK, name, f"{FILE} has no case for this question")


def _without_diagnosis(key: Key) -> Key:
    """The key without diagnosis, unless the author's rules depend on the kind of mistake."""
    questions = {
        name: own.explaining(any(rule.code for rule in own.question.rules.mistakes))
        for name, own in key.questions.items()
    }
    return replace(key, questions=questions, seen={}, variants={})


def _file(path: Path) -> CasesFile | None:
    """None if there is none. Raises AuthorError."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return CasesFile(source.limited(FILE, stream, MAX_BYTES))


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
