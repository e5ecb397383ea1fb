"""Every answer in `problems/*/cases.yaml` gets the verdict that the file expects."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import yaml_data
from content_grading import judged
from library_keys import NAMES, PROBLEMS, key_of, undiagnosed

CASES: dict[str, dict[str, Any]] = {
    name: yaml_data.load((PROBLEMS / name / "cases.yaml").read_text(encoding="utf-8"))
    for name in NAMES
}


def cases(name: str, question: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kind, `right` or `wrong`, and the data of one answer."""
    for kind, entries in CASES[name][question].items():
        for entry in entries:
            yield kind, {"infix": entry} if isinstance(entry, str) else entry


def as_expected(
    name: str, question: str, kind: str, case: dict[str, Any], diagnosed: bool = True
) -> None:
    notation = "latex" if "latex" in case else "infix"
    result = judged(key_of(name), question, case[notation], notation)
    wanted = case.get("verdict", "correct")
    assert (wanted == "correct") == (kind == "right")
    assert result.verdict == wanted, (case, result.messages)
    if diagnosed:
        assert {*case.get("codes", ())} <= {message.code for message in result.messages}, case
    if wanted == "correct":
        assert result.score == result.max_score
    elif wanted == "partial":
        assert result.score == pytest.approx(case["score"], abs=1e-3)
    else:
        assert result.score == 0


@pytest.mark.parametrize("name", NAMES)
def test_cases(name: str, subtests: pytest.Subtests) -> None:
    """Each mistake is diagnosed once in a problem; at night wherever it is made."""
    found: set[str] = set()
    for question in CASES[name]:
        with subtests.test(question=question):
            for kind, case in cases(name, question):
                new = {*case.get("codes", ())} - found
                found |= new
                with nullcontext() if new else undiagnosed(key_of(name)):
                    as_expected(name, question, kind, case, diagnosed=bool(new))


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_cases_with_diagnosis(name: str, subtests: pytest.Subtests) -> None:
    for question in CASES[name]:
        with subtests.test(question=question):
            for kind, case in cases(name, question):
                as_expected(name, question, kind, case)


@pytest.mark.parametrize("name", NAMES)
def test_each_question_has_at_least_four_right_and_four_wrong_answers(name: str) -> None:
    assert set(CASES[name]) == {q.id for q in key_of(name).problem.questions}
    for question, kinds in CASES[name].items():
        assert min(len(kinds["right"]), len(kinds["wrong"])) >= 4, question
