"""Every answer in `problems/*/cases.yaml` gets the verdict that stands beside it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from content_grading import ROOT, judged, key_of

from grader.key import Key

pytestmark = pytest.mark.long

problem_key = cache(key_of)
FILES = sorted(ROOT.glob("problems/*/cases.yaml"))


def cases() -> Iterator[Any]:
    for file in FILES:
        problem = file.parent.name
        for question, kinds in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for kind, entries in kinds.items():
                for at, entry in enumerate(entries, 1):
                    name = f"{problem}-{question}-{kind}-{at}"
                    yield pytest.param(problem, question, kind, _case(entry), id=name)


def _case(entry: str | dict[str, Any]) -> dict[str, Any]:
    return {"infix": entry} if isinstance(entry, str) else entry


@pytest.mark.parametrize(("problem", "question", "kind", "case"), list(cases()))
def test_case(problem: str, question: str, kind: str, case: dict[str, Any]) -> None:
    key: Key = problem_key(problem)
    notation = "latex" if "latex" in case else "infix"
    result = judged(key, question, case[notation], notation)
    wanted = case.get("verdict", "correct")
    assert (wanted == "correct") == (kind == "right")
    assert result.verdict == wanted, result.messages
    assert {*case.get("codes", ())} <= {message.code for message in result.messages}
    if wanted == "correct":
        assert result.score == result.max_score
    elif wanted == "partial":
        assert result.score == pytest.approx(case["score"], abs=1e-3)
    else:
        assert result.score == 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_question_has_at_least_four_right_and_four_wrong_answers(file: Any) -> None:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(written) == {q.id for q in problem_key(file.parent.name).problem.questions}
    for question, kinds in written.items():
        assert min(len(kinds["right"]), len(kinds["wrong"])) >= 4, question
