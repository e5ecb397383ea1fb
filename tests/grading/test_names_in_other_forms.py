"""Names that a paper writes in another form than the problem declares, and names of its own."""

from pathlib import Path

import pytest
import yaml

from grader import key as keys
from grader import load_problem
from grader.grading import grade
from grader.submission import read


def verdict(folder: Path, problem: dict[str, object], paper: str) -> str:
    """The verdict of the first question."""
    home = folder / "homework"
    home.mkdir()
    (home / "problem.yaml").write_text(
        yaml.safe_dump({"id": "homework", **problem}, sort_keys=False)
    )
    document = folder / "paper.md"
    document.write_text(paper)
    report = grade(keys.build(load_problem(home)), read(document))
    return str(report.questions[0].verdict)


def net(hidden: int = 3) -> dict[str, object]:
    """A network of two layers, asked for the derivative by its first bias."""
    return {
        "title": "A network",
        "dimensions": {"d": 4, "m": hidden, "k": 2},
        "symbols": {
            "x": {"shape": ["d"], "latex": "x"},
            "W1": {"shape": ["m", "d"], "latex": "W_1"},
            "b1": {"shape": ["m"], "latex": "b_1"},
            "W2": {"shape": ["k", "m"], "latex": "W_2"},
            "g": {"shape": ["k"], "latex": "g"},
        },
        "model": {
            "z": {"is": "W1 @ x + b1", "latex": "z"},
            "h": {"is": "tanh(z)", "latex": "h"},
            "v": {"is": "W2 @ h", "latex": "v"},
            "l": {"upstream": {"v": "g"}, "latex": "l"},
        },
        "questions": [{"id": "q1", "of": "l", "wrt": "b1", "prompt": "The first bias?"}],
    }


ANSWER = r"$$\frac{\partial l}{\partial b_1} = W^\top g \odot (1 - h^2)$$"


def test_a_name_without_its_layer_is_the_one_that_fits(tmp_path: Path) -> None:
    assert verdict(tmp_path, net(), ANSWER) == "correct"


def test_a_name_without_its_layer_is_for_a_human_if_more_fit(tmp_path: Path) -> None:
    problem = net()
    problem["dimensions"] = {"d": 3, "m": 3, "k": 3}
    assert verdict(tmp_path, problem, ANSWER) == "undecided"


def test_a_prime_of_a_function_without_its_argument_is_no_transposition(tmp_path: Path) -> None:
    paper = r"Let $f(z) = \tanh(z)$. $$\frac{\partial l}{\partial b_1} = W_2^\top g \odot f'$$"
    assert verdict(tmp_path, net(), paper) in ("unreadable", "undecided")


def test_a_name_without_its_layer_is_never_a_certain_mistake(tmp_path: Path) -> None:
    assert verdict(tmp_path, net(), ANSWER.replace("^2", "")) in ("unreadable", "undecided")


@pytest.mark.parametrize("mark", ["(*)", "{(**)}", r"\quad (\star)", r"(\dagger)"])
def test_the_mark_of_a_note_is_no_factor(tmp_path: Path, mark: str) -> None:
    answer = ANSWER.replace(r"W^\top", r"W_2^\top").replace("h^2)$$", f"h^2) {mark}$$")
    assert verdict(tmp_path, net(), answer) == "correct"


STEPS = {
    "title": "A step of a recurrent network",
    "dimensions": {"n": 3, "m": 2, "c": 2},
    "symbols": {
        "P": {"shape": ["n", "m"], "latex": "S(t-1)"},
        "V": {"shape": ["m", "c"], "latex": "V"},
        "Z": {"shape": ["n", "m"], "latex": "Z(t)"},
        "y": {"shape": ["n"], "latex": "T_k^{(t)}"},
    },
    "model": {
        "S": {"is": "tanh(Z)", "latex": "S(t)"},
        "O": {"is": "S @ V", "latex": "O(t)"},
        "l": {"is": "sum(O*O)/2", "latex": "l"},
        "s": {"is": "sum(y*y)/2", "latex": "s"},
    },
}
INDICATOR = {
    "of": "S[i,j]", "wrt": "Z[p,q]", "free": {"i": "n", "j": "m", "p": "n", "q": "m"}
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        (
            {"of": "l", "wrt": "V"},
            r"We have $S(t) = \tanh(S(t-1) W)$. So $$\frac{\partial l}{\partial V} = S(t)^\top O(t)$$",
        ),
        (
            INDICATOR,
            r"$$\frac{\partial S(t)_{ij}}{\partial Z(t)_{pq}} = \mathbf{1}(i=p, j=q)(1 - S(t)_{ij}^2)$$",
        ),
        (
            {"of": "s", "wrt": "y[i]", "free": {"i": "n"}},
            r"$$\frac{\partial s}{\partial T_{k,i}^{(t)}} = T_{k,i}^{(t)}$$",
        ),
    ],
)
def test_names_with_arguments_and_labels(
    tmp_path: Path, question: dict[str, object], paper: str
) -> None:
    problem = {**STEPS, "questions": [{"id": "q1", "prompt": "?", **question}]}
    assert verdict(tmp_path, problem, paper) == "correct"


