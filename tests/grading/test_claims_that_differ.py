"""What a paper concludes counts: a right formula elsewhere does not hide a wrong or broken conclusion."""

from pathlib import Path

import pytest

import grader

PROBLEM = """\
id: network
dimensions: {n: 3, d: 4}
symbols:
  W: {shape: [n, d], latex: W}
  x: {shape: [d], latex: x}
  y: {shape: [n], latex: y, draw: one_hot}
model:
  z: {is: W @ x, latex: z}
  p: {is: softmax(z), latex: p}
  L: {is: '-sum(y*log(p))', latex: L}
questions:
  - {id: q1, of: L, wrt: z}
  - {id: q2, of: L, wrt: x}
"""
BY_ENTRIES = r"$$\frac{\partial L}{\partial x_j} = \sum_k (p_k - y_k) W_{kj}$$"
STEP = r"$$\frac{\partial L}{\partial x} = W^\top \frac{\partial L}{\partial z}$$"
WRONG = r"$$\frac{\partial L}{\partial x} = -W^\top (p - y)$$"
BROKEN = r"$$\frac{\partial L}{\partial x} = W^\top (p - )$$"
UNKNOWN = "## Another network\n\n" + r"$$\frac{\partial L}{\partial x} = V^\top r$$"


def verdict(folder: Path, *formulas: str) -> str:
    (folder / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    paper = folder / "submissions" / "paper.md"
    paper.parent.mkdir()
    paper.write_text("\n\n".join(formulas), encoding="utf-8")
    return str(grader.grade(grader.load_problem(folder), paper)["q2"].verdict)


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ([BY_ENTRIES], "correct"),
        ([BY_ENTRIES, UNKNOWN], "correct"),
        ([BY_ENTRIES, WRONG, UNKNOWN], "undecided"),
        ([STEP], "correct"),
        ([STEP, BROKEN], "undecided"),
        ([BY_ENTRIES, BROKEN], "undecided"),
        ([BROKEN, BY_ENTRIES], "correct"),  # a slip on the way
        ([BY_ENTRIES, "## Another network", BROKEN], "correct"),
    ],
)
def test_a_right_formula_counts_unless_another_claim_differs(
    formulas: list[str], expected: str, tmp_path: Path
) -> None:
    assert verdict(tmp_path, *formulas) == expected
