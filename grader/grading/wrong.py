"""What is said of a wrong answer, and what it may still earn by the author's rules."""

from dataclasses import replace

from grader.diagnosis import Diagnosing, Examples
from grader.grading.outcome import Outcome
from grader.grading.rules import Alternatives, broken_rule
from grader.key import QuestionKey
from grader.notation import Reading
from grader.problem import KnownMistake
from grader.result import Instructor, Kind, Message, Verdict

WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)


def ruled(key: QuestionKey, reading: Reading, outcome: Outcome, notation: str) -> Outcome:
    """The outcome by the author's rules too: accepted after all, not what was asked for, or explained."""
    values = outcome.values
    if values is not None and key.remember(Alternatives).accepts(values.node, values.got):
        outcome = Outcome(Verdict.CORRECT, 1.0)
    if outcome.verdict == Verdict.CORRECT:
        broken = broken_rule(key, reading.node)
        return outcome if broken is None else Outcome(Verdict.INCORRECT, messages=(broken,))
    return credited(key, explained(key, outcome, notation))


def explained(key: QuestionKey, outcome: Outcome, notation: str) -> Outcome:
    """The outcome of a wrong answer with its diagnosis; any other outcome as it is."""
    values = outcome.values
    if outcome.verdict not in WRONG or values is None:
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


def credited(key: QuestionKey, outcome: Outcome) -> Outcome:
    """A wrong answer whose mistake the author foresaw says what the author says, and earns that much."""
    if outcome.verdict not in WRONG or not key.question.rules.mistakes:
        return outcome
    values = outcome.values
    codes = {message.code for message in outcome.messages if message.code}
    node, got = (values.node, values.got) if values is not None else (None, None)
    rule = key.remember(Alternatives).mistake(node, got, codes)
    return outcome if rule is None else _foreseen(outcome, rule)


def _foreseen(outcome: Outcome, rule: KnownMistake) -> Outcome:
    message = Message(Kind.MISTAKE, rule.message, rule.code or "foreseen")
    others = tuple(m for m in outcome.messages if m.code != message.code)
    better = max(rule.credit, outcome.fraction)
    verdict = Verdict.PARTIAL if better > 0 else outcome.verdict
    why = f"the mistake was foreseen: {rule.credit:.0%} of the points"
    instructor = replace(outcome.instructor or Instructor(), credit=why)
    return replace(outcome, verdict=verdict, fraction=better, messages=(message, *others),
                   instructor=instructor)  # fmt: skip