CURVES = {
    "title": "Curves",
    "dimensions": {"n": 3},
    "symbols": {"x": {"shape": ["n"], "latex": "x"}},
    "functions": {"sigma": {"is": "sigmoid", "latex": "\\sigma"}},
    "model": {"s": {"is": "sum(x)", "latex": "s"}},
}
OWN = {"symbols": {"x": {"shape": [], "latex": "x"}}, "wrt": "x", "prompt": "?"}


@pytest.mark.parametrize(
    ("of", "paper"),
    [
        ("sigma(x)", r"Its derivative: $$\sigma'(x) = \sigma(x)(1 - \sigma(x))$$"),
        ("sigma(x)**2", r"Let $f(x) = \sigma(x)^2$. $$f'(x) = 2\sigma(x)^2(1 - \sigma(x))$$"),
        (
            "sigma(x)**2",
            r"Let $f(x) = \sigma(x)^2$. $$\frac{df}{dx} = 2\sigma(x)^2(1 - \sigma(x))$$",
        ),
    ],
)
def test_a_function_of_a_number_that_is_an_array_in_the_model(
    tmp_path: Path, of: str, paper: str
) -> None:
    others = {"id": "q2", "of": "s", "wrt": "x", "prompt": "?"}
    problem = {**CURVES, "questions": [{"id": "q1", "of": of, **OWN}, others]}
    assert verdict(tmp_path, problem, paper) == "correct"


NUMBERED = """\
## Part 1

### Exercise 1.1

**1. f(x) = x³**

f'(x) = **3x²**

### Exercise 1.2

**1. f(x) = (2x + 1)³**

f'(x) = 3(2x + 1)² · 2
     = **6(2x + 1)²**

## Part 2

1. f'(x) = 5x
"""


def test_the_full_number_of_a_question_goes_before_a_short_one(tmp_path: Path) -> None:
    question = {"id": "q1", "label": "1.2.1", "of": "(2*x + 1)**3", **OWN}
    assert verdict(tmp_path, {**CURVES, "questions": [question]}, NUMBERED) == "correct"


FAMILY = {
    "title": "Negative samples",
    "dimensions": {"d": 3, "K": 4},
    "symbols": {
        "v": {"shape": ["d"], "latex": "v"},
        "u": {"shape": ["K", "d"], "latex": "u"},
        "uo": {"shape": ["d"], "latex": "u_o"},
    },
    "model": {"J": {"is": "uo.T @ v + sum(exp(u @ v))", "latex": "J"}},
    "questions": [{"id": "q1", "of": "J", "wrt": "v", "prompt": "?"}],
}


@pytest.mark.parametrize(
    ("factor", "expected"), [("", {"correct"}), ("2", {"unreadable", "undecided"})]
)
def test_an_index_that_is_declared_apart_leaves_nothing_out(
    tmp_path: Path, factor: str, expected: set[str]
) -> None:
    answer = rf"\frac{{\partial J}}{{\partial v}} = u_o + {factor}\sum_{{k, k \ne o}} e^{{u_k^\top v}} u_k"
    assert verdict(tmp_path, FAMILY, f"$${answer}$$") in expected


@pytest.mark.parametrize("said", ["h_\\theta(x^{(i)})", "h(x^{(i)})", "h_\\theta(x_i)"])
@pytest.mark.parametrize(("factor", "expected"), [("\\frac{1}{m}", "correct"), ("", "incorrect")])
def test_a_model_of_all_examples_is_called_with_one(
    said: str, factor: str, expected: str, tmp_path: Path
) -> None:
    problem: dict[str, object] = {
        "title": "Least squares",
        "dimensions": {"m": 5, "n": 3},
        "symbols": {
            "X": {"shape": ["m", "n"], "latex": "x"},
            "theta": {"shape": ["n"], "latex": "\\theta"},
            "y": {"shape": ["m"], "latex": "y"},
        },
        "model": {
            "h": {"is": "X @ theta", "latex": ["h", "h_\\theta"]},
            "J": {"is": "sum((h - y)**2)/(2*m)", "latex": "J"},
        },
        "questions": [
            {"id": "q1", "of": "J", "wrt": "theta[j]", "free": {"j": "n"}, "prompt": "?"}
        ],
    }
    left = r"\frac{\partial J}{\partial \theta_j}"
    sum_of = rf"{factor} \sum_{{i=1}}^m ({said} - y^{{(i)}}) x_j^{{(i)}}"
    assert verdict(tmp_path, problem, f"**Question 1.**\n\n$${left} = {sum_of}$$\n") == expected
