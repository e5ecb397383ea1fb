"""The first link of a derivation that breaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.alignment import Entry
from grader.alignment.align import FITS
from grader.alignment.matching import similarity
from grader.errors import IndexOutOfRange, StudentError, pointer
from grader.key import QuestionKey
from grader.problem import Question
from grader.steps.chain import Chain, Derivation, Link, links, position
from grader.steps.inherited_errors import rests_on
from grader.steps.member_check import READINGS, MemberFinding, MemberStatus, Readings, against_key
from grader.steps.statements import against_left, is_statement, reader, rested_on
from grader.submission import Place

# In what cannot be read as a value: layouts of Jacobians differ, so their products may be meant well.
_DERIVATIVE = re.compile(r"∂|∇|\\partial|\\nabla|Derivative\(|\bd\w+\s*[}/_@*]|\.grad|grad_")


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """One member of a chain as it was written, and its place.

    `number` counts the members that begin on its line, from 1; `alone` tells that no other right
    side begins there.
    """

    place: Place
    text: str
    number: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Break:
    """The first member of a derivation that is not so.

    `before` is the last right member before it, if there is one, and `gap` tells that something
    between them could not be checked. For an equation on the way `left` is its left side as it was
    written. `reason` says why a member makes no sense at all. `setup` tells that some member is right
    that neither repeats the question nor is the final answer. `own` is the student's answer to another
    question, by its left side, with which the member would follow.
    """

    part: MemberPlace
    before: MemberPlace | None = None
    left: str | None = None
    reason: str | None = None
    gap: bool = False
    setup: bool = False
    pointer: str | None = None
    own: MemberPlace | None = None

    @property
    def line(self) -> int:
        """The line that breaks."""
        return self.part.place.line


def first_break(key: QuestionKey, chain: Chain) -> Break | None:
    """Where the derivation of a wrong answer first breaks; None if nothing can be pointed at.

    Never raises for what a student wrote.
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
    at = _broken(findings)
    is_right = bool(findings) and findings[-1].standing is MemberStatus.RIGHT
    elsewhere = rested_on(key, chain, chained[-1].entry, found.elsewhere) if is_right else ()
    false = _false(key, found, elsewhere, readings)
    setup = _is_set_up(findings, false is not None)
    if false is not None and (at is None or _order(false) < _order(chained[at])):
        return Break(_part(false), left=false.left, setup=setup, pointer=_pointer(false))
    if at is None:
        return None
    broken = _in_chain(chained, findings, at, setup)
    return replace(broken, own=_own(key, chain, found, chained, findings, at))


def _order(link: Link) -> tuple[int, int, int]:
    return position(link.place)


# The chain


def _chained(question: Question, found: Derivation) -> list[Link]:
    """All that is said of the asked derivative, up to the final answer; the middle of too much left out."""
    members: list[Link] = []
    for entry in found.entries:
        if entry is found.answer or _is_asked(entry, question, found.answer):
            members.extend(links(entry))
        if entry is found.answer:
            break
    return members if len(members) <= READINGS else [*members[: READINGS - 1], members[-1]]


def _is_asked(entry: Entry, question: Question, answer: Entry) -> bool:
    """Whether the left side is the asked derivative, or what the answer takes for it."""
    left = entry.derivative
    return left is not None and (left == answer.derivative or similarity(left, question) > FITS)


def _findings(
    key: QuestionKey, chain: Chain, chained: Sequence[Link], readings: Readings
) -> list[MemberFinding]:
    judge = partial(against_key, key)
    found = [readings.best(chain.read, link.entry, judge) for link in chained]
    return [
        _settled(finding, link, is_final=link is chained[-1])
        for finding, link in zip(found, chained, strict=True)
    ]


def _settled(finding: MemberFinding, link: Link, is_final: bool) -> MemberFinding:
    """What makes no sense is wrong, unless it may be the chain rule in another layout."""
    if finding.standing is not MemberStatus.NONSENSE:
        return finding
    certain = isinstance(finding.error, IndexOutOfRange) or not _DERIVATIVE.search(link.text)
    return finding._replace(
        standing=MemberStatus.WRONG if is_final or certain else MemberStatus.UNKNOWN
    )


def _broken(findings: Sequence[MemberFinding]) -> int | None:
    """The first wrong member; not a final answer of which only that it is wrong can be said."""
    standings = [finding.standing for finding in findings]
    at = standings.index(MemberStatus.WRONG) if MemberStatus.WRONG in standings else None
    if at == len(standings) - 1 and MemberStatus.RIGHT not in standings:
        return None
    return at


def _is_set_up(findings: Sequence[MemberFinding], is_false: bool) -> bool:
    """Whether the way is right: a member before the last, or the last if a step it rests on is not."""
    way = findings if is_false else findings[:-1]
    return any(finding.standing is MemberStatus.RIGHT for finding in way)


def _in_chain(
    chained: Sequence[Link], findings: Sequence[MemberFinding], at: int, setup: bool
) -> Break:
    right = [n for n in range(at) if findings[n].standing is MemberStatus.RIGHT]
    before = _part(chained[right[-1]]) if right else None
    between = findings[right[-1] : at] if right else ()
    gap = any(finding.standing is MemberStatus.UNKNOWN for finding in between)
    error = findings[at].error
    reason = error.message if error is not None else None
    return Break(_part(chained[at]), before, None, reason, gap, setup, _pointer(chained[at]))


def _own(
    key: QuestionKey,
    chain: Chain,
    found: Derivation,
    chained: Sequence[Link],
    findings: Sequence[MemberFinding],
    at: int,
) -> MemberPlace | None:
    """The answer to another question that a wrong member follows from, if a right one stands before it."""
    if at == 0 or findings[at - 1].standing is not MemberStatus.RIGHT:
        return None
    answer = rests_on(key, chain, chained[at - 1].entry, chained[at].entry, found.others)
    stated = next(links(answer), None) if answer is not None else None
    return None if stated is None else replace(_part(stated), text=stated.left)


# Equations on the way


def _false(
    key: QuestionKey, found: Derivation, elsewhere: Sequence[Entry], readings: Readings
) -> Link | None:
    """The first equation on the way that is not so, or `elsewhere` in the paper."""
    beside = [entry for entry in found.entries if entry is not found.answer]
    ways = [e for e in beside if not _is_asked(e, key.question, found.answer)]
    for entry in (*ways, *elsewhere):
        for link in links(entry) if is_statement(key, entry) else ():
            judge = partial(against_left, key, link.entry)
            finding = readings.best(partial(reader, key), link.entry, judge)
            if finding.standing is MemberStatus.WRONG:
                return link
    return None


# What is shown


def _part(link: Link) -> MemberPlace:
    return MemberPlace(link.place, link.text, link.number, link.count == 1)


def _pointer(link: Link) -> str | None:
    return pointer(link.entry.formula.text, link.entry.answer_span) or None
