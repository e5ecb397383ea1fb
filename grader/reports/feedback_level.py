"""Feedback that gives less away, for students who want to find a mistake themselves."""

from collections.abc import Iterator
from dataclasses import replace

from grader.reports.wording import where_to_look
from grader.result import Kind, Message, QuestionResult, Report

STRONGEST = 3
_GIVING_AWAY = frozenset({"dependence", "right-only-where-active", "entries"})
_ALTERNATIVE = "or else, "  # diagnosis begins another explanation of the same values so


def at_strength(report: Report, level: int) -> Report:
    """A report with hints of strength 1, 2 or 3.

    1 names the kind of mistake, 2 also the place and the first wrong step, 3 everything.
    """
    if level >= STRONGEST:
        return report
    return replace(report, questions=tuple(_weakened(q, level) for q in report.questions))


def _weakened(question: QuestionResult, level: int) -> QuestionResult:
    """The question without numbers and without the reference, even if the author shows it to students."""
    return replace(
        question,
        messages=tuple(_weaker(question.messages, level)),
        counterexample=None,
        example=None,
        entries=question.entries if level > 1 else None,
        reference=None,
        reference_mathml=None,
    )


def _weaker(messages: tuple[Message, ...], level: int) -> Iterator[Message]:
    """The weaker messages, without repetitions."""
    unread = any(message.kind is Kind.ERROR for message in messages)
    seen: set[str] = set()
    for message in messages:
        if not _is_kept(message, level, unread):
            continue
        weak = _hint(message, level) if message.kind is Kind.MISTAKE else message
        if weak.text not in seen:
            seen.add(weak.text)
            is_other = weak is not message and message.text.startswith(_ALTERNATIVE)
            yield replace(weak, text=f"or else: {weak.text}") if is_other else weak


def _is_kept(message: Message, level: int, unread: bool) -> bool:
    """Whether the message stays. Hints on how to write an unreadable answer give nothing away."""
    match message.kind:
        case Kind.STEP:
            return level > 1
        case Kind.HINT:
            return (level > 1 or unread) and message.code not in _GIVING_AWAY
        case Kind.NOTE:
            return level > 1 or message.code not in _GIVING_AWAY
    return True


def _hint(message: Message, level: int) -> Message:
    """The hint in place of a mistake. Without its own hints, level 1 names the topic, level 2 all."""
    if message.hints:
        return Message(Kind.HINT, message.hints[min(level, len(message.hints)) - 1])
    return message if level > 1 else Message(Kind.HINT, where_to_look(message.code))
