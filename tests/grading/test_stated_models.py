"""A copy of the handout in a paper does not contradict the model."""

from pathlib import Path

import pytest
import yaml_data
from library_keys import PROBLEMS
from paper_grading import graded


def answers(problem: str) -> dict[str, str]:
    """The first right answer in LaTeX to each question, from the problem's own cases."""
    cases = yaml_data.load((PROBLEMS / problem / "cases.yaml").read_text("utf-8"))
    right = {
        question: [one["latex"] for one in kinds["right"] if "latex" in one]
        for question, kinds in cases.items()
    }
    return {question: found[0] for question, found in right.items() if found}


@pytest.mark.parametrize(
    "problem", sorted(path.parent.name for path in PROBLEMS.glob("*/problem.yaml"))
)
def test_the_handout_may_be_copied(tmp_path: Path, problem: str) -> None:
    source = yaml_data.load((PROBLEMS / problem / "problem.yaml").read_text("utf-8"))
    written = answers(problem)
    text = "".join(f"{name[1:]}. $${answer}$$\n\n" for name, answer in written.items())
    report = graded(problem, tmp_path, f"{source.get('description', '')}\n\n{text}")
    assert {name for name in written if report[name].verdict != "correct"} == set()
