"""Wrong numbers, computed from the published draw: the message names the mistake behind them."""

from pathlib import Path

import numpy as np
import pytest

from grader import api

PROBLEM = Path(__file__).parents[2] / "problems" / "cs1678-hw3"


def parts() -> dict[str, np.ndarray]:
    drawn = {
        name: np.asarray(value)
        for name, value in api.draw(api.load_problem(PROBLEM), "ada").items()
    }
    z1 = drawn["W1"] @ drawn["x"]
    back = drawn["W2"].T @ drawn["W3"][0] * drawn["delta"]
    return {**drawn, "z1": z1, "back": back, "right": np.outer(back * (z1 > 0), drawn["x"])}


def graded(array: np.ndarray):
    return api.grade(PROBLEM, {"q17": array}, student="ada")["q17"]


def test_the_right_numbers_get_no_mistake():
    result = graded(parts()["right"])
    assert result.verdict == "correct"
    assert [message.code for message in result.messages if message.code] == []


@pytest.mark.parametrize("digits", [16, 8])
def test_a_dropped_derivative_is_named(digits: int):
    one = parts()
    wrong = np.outer(one["back"], one["x"])
    rounded = np.array([[float(f"{value:.{digits}g}") for value in row] for row in wrong])
    result = graded(rounded)
    assert result.score < 2
    assert "dropped-activation-derivative" in [message.code for message in result.messages]


def test_numbers_without_a_known_mistake_get_no_mistake():
    result = graded(parts()["right"] + 0.123456789)
    assert [message.kind for message in result.messages if message.kind == "mistake"] == []
