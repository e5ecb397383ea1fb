"""Right answers in usual notation, and answers that need a human."""

from pathlib import Path

import pytest
from library_keys import key_of

from grader.authoring.validation.answers import judged
from grader.grading import grade
from grader.key import Key
from grader.submission import read

SLOPE = r"W^2 \operatorname{diag}(\mathrm{relu}'(z)) W^1"


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    names = ("mlp-batch", "residual-block", "conv1d", "softmax-cross-entropy", "max-pool-dropout")
    return {name: key_of(name) for name in names}


RIGHT = [
    # a derivative by a row, and a transposed row
    ("mlp-batch", "q7", "infix", "Sum(Derivative(l, Z1[k,:]), (k, 1, 5))"),
    ("mlp-batch", "q7", "latex", r"\sum_k \frac{\partial l}{\partial Z^1_{k,:}}"),
    ("mlp-batch", "q2", "latex", r"\frac{1}{5}\sum_{k=1}^{5} H_{k,:}^\top (\hat Y - Y)_{k,:}"),
    # ones and identities without a size
    ("mlp-batch", "q3", "latex", r"\mathbf{1}^\top (\hat Y - Y) / 5"),
    ("mlp-batch", "q3", "latex", r"\frac{1}{5}\mathbf{1}^\top (\hat Y - Y)"),
    ("residual-block", "q8", "latex", rf"I + {SLOPE}"),
    ("residual-block", "q8", "latex", rf"\mathbf{{I}} + {SLOPE}"),
    ("residual-block", "q8", "latex", rf"{SLOPE} + I^\top"),
    ("residual-block", "q8", "latex", rf"2 I + {SLOPE} - I"),
    ("residual-block", "q8", "latex", rf"I (I_3 + {SLOPE})"),
    ("residual-block", "q8", "infix", "I + W2 @ diag(relu'(z)) @ W1"),
    ("residual-block", "q8", "latex", r"I_{ij} + \sum_k W^2_{ik} \mathrm{relu}'(z_k) W^1_{kj}"),
    # Kronecker's delta of expressions
    ("conv1d", "q8", "latex", r"\sum_{k=1}^{3} w_k \delta_{j, i+k-1}"),
    # bars in a condition, bounds on both sides
    ("residual-block", "q4", "infix", "(W2.T @ g)*np.clip(np.sign(z), 0, 1)"),
    # two conditions of one case
    ("max-pool-dropout", "q5", "latex",
     r"\begin{cases} 1 & j = 1, z_1 > z_2 \\ 1 & j = 2, z_2 > z_1 \\ 0 & \text{else} \end{cases}"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "notation", "text"), RIGHT)
def test_accepts(
    keys: dict[str, Key], problem: str, question: str, notation: str, text: str
) -> None:
    result = judged(keys[problem], question, text, notation)
    assert result.verdict == "correct", result.messages


UNREADABLE = [
    ("residual-block", "q4", "latex", r"(W^{2\top} g) \odot \mathbb{1}[|z| + 1 > 0]", "is ambiguous"),
    ("residual-block", "q8", "latex", "I", "the size of this"),
    ("softmax-cross-entropy", "q2", "latex", r"\operatorname{diag}(p) (I - 1 p^\top)", "the size of this"),
    ("softmax-cross-entropy", "q2", "latex", r"p \mathbf{1}^\top", "the number of ones"),
    ("residual-block", "q8", "latex", r"I(z_1)", "an indicator needs a condition"),
    ("max-pool-dropout", "q5", "latex",
     r"\begin{cases} 1 & j = 1, z_1 \\ 0 & \text{else} \end{cases}", "but found `,`"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "notation", "text", "said"), UNREADABLE)
def test_asks_a_person(
    keys: dict[str, Key], problem: str, question: str, notation: str, text: str, said: str
) -> None:
    result = judged(keys[problem], question, text, notation)
    assert result.verdict == "unreadable"
    assert said in " ".join(message.text for message in result.messages)


LEFT = [
    ("mlp-batch", "q7",
     r"$\frac{\partial l}{\partial b^1_j} = \sum_i \frac{\partial l}{\partial Z^1_{ij}}$"),
    ("residual-block", "q8",
     r"$\frac{\partial y_m}{\partial x_n} = \delta_{mn} + \sum_k W^2_{mk} \mathrm{relu}'(z_k) W^1_{kn}$"),
    ("residual-block", "q8",
     r"$\left(\frac{\partial y}{\partial x}\right)_{mn}"
     r" = I_{mn} + \sum_k W^2_{mk} \mathrm{relu}'(z_k) W^1_{kn}$"),
    ("softmax-cross-entropy", "q5", r"∂l/∂W_{mn} = (p_m - y_m) x_n"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "text"), LEFT)
def test_a_left_side_by_entries_is_the_derivative_that_is_asked(
    keys: dict[str, Key], tmp_path: Path, problem: str, question: str, text: str
) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text(f"{question[1:]}. {text}\n", encoding="utf-8")
    result = grade(keys[problem], read(paper))[question]
    assert result.verdict == "correct"
    assert "left-side-mismatch" not in {message.code for message in result.messages}


def test_entries_below_the_marker_of_the_whole_answer_it(
    keys: dict[str, Key], tmp_path: Path
) -> None:
    """They also answer the question for entries of the same derivative, if nothing else does."""
    entries = "$\\frac{\\partial p_m}{\\partial z_n} = p_m (\\delta_{mn} - p_n)$"
    paper = tmp_path / "paper.md"
    for text, answered in (
        (f"1. {entries}\n\n2. {entries}\n", {"q1", "q2"}),
        (f"2. {entries}\n", {"q1", "q2"}),
        (f"{entries}\n", {"q1"}),
    ):
        paper.write_text(text, encoding="utf-8")
        report = grade(keys["softmax-cross-entropy"], read(paper))
        assert {one.id for one in report.questions if one.verdict == "correct"} == answered


def test_bars_in_a_condition_are_for_each_entry(keys: dict[str, Key]) -> None:
    text = r"(W^{2\top} g) \odot \mathrm{relu}'(z) \odot \mathbb{1}[|z| > 0]"
    result = judged(keys["residual-block"], "q4", text, "latex")
    assert "entry by entry" in " ".join(message.text for message in result.messages)
    assert result.verdict in ("correct", "undecided")  # no draw has z = 0
