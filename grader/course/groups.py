"""Groups of wrong answers that mean the same: the instructor decides once for all of them."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.course.gradebook import Gradebook
from grader.result import Kind, QuestionResult, Verdict

NEAR = 1e-9
"""The relative tolerance of projections: equal values differ only by rounding."""

_WRONG = (Verdict.INCORRECT, Verdict.PARTIAL)
_UNREAD = (Verdict.UNREADABLE, Verdict.UNDECIDED)

Member = tuple[str, QuestionResult]


@dataclass(frozen=True, slots=True)
class Group:
    """Answers to one question with the same values, or, without values, with the same text.

    `text` is the most common spelling and `reading` how it was read (infix). `code` and `message` are
    those of the first mistake, or else of the first message. If the group `waits`, a human must look.
    """

    number: int
    question: str
    students: tuple[str, ...]
    text: str
    reading: str | None
    mathml: str | None
    code: str | None
    message: str
    points: float
    max_score: float
    waits: bool
    by_value: bool

    @property
    def count(self) -> int:
        """How many students gave this answer."""
        return len(self.students)


def groups(gradebook: Gradebook, question: str) -> tuple[Group, ...]:
    """The groups of a question, the largest first; groups that could not be decided come last.

    Files that could not be read are in none: they share no answer.
    """
    members = [
        (report.submission.id, result)
        for report in gradebook.reports
        for result in report.questions
        if result.id == question and result.verdict in (*_WRONG, *_UNREAD) and result.answer
    ]
    found = [*_by_value(members), *_by_text(members)]
    found.sort(key=lambda group: (_waits(group), -len(group), _typical(group).text, group[0][0]))
    return tuple(_group(number, group) for number, group in enumerate(found, 1))


def _by_value(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Compare sorted projections with their neighbours: rounding to a grid would split equal values."""
    valued = [(p, member) for member in members if (p := _projection(member[1])) is not None]
    valued.sort(key=lambda pair: pair[0])
    waiting = deque(valued)
    while waiting:
        first = waiting[0][0]
        close = []
        while waiting and not _beyond(waiting[0][0], first):
            close.append(waiting.popleft())
        yield [member for p, member in close if _same(p, first)]
        waiting.extendleft(reversed([pair for pair in close if not _same(pair[0], first)]))


def _beyond(later: tuple[float, float], first: tuple[float, float]) -> bool:
    """Whether neither this projection nor any after it can equal the first."""
    return later[0] - first[0] > 2 * NEAR * max(map(abs, first))


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    scale = max(map(abs, (*one, *other)), default=0.0)
    return all(abs(a - b) <= NEAR * scale for a, b in zip(one, other, strict=True))


def _projection(result: QuestionResult) -> tuple[float, float] | None:
    return result.instructor.projection if result.instructor else None


def _by_text(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Answers without values are the same if their texts are, up to blanks."""
    same: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        if _projection(member[1]) is None:
            key = str(member[1].verdict), "".join(_text(member[1]).split())
            same.setdefault(key, []).append(member)
    yield from same.values()


def _text(result: QuestionResult) -> str:
    return result.answer.text if result.answer else ""


@dataclass(frozen=True, slots=True)
class _Typical:
    text: str
    result: QuestionResult


def _typical(members: Sequence[Member]) -> _Typical:
    """The most common spelling; of several the shortest."""
    counts = Counter(_text(result) for _, result in members)
    text = min(counts, key=lambda text: (-counts[text], len(text), text))
    return _Typical(text, next(result for _, result in members if _text(result) == text))


def _waits(members: Sequence[Member]) -> bool:
    return members[0][1].verdict in _UNREAD


def _group(number: int, members: Sequence[Member]) -> Group:
    typical = _typical(members)
    result, answer = typical.result, typical.result.answer
    messages = sorted(result.messages, key=lambda message: message.kind is not Kind.MISTAKE)
    messages = [message for message in messages if message.code != "override"]
    return Group(
        number=number,
        question=result.id,
        students=tuple(sorted(name for name, _ in members)),
        text=typical.text,
        reading=answer.reading if answer else None,
        mathml=answer.mathml if answer else None,
        code=messages[0].code if messages else None,
        message=messages[0].text if messages else "",
        points=result.override.automatic if result.override else result.score,
        max_score=result.max_score,
        waits=_waits(members),
        by_value=_projection(result) is not None,
    )
