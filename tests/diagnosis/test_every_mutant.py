"""Every mistake of the catalogue, made in every question, is refused and named.

The faulty derivative is written in infix and in LaTeX, read, graded and diagnosed.
"""

import itertools
import random

import pytest
from mutant_problems import LIBRARY, QUESTIONS, codes, key_of, result_of
from mutant_writing import readable, written
from sampling import examples

from grader.diagnosis import Diagnosing
from grader.diagnosis.mutants import Mutant, Mutants
from grader.key import QuestionKey

pytestmark = pytest.mark.sampled

WRONG = ("incorrect", "partial")
PAIRS = examples(1, 10)  # for each question, at random


def mutants_of(key: QuestionKey) -> Mutants:
    return key.cached(Diagnosing).mutants


def some(key: QuestionKey, few: int, many: int | None = None) -> list[Mutant]:
    """Faulty derivatives that have a notation: a few at random; all, or many, in nightly runs."""
    able = [mutant for mutant in mutants_of(key).singles if readable(mutant.expression)]
    count = examples(few, many or len(able))
    return random.Random(key.question.id).sample(able, min(count, len(able)))


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
@pytest.mark.parametrize("notation", ["infix", "latex"])
def test_a_mistake_is_refused_and_named(name: str, question: str, notation: str):
    key = key_of(name)
    named = tried = 0
    for mutant in some(key[question], 3):
        result = result_of(
            key, question, written(key[question], mutant.expression, notation), notation
        )
        if "other-reading" in codes(result):  # square matrices: another way to multiply is right
            continue
        assert result.verdict in WRONG, mutant.faults[0].mistake.code
        if "not-worked-out" in codes(result):  # σ′(σ(x)) for σ′(x) is not diagnosed
            continue
        tried += 1
        named += mutant.faults[0].mistake.code in (*codes(result), *candidates(result))
    assert named >= 0.95 * tried or tried - named <= 2


@pytest.mark.parametrize(("name", "question"), LIBRARY[:: examples(5, 1)])
def test_a_mistake_in_the_library_is_refused_and_mostly_named(name: str, question: str):
    key = key_of(name)
    tried = some(key[question], 2, 6)
    named = 0
    for mutant in tried:
        text = written(key[question], mutant.expression, "infix")
        result = result_of(key, question, text)
        assert result.verdict in WRONG, text
        found = (*codes(result), *candidates(result))
        named += mutant.faults[0].mistake.code in found or "not-worked-out" in found
    assert named >= 0.75 * len(tried) or len(tried) - named <= 1


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_two_mistakes_at_once_are_refused_and_mostly_named(name: str, question: str):
    key = key_of(name)
    named = tried = 0
    for mutant in pairs(mutants_of(key[question])):
        result = result_of(key, question, written(key[question], mutant.expression, "infix"))
        assert result.verdict in WRONG
        tried += 1
        wanted = {fault.mistake.code for fault in mutant.faults}
        found = {*codes(result), *candidates(result)}
        named += wanted <= found or explained_more_simply(key[question], mutant.value)
    assert named >= 0.8 * tried or tried - named <= 1


def candidates(result) -> list[str]:
    """The codes of all mistakes in the instructor's report."""
    found = result.instructor.candidates if result.instructor else ()
    return [message.code for message in found if message.code]


def pairs(mutants: Mutants):
    """Some of the pairs that the grader tries and that have a notation."""
    chosen = list(mutants.pairs)
    random.Random(7).shuffle(chosen)
    found = (mutants.made(faults) for faults in chosen)
    readable_ones = (one for one in found if one is not None and readable(one.expression))
    return itertools.islice(readable_ones, PAIRS)


def explained_more_simply(key: QuestionKey, value) -> bool:
    """Whether one mistake alone, a constant factor or a zero has the same values as two."""
    if not value.any():
        return True
    matches = mutants_of(key).matching(value, (value != key.expected).any(axis=0))
    return bool(matches) and matches[0].rank[0] <= 2
