"""The schema of `cases.yaml`. Imported only for a file that is not cached: pydantic costs 150 ms."""

import difflib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, RootModel, ValidationError, model_validator

from grader.errors import AuthorError
from grader.problem import source
from grader.problem.codes import CODES
from grader.problem.document import Document
from grader.problem.draw_kinds import Number, Strict, refusal
from grader.problem.schema import Text
from grader.problem.sentences import translated
from grader.problem.words import quoted


def _code(text: str) -> str:
    """A message code. Raises where it is a misspelt code of a mistake."""
    close = [] if text in CODES else difflib.get_close_matches(text, CODES, n=1, cutoff=0.7)
    if close:
        raise refusal(f"unknown code {quoted(text)}; did you mean {quoted(close[0])}?")
    return text


def _written(case: Any) -> Any:
    return {"infix": case} if isinstance(case, str) else case


class _CaseSpec(Strict):
    """An answer and its expected result."""

    infix: Text | None = None
    latex: Text | None = None
    verdict: Literal["correct", "partial", "incorrect", "unreadable", "undecided"] | None = None
    score: Number | None = None
    codes: tuple[Annotated[str, AfterValidator(_code)], ...] = ()

    @model_validator(mode="after")
    def _one_text(self) -> "_CaseSpec":
        if (self.infix is None) == (self.latex is None):
            raise refusal("a case needs `infix` or `latex`, and only one of them")
        return self


def _other_verdict(case: _CaseSpec) -> _CaseSpec:
    if case.verdict == "correct":
        raise refusal(
            "the verdict of a wrong answer must be `incorrect`, `partial` or `unreadable`"
        )
    return case if case.verdict else case.model_copy(update={"verdict": "incorrect"})


_Right = Annotated[_CaseSpec, BeforeValidator(_written)]
_Wrong = Annotated[_CaseSpec, BeforeValidator(_written), AfterValidator(_other_verdict)]


class _CasesSpec(Strict):
    """The right and the wrong answers to one question."""

    right: list[_Right] | None = None
    wrong: list[_Wrong] | None = None


def _both_lists(written: Any) -> Any:
    if not isinstance(written, dict):
        raise refusal("needs lists named `right` and `wrong`")
    return written


class _File(RootModel[dict[str, Annotated[_CasesSpec, BeforeValidator(_both_lists)]]]):
    """The whole file, by question."""


def validated(document: Document) -> dict[str, Any]:
    """Lists of cases by question, then by `right` and `wrong`, all keys there.

    Raises AuthorError with all faults.
    """
    faults = list(document.faults)
    data: dict[str, Any] = {}
    try:
        data = _File.model_validate(document.data or {}).model_dump()
    except ValidationError as error:
        found = translated(error, _File)
        faults += [document.fault(c.path, c.reason, None, c.at_key) for c in found]
    if faults:
        raise AuthorError(source.in_order(faults))
    return data
