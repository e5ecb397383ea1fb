"""Faulty passes that are evaluated together have the same values as evaluated one by one."""

import random

import pytest
from mutant_problems import key_of

from grader.diagnosis import Diagnosing
from grader.diagnosis.batched_passes import ABSENT, Stacked, is_on_the_way
from grader.diagnosis.fingerprints import same

QUESTIONS = [
    ("cs1678-hw3", "q17"), ("lstm-cell", "q10"), ("rnn", "q5"), ("batch-norm", "q6"),
    ("vae", "q9"), ("classifier", "q5"), ("losses", "q3"), ("word2vec", "q8"),
]  # fmt: skip
SOME, DRAWS = 40, 8


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_stacked_passes_have_the_values_of_the_written_derivatives(name: str, question: str):
    mutants = key_of(name)[question].cached(Diagnosing).mutants
    pairs = [pair for pair in mutants.pairs if all(map(is_on_the_way, pair))]
    some = random.Random(f"{name} {question}").sample(pairs, min(SOME, len(pairs)))
    values, own = Stacked(key_of(name)[question], mutants.passed).values(some, DRAWS)
    for pair, at in zip(some, own, strict=True):
        made = mutants.made(pair)
        if made is not None and made.value[:DRAWS].any():
            assert at != ABSENT
            assert same(values[at], made.value[:DRAWS])
