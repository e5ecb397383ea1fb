"""A listing that gives a name of the problem another value: what follows from it is not accepted."""

from pathlib import Path

import pytest
from paper_grading import graded

CHANGED = [
    ("mlp-batch", "q4", "W2 -= 0.1 * H.T @ dYhat", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2 = W2 - 0.1 * H.T @ dYhat", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2 *= 2", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2[0] = 0", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2[W2 < 0] = 0", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2, lr = 2 * W2, 1", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "A = W2 = np.zeros((3, 2))", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "for W2 in Ws: print(W2)", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "for _ in range(9):\n    W2 = W2 / 2", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "if True:\n    W2 = 0 * W2", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "with np.load(f) as W2: pass", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "n = (W2 := 3)", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "del W2", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "W2.fill(0)", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "np.abs(W2, out=W2)", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q4", "V = 2 * W2\nW2 = V", "dH = dYhat @ W2.T"),
    ("mlp-batch", "q3", "N = X.shape[1]", "db2 = (Yhat - Y).sum(axis=0) / N"),
    ("mlp-batch", "q3", "N = 4", "db2 = (Yhat - Y).sum(axis=0) / N"),
    ("tanh-mlp", "q6", "x = 2 * x", "dW1 = np.outer((W2.T @ (o - y)) * (1 - h**2), x)"),
    ("tanh-mlp", "q2", "h = np.maximum(0, z)", "dW2 = np.outer(o - y, h)"),
    ("tanh-mlp", "q2", "z = W1 @ x\nh = np.tanh(z)", "dW2 = np.outer(o - y, h)"),
    ("tanh-mlp", "q2", "y = y + 1\ndo = o - y", "dW2 = np.outer(do, h)"),
    ("linear-regression", "q5", "r = y - (X @ w + b)", "dl_db = r.mean()"),
]


def listing(*lines: str) -> str:
    return "```python\ndYhat = (Yhat - Y) / N\n" + "\n".join(lines) + "\n```\n"


@pytest.mark.parametrize(("problem", "question", "change", "answer"), CHANGED)
def test_an_answer_with_a_changed_name_is_not_accepted(
    tmp_path: Path, problem: str, question: str, change: str, answer: str
) -> None:
    result = graded(problem, tmp_path, listing(change, answer))[question]
    assert result.verdict not in ("correct", "missing")


@pytest.mark.parametrize(("problem", "question", "change", "answer"), CHANGED)
def test_without_the_change_it_is_right(
    tmp_path: Path, problem: str, question: str, change: str, answer: str
) -> None:
    assert graded(problem, tmp_path, listing(answer))[question].verdict == "correct"


@pytest.mark.parametrize(
    ("problem", "question", "lines"),
    [
        ("mlp-batch", "q4", ["dH = dYhat @ W2.T", "W2 -= 0.1 * H.T @ dYhat"]),
        ("mlp-batch", "q4", ["N = X.shape[0]", "dH = (Yhat - Y) / N @ W2.T"]),
        ("mlp-batch", "q4", ["Z1 = X @ W1 + b1", "H = sigmoid(Z1)", "dH = dYhat @ W2.T"]),
        ("mlp-batch", "q4", ["X -= X.mean(axis=0)", "dH = dYhat @ W2.T"]),
        ("mlp-batch", "q4", ["def double(W2): return 2 * W2", "dH = dYhat @ W2.T"]),
        ("tanh-mlp", "q2", ["z = W1 @ x + b1", "h = np.tanh(z)", "dW2 = np.outer(o - y, h)"]),
        ("linear-regression", "q5", ["X = np.hstack([X, np.ones((N, 1))])", "dl_db = r.mean()"]),
    ],
)
def test_a_change_that_does_not_affect_an_answer_costs_nothing(
    tmp_path: Path, problem: str, question: str, lines: list[str]
) -> None:
    """A change after the answer, the model's own formula again, or a name that the answer does not use."""
    result = graded(problem, tmp_path, listing(*lines))[question]
    assert result.verdict == "correct", result.messages


def test_a_value_counts_whatever_its_way(tmp_path: Path) -> None:
    """With X transposed first, `X @ …` is right."""
    text = listing("X = X.T", "dW1 = X @ (((Yhat - Y) @ W2.T / N) * H * (1 - H))")
    assert graded("mlp-batch", tmp_path, text)["q6"].verdict == "correct"


def test_an_own_name_that_is_changed_in_part_has_no_silent_zero(tmp_path: Path) -> None:
    text = "```python\ndh = W2.T @ g\ndz = dh.copy()\ndz[z <= 0] = 0\n```\n"
    assert graded("residual-block", tmp_path, text)["q4"].verdict in (
        "correct",
        "unreadable",
        "undecided",
    )
