"""Each paper in `papers.yaml` is graded as a careful human grades it.

What does not yet succeed carries its reason under `fails`. It is expected to fail: a question that is
mended must lose its reason.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml_data

import grader

PAPERS: list[dict[str, Any]] = yaml_data.load(
    (Path(__file__).parent / "papers.yaml").read_text(encoding="utf-8")
)
HUMAN = {"undecided", "unreadable"}


def graded(row: dict[str, Any], folder: Path) -> dict[str, str]:
    """The verdict of each question of a paper."""
    (folder / "problem.yaml").write_text(row["problem"], encoding="utf-8")
    paper = folder / "submissions" / row["file"]
    paper.parent.mkdir()
    paper.write_text(row["answer"], encoding="utf-8")
    report = grader.grade(grader.load_problem(folder), paper)
    return {question.id: str(question.verdict) for question in report.questions}


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{at} {row['kind']}") for at, row in enumerate(PAPERS)]
)
def test_a_paper_is_graded_as_a_human_grades_it(
    row: dict[str, Any], tmp_path: Path, subtests: pytest.Subtests
) -> None:
    found = graded(row, tmp_path)
    for question, expected in row["expected"].items():
        accepted = {expected} | (HUMAN if row.get("arguable") else set())
        with subtests.test(question):
            if reason := row.get("fails", {}).get(question):
                assert found[question] not in accepted, f"mended, remove from `fails`: {reason}"
                pytest.xfail(reason)
            assert found[question] in accepted


def test_a_reason_stands_beside_a_question_of_the_paper() -> None:
    for row in PAPERS:
        assert set(row.get("fails", {})) <= set(row["expected"])


def test_no_wrong_answer_is_expected_to_be_accepted() -> None:
    """A failure that is known costs a right answer, never the promise: see `fails`."""
    for row in PAPERS:
        assert all(row["expected"][question] == "correct" for question in row.get("fails", {}))
