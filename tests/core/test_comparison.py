"""Two arrays of values → right, wrong, or undecided, entry by entry."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.comparison import LEAST_DIGITS, Comparison, EntryStatus, compare, compare_numbers
from grader.key import Key
from grader.notation import infix

CORRECT, UNDECIDED, INCORRECT = EntryStatus.CORRECT, EntryStatus.UNDECIDED, EntryStatus.INCORRECT
DRAWS = 32
RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(DRAWS, 2, 3))


def judge(got: np.ndarray, expected: np.ndarray, noise: float = 0.0) -> Comparison:
    """Both sides with the same relative rounding noise."""
    return compare(got, expected, np.abs(expected) * noise, lambda: np.abs(got) * noise)


def scalars(values: object) -> np.ndarray:
    return np.asarray(values, dtype=float).reshape(-1, 1, 1)


# Numbers


def test_equal_values_are_right() -> None:
    verdict = judge(VALUES.copy(), VALUES)
    assert verdict.correct
    assert verdict.fraction == 1.0
    assert verdict.worst is None


@pytest.mark.parametrize("relative", [1e-13, -1e-13, 3e-16])
def test_rounding_is_forgiven(relative: float) -> None:
    assert judge(VALUES * (1 + relative), VALUES).correct


@pytest.mark.parametrize("relative", [1.0, 1e-2, 1e-4, 1e-8, -1e-8])
def test_a_small_relative_difference_is_wrong(relative: float) -> None:
    verdict = judge(VALUES * (1 + relative), VALUES, noise=2.0**-53)
    assert (verdict.status == INCORRECT).all()
    assert verdict.fraction == 0.0


def test_just_beyond_the_tolerance_is_undecided() -> None:
    assert (judge(VALUES * (1 + 5e-11), VALUES).status == UNDECIDED).all()


def test_one_wrong_draw_of_all_is_enough() -> None:
    got = VALUES.copy()
    got[17, 1, 2] += 0.1
    verdict = judge(got, VALUES)
    assert verdict.status.tolist() == [[0, 0, 0], [0, 0, 2]]
    assert verdict.worst == (17, 1, 2)


def test_the_largest_difference_is_reported() -> None:
    got = VALUES.copy()
    got[3, 0, 0] += 1e-3
    got[20, 0, 1] += 5.0
    assert judge(got, VALUES).worst == (20, 0, 1)


def test_the_fraction_counts_entries() -> None:
    got = VALUES.copy()
    got[:, 0, :] *= 2
    assert judge(got, VALUES).fraction == 0.5


# Zeros and sizes


def test_a_true_zero_is_right() -> None:
    expected = VALUES.copy()
    expected[:, 0, 0] = 0.0
    verdict = judge(expected.copy(), expected)
    assert verdict.correct
    assert verdict.trivial.tolist() == [[True, False, False], [False, False, False]]


def test_something_where_a_zero_belongs_is_wrong() -> None:
    expected = VALUES.copy()
    expected[:, 0, 0] = 0.0
    got = expected.copy()
    got[:, 0, 0] = 1e-6
    assert judge(got, expected, noise=2.0**-53).status[0, 0] == INCORRECT


def test_a_zero_that_stays_a_zero_earns_nothing() -> None:
    expected = VALUES.copy()
    expected[:, 0, :] = 0.0
    got = expected * 2
    assert judge(got, expected).fraction == 0.0


def test_all_zero_is_right_where_all_are_zero() -> None:
    zeros = np.zeros((DRAWS, 2, 2))
    assert judge(zeros, zeros).correct
    assert judge(zeros, zeros).fraction == 1.0


def test_zero_for_everything_is_wrong() -> None:
    assert (judge(np.zeros_like(VALUES), VALUES).status == INCORRECT).all()


@pytest.mark.parametrize("wrong", [1.1, 1.0001, -1.0, 0.0])
def test_a_tiny_entry_beside_a_huge_one_is_judged_by_its_own_size(wrong: float) -> None:
    expected = np.concatenate([VALUES[:, :1] * 1e9, VALUES[:, 1:] * 1e-9], axis=1)
    got = expected.copy()
    got[:, 1, 2] *= wrong
    verdict = judge(got, expected, noise=2.0**-53)
    assert verdict.status.tolist() == [[0, 0, 0], [0, 0, 2]]


# NaN and infinity


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("noise", [0.0, 1e-16, np.inf, np.nan])
def test_nan_and_infinity_are_never_right(bad: float, noise: float) -> None:
    got = VALUES.copy()
    got[5, 0, 0] = bad
    verdict = compare(got, VALUES, np.zeros_like(VALUES), lambda: np.full(VALUES.shape, noise))
    assert verdict.status[0, 0] != CORRECT


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_do_not_equal_themselves(bad: float) -> None:
    both = VALUES.copy()
    both[5, 0, 0] = bad
    verdict = judge(both.copy(), both, noise=2.0**-53)
    assert verdict.status[0, 0] == INCORRECT


def test_a_nan_where_a_zero_belongs_is_wrong() -> None:
    zeros = np.zeros((DRAWS, 1, 1))
    got = zeros.copy()
    got[0] = np.nan
    verdict = judge(got, zeros)
    assert verdict.status[0, 0] == INCORRECT
    assert verdict.worst == (0, 0, 0)


def test_an_undefined_value_is_reported_before_a_large_one() -> None:
    got = VALUES.copy()
    got[3] += 1e6
    got[9, 1, 1] = np.nan
    assert judge(got, VALUES).worst == (9, 1, 1)


# Noise, as it is estimated from answers


NOISY = """\
id: noisy
draws: {count: 32, seed: 2}
symbols: {x: {shape: []}, p: {shape: [], draw: positive}}
questions:
  - {id: x, reference: {expression: x}}
  - {id: one, reference: {expression: x/x}}
  - {id: zero, reference: {expression: x - x}}
  - {id: p, reference: {expression: p}}
  - {id: cancels, reference: {expression: (x + 1e6) - 1e6}}
