"""The set after the ∈ of a sum: limits, values, or an unknown set."""

import pytest
from notation_reading import answered, as_read, texts

TERM = r"W^2_{ki} (o_k - y_k)"  # tanh-mlp q3, where o has two entries


@pytest.mark.parametrize(
    "index",
    [r"k \in S", r"k \in \mathcal{I}", r"k \in \text{outliers}", r"k \notin S", r"k \not\in S",
     r"k \in S, k \ne i", r"k \in \mathbb{N}"],
)  # fmt: skip
def test_an_unknown_set_is_not_the_whole_range(index: str) -> None:
    result = answered("tanh-mlp", "q3", {"latex": rf"\sum_{{{index}}} {TERM}"})
    assert result.verdict == "unreadable"
    assert "the elements of the set" in texts(result)


@pytest.mark.parametrize(
    "index",
    [r"k \in \{1, 2\}", r"k \in \{1, \dots, 2\}", r"k \in \{1, ..., n_o\}", r"k \in [2]",
     r"k \in [1, 2]"],
)  # fmt: skip
def test_limits_and_values_are_read(index: str) -> None:
    result = answered("tanh-mlp", "q3", {"latex": rf"\sum_{{{index}}} {TERM}"})
    assert result.verdict == "correct", texts(result)


def test_values_that_leave_one_out() -> None:
    result = answered("tanh-mlp", "q3", {"latex": rf"\sum_{{k \in \{{2\}}}} {TERM}"})
    assert (result.verdict, as_read(result)) == ("incorrect", "W2[2, i]*(o[2] - y[2])")
