"""A break as a message for the student: it names lines of the paper, but never the right value."""

from grader.result import Kind, Message
from grader.steps.breaks import Break, MemberPlace
from grader.steps.quoting import quoted

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_HINTS = ("a step of the derivation is wrong", "try each step with small numbers")


def message_of(found: Break) -> Message:
    """Where a derivation breaks, as a message."""
    return Message(Kind.STEP, _text(found), "step", found.pointer, (*_HINTS, _where(found)))


def _where(found: Break) -> str:
    return f"look at {_line(found.inherited or found.part)} again"


def _text(found: Break) -> str:
    part, before = found.part, found.before
    if found.left is not None:
        return f"{_line(part)} is wrong: {_inequality(part, found.left)}"
    if before is None:
        reason = f" ({found.reason})" if found.reason else ""
        return (
            f"{_named(part)} is not the derivative that the question asks for: "
            f"{quoted(part.text)}{reason}"
        )
    if found.inherited is not None:
        return (
            f"{_named(before)} is right: {quoted(before.text)}; the next step, {quoted(part.text)}, "
            f"uses {quoted(found.inherited.text)} in {_line(found.inherited)}, which is wrong"
        )
    remark = "; the steps between them could not be checked" if found.gap else ""
    return f"{_follows(before, part)}{remark}"


def _inequality(part: MemberPlace, left: str) -> str:
    right = quoted(part.text)
    return f"{quoted(left)} is not {right}" if left else f"the left side is not {right}"


def _follows(before: MemberPlace, part: MemberPlace) -> str:
    if _line(before) != _line(part):
        return (
            f"{_named(before)} is right: {quoted(before.text)}; "
            f"{_named(part)} does not follow from it: {quoted(part.text)}"
        )
    if before.number < part.number:
        return (
            f"{_named(before)} is right: {quoted(before.text)}; "
            f"the {_ordinal(part.number)} does not follow from it: {quoted(part.text)}"
        )
    return (
        f"in {_line(part)}, {quoted(before.text)} is right; "
        f"{quoted(part.text)} does not follow from it"
    )


def _named(part: MemberPlace) -> str:
    return _line(part) if part.alone else f"the {_ordinal(part.number)} part of {_line(part)}"


def _line(part: MemberPlace) -> str:
    return part.place.named


def _ordinal(number: int) -> str:
    if 0 < number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
