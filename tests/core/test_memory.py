"""Values that are kept from one expression to the next are those that it would have on its own."""

import numpy as np
import pytest
from library_keys import key_of

from grader import evaluation
from grader.comparison import EntryStatus, compare, is_surely_wrong
from grader.diagnosis import Diagnosing
from grader.evaluation import Evaluator, Memory
from grader.expression import SCALAR, Index, Sum
from grader.key import QuestionKey
from grader.primitives import Array, apply

PROBLEMS = (
    "attention",
    "layer-norm",
    "max-pool-dropout",
)  # sums, tables, kinks, products of matrices


def faulty(own: QuestionKey) -> list[Array]:
    return [one.value for one in own.cached(Diagnosing).mutants.singles]


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("most", [0, evaluation.MOST_REMEMBERED])
def test_faulty_derivatives_have_the_same_values_with_a_memory(
    name: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where all is forgotten again and again."""
    monkeypatch.setattr(evaluation, "MOST_REMEMBERED", most)
    for own in key_of(name).questions.values():
        memory = Memory()
        for one in own.cached(Diagnosing).mutants.singles:
            alone = own.evaluate(one.expression)
            assert np.array_equal(own.evaluate(one.expression, memory), alone)
            assert np.array_equal(own.evaluate(one.expression, memory), alone)


def test_a_part_is_another_where_its_letter_runs_elsewhere() -> None:
    letter = Index("i", 1, 3)
    square = apply("mul", letter, letter)  # one object under all of the sums
    memory = Memory()
    for stop, total in ((3, 14.0), (4, 30.0), (3, 14.0), (2, 5.0)):
        node = Sum(square, Index("i", 1, stop), SCALAR)
        value = Evaluator({}, lambda derivative: derivative, memory=memory)(node)
        assert value.item() == total


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_stack_of_answers_is_judged_like_each_alone(name: str) -> None:
    for own in key_of(name).questions.values():
        values = [*faulty(own), own.expected, own.expected * (1 + 1e-12), own.expected * (1 + 1e-9)]
        noise = np.abs(np.stack(values)) * 1e-15
        wrong = is_surely_wrong(np.stack(values), own.expected, own.noise, noise)
        for value, one, found in zip(values, noise, wrong, strict=True):
            alone = compare(value, own.expected, own.noise, lambda one=one: one)
            assert found == bool((alone.status == EntryStatus.INCORRECT).any())
