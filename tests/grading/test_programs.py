"""Programs with data, loops, functions and classes of their own: what counts, and what a human looks at."""

from pathlib import Path

import pytest
from paper_grading import graded

BACK = """
r = o - y
dW2 = np.outer(r, h)
dz = (W2.T @ r) * (1 - h**2)
dW1 = np.outer(dz, x)
"""
FORWARD = """
z = W1 @ x + b1
h = np.tanh(z)
o = W2 @ h + b2
"""


def verdicts(tmp_path: Path, problem: str, text: str) -> dict[str, str]:
    """The verdict of each question that a program answers."""
    results = graded(problem, tmp_path, f"```python\nimport numpy as np\n{text}\n```\n")
    return {one.id: str(one.verdict) for one in results.questions if one.verdict != "missing"}


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())


# Data that the program loads or draws give way to the problem's.


@pytest.mark.parametrize(
    "made",
    [
        "W1, W2 = np.random.randn(3, 2), np.random.randn(1, 3)\nx = np.random.rand(2)\ny = 1.0",
        "import pickle\nx, y = pickle.load(open('d.p', 'rb'))\nW1, W2 = pickle.load(open('w.p', 'rb'))",
        "from mydata import x, y, W1, W2",
        "rng = np.random.default_rng(0)\nW1 = 0.1 * rng.normal(size=(7, 5))\nW2 = rng.normal(size=(2, 7))",
    ],
)
def test_own_data(tmp_path: Path, made: str) -> None:
    found = verdicts(tmp_path, "tanh-mlp", made + FORWARD + BACK)
    assert found["q2"] == found["q6"] == "correct"


def test_own_sizes_go_with_own_data(tmp_path: Path) -> None:
    made = "N, D, H, C = 64, 20, 10, 3\nX = np.random.randn(N, D)\nY = np.random.randn(N, C)\n"
    back = "dYhat = (Yhat - Y) / N\ndW2 = H1.T @ dYhat"
    weights = "W1, W2 = np.random.randn(D, H), np.random.randn(H, C)\n"
    text = made + weights + back.replace("H1", "H")
    assert "correct" not in verdicts(tmp_path, "mlp-batch", "N = 64\n" + back).values()
    assert (
        verdicts(tmp_path, "mlp-batch", text.replace("N, D, H, C", "N, D, n, C"))["q1"] == "correct"
    )


# Loops


def test_a_training_loop_counts_before_its_update(tmp_path: Path) -> None:
    update = "W2 -= 0.1 * dW2\nW1 -= 0.1 * dW1"
    loop = f"for epoch in range(100000):\n{indented(FORWARD + BACK + update)}"
    assert verdicts(tmp_path, "tanh-mlp", loop)["q6"] == "correct"


def test_an_update_before_the_use_is_seen(tmp_path: Path) -> None:
    early = BACK.replace("dz =", "W2 -= 0.1 * dW2\ndz =")
    loop = f"for epoch in range(100000):\n{indented(FORWARD + early)}"
    assert verdicts(tmp_path, "tanh-mlp", loop)["q6"] != "correct"


def test_an_update_through_a_list_is_seen(tmp_path: Path) -> None:
    update = "for p, g in zip([W1, W2], [dW1, dW2]):\n    p -= 0.1 * g"
    loop = f"for epoch in range(100000):\n{indented(FORWARD + BACK)}\n{indented(update)}"
    assert verdicts(tmp_path, "tanh-mlp", loop)["q6"] == "correct"
    early = (
        f"for epoch in range(9):\n{indented(FORWARD)}\n    r = o - y\n    dW2 = np.outer(r, h)\n"
    )
    early += "    for p, g in zip([W2], [dW2]):\n        p -= 0.1 * g\n"
    early += indented("dz = (W2.T @ r) * (1 - h**2)\ndW1 = np.outer(dz, x)")
    assert verdicts(tmp_path, "tanh-mlp", early)["q6"] != "correct"


def test_a_loop_over_data_that_is_not_there_runs_once(tmp_path: Path) -> None:
    loop = f"from mydata import loader\nfor x, y in loader:\n{indented(FORWARD + BACK)}"
    assert verdicts(tmp_path, "tanh-mlp", loop)["q6"] == "correct"


def test_what_fails_in_a_loop_leaves_the_rest(tmp_path: Path) -> None:
    text = f"for step in range(3):\n    unknown.plot(step)\n{indented(FORWARD + BACK)}"
    assert verdicts(tmp_path, "tanh-mlp", text)["q6"] == "correct"


# Functions and classes

LAYER = """
def layer_forward(x, W1):
    z = W1 @ x + b1
    helper = mystery(z)
    cache = ({packed})
    return helper, cache

def layer_backward(dh, cache):
    {unpacked} = cache
    dz = dh * (1 - np.tanh(z)**2)
    dW1 = np.outer(dz, x)
    return dW1
"""


def test_a_cache_is_unpacked_as_it_was_packed(tmp_path: Path) -> None:
    right = LAYER.format(packed="x, W1, z", unpacked="x, W1, z")
    wrong = LAYER.format(packed="z, W1, x", unpacked="x, W1, z")
    assert verdicts(tmp_path, "tanh-mlp", right)["q6"] == "correct"
    assert verdicts(tmp_path, "tanh-mlp", wrong).get("q6") != "correct"