"""


@pytest.fixture
def status(built: Callable[[str], Key]) -> Callable[[str, str], EntryStatus]:
    """The status of an infix answer to a question of `NOISY`."""
    key = built(NOISY)

    def status(question: str, text: str) -> EntryStatus:
        own = key[question]
        node, _ = infix.parse(text, own.question.scope.names)
        got = own.evaluate(node)
        verdict = compare(got, own.expected, own.noise, lambda: own.noise_of(node, got))
        return EntryStatus(int(verdict.status.max()))

    return status


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        ("x", "(x + 1e6) - 1e6", CORRECT),
        ("x", "(x + 1000) - 1000", CORRECT),
        ("cancels", "x", CORRECT),
        ("cancels", "x*1.0001", INCORRECT),
        ("x", "(x + 1e6) - 1e6 + 1e-4", INCORRECT),
        ("x", "(x + 1e20) - 1e20", UNDECIDED),
        ("one", "exp(log(2))/2", CORRECT),
        ("one", "sin(x)**2 + cos(x)**2", CORRECT),
        ("one", "3*(1/3)", CORRECT),
        ("one", "0.9999999", INCORRECT),
        ("one", "1 + 1e-8", INCORRECT),
        ("zero", "0", CORRECT),
        ("zero", "x**2 - x*x", CORRECT),
        ("zero", "(x + 1)**2 - x**2 - 2*x - 1", CORRECT),
        ("zero", "1e-6*x", INCORRECT),
        ("p", "exp(log(p))", CORRECT),
        ("p", "sqrt(p)**2", CORRECT),
        ("p", "abs(p)", CORRECT),
        ("x", "abs(x)", INCORRECT),
        ("x", "max(x, 0)", INCORRECT),
        ("x", "sqrt(x)**2", INCORRECT),
        ("x", "x/0", INCORRECT),
        ("x", "0/0", INCORRECT),
        ("x", "1e149*1e149*1e149", INCORRECT),
    ],
)
def test_noise_is_known(
    status: Callable[[str, str], EntryStatus], question: str, text: str, wanted: EntryStatus
) -> None:
    assert status(question, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "(x + 1e20) - 1e20", "0*((x + 1e20) - 1e20) + x*1.5", "x*((x + 1e30) - 1e30)/x",
        "x*(1e17 + 1 - 1e17)", "x + (1e16*x + 1 - 1e16*x)", "2*x*cos(1e18)**2",
    ],
)  # fmt: skip
def test_noise_makes_no_wrong_answer_right(
    status: Callable[[str, str], EntryStatus], text: str
) -> None:
    assert status("x", text) != CORRECT


# Properties


arrays = hnp.arrays(
    float, (6, 2, 2), elements=st.floats(-100, 100, allow_subnormal=False).map(lambda v: v + 0.5)
)
factors = st.sampled_from([1.0, 1 + 1e-13, 1 + 5e-11, 1 + 1e-8, 1.1, -1.0, 0.0])
power = st.integers(-40, 40).map(lambda exponent: 2.0**exponent)


@given(expected=arrays, factor=factors, scale=power, noise=st.sampled_from([0.0, 1e-16, 1e-9]))
@pytest.mark.sampled
def test_units_do_not_matter(
    expected: np.ndarray, factor: float, scale: float, noise: float
) -> None:
    before = judge(expected * factor, expected, noise)
    after = judge(expected * factor * scale, expected * scale, noise)
    assert (before.status == after.status).all()
    assert before.worst == after.worst


@given(expected=arrays, factor=factors, order=st.permutations(range(6)))
@pytest.mark.sampled
def test_the_order_of_draws_does_not_matter(
    expected: np.ndarray, factor: float, order: list[int]
) -> None:
    got = expected.copy()
    got[2, 0, 1] *= factor
    before = judge(got, expected, 1e-16)
    after = judge(got[order], expected[order], 1e-16)
    assert (before.status == after.status).all()
    if before.worst and after.worst:
        assert order[after.worst[0]] == before.worst[0]


# Submitted numbers


def handed(got: np.ndarray, digits: int, decimals: int | None = None) -> Comparison:
    return compare_numbers(got, VALUES[:1], np.abs(VALUES[:1]) * 1e-16, digits, decimals)


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    return np.vectorize(lambda value: float(f"{value:.{digits - 1}e}"))(values)


def test_full_precision_is_right() -> None:
    assert handed(VALUES[:1] * (1 + 2e-16), 17).correct


def test_single_precision_is_right() -> None:
    assert handed(VALUES[:1].astype(np.float32).astype(float), 7).correct


def test_arithmetic_in_single_precision_is_right() -> None:
    noisy = VALUES[:1].astype(np.float32) * np.float32(3) / np.float32(3)
    assert handed(noisy.astype(float), 7).correct


@pytest.mark.parametrize("digits", [5, 6, 7, 8, 12])
def test_printed_digits_are_right(digits: int) -> None:
    assert handed(significant(VALUES[:1], digits), digits).correct


@pytest.mark.parametrize("digits", range(1, LEAST_DIGITS))
def test_too_few_digits_are_undecided(digits: int) -> None:
    assert (handed(significant(VALUES[:1], digits), digits).status == UNDECIDED).all()


@pytest.mark.parametrize("digits", range(1, LEAST_DIGITS))
@pytest.mark.parametrize("factor", [-1.0, 0.2, 1.0, 1.3, 40.0])
def test_too_few_digits_do_not_reveal_how_near_they_are(digits: int, factor: float) -> None:
    assert (handed(significant(VALUES[:1] * factor, digits), digits).status == UNDECIDED).all()


def test_the_least_digits_are_enough() -> None:
    assert handed(significant(VALUES[:1], LEAST_DIGITS), LEAST_DIGITS).correct


def test_rounding_to_five_decimals_is_right() -> None:
    assert handed(np.round(VALUES[:1], 5), 6, 5).correct


def test_a_small_entry_rounded_away_by_decimals_is_undecided() -> None:
    expected = np.array([[[1.5], [0.00004]]])
    verdict = compare_numbers(np.round(expected, 3), expected, np.zeros_like(expected), 4, 3)
    assert verdict.status[1, 0] == UNDECIDED


@pytest.mark.parametrize("digits", [5, 7, 12, 17])
def test_one_percent_off_is_wrong(digits: int) -> None:
    assert (handed(significant(VALUES[:1] * 1.01, digits), digits).status == INCORRECT).all()


@pytest.mark.parametrize(("digits", "relative"), [(6, 1e-4), (7, 1e-5), (12, 1e-8), (17, 1e-8)])
def test_an_error_that_the_digits_show_is_wrong(digits: int, relative: float) -> None:
    got = significant(VALUES[:1] * (1 + relative), digits)
    assert (handed(got, digits).status == INCORRECT).all()


def test_integers_and_zeros_are_exact() -> None:
    whole = np.array([[[3.0, 0.0, -2.0]]])
    none = np.zeros_like(whole)
    assert compare_numbers(whole.copy(), whole, none, 1, 0).correct
    assert (compare_numbers(whole + 1, whole, none, 1, 0).status != CORRECT).all()
    assert (compare_numbers(whole + 1, whole, none, 17, None).status == INCORRECT).all()


def test_a_submitted_zero_is_wrong_where_none_belongs() -> None:
    assert (handed(np.zeros((1, 2, 3)), 17).status == INCORRECT).all()
    assert (handed(np.zeros((1, 2, 3)), 7).status == INCORRECT).all()


@pytest.mark.parametrize("digits", [1, 5, 7, 17])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_submitted_nan_and_infinity_are_wrong(bad: float, digits: int) -> None:
    got = VALUES[:1].copy()
    got[0, 0, 0] = bad
    assert handed(got, digits).status[0, 0] == INCORRECT
