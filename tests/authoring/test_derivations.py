"""The checks of a reference hold wherever the model is finite, and rounding raises no alarm."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from grader import key as keys
from grader.authoring.scaffold import Network
from grader.authoring.scaffold.network import ACTIVATIONS, LOSSES
from grader.authoring.scaffold.problem_yaml import problem_yaml
from grader.authoring.validation import Level, complex_step, derivation
from grader.authoring.validation.complex_step import Estimate
from grader.authoring.validation.exact import NotExactError, exact
from grader.authoring.validation.ridders import ridders
from grader.errors import AuthorError
from grader.key import Key, QuestionKey
from grader.problem import load

Drawn = tuple[Network, int]  # a network and the seed of its draws


def networks(count: int) -> Iterator[Drawn]:
    """Networks as `grader new` writes them: every activation with every loss, sizes at random."""
    rng = np.random.default_rng(300)
    kinds = list(product(ACTIVATIONS, LOSSES))
    for at in range(count):
        activation, loss = kinds[at % len(kinds)]
        sizes = rng.integers(1, 7, rng.integers(2, 7)).tolist()
        sizes[-1] = {"logistic": 1, "cross-entropy": max(2, sizes[-1])}.get(loss, sizes[-1])
        batch, bias = int(rng.integers(0, 6)), bool(rng.integers(2))
        yield Network(tuple(sizes), activation, loss, bias, batch), int(rng.integers(1_000_000))


def built(folder: Path, text: str) -> Key:
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    return keys.build(load(folder))


def key_of(folder: Path, drawn: Drawn) -> Key:
    network, seed = drawn
    return built(folder, problem_yaml("network", "A network", network, seed))


def is_sound(own: QuestionKey) -> bool:
    """Whether both derivations agree with the reference."""
    found = derivation.findings(own, derivation.derived(own))
    return not any(finding.level is Level.ERROR for finding in found)


def spoilt(reference: Estimate, rng: np.random.Generator) -> Estimate | None:
    """The reference with a relative error of 1e-5 in one entry; None if all are zero."""
    entries = np.argwhere(reference.values.any(axis=0))
    if not len(entries):
        return None
    row, column = entries[rng.integers(len(entries))]
    values = reference.values.copy()
    values[:, row, column] *= 1 + 1e-5
    return Estimate(values, reference.error)


def no_alarm_and_nothing_missed(folder: Path, count: int) -> int:
    """Check that no network raises an alarm; the number of spoilt references, which are all found."""
    rng, found = np.random.default_rng(1), 0
    for drawn in networks(count):
        try:
            key = key_of(folder, drawn)
        except AuthorError:  # its softmax underflows on nearly all draws: `grader new` refuses it
            continue
        for name, own in key.questions.items():
            reference, step = complex_step.reference(own), complex_step.derivative(own)
            assert not derivation.apart(reference, step).beyond, (*drawn, name)
            wrong = spoilt(reference, rng)
            if wrong is not None:
                assert derivation.apart(wrong, step).beyond, (*drawn, name)
                found += 1
    return found


def test_no_false_alarm_and_no_wrong_reference_that_is_not_found(tmp_path: Path) -> None:
    assert no_alarm_and_nothing_missed(tmp_path, len(ACTIVATIONS) * len(LOSSES)) > 100


@pytest.mark.nightly
def test_three_hundred_networks(tmp_path: Path) -> None:
    assert no_alarm_and_nothing_missed(tmp_path, 300) > 2000


@pytest.mark.parametrize("seed", range(4))
def test_a_softmax_that_saturates(tmp_path: Path, seed: int) -> None:
    """README's network: where p is nearly 1, log(p) has few digits left, its derivative has all."""
    network = Network((4, 3, 2), "relu", "cross-entropy")
    for own in key_of(tmp_path, (network, seed)).questions.values():
        assert is_sound(own)


ONE = """\
id: one
draws: {{count: 16, seed: 1}}
symbols: {{x: {{shape: [3], draw: {{kind: normal, sd: {sd}}}}}}}
model: {{l: {{is: '{loss}'}}}}
questions: [{{id: q1, of: l, wrt: x, reference: {{expression: '{reference}'}}}}]
"""


@pytest.mark.parametrize(
    ("loss", "reference"),
    [
        ("sum(1/(1 + 2*exp(x)))", "-1/(exp(-x)/2 + 2 + 2*exp(x))"),
        ("sum(exp(x - 700)/(1 + exp(x - 700)))", "sigmoid(x - 700)*sigmoid(700 - x)"),
    ],
)
def test_where_complex_numbers_overflow_real_differences_do_not(
    tmp_path: Path, loss: str, reference: str
) -> None:
    own = built(tmp_path, ONE.format(loss=loss, reference=reference, sd=400))["q1"]
    found = complex_step.derivative(own)
    assert np.isfinite(found.values).all()
    np.testing.assert_allclose(found.values, own.expected, atol=1e-9)


def test_a_value_that_is_complex_is_none(tmp_path: Path) -> None:
    text = ONE.format(loss="sum(x)", reference="x[1]", sd=1)
    own = built(tmp_path, text.replace("of: l, wrt: x", "of: 'sqrt(x[1])', wrt: 'x[1]'"))["q1"]
    assert np.isnan(complex_step.derivative(own).values).any()
    negative = int(own.draws.values["x"][:, 0, 0].argmin())
    with pytest.raises(NotExactError, match="not a real number"):
        exact(own, negative)


def test_the_estimate_of_rounding_covers_the_rounding(tmp_path: Path) -> None:
    """`exp(x) - 1` loses half of its digits near zero, and the estimate covers this."""
    own = built(tmp_path, ONE.format(loss="sum(exp(x) - x)", reference="exp(x) - 1", sd="1e-8"))[
        "q1"
    ]
    found = complex_step.reference(own)
    error = np.abs(found.values - np.expm1(own.draws.values["x"]))
    assert error.max() > 1e-18
    assert (error <= found.error).all()
    assert found.error.max() < 1e-13


@pytest.mark.parametrize(
    ("function", "slope", "at"),
    [(np.sin, np.cos, 1.3), (np.exp, np.exp, 3.0), (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 0.4),
     (lambda x: x**7, lambda x: 7 * x**6, -1.1)],
)  # fmt: skip
def test_ridders_knows_its_error(function, slope, at: float) -> None:
    def difference(step: float) -> np.ndarray:
        return np.array([(function(at + step) - function(at - step)) / (2 * step)])

    values, error = ridders(difference)
    assert abs(values[0] - slope(at)) <= max(10 * error[0], 1e-13)
    assert error[0] < 1e-9
