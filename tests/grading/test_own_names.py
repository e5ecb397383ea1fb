"""A student's own names have the meaning that the paper gives them, whatever their letters."""

from pathlib import Path

import pytest
from library_keys import HOMEWORK, key_of

from grader.grading import grade
from grader.key import Key, build
from grader.problem import load
from grader.result import QuestionResult
from grader.submission import read

SOFTMAX = "softmax-cross-entropy"
NAMES = [
    r"\delta_n", r"\delta_{nn}", r"\delta_{n,k}", r"\delta_{out}", r"\delta_{\text{out}}",
    r"\delta^n", r"\epsilon_n", "e_r", "q_{rn}", "u",
]  # fmt: skip
VALUE = r"\frac{\partial l}{\partial z}"
ANSWER = "5. $\\frac{\\partial l}{\\partial W} = %s x^T$\n"
JACOBIAN = "1. $\\frac{\\partial p_i}{\\partial z_j} = p_i (\\delta_{ij} - p_j)$\n"


@pytest.fixture(scope="module")
def key() -> Key:
    return key_of(SOFTMAX)


def judged(key: Key, folder: Path, text: str, question: str = "q5") -> QuestionResult:
    paper = folder / "paper.md"
    paper.write_text(text, encoding="utf-8")
    return next(one for one in grade(key, read(paper)).questions if one.id == question)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_what_the_paper_says(key: Key, tmp_path: Path, name: str) -> None:
    for statement in (
        f"Let ${name} = {VALUE}$.",
        f"Let ${VALUE} = {name}$.",
        f"${name} := p - y$.",
    ):
        result = judged(key, tmp_path, f"5. {statement} Then ${{}}$\n\n{ANSWER % name}")
        assert result.verdict == "correct", (statement, result.messages)
    result = judged(key, tmp_path, f"5. Let ${name} = y - p$.\n\n{ANSWER % name}")
    assert result.verdict == "incorrect"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_be_explained_after_its_use(key: Key, tmp_path: Path, name: str) -> None:
    later = f"{ANSWER % name}\nwhere ${name} = 1 \\cdot w$ and $w = p - y$.\n"
    assert judged(key, tmp_path, later).verdict == "correct"


@pytest.mark.parametrize("name", NAMES)
def test_an_unreadable_name_is_not_taken_for_another(key: Key, tmp_path: Path, name: str) -> None:
    result = judged(key, tmp_path, f"5. Let ${name} = p \\heartsuit y$.\n\n{ANSWER % name}")
    assert result.verdict == "unreadable"
    assert "cannot be used" in " ".join(message.text for message in result.messages)


@pytest.mark.parametrize(
    "statement",
    [
        r"$\delta_{ij} = 1$ if $i = j$, and 0 otherwise",
        r"$\delta_{ij} = \begin{cases} 1 & i = j \\ 0 & i \ne j \end{cases}$",
        r"$\delta_{ij} = \mathbb{1}[i = j]$",
        "Kronecker's delta",
    ],
)
def test_kronecker_may_be_explained(key: Key, tmp_path: Path, statement: str) -> None:
    assert judged(key, tmp_path, f"{JACOBIAN}\nHere {statement}.\n", "q1").verdict == "correct"


def test_an_index_letter_is_no_part_of_a_name(key: Key, tmp_path: Path) -> None:
    """With `δ_k = p − y` it is not clear which entry is meant if k is an index."""
    counted = r"Let $\delta_k = p_k - y_k$, so $\frac{\partial l}{\partial W_{kj}} = \delta_k x_j$"
    sloppy = r"Let $\delta_k = p - y$, so $\frac{\partial l}{\partial W_{kj}} = \delta_k x_j$"
    assert judged(key, tmp_path, f"5. {counted}\n").verdict == "correct"
    assert judged(key, tmp_path, f"5. {sloppy}\n").verdict == "unreadable"


