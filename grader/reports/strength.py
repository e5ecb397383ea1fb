"""The same feedback, giving less away: for students who want to find it themselves."""

from dataclasses import replace

from grader.result import Kind, Message, QuestionResult, Report

STRONGEST = 3
_GIVING_AWAY = frozenset({"dependence", "right-only-where-active", "entries", "other-reading"})


def at_strength(report: Report, level: int) -> Report:
    """A report with hints of strength 1, 2 or 3; 3 is everything.

    1 says which kind of thing to look for, 2 where to look and at which step it breaks.
    """
    if level >= STRONGEST:
        return report
    return replace(report, questions=tuple(_weakened(q, level) for q in report.questions))


def _weakened(question: QuestionResult, level: int) -> QuestionResult:
    kept: dict[str, Message] = {}
    for message in question.messages:
        weaker = _weaker(message, level)
        if weaker is not None:
            kept.setdefault(weaker.text, weaker)
    return replace(
        question,
        messages=tuple(kept.values()),
        counterexample=None,
        example=None,
        entries=question.entries if level > 1 else None,
    )


def _weaker(message: Message, level: int) -> Message | None:
    match message.kind:
        case Kind.ERROR:
            return message
        case Kind.MISTAKE:
            return _hint(message, level)
        case Kind.STEP:
            return message if level > 1 else None
        case Kind.HINT:
            return message if level > 1 and message.code not in _GIVING_AWAY else None
        case Kind.NOTE:
            return None if level == 1 and message.code in _GIVING_AWAY else message


def _hint(message: Message, level: int) -> Message | None:
    """What is said in place of a mistake; one without hints is named at first, then told."""
    if message.hints:
        return Message(Kind.HINT, message.hints[min(level, len(message.hints)) - 1])
    if level > 1:
        return message
    words = (message.code or "").replace("-", " ")
    return Message(
        Kind.HINT, f"something is wrong with it: {words}" if words else "it is not right"
    )
