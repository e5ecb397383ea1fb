"""Answers that do not have the derivative itself on the left: by a name, in a chain, for another loss."""

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
  lam: {shape: [], latex: \\lambda}
model:
  z: {is: W @ x, latex: z}
  p: {is: softmax(z), latex: p}
  L: {is: '-sum(y*log(p))', latex: L}
  S: {is: 'sum((z - y)**2)/2', latex: S}
  R: {is: 'lam*sum(W**2)/2', latex: R}
questions:
  - {id: q1, of: L, wrt: z}
  - {id: q2, of: L, wrt: x, prompt: 'What is $g_x$?'}
  - {id: q3, of: S, wrt: z}
  - {id: q4, of: R, wrt: 'W[i,j]', free: {i: n, j: d}}
  - {id: q5, of: L, wrt: W}
  - {id: q6, of: L, wrt: 'W[i,j]', free: {i: n, j: d}}
"""
NAMED = r"We call $\delta = \frac{\partial L}{\partial z}$ the error."
NAMED_BY_ENTRIES = r"We call $\delta_i = \frac{\partial L}{\partial z_i}$ the error."
ANSWERED = "## Cross-entropy\n\n" + r"$$\frac{\partial L}{\partial z} = p - y$$"


def verdict(folder: Path, question: str, *formulas: str) -> str:
    (folder / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    paper = folder / "submissions" / "paper.md"
    paper.parent.mkdir()
    paper.write_text("\n\n".join(formulas), encoding="utf-8")
    return str(grader.grade(grader.load_problem(folder), paper)[question].verdict)


@pytest.mark.parametrize(
    ("question", "formulas"),
    [
        *((one, [r"$$\frac{\partial L}{\partial W_k} = (p_k - y_k) x$$"]) for one in ("q5", "q6")),
        ("q1", [r"$$\delta = \frac{\partial L}{\partial z} = p - y$$"]),
        ("q1", [NAMED, r"$$\delta = p - y$$"]),
        ("q1", [r"$$\delta = p - y$$", NAMED]),
        ("q1", [NAMED_BY_ENTRIES, r"$$\delta_k = p_k - y_k$$"]),
        ("q1", [NAMED_BY_ENTRIES, r"$$\delta = p - y$$"]),
        ("q2", [r"$$g_x = W^\top (p - y)$$"]),
        ("q2", [r"$$0 = \frac{\partial L}{\partial x} = W^\top (p - y)$$"]),
        ("q3", [ANSWERED, "## Squared error", r"$$\frac{\partial L}{\partial z} = z - y$$"]),
        (
            "q4",
            [r"$$\frac{\partial}{\partial W_{ij}}\frac{\lambda}{2} W_{ij}^2 = \lambda W_{ij}$$"],
        ),
        (
            "q3",
            [r"$$\frac{\partial}{\partial z}\left(\frac12 z^\top z - y^\top z\right) = z - y$$"],
        ),
        (
            "q1",
            [
                r"$$\frac{\partial L}{\partial z} = "
                r"\left(\frac{\partial L}{\partial z_1}, \frac{\partial L}{\partial z_2}, "
                r"\frac{\partial L}{\partial z_3}\right)^\top$$",
                r"$$\frac{\partial L}{\partial z} = p - y$$",
            ],
        ),
    ],
)
def test_an_answer_by_another_left_side_is_found(
    question: str, formulas: list[str], tmp_path: Path
) -> None:
    assert verdict(tmp_path, question, *formulas) == "correct"


@pytest.mark.parametrize(
    ("question", "formulas"),
    [
        ("q1", [NAMED, r"$$\delta = y - p$$"]),
        ("q1", [NAMED, r"$$\delta = p - y$$", r"$$\frac{\partial L}{\partial z} = y - p$$"]),
        (
            "q1",
            [NAMED, r"We call $\delta = \frac{\partial L}{\partial x}$.", r"$$\delta = p - y$$"],
        ),
        ("q2", [r"$$g_x = W^\top (y - p)$$"]),
        ("q3", [ANSWERED, "## Squared error", r"$$\frac{\partial L}{\partial z} = y - z$$"]),
        ("q3", [r"$$\frac{\partial L}{\partial z} = z - y$$"]),
        (
            "q4",
            [
                r"$$\frac{\partial}{\partial W_{ij}}\left(\frac{\lambda}{2} W_{ij}^2 + x_j W_{ij}\right)"
                r" = \lambda W_{ij}$$"
            ],
        ),
    ],
)
def test_no_wrong_or_unclear_answer_is_accepted(
    question: str, formulas: list[str], tmp_path: Path
) -> None:
    assert verdict(tmp_path, question, *formulas) != "correct"


def test_a_formula_with_a_broken_bracket_is_never_surely_wrong(tmp_path: Path) -> None:
    formula = r"$$\frac{\partial L}{\partial z} = (p - y = y - p$$"
    assert verdict(tmp_path, "q1", formula) == "undecided"