def test_a_name_for_a_derivative_is_no_answer(key: Key, tmp_path: Path) -> None:
    """Nor is it a step, which would use itself."""
    text = (
        "4. $\\frac{\\partial l}{\\partial z} = p - y$\n\n"
        "5. Let $\\delta_z = \\frac{\\partial l}{\\partial z}$. "
        "Then $\\frac{\\partial l}{\\partial W} = \\delta_z x^T$\n"
    )
    for question in ("q4", "q5"):
        result = judged(key, tmp_path, text, question)
        assert result.verdict == "correct", result.messages
        assert "answered-again" not in {message.code for message in result.messages}


def test_a_step_may_have_a_name_too(tmp_path: Path) -> None:
    """∂l/∂z¹, which no question asks for, is worked out, named, and used."""
    text = (
        "17. First $$\\frac{\\partial l}{\\partial z^1} = \\delta (W^2)^T (W^3)^T \\odot \\sigma'(z^1)$$\n"
        "With $g_z = \\frac{\\partial l}{\\partial z^1}$:\n"
        "$$\\frac{\\partial l}{\\partial W^1} = g_z x^T$$\n"
    )
    homework = key_of(HOMEWORK)
    assert judged(homework, tmp_path, text, "q17").verdict == "correct"


@pytest.mark.parametrize("name", [*NAMES, "u_i"])
def test_an_answer_may_be_a_name(key: Key, tmp_path: Path, name: str) -> None:
    """`∂l/∂z = u` defines u only if the paper does not define it, before or after."""
    value = "p_i - y_i" if name == "u_i" else "p - y"
    definition, use = (
        f"${name} = {value}$",
        f"$\\frac{{\\partial l}}{{\\partial z}} = {name[:1] if name == 'u_i' else name}$",
    )
    for text in (f"4. Let {definition}. Then {use}\n", f"4. {use} where {definition}\n"):
        result = judged(key, tmp_path, text, "q4")
        assert result.verdict == "correct", (text, result.messages)


def test_an_unreadable_name_spoils_no_other_answer(key: Key, tmp_path: Path) -> None:
    """In LaTeX, and again in a line without dollars."""
    text = "4. $u = p \\heartsuit y$\n\nu = p @@ y\n\n5. $\\frac{\\partial l}{\\partial W} = (p - y) x^T$\n"
    assert judged(key, tmp_path, text).verdict == "correct"


LOSSES = r"""
id: losses
dimensions: {n: 3}
symbols:
  y: {shape: [n], latex: 'y_{true}'}
  p: {shape: [n], latex: 'y_{pred}'}
model:
  L: {is: mean((p - y)**2), latex: 'L_{MSE}'}
questions:
  - {id: q1, of: L, wrt: p}
"""


def test_a_declared_word_below_a_letter_is_no_run_of_indices(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(LOSSES, encoding="utf-8")
    text = (
        r"$$L_{MSE} = \frac{1}{n} \sum_i (y_{pred_i} - y_{true_i})^2$$"
        "\n\n"
        r"$$\frac{\partial L_{MSE}}{\partial y_{pred}} = \frac{2}{n} (y_{pred} - y_{true})$$"
    )
    assert judged(build(load(tmp_path)), tmp_path, text, "q1").verdict == "correct"


GAUSSIAN = r"""
id: gaussian
dimensions: {n: 3}
symbols:
  x: {shape: [n], latex: x}
  mu: {shape: [], latex: \mu}
  sigma: {shape: [], latex: \sigma, draw: positive}
model:
  l: {is: '-n*log(sigma) - sum((x - mu)**2)/(2*sigma**2)', latex: \ell}
questions:
  - {id: q1, of: l, wrt: mu}
"""


def test_a_name_that_is_defined_behind_an_answer_makes_it_no_zero(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(GAUSSIAN, encoding="utf-8")
    text = (
        r"$$\frac{\partial \ell}{\partial \mu} = \frac{1}{\sigma^2} \sum_i (x_i - \mu)$$"
        "\n\nWith the mean for $\\mu$,\n\n"
        r"$$\sigma^2 = \frac{\sum_i (x_i - \mu)^2}{n}$$"
    )
    result = judged(build(load(tmp_path)), tmp_path, text, "q1")
    assert result.verdict in ("correct", "undecided")
