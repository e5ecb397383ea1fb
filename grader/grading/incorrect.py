"""The messages about a wrong answer, and its credit by the author's rules."""

from dataclasses import replace

from grader.diagnosis import Diagnosing, Examples, projection
from grader.grading.outcome import Outcome, WrongValues
from grader.grading.rules import Alternatives, broken_rule
from grader.key import QuestionKey
from grader.notation import Reading
from grader.problem import KnownMistake
from grader.result import Instructor, Kind, Message, Verdict

WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)


def by_rules(key: QuestionKey, reading: Reading, outcome: Outcome, notation: str) -> Outcome:
    """The outcome by the author's rules: accepted after all, in a wrong form, or diagnosed."""
    values = outcome.values
    if values is not None and _is_accepted(key, values):
        outcome = Outcome(Verdict.CORRECT, 1.0)
    if outcome.verdict == Verdict.CORRECT and key.one_sided(reading.kinked):
        return Outcome(Verdict.UNDECIDED, messages=(_ONE_SIDED,))
    broken = (
        broken_rule(key, reading.node) if outcome.verdict in (*WRONG, Verdict.CORRECT) else None
    )
    if outcome.verdict == Verdict.CORRECT:
        return outcome if broken is None else Outcome(Verdict.INCORRECT, messages=(broken,))
    outcome = with_foreseen_mistake(key, with_diagnosis(key, outcome, notation))
    return outcome if broken is None else _without_credit(outcome, broken)


def _is_accepted(key: QuestionKey, values: WrongValues) -> bool:
    """Whether the author accepts this answer, in a layout that the rules allow."""
    if values.turned and key.question.rules.layout != "either":
        return False
    return key.cached(Alternatives).accepts(values.node, values.got)


_ONE_SIDED = Message(
    Kind.ERROR,
    "the answer is right on every draw, but it has a condition with the same outcome on all of "
    "them; a person will look at it",
    "one-sided",
)


def _without_credit(outcome: Outcome, broken: Message) -> Outcome:
    """A wrong answer that also breaks a rule earns nothing, since a right one would earn nothing."""
    messages = _in_order((broken, *outcome.messages))
    return replace(outcome, verdict=Verdict.INCORRECT, fraction=0.0, messages=messages, values=None)


def with_diagnosis(key: QuestionKey, outcome: Outcome, notation: str) -> Outcome:
    """The outcome of a wrong answer with its diagnosis; any other outcome unchanged."""
    values = outcome.values
    if not key.diagnoses:
        return outcome
    if outcome.verdict not in WRONG or values is None or not values.wrong.any():
        return outcome
    diagnosis = key.cached(Diagnosing).of(values.got, values.wrong, values.node, notation)
    codes = {message.code for message in diagnosis.messages}
    kept = (m for m in outcome.messages if m.kind is not Kind.NOTE or m.code not in codes)
    return replace(
        outcome,
        messages=_in_order((*diagnosis.messages, *kept)),
        example=key.cached(Examples).against(values.node),
        instructor=Instructor(candidates=diagnosis.candidates, projection=projection(values.got)),
        several=diagnosis.is_several,
    )


def _in_order(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages, mistakes first."""
    return tuple(sorted(messages, key=lambda message: message.kind is not Kind.MISTAKE))


def with_foreseen_mistake(key: QuestionKey, outcome: Outcome) -> Outcome:
    """The outcome of a wrong answer; a mistake that the author foresaw has their message and credit."""
    if outcome.verdict not in WRONG or not key.question.rules.mistakes:
        return outcome
    values = outcome.values
    codes = {message.code for message in outcome.messages if message.code}
    node, got = (values.node, values.got) if values is not None else (None, None)
    rule = key.cached(Alternatives).mistake(node, got, codes)
    return outcome if rule is None else _foreseen(outcome, rule)


def _foreseen(outcome: Outcome, rule: KnownMistake) -> Outcome:
    message = Message(Kind.MISTAKE, rule.message, rule.code or "foreseen")
    others = tuple(m for m in outcome.messages if m.code != message.code)
    # A mistake that is named by its code earns credit only if it is the only mistake.
    credit = 0.0 if outcome.several and rule.code else rule.credit
    better = max(credit, outcome.fraction)
    verdict = Verdict.PARTIAL if better > 0 else outcome.verdict
    why = f"the mistake was foreseen: {credit:.0%} of the points"
    instructor = replace(outcome.instructor or Instructor(), credit=why)
    return replace(outcome, verdict=verdict, fraction=better, messages=(message, *others),
                   instructor=instructor)  # fmt: skip
