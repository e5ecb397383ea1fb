"""Worked examples, computed again with plain NumPy from the numbers that they show."""

import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from mutant_problems import QUESTIONS, key_of, result_of

from grader import problem
from grader.diagnosis import Examples
from grader.diagnosis.example import CLEAR
from grader.key import Key, QuestionKey, build
from grader.primitives.build import neg
from grader.result import WorkedExample

HW3 = "cs1678-hw3"


class Network:
    """The network of homework 3 by hand; symbols that an example does not show are zero."""

    def __init__(self, values: dict[str, object]) -> None:
        shapes = {"x": (4,), "W1": (3, 4), "W2": (2, 3), "W3": (1, 2), "delta": ()}
        given = {name: values.get(name, np.zeros(shape)) for name, shape in shapes.items()}
        self.x, self.W1, self.W2, self.W3, self.delta = map(np.array, given.values())
        self.z1 = self.W1 @ self.x
        self.h1 = np.maximum(self.z1, 0)
        self.h2 = self.W2 @ self.h1
        self.on = (self.z1 > 0).astype(float)
        self.dh2 = self.delta * self.W3[0]
        self.dh1 = self.W2.T @ self.dh2


# For each question, the right derivative, and wrong answers with their values.
BY_HAND = {
    "q1": (
        lambda n: n.delta * n.h2[0],
        {
            "delta*h2[2]": lambda n: n.delta * n.h2[1],
            "-delta*h2[1]": lambda n: -n.delta * n.h2[0],
            "h2[1]": lambda n: n.h2[0],
            "delta*(W2 @ z1)[1]": lambda n: n.delta * (n.W2 @ n.z1)[0],
        },
    ),
    "q5": (
        lambda n: n.dh2,
        {"W3": lambda n: n.W3[0], "2*delta*W3": lambda n: 2 * n.dh2},
    ),
    "q9": (
        lambda n: np.tile(n.h1, (2, 1)),
        {
            "z1[j]": lambda n: np.tile(n.z1, (2, 1)),
            "h1[i]": lambda n: np.tile(n.h1[:2, None], (1, 3)),
        },
    ),
    "q11": (
        lambda n: np.outer(n.dh2, n.h1),
        {
            "delta*W3.T @ z1.T": lambda n: np.outer(n.dh2, n.z1),
            "W3.T @ h1.T": lambda n: np.outer(n.W3[0], n.h1),
        },
    ),
    "q15": (
        lambda n: n.dh1,
        {
            "delta*W2[1,:]*W3[1,1]": lambda n: n.W2[0] * n.dh2[0],
            "W3 @ W2": lambda n: n.W3[0] @ n.W2,
        },
    ),
    "q16": (
        lambda n: np.outer(n.dh1 * n.on, n.x),
        {
            "Sum(delta*W3[1,k]*W2[k,i], (k, 1, n2))*x[j]": lambda n: np.outer(n.dh1, n.x),
            "Sum(delta*W3[1,k]*W2[k,i], (k, 1, n2))*h1[i]*x[j]": lambda n: np.outer(
                n.dh1 * n.h1, n.x
            ),
        },
    ),
    "q17": (
        lambda n: np.outer(n.dh1 * n.on, n.x),
        {
            "(W2.T @ (W3.T*delta)) @ x.T": lambda n: np.outer(n.dh1, n.x),
            "((W2.T @ W3.T)*sigma'(z1)) @ x.T": lambda n: np.outer((n.W2.T @ n.W3[0]) * n.on, n.x),
        },
    ),
}
CASES = [(q, text) for q, (_, wrongs) in BY_HAND.items() for text in wrongs]


@pytest.mark.parametrize(("question", "text"), CASES)
def test_the_numbers_that_are_shown_give_both_results(question: str, text: str):
    right, wrongs = BY_HAND[question]
    example = result_of(key_of(HW3), question, text).example
    assert example is not None
    network = Network(dict(example.values))
    at = tuple(number - 1 for number in example.entry)
    assert right(network)[at] == pytest.approx(example.expected)
    assert wrongs[text](network)[at] == pytest.approx(example.got)
    assert abs(example.expected - example.got) > CLEAR


@pytest.mark.parametrize(("question", "text"), CASES)
def test_an_example_avoids_the_kink(question: str, text: str):
    example = result_of(key_of(HW3), question, text).example
    assert example is not None
    if "W1" in example.values:
        assert Network(dict(example.values)).z1.all()


