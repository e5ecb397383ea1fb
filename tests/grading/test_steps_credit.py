"""A right set-up with a wrong last step: the message gives the line, and the author's credit counts."""

from pathlib import Path

import pytest
import yaml
import yaml_data
from ruled_homework import HOMEWORK

from grader import key, problem
from grader.grading import grade
from grader.result import Kind, QuestionResult
from grader.submission import read

LEFT = r"\frac{\partial l}{\partial W^2_{ij}}"
CHAIN = r"\frac{\partial l}{\partial h^2_i} \frac{\partial h^2_i}{\partial W^2_{ij}}"
SETUP = rf"{LEFT} &= {CHAIN} \\"
PAPER = rf"""
10.
\begin{{align}}
{SETUP}
&= \delta W^3_{{1i}} \, h^1_j \, %s
\end{{align}}
"""


def graded(tmp_path: Path, text: str, credit: float) -> QuestionResult:
    data = yaml_data.load(HOMEWORK.read_text("utf-8"))
    data["steps"] = {"credit": credit}
    path = tmp_path / "problem.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    paper = tmp_path / "paper.md"
    paper.write_text(text, "utf-8")
    built = key.build(problem.load(path))
    return grade(built, read(paper), only=("q10",))["q10"]


@pytest.mark.parametrize(
    ("credit", "verdict", "score"), [(0.3, "partial", 0.6), (0, "incorrect", 0)]
)
def test_a_right_set_up_earns_the_author_s_credit(
    tmp_path: Path, credit: float, verdict: str, score: float
):
    result = graded(tmp_path, PAPER % "h^1_j", credit)
    assert (result.verdict, result.score) == (verdict, score)
    (step,) = (message for message in result.messages if message.kind is Kind.STEP)
    assert "line 4 is right" in step.text
    assert "line 5 does not follow from it" in step.text
    if credit:
        assert "a right set-up" in result.instructor.credit


def test_a_right_derivation_gets_no_message_about_steps(tmp_path: Path):
    result = graded(tmp_path, PAPER % "1", 0.3)
    assert (result.verdict, result.score) == ("correct", 2.0)
    assert [message for message in result.messages if message.kind is Kind.STEP] == []


def test_a_chain_that_only_repeats_the_left_side_is_no_set_up(tmp_path: Path):
    text = f"10.\n$${LEFT} = {LEFT} = \\delta W^3_{{1i}} x_j$$\n"
    assert graded(tmp_path, text, 0.3).score == 0
