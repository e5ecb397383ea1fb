"""Algebra never changes a verdict: a right answer stays right in any form, and a wrong one wrong.

Chains of rules rewrite right answers to whole problems. The answers are written in one of three
notations, with the habits of students, and graded.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from property_problems import PROBLEMS, key_of, starts
from property_strategies import (
    Answer,
    answer_file,
    chooser,
    is_accepted,
    judged,
    paper,
    right_answers,
    submissions,
    unshrunk,
    write,
    wrong_answers,
)
from property_values import differing
from rewriting import RULES, rewritten, ways
from sampling import examples
from writing import is_known_fault

from grader.grading import grade
from grader.submission import read

pytestmark = pytest.mark.sampled


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_rewritten_answer_is_right(problem: str) -> None:
    @given(answer=right_answers(problem))
    @settings(max_examples=examples(10, 100))
    def holds(answer: Answer) -> None:
        assume(not is_known_fault(answer.text))
        result = judged(answer)
        assert is_accepted(answer, result), (result.verdict, result.messages)

    holds()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_mistake_is_never_right(problem: str) -> None:
    @given(answer=wrong_answers(problem))
    @settings(max_examples=examples(10, 100))
    def holds(answer: Answer | None) -> None:
        assume(answer is not None)
        assert answer is not None
        assert judged(answer).verdict != "correct"

    holds()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_rewriting_keeps_the_value(problem: str) -> None:
    """Checks the rules themselves with plain loops, so that failures above are faults of the grader."""

    @given(data=st.data())
    @settings(max_examples=examples(10, 60))
    def holds(data: st.DataObject) -> None:
        start = data.draw(st.sampled_from(starts(problem)))
        node = rewritten(start.own, start.node, 6, chooser(data.draw))
        assert differing(start.values(node, 6), start.values(start.node, 6)) == 0

    holds()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_applies_to_some_answer(rule: str) -> None:
    """A rule that applies to no answer would test nothing."""
    begun = [start for problem in PROBLEMS for start in starts(problem)]
    once = any(True for start in begun for _ in ways(start.own, start.node, RULES[rule]))
    assert once or any(
        True
        for start in begun
        for name in ("distributed", "indexed")
        for node in ways(start.own, start.node, RULES[name])
        for _ in ways(start.own, node, RULES[rule])
    )


Layout = Callable[[dict[str, Answer]], str]


@pytest.mark.parametrize(
    ("name", "layout", "notations"),
    [("a.yaml", answer_file, ("infix", "latex")), ("a.md", paper, ("latex", "unicode"))],
    ids=["answer file", "paper"],
)
def test_a_whole_submission_of_rewritten_answers(
    tmp_path: Path, name: str, layout: Layout, notations: tuple[str, ...]
) -> None:
    """All 17 questions through a file."""

    @given(answers=submissions(notations))
    @settings(unshrunk, max_examples=examples(3, 30))
    def holds(answers: dict[str, Answer]) -> None:
        key = key_of("cs1678-hw3")
        key.seen.clear()
        report = grade(key, read(write(tmp_path, name, layout(answers))))
        refused = [
            answer for name, answer in answers.items() if not is_accepted(answer, report[name])
        ]
        assert not refused

    holds()
