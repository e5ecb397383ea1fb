"""Ten papers in ten styles get the marks of a careful human grader; see styles/expected.yaml."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml_data

from grader.grading import grade
from grader.key import Key
from grader.result import QuestionResult, Report
from grader.submission import read

STYLES = Path(__file__).parent / "styles"
EXPECTED: dict[str, Any] = yaml_data.load((STYLES / "expected.yaml").read_text("utf-8"))
TRAPS: dict[str, Any] = yaml_data.load((STYLES / "traps.yaml").read_text("utf-8"))
BESIDE = ("expected.yaml", "traps.yaml")
QUESTIONS = [f"q{number}" for number in range(1, 18)]
ANSWERS = [(paper, question) for paper in EXPECTED for question in QUESTIONS]


@pytest.fixture(scope="module")
def reports(key: Key) -> dict[str, Report]:
    """The reports of all papers; each paper is graded once."""
    return {paper: grade(key, read(STYLES / paper)) for paper in EXPECTED}


def wanted(paper: str, question: str) -> dict[str, Any]:
    mark: dict[str, Any] = EXPECTED[paper]["marks"].get(question, {"verdict": "correct"})
    return mark


def points(result: QuestionResult, paper: str) -> float:
    """The human's mark: full, nothing, or a share."""
    mark = wanted(paper, result.id)
    return result.max_score if mark["verdict"] == "correct" else float(mark.get("score", 0))


def still_open(reason: str | None) -> list[pytest.MarkDecorator]:
    """A strict expected failure for an open case: once it passes, remove it from the list."""
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


def answers(*lists: str) -> list[Any]:
    """Every answer of every paper; those on one of these lists of expected.yaml are open."""
    return [
        pytest.param(paper, question, marks=still_open(reason_of(paper, question, lists)))
        for paper, question in ANSWERS
    ]


def reason_of(paper: str, question: str, lists: tuple[str, ...]) -> str | None:
    reasons = (EXPECTED[paper].get(name, {}).get(question) for name in lists)
    return next((reason for reason in reasons if reason), None)


@pytest.mark.parametrize(("paper", "question"), answers("open", "accepted"))
def test_answer(reports: dict[str, Report], paper: str, question: str) -> None:
    result = reports[paper][question]
    texts = [message.text for message in result.messages]
    assert str(result.verdict) == wanted(paper, question)["verdict"], texts
    assert result.score == pytest.approx(points(result, paper), abs=1e-3)


@pytest.mark.parametrize(("paper", "question"), answers("accepted"))
def test_no_wrong_answer_is_accepted(reports: dict[str, Report], paper: str, question: str) -> None:
    """The first promise. An open case here is the worst kind."""
    result = reports[paper][question]
    assert result.score <= points(result, paper) + 1e-3


@pytest.mark.parametrize("paper", EXPECTED)
def test_score(reports: dict[str, Report], paper: str) -> None:
    """The total is the sum of the human's marks, and the grader's score if no answer is open."""
    total = EXPECTED[paper]["score"]
    given = [points(result, paper) for result in reports[paper].questions]
    assert sum(given) == pytest.approx(total, abs=1e-3)
    if not {"open", "accepted"} & set(EXPECTED[paper]):
        assert reports[paper].score == pytest.approx(total, abs=1e-3)


def test_every_paper_is_expected() -> None:
    assert {path.name for path in STYLES.iterdir()} == {*EXPECTED, *BESIDE}
    for paper in EXPECTED.values():
        named = {*paper["marks"], *paper.get("open", ()), *paper.get("accepted", ())}
        assert named <= set(QUESTIONS)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=still_open(trap.get("open"))) for name, trap in TRAPS.items()]
)
def test_trap(key: Key, tmp_path: Path, name: str) -> None:
    """Of several equations the student's final one counts, with the steps that it uses."""
    trap = TRAPS[name]
    file = tmp_path / "trap.md"
    file.write_text(trap["paper"], encoding="utf-8")
    result = grade(key, read(file))[trap["question"]]
    assert (str(result.verdict) == "correct") == trap["right"], result.answer


def test_the_messy_paper_is_latin_1_with_crlf() -> None:
    data = (STYLES / "messy.md").read_bytes()
    assert b"\r\n" in data
    assert b"na\xefve" in data


def test_no_cell_of_the_notebook_is_run(
    key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    grade(key, read(STYLES / "notebook.ipynb"))
    assert not list(tmp_path.iterdir())
    assert "I_WAS_RUN" not in os.environ
