"""The closing rule: no question is `missing` while the submission holds something that none took.

Everything that is left over is in one list: files and entries that could not be read, code, pictures,
links, formulas, notes. A question without an answer goes to a human as long as the list is not empty.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.alignment import FoundAnswer, left_over, named, text_of
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Verdict
from grader.submission import Leftover, Paper, Place, Refusal, Submission

_LONG = 20  # signs of code that stand in the handout by no accident
_SHOWN = 3  # of what is left over are repeated to the student

Aligned = Sequence[tuple[Paper, Mapping[str, FoundAnswer]]]


def unplaced(problem: Problem, submission: Submission) -> list[Refusal]:
    """What was handed in and belongs to no question: it must not vanish without a word."""
    refusals = [
        refusal
        for refusal in submission.refusals
        if named(refusal.question, problem.questions) is None
    ]
    known = ", ".join(question.id for question in problem.questions[:20])
    ids = {question.id for question in problem.questions}
    for answer in submission.answers:
        if answer.question not in ids and named(answer.question, problem.questions) is None:
            message = f"there is no question `{answer.question[:40]}` in this problem"
            hint = f"the questions are {known}"
            refusals.append(Refusal(message, answer.place, None, hint, whole_file=True))
    return refusals


def leftovers(
    problem: Problem, submission: Submission, papers: Aligned, answered: Collection[str]
) -> tuple[Leftover, ...]:
    """What no question took, what could not be read first; `answered` are the questions with an answer."""
    if len(answered) == len(problem.questions):
        return ()
    return (
        *_unread(unplaced(problem, submission)),
        *_besides(problem, submission),
        *(one for paper, found in papers for one in left_over(problem, paper, found, answered)),
    )


def _unread(refusals: Sequence[Refusal]) -> Iterator[Leftover]:
    for refusal in refusals:
        if refusal.whole_file or refusal.question:
            yield Leftover(refusal.message, refusal.place, is_unread=True)


def _besides(problem: Problem, submission: Submission) -> Iterator[Leftover]:
    """What the readers left, but for links to files that are there and what the author handed out."""
    files, handout = _files(submission), "".join(text_of(problem).split())
    for one in submission.leftovers:
        text = "".join(one.text.split())
        is_copied = text in handout and (one.what != "code" or len(text) >= _LONG)
        if not text or (text.rpartition("/")[2] not in files and not is_copied):
            yield one


def _files(submission: Submission) -> set[str]:
    """The names of the files that were handed in, without folders."""
    placed = (
        *submission.answers,
        *submission.refusals,
        *submission.leftovers,
        *(item for paper in submission.papers for item in paper.items[:1]),
    )
    return {one.place.path.rpartition("/")[2] for one in placed}


def closed(result: QuestionResult, left: Sequence[Leftover]) -> QuestionResult:
    """The result of a question; one without an answer waits for a human while anything is left over."""
    mine = concerning(result.id, left)
    if result.verdict is not Verdict.MISSING or not mine:
        return result
    verdict = Verdict.UNREADABLE if any(one.is_unread for one in mine) else Verdict.UNDECIDED
    return replace(result, verdict=verdict, messages=(listed(mine),))


def concerning(question: str, left: Sequence[Leftover]) -> list[Leftover]:
    """What may be the answer to a question."""
    return [one for one in left if one.question in (None, question)]


def listed(mine: Sequence[Leftover]) -> Message:
    """What is left over and where."""
    first = "; ".join(f"{_where(one.place)}: {one.what}" for one in mine[:_SHOWN])
    more = f"; and {len(mine) - _SHOWN} more" if len(mine) > _SHOWN else ""
    text = (
        "no answer was found here, but perhaps it is in what no question took; a person will look at it: "
        f"{first}{more}"
    )
    return Message(Kind.ERROR, text, "left-over")


def _where(place: Place) -> str:
    """A place by file and cell; by line where the file has lines."""
    if place.cell is not None:
        return f"{place.path}, cell {place.cell}"
    return f"{place.path}, line {place.line}" if place.line > 1 else place.path