def numbers(value: object) -> list[object]:
    return [n for part in value for n in numbers(part)] if isinstance(value, list) else [value]


def test_an_example_shows_only_the_symbols_that_matter_in_small_whole_numbers():
    example = result_of(key_of(HW3), "q4", "delta*W3[1,2]").example
    assert example is not None
    assert list(example.values) == ["W3", "delta"]
    for value in example.values.values():
        assert all(type(number) is int and abs(number) <= 3 for number in numbers(value))
    assert example.entry == ()


def test_a_symbol_that_only_the_answer_has_is_shown_too():
    example = result_of(key_of(HW3), "q4", "delta*W3[1,1] + x[1]").example
    assert example is not None
    assert list(example.values) == ["x", "W3", "delta"]


def test_a_factor_close_to_one_has_no_example():
    assert result_of(key_of(HW3), "q1", "1.0001*delta*h2[1]").example is None


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_every_question_has_an_example_for_a_wrong_sign(name: str, question: str):
    key = key_of(name)[question]
    assert key.reference is not None
    example = Examples(key).against(neg(key.reference))
    assert example is not None
    assert example.got == pytest.approx(-example.expected)


def test_an_example_costs_far_less_than_a_millisecond():
    key = key_of(HW3)["q17"]
    assert key.reference is not None
    examples, node = Examples(key), neg(key.reference)
    examples.against(node)
    times = []
    for _ in range(20):
        start = time.process_time()
        examples.against(node)
        times.append(time.process_time() - start)
    assert min(times) < 1e-3


# How symbols are drawn

DRAWS = {
    "normal": "normal",
    "positive": "positive",
    "narrow": {"uniform": {"low": 0.15, "high": 0.85}},
    "tiny": {"uniform": {"low": 0.01, "high": 0.02}},
    "large": {"uniform": {"low": 1000, "high": 2000}},
    "integers": {"integers": {"low": 5, "high": 900}},
    "simplex": "simplex",
    "one_hot": "one_hot",
    "mask": "mask",
}


def written(folder: Path, draw: object, size: int = 4) -> Key:
    data = {
        "id": "drawn",
        "symbols": {"p": {"shape": [size], "draw": draw}, "q": {"shape": [size]}},
        "model": {"l": {"is": "sum(q*p*p)"}},
        "questions": [{"id": "a", "of": "l", "wrt": "p"}, {"id": "b", "of": "l", "wrt": "q"}],
    }
    path = folder / "problem.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    return build(problem.load(path))


def negated(key: QuestionKey) -> WorkedExample | None:
    assert key.reference is not None
    return Examples(key).against(neg(key.reference))


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_the_values_of_a_symbol_fit_its_distribution(draw: object, tmp_path: Path):
    key = written(tmp_path, draw)
    example = negated(key["a"])
    assert example is not None
    p, q = (np.array(example.values[name], dtype=float) for name in "pq")
    assert 2 * p[example.entry[0] - 1] * q[example.entry[0] - 1] == pytest.approx(
        example.expected, rel=1e-10
    )
    match draw:
        case {"uniform": bounds} | {"integers": bounds}:
            assert bounds["low"] <= p.min() <= p.max() <= bounds["high"]
        case "positive":
            assert 0.5 <= p.min() <= p.max() <= 2
        case "simplex" | "one_hot":
            assert p.sum() == pytest.approx(1)
            assert p.min() > 0 if draw == "simplex" else p.max() == 1
        case "mask":
            assert set(p) <= {0, 1}


def test_there_is_no_example_that_is_too_long_to_work_out(tmp_path: Path):
    assert negated(written(tmp_path, "normal", 64)["a"]) is not None
    data = {
        "id": "large",
        "symbols": {"A": {"shape": [20, 30]}, "x": {"shape": [30]}, "c": {"shape": []}},
        "model": {"l": {"is": "sum((A @ x)*(A @ x))"}, "m": {"is": "2*c"}},
        "questions": [{"id": "a", "of": "l", "wrt": "x"}, {"id": "b", "of": "m", "wrt": "c"}],
    }
    path = tmp_path / "problem.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    key = build(problem.load(path))
    assert negated(key["a"]) is None  # 630 numbers
    assert negated(key["b"]) is None  # none at all
