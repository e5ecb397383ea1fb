"""|r| and ρ'(r): signs with two meanings."""

import pytest
from notation_reading import answered, as_read, reading, square, texts

from grader.errors import Unreadable

BY_ENTRIES = [
    (r"\frac1N \operatorname{sign}(r) \odot |r|", "1 / N*sign(r)*abs(r)"),
    (r"\frac1N |r| \odot \operatorname{sign}(r)", "1 / N*abs(r)*sign(r)"),
    (r"\frac1N (|r| + r - |r|)", "1 / N*(abs(r) + r - abs(r))"),
    (r"\frac1N \operatorname{sign}(r) \odot \max(|r|, 0)", "1 / N*sign(r)*maximum(abs(r), 0)"),
    (r"\frac{r}{N \max(1, \min(1, |r|))}", "r / (N*maximum(1, minimum(1, abs(r))))"),
]


@pytest.mark.parametrize(("text", "expected"), BY_ENTRIES)
def test_bars_among_entries_are_for_each_entry(text: str, expected: str) -> None:
    result = answered("linear-regression", "q2", {"latex": text})
    assert as_read(result) == expected
    assert result.verdict in ("correct", "undecided")
    assert "|·| was read entry by entry" in texts(result)
    assert "as its norm" not in texts(result)


@pytest.mark.parametrize("bars", ["|v|", r"\left| v \right|", r"\lvert v \rvert"])
def test_bars_alone_are_a_norm_with_a_note(bars: str) -> None:
    result = answered("matrix-calculus", "q7", {"latex": rf"B^T \frac{{v}}{{{bars}}}"})
    assert (result.verdict, as_read(result)) == ("correct", "B.T @ (v / norm(v))")
    assert "as its norm" in texts(result)


def test_two_pairs_of_bars_are_a_norm_in_a_condition_too() -> None:
    text = r"\begin{cases} \frac1N r & ||r|| \ge 0 \\ 0 & ||r|| < 0 \end{cases}"
    result = answered("linear-regression", "q2", {"latex": text})
    assert "norm(r) >= 0" in (as_read(result) or "")


def test_a_norm_where_entries_were_meant_gets_a_note() -> None:
    result = answered("linear-regression", "q2", {"latex": r"\frac{r \odot r \odot r}{N |r|^2}"})
    assert "it could also mean each entry" in texts(result)


def test_a_prime_before_an_argument_is_a_derivative() -> None:
    """A derivative if the argument is what the quantity is computed from; else a transpose."""
    assert reading(r"a'^{[1]}(z^{[1]}_i)", square(), "q1") == "Derivative(a1[i], z1[i])"
    assert reading(r"a^{[1]\prime}(z^{[1]}_i)", square(), "q1") == "Derivative(a1[i], z1[i])"
    assert reading(r"W'^{[2]}(\hat y - y)", square(), "q1") == "W2.T @ (yhat - y)"
    with pytest.raises(Unreadable, match="on a whole array"):
        reading(r"a'^{[1]}(z^{[1]})", square(), "q1")
