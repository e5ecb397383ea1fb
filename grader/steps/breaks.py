"""Finding the first wrong member of a derivation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.claims import FITS, Claim, similarity
from grader.errors import IndexOutOfRange, StudentError, pointer
from grader.key import QuestionKey
from grader.problem import Question
from grader.steps.chain import Chain, Derivation, Link, links, position
from grader.steps.inherited_errors import inherited_from
from grader.steps.member_check import READINGS, MemberFinding, MemberStatus, Readings, against_key
from grader.steps.statements import against_left, is_statement, needed_steps, reader
from grader.submission import Place

# A member with derivatives may only fail because it uses another layout of Jacobians.
_DERIVATIVE = re.compile(r"∂|∇|\\partial|\\nabla|Derivative\(|\bd\w+\s*[}/_@*]|\.grad|grad_")


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """One member of a chain: its text and place.

    `number` counts the members that begin on its line, from 1. `alone` means that no other right side
    begins on that line.
    """

    place: Place
    text: str
    number: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Break:
    """The first wrong member of a derivation.

    `before` is the last right member before it, if there is one. `gap` means that something between them
    could not be checked. `left` is the left side of an intermediate equation, as written. `reason` says
    why a member makes no sense at all. `setup` means that some member is right, apart from the final
    answer and from members that repeat the question. `inherited` is the left side of the student's
    wrong answer to another question, if the member follows from that answer.
    """

    part: MemberPlace
    before: MemberPlace | None = None
    left: str | None = None
    reason: str | None = None
    gap: bool = False
    setup: bool = False
    pointer: str | None = None
    inherited: MemberPlace | None = None

    @property
    def line(self) -> int:
        """The line of the wrong member."""
        return self.part.place.line


def first_break(key: QuestionKey, chain: Chain) -> Break | None:
    """Where the derivation of a wrong answer first breaks; None if no member is known to be wrong.

    No text of a student makes it raise.
    """
    try:
        found = chain.cut()
    except StudentError:
        return None
    if found is None:
        return None
    readings = Readings()
    chained = _chained(key.question, found)
    findings = _findings(key, chain, chained, readings)
    at = _first_wrong(findings)
    is_right = bool(findings) and findings[-1].status is MemberStatus.RIGHT
    elsewhere = needed_steps(key, chain, chained[-1].entry, found.elsewhere) if is_right else ()
    wrong_equation = _false_equation(key, found, elsewhere, readings)
    setup = _is_set_up(findings, wrong_equation is not None)
    if wrong_equation is not None and (
        at is None or _position(wrong_equation) < _position(chained[at])
    ):
        return Break(
            _part(wrong_equation),
            left=wrong_equation.left,
            setup=setup,
            pointer=_pointer(wrong_equation),
        )
    if at is None:
        return None
    broken = _in_chain(chained, findings, at, setup)
    return replace(broken, inherited=_inherited(key, chain, found, chained, findings, at))


def _position(link: Link) -> tuple[int, int, int]:
    return position(link.place)


# The chain


def _chained(question: Question, found: Derivation) -> list[Link]:
    """All members for the asked derivative, up to the final answer; long chains without their middle."""
    members: list[Link] = []
    for entry in found.entries:
        if entry is found.answer or _is_asked(entry, question, found.answer):
            members.extend(links(entry))
        if entry is found.answer:
            break
    return members if len(members) <= READINGS else [*members[: READINGS - 1], members[-1]]


def _is_asked(entry: Claim, question: Question, answer: Claim) -> bool:
    """Whether the left side is the asked derivative, or the left side of the answer."""
    left = entry.derivative
    return left is not None and (left == answer.derivative or similarity(left, question) > FITS)


def _findings(
    key: QuestionKey, chain: Chain, chained: Sequence[Link], readings: Readings
) -> list[MemberFinding]:
    judge = partial(against_key, key)
    found = [readings.best(chain.read, link.entry, judge) for link in chained]
    return [
        _decided(finding, link, is_final=link is chained[-1])
        for finding, link in zip(found, chained, strict=True)
    ]


def _decided(finding: MemberFinding, link: Link, is_final: bool) -> MemberFinding:
    """The finding, with nonsense counted as wrong unless it may be the chain rule in another layout."""
    if finding.status is not MemberStatus.NONSENSE:
        return finding
    certain = isinstance(finding.error, IndexOutOfRange) or not _DERIVATIVE.search(link.text)
    return finding._replace(
        status=MemberStatus.WRONG if is_final or certain else MemberStatus.UNKNOWN
    )


def _first_wrong(findings: Sequence[MemberFinding]) -> int | None:
    """The first wrong member; None if that is the final answer and no member is right."""
    statuses = [finding.status for finding in findings]
    at = statuses.index(MemberStatus.WRONG) if MemberStatus.WRONG in statuses else None
    if at == len(statuses) - 1 and MemberStatus.RIGHT not in statuses:
        return None
    return at


def _is_set_up(findings: Sequence[MemberFinding], is_false: bool) -> bool:
    """Whether a member before the last is right, or the last if an intermediate equation is wrong."""
    way = findings if is_false else findings[:-1]
    return any(finding.status is MemberStatus.RIGHT for finding in way)


def _in_chain(
    chained: Sequence[Link], findings: Sequence[MemberFinding], at: int, setup: bool
) -> Break:
    right = [n for n in range(at) if findings[n].status is MemberStatus.RIGHT]
    before = _part(chained[right[-1]]) if right else None
    between = findings[right[-1] : at] if right else ()
    gap = any(finding.status is MemberStatus.UNKNOWN for finding in between)
    error = findings[at].error
    reason = error.message if error is not None else None
    return Break(_part(chained[at]), before, None, reason, gap, setup, _pointer(chained[at]))


def _inherited(
    key: QuestionKey,
    chain: Chain,
    found: Derivation,
    chained: Sequence[Link],
    findings: Sequence[MemberFinding],
    at: int,
) -> MemberPlace | None:
    """The answer to another question from which a wrong member follows, if the member before is right."""
    if at == 0 or findings[at - 1].status is not MemberStatus.RIGHT:
        return None
    answer = inherited_from(key, chain, chained[at - 1].entry, chained[at].entry, found.others)
    stated = next(links(answer), None) if answer is not None else None
    return None if stated is None else replace(_part(stated), text=stated.left)


# Intermediate equations


def _false_equation(
    key: QuestionKey, found: Derivation, elsewhere: Sequence[Claim], readings: Readings
) -> Link | None:
    """The first wrong intermediate equation, in the derivation or `elsewhere` in the paper."""
    beside = [entry for entry in found.entries if entry is not found.answer]
    ways = [e for e in beside if not _is_asked(e, key.question, found.answer)]
    for entry in (*ways, *elsewhere):
        for link in links(entry) if is_statement(key, entry) else ():
            judge = partial(against_left, key, link.entry)
            finding = readings.best(partial(reader, key), link.entry, judge)
            if finding.status is MemberStatus.WRONG:
                return link
    return None


# Text and places


def _part(link: Link) -> MemberPlace:
    return MemberPlace(link.place, link.text, link.number, link.count == 1)


def _pointer(link: Link) -> str | None:
    return pointer(link.entry.formula.text, link.entry.answer_span) or None
