"""The closing rule: no question is `missing` while the submission has parts that belong to no question.

One list holds all leftovers: files and entries that could not be read, code, pictures, links, formulas,
notes. A question without an answer goes to a human as long as the list is not empty.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from grader.claims import Table, left_over, named, text_of
from grader.grading.array_names import question_of
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Verdict
from grader.submission import Leftover, Paper, Place, Refusal, Submission

_LONG = 20  # characters of code: shorter code may equal part of the handout by accident
_SHOWN = 3  # leftovers that the message lists


def unplaced(problem: Problem, submission: Submission) -> list[Refusal]:
    """Refusals and answers that belong to no question, so that the report mentions them."""
    refusals = [
        refusal
        for refusal in submission.refusals
        if named(refusal.question, problem.questions) is None
    ]
    known = ", ".join(question.id for question in problem.questions[:20])
    ids = {question.id for question in problem.questions}
    for answer in submission.answers:
        if answer.question not in ids and question_of(answer, problem.questions) is None:
            message = f"there is no question `{answer.question[:40]}` in this problem"
            hint = f"the questions are {known}"
            refusals.append(Refusal(message, answer.place, None, hint, whole_file=True))
    return refusals


def leftovers(
    problem: Problem,
    submission: Submission,
    papers: Sequence[tuple[Paper, Table]],
    answered: Collection[str],
) -> tuple[Leftover, ...]:
    """All leftovers, unreadable ones first; `answered` are the ids of questions with an answer."""
    if len(answered) == len(problem.questions):
        return ()
    return (
        *_unread(unplaced(problem, submission)),
        *_left_by_readers(problem, submission),
        *(one for paper, table in papers for one in left_over(paper, table, answered)),
    )


def _unread(refusals: Sequence[Refusal]) -> Iterator[Leftover]:
    for refusal in refusals:
        if refusal.whole_file or refusal.question:
            yield Leftover(refusal.message, refusal.place, is_unread=True)


def _left_by_readers(problem: Problem, submission: Submission) -> Iterator[Leftover]:
    """What the readers left over, without links to submitted files and copies of the handout."""
    if not submission.leftovers:
        return
    files, handout = _files(submission), "".join(text_of(problem).split())
    for one in submission.leftovers:
        text = "".join(one.text.split())
        is_copied = text in handout and (one.what != "code" or len(text) >= _LONG)
        if not text or (text.rpartition("/")[2] not in files and not is_copied):
            yield one


def _files(submission: Submission) -> set[str]:
    """The names of the submitted files, without folders."""
    placed = (
        *submission.answers,
        *submission.refusals,
        *submission.leftovers,
        *(item for paper in submission.papers for item in paper.items[:1]),
    )
    return {one.place.path.rpartition("/")[2] for one in placed}


def with_leftovers(result: QuestionResult, left: Sequence[Leftover]) -> QuestionResult:
    """The result of a question; without an answer, it waits for a human if there are leftovers."""
    mine = leftovers_for(result.id, left)
    if result.verdict is not Verdict.MISSING or not mine:
        return result
    verdict = Verdict.UNREADABLE if any(one.is_unread for one in mine) else Verdict.UNDECIDED
    return replace(result, verdict=verdict, messages=(leftovers_message(mine),))


def leftovers_for(question: str, left: Sequence[Leftover]) -> list[Leftover]:
    """The leftovers that may be the answer to a question."""
    return [one for one in left if one.question in (None, question)]


def leftovers_message(mine: Sequence[Leftover]) -> Message:
    """The message that lists leftovers with their places."""
    first = "; ".join(f"{_where(one.place)}: {one.what}" for one in mine[:_SHOWN])
    more = f"; and {len(mine) - _SHOWN} more" if len(mine) > _SHOWN else ""
    text = (
        "no answer was found, but parts of the submission belong to no question; a person will look at "
        f"them: {first}{more}"
    )
    return Message(Kind.ERROR, text, "left-over")


def _where(place: Place) -> str:
    """A place by file, and by cell or line if there are any."""
    if place.cell is not None:
        return f"{place.path}, cell {place.cell}"
    return f"{place.path}, line {place.line}" if place.line > 1 else place.path
