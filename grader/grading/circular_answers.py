"""Circular answers: `∂l/∂z = ∂l/∂b` and `∂l/∂b = ∂l/∂z` together answer nothing.

An answer may use a derivative that another question asks for; it is judged with the true value. Such
answers count only if they end at something that is worked out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.expression import Derivative, walk
from grader.grading.judge import for_instructor
from grader.grading.shown_reading import TreeEcho
from grader.key import Key
from grader.problem.model import bases
from grader.result import Kind, Message, QuestionResult, Verdict

Rests = Mapping[str, Sequence[Sequence[str]]]
"""For each answer and each derivative in it: the answered questions that ask for that derivative."""


def without_circular_answers(key: Key, results: Sequence[QuestionResult]) -> list[QuestionResult]:
    """The results, with answers that use themselves through others marked as incorrect."""
    rests = _rests(key, results)
    if not any(rests.values()):
        return list(results)
    grounded = _grounded(rests)
    return [
        _circular(key, result, circle)
        if result.verdict in (Verdict.CORRECT, Verdict.PARTIAL)
        and (circle := _circle(result.id, rests, grounded))
        else result
        for result in results
    ]


def _rests(key: Key, results: Sequence[QuestionResult]) -> Rests:
    askers = defaultdict(list)
    for result in results:
        if result.verdict is Verdict.MISSING:
            continue
        question = key[result.id].question
        askers[bases(question.of, question.wrt)].append(result.id)
    return {
        result.id: [askers[pair] for pair in _derivatives(result) if pair in askers]
        for result in results
    }


def _derivatives(result: QuestionResult) -> set[tuple[str, str]]:
    """The derivatives in an answer."""
    echo = result.answer.echo if result.answer is not None else None
    parts = walk(echo.node) if isinstance(echo, TreeEcho) else ()
    return {bases(part.of, part.wrt) for part in parts if isinstance(part, Derivative)}


def _grounded(rests: Rests) -> set[str]:
    """The answers that end, through any number of others, at one that uses no answered question."""
    grounded: set[str] = set()
    while True:
        more = {
            name
            for name, needed in rests.items()
            if name not in grounded
            and all(any(one in grounded for one in askers) for askers in needed)
        }
        if not more:
            return grounded
        grounded |= more


def _circle(start: str, rests: Rests, grounded: set[str]) -> list[str]:
    """The path from an answer back to itself through others that are not grounded; empty if none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for name in (one for askers in rests[way[-1]] for one in askers):
            if name == start:
                return [*way, name]
            if name not in seen and name not in grounded:
                seen.add(name)
                ways.append([*way, name])
    return []


def _circular(key: Key, result: QuestionResult, circle: Sequence[str]) -> QuestionResult:
    question = key[result.id]
    text = (
        "the answer is not worked out: it uses answers that use it in turn, "
        f"{' → '.join(circle)}; derive one of them without the others"
    )
    message = Message(Kind.MISTAKE, text, "not-worked-out")
    messages = () if question.question.feedback == "verdict" else (message, *result.messages)
    wrong = replace(
        result,
        verdict=Verdict.INCORRECT,
        score=0.0,
        messages=messages,
        entries=None,
        counterexample=None,
    )
    return for_instructor(wrong, question)
