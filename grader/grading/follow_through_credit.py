"""Credit for wrong answers that follow from the student's own earlier wrong answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.comparison import compare
from grader.grading.collected import Given, Written
from grader.grading.follow_through import Earlier, followed
from grader.grading.incorrect import WRONG
from grader.grading.outcome import WrongValues
from grader.grading.text import judged_text
from grader.key import Key, QuestionKey
from grader.problem import Question
from grader.result import Instructor, Kind, Message, QuestionResult, Verdict
from grader.scoring import points


def with_follow_through(
    key: Key, given: Mapping[str, Given], results: Sequence[QuestionResult]
) -> list[QuestionResult]:
    """The results, with credit for answers that follow from earlier wrong ones."""
    wrong = {result.id for result in results if result.verdict in WRONG}
    found = []
    for result in results:
        question = key[result.id].question
        earlier = [name for name in question.rules.follows if name in wrong]
        after = (
            _followed_result(key, question, given, result, earlier) if result.id in wrong else None
        )
        found.append(after or result)
    return found


def _followed_result(
    key: Key,
    question: Question,
    given: Mapping[str, Given],
    result: QuestionResult,
    names: Sequence[str],
) -> QuestionResult | None:
    values = _values(key, question, given.get(question.id)) if names else None
    if values is None:
        return None
    for chosen in _chosen(names):
        earlier = [_earlier(key, name, given) for name in chosen]
        known = [one for one in earlier if one is not None]
        if len(known) == len(chosen) and _follows(key[question.id], values, known):
            return _credited(question, result, chosen)
    return None


def _chosen(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Each earlier answer alone, then all of them."""
    yield from ([name] for name in names)
    if len(names) > 1:
        yield names


def _values(key: Key, question: Question, given: Given | None) -> WrongValues | None:
    """The values of a wrong answer in text."""
    return judged_text(key, question, given).outcome.values if isinstance(given, Written) else None


def _earlier(key: Key, name: str, given: Mapping[str, Given]) -> Earlier | None:
    values = _values(key, key[name].question, given.get(name))
    return None if values is None else Earlier(key[name], values.node)


def _follows(key: QuestionKey, values: WrongValues, earlier: Sequence[Earlier]) -> bool:
    expected = followed(key, earlier)
    if expected is None:
        return False
    return compare(
        values.got, expected, key.noise, lambda: key.noise_of(values.node, values.got)
    ).correct


def _credited(question: Question, result: QuestionResult, names: Sequence[str]) -> QuestionResult:
    """The result of an answer that follows: its values are no new mistake, so no message names one."""
    credit = question.rules.follow_through
    earlier = " and ".join(names)
    note = Message(Kind.NOTE, f"right, given your {earlier}", "follow-through")
    kept = tuple(m for m in result.messages if m.kind in (Kind.NOTE, Kind.ERROR))
    messages = () if question.feedback == "verdict" else (note, *kept)
    old = result.instructor or Instructor()
    return replace(
        result,
        verdict=Verdict.PARTIAL if credit > 0 else result.verdict,
        score=max(result.score, points(question, Verdict.PARTIAL, credit)),
        messages=messages,
        counterexample=None,
        example=None,
        entries=None,
        instructor=replace(
            old, candidates=(), credit=f"right, given {earlier}: {credit:.0%} of the points"
        ),
    )
