"""What is said of a wrong answer: the mistake in it, and a difference that can be checked by hand."""

from dataclasses import replace

from grader.diagnosis import Diagnosing, Examples
from grader.grading.outcome import Outcome
from grader.key import QuestionKey
from grader.result import Instructor, Kind, Message, Verdict


def explained(key: QuestionKey, outcome: Outcome, notation: str) -> Outcome:
    """The outcome of a wrong answer with its diagnosis; any other outcome as it is."""
    values = outcome.values
    if outcome.verdict not in (Verdict.INCORRECT, Verdict.PARTIAL) or values is None:
        return outcome
    diagnosis = key.remember(Diagnosing).of(values.got, values.wrong, values.node, notation)
    said = {message.code for message in diagnosis.messages}
    kept = (m for m in outcome.messages if m.kind is not Kind.NOTE or m.code not in said)
    return replace(
        outcome,
        messages=_in_order((*diagnosis.messages, *kept)),
        example=key.remember(Examples).against(values.node),
        instructor=Instructor(candidates=diagnosis.candidates),
    )


def _in_order(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Mistakes before everything else."""
    return tuple(sorted(messages, key=lambda message: message.kind is not Kind.MISTAKE))
