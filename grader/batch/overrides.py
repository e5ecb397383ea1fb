"""People's decisions on answers: checked, stored beside the grader's result, noted in the history."""

from difflib import get_close_matches

from grader.batch.store import Store, StoreError
from grader.result import QuestionResult


def decide(store: Store, student: str, question: str, points: float, comment: str = "") -> None:
    """Give an answer these points.

    Raises StoreError if there is no such answer, or if the points are not from 0 to its maximum.
    """
    result, digest = _answer(store, student, question)
    if not 0 <= points <= result.max_score:
        raise StoreError(f"{question} is worth {result.max_score:g} points, not {points:g}")
    with store.transaction():
        store.set_override(student, question, points, comment, digest)
        store.record("override", [(student, question, result.score, points, comment)])


def take_back(store: Store, student: str, question: str) -> None:
    """Let the grader's points count again. Raises StoreError if nobody has decided on this answer."""
    result, _ = _answer(store, student, question)
    if result.override is None:
        raise StoreError(f"nobody has decided on {question} of {student}")
    with store.transaction():
        store.drop_override(student, question)
        change = (student, question, result.score, result.override.automatic, "taken back")
        store.record("override", [change])


def _answer(store: Store, student: str, question: str) -> tuple[QuestionResult, str]:
    """The result that counts, and the digest of the submission."""
    report = store.standing(_known(student, list(store.students()), "student")).report
    if report is None:
        raise StoreError(f"{student} has not handed anything in")
    results = {result.id: result for result in report.questions}
    return results[_known(question, list(results), "question")], report.submission.digest


def _known(name: str, names: list[str], what: str) -> str:
    if name in names:
        return name
    close = get_close_matches(name, names, n=1)
    suggestion = f" (did you mean {close[0]!r}?)" if close else ""
    raise StoreError(f"there is no {what} {name!r}{suggestion}")