def test_also_if_the_forward_function_cannot_be_run(tmp_path: Path) -> None:
    broken = LAYER.replace(
        "helper = mystery(z)", "if mystery():\n        return None\n    helper = 1"
    )
    right = broken.format(packed="x, W1, z", unpacked="x, W1, z")
    wrong = broken.format(packed="z, W1, x", unpacked="x, W1, z")
    assert verdicts(tmp_path, "tanh-mlp", right)["q6"] == "correct"
    assert verdicts(tmp_path, "tanh-mlp", wrong).get("q6") != "correct"


def test_a_class_with_gradients_that_are_set_to_zero(tmp_path: Path) -> None:
    text = """
class Net:
    def __init__(self, inputs, hidden):
        self.W1 = np.random.randn(hidden, inputs) * 0.01
        self.W2 = np.random.randn(1, hidden) * 0.01
        self.dW1 = np.zeros_like(self.W1)

    def __call__(self, x):
        self.x = x
        self.h = np.tanh(self.W1 @ x + b1)
        return self.W2 @ self.h + b2

    def backward(self, r):
        self.dW1 += np.outer((self.W2.T @ (o - y)) * (1 - self.h**2), self.x)

    def zero_grad(self):
        self.dW1 = np.zeros_like(self.W1)
"""
    assert verdicts(tmp_path, "tanh-mlp", text)["q6"] == "correct"


def test_python_would_stop_a_function(tmp_path: Path) -> None:
    """What comes behind an error of NumPy is not credited."""
    text = """
def backward(x, h, o, y, W2):
    r = o - y
    dW2 = np.outer(r, h)
    shapes = W2 @ x @ W2
    dW1 = np.outer((W2.T @ r) * (1 - h**2), x)
    return dW1, dW2
"""
    found = verdicts(tmp_path, "tanh-mlp", text)
    assert found["q2"] == "correct"
    assert found["q6"] != "correct"


# What is known of values without a value


def test_a_limit_that_ends_a_training_loop_takes_nothing_back(tmp_path: Path) -> None:
    made = "C = np.random.randn(4, 4)\nparams = [C, W1, W2]\n"
    update = "for p, g in zip(params, [np.zeros_like(C), dW1, dW2]):\n    p -= 0.1 * g"
    loop = f"for step in range(100000):\n    y = labels[step]\n{indented(FORWARD + BACK + update)}"
    found = verdicts(tmp_path, "tanh-mlp", f"from mydata import labels\n{made}{loop}")
    assert found["q2"] == found["q6"] == "correct"


def test_what_an_unknown_optimiser_was_given_counts_as_it_was(tmp_path: Path) -> None:
    update = "optimiser.step({'W1': W1, 'W2': W2}, {'W1': dW1, 'W2': dW2})"
    made = "from mylib import optimiser\n"
    text = f"{made}for step in range(9):\n{indented(FORWARD + BACK)}\n    {update}"
    assert verdicts(tmp_path, "tanh-mlp", text)["q6"] == "correct"
    early = text.replace("    dz = ", "    optimiser.step({'W2': W2}, {'W2': dW2})\n    dz = ")
    assert verdicts(tmp_path, "tanh-mlp", early)["q6"] != "correct"


@pytest.mark.parametrize(
    "made",
    [
        "from testCases import *\nx, y, W1, W2 = forward_test_case()",
        "from reg_utils import load_2D_dataset\nx, y = load_2D_dataset()",
        "x, y = np.loadtxt('data.csv'), np.load('labels.npy')",
        "with open('data.csv') as file:\n    x = file.read()\ny = open('labels.csv').read()",
    ],
)
def test_data_that_a_course_or_a_file_holds(tmp_path: Path, made: str) -> None:
    assert verdicts(tmp_path, "tanh-mlp", f"{made}\n{FORWARD}{BACK}")["q6"] == "correct"


CELL = """
class Cell:
    def __init__(self, inputs, units, outputs):
        self.h = units
        h = self.h
        self.d = inputs
        self.W1 = np.random.randn(h, self.d)
        self.b1 = np.zeros(h)
        self.W2 = np.random.randn(outputs, h)
        self.reset(h)
    def reset(self, n):
        self.dW1 = np.zeros((n, self.d))
    def forward(self, x):
        self.x = np.reshape(x, (-1, 1))
        self.a = np.tanh(self.W1 @ self.x + np.reshape(self.b1, (-1, 1)))
        return self.W2 @ self.a
    def backward(self, do):
        self.dW1 += (self.W2.T @ np.reshape(do, (-1, 1)) * (1 - self.a**2)) @ self.x.T
"""


def test_a_constructor_gets_the_sizes_of_its_arrays(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "tanh-mlp", CELL)["q6"] == "correct"
    wrong = CELL.replace("1 - self.a**2", "1 - self.a")
    assert "correct" not in verdicts(tmp_path, "tanh-mlp", wrong).values()


ROWS = """
def backward(p, q, ot, ct, cp):
    ct, ot, cp = [np.reshape(v, (v.shape[0], 1)) for v in (ct, ot, cp)]
    dct = np.zeros(ct.shape)
    dct += q.T + p.T * ot * (1 - np.tanh(ct)**2)
    dft = dct * cp
    return dft
"""


def test_upstream_gradients_may_be_rows_where_the_rest_are_columns(tmp_path: Path) -> None:
    found = verdicts(tmp_path, "lstm-cell", ROWS)
    right = {question for question, verdict in found.items() if verdict == "correct"}
    assert len(right) == 2  # the cell state and the forget gate
    wrong = verdicts(tmp_path, "lstm-cell", ROWS.replace("(1 - ", "(1 + "))
    assert "correct" not in [wrong[question] for question in right]
