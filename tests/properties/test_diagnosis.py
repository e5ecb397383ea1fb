"""No right answer gets a mistake, and no wrong answer gets a mistake that it does not have.

Right and wrong answers to each question of the first homework, rewritten and damaged at random.
Loops check each diagnosis on draws that the grader did not use.
"""

import random

import numpy as np
import pytest
from mutating import changed
from property_problems import Start, starts
from property_strategies import OFTEN, judged, written
from property_values import differing, draws_of, everywhere
from rewriting import rewritten
from sampling import examples

from grader.diagnosis import Diagnosing
from grader.result import Kind

pytestmark = pytest.mark.sampled

EACH = examples(3, 60)
STARTS = starts("cs1678-hw3")


def chooser(seed: object):
    numbers = random.Random(repr(seed))
    return lambda count: numbers.randrange(count)


@pytest.mark.parametrize("start", STARTS, ids=repr)
def test_a_right_answer_gets_no_mistake(start: Start):
    for number in range(EACH):
        choose = chooser((start, number))
        node = rewritten(start.own, start.node, choose(7), choose)
        answer = written(start, node, ("infix", "latex")[number % 2], choose)
        result = judged(answer)
        if result.verdict == "correct":
            assert [m for m in result.messages if m.kind is Kind.MISTAKE] == [], answer
            assert result.example is None
            assert result.instructor is None


@pytest.mark.parametrize("start", STARTS, ids=repr)
def test_a_named_mistake_has_the_values_of_the_answer(start: Start):
    """A backward pass with the named mistakes has the values of the student's answer on other draws too."""
    diagnosing = start.own.cached(Diagnosing)
    draws = draws_of(start.own)
    for number in range(EACH):
        choose = chooser((start, -number))
        node = changed(start.own, start.node, choose)
        if node is None or differing(start.values(node), start.values(start.node)) < OFTEN:
            continue
        got = start.own.evaluate(node)
        ours = everywhere(start.own, node, draws)
        if not np.allclose(got.reshape(ours.shape), ours):
            continue  # σ′(0), which may have any value, or an infinite value
        wrong = np.asarray((got != start.own.expected).any(axis=0))
        for match in diagnosing.mutants.matching(got, wrong):
            faulty = diagnosing.mutants.made(match.faults)
            assert faulty is not None
            claimed = match.factor * start.values(faulty.expression)
            at = np.broadcast_to(wrong.ravel(), claimed.shape)
            assert np.allclose(claimed[at], start.values(node)[at], rtol=1e-6, atol=1e-9)
