"""What a corrected problem, or a newer grader, changes: first shown, then applied."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.batch.affected import affected
from grader.batch.discovery import FoundSubmission
from grader.batch.engines.protocol import Engine
from grader.batch.run import filed_now, graded, submissions_of
from grader.batch.store import Store, text_of
from grader.batch.worker import Graded
from grader.problem import Problem
from grader.result import QuestionResult, Report
from grader.version import __version__


@dataclass(frozen=True, slots=True)
class Move:
    """One answer that is now worth other points. If it is `decided`, a person's points count anyway."""

    student: str
    question: str
    before: float
    after: float
    reason: str
    decided: bool = False


def due(store: Store, problem: Problem) -> list[FoundSubmission]:
    """The submissions that have no result for this problem and version yet."""
    known = store.filed(problem.digest, __version__)
    return [
        submission
        for submission, digest in submissions_of(store)
        if (submission.id, digest) not in known
    ]


def changed(store: Store, problem: Problem) -> frozenset[str] | None:
    """The questions that the change of the problem can affect; None for all.

    A result of another version of the grader may differ in every question.
    """
    if store.versions() != {__version__}:
        return None
    return affected(store.problem()["text"], text_of(problem))


def regraded(
    store: Store,
    problem: Problem,
    found: Sequence[FoundSubmission],
    engine: Engine,
    only: frozenset[str] | None,
) -> Iterator[int]:
    """Grade, and file the results under the new problem; what counts does not change yet.

    If the engine grades `only` some questions, the others keep their old results.
    """
    standings = store.standings()

    def completed(outcome: Graded) -> Graded:
        old = store.automatic(standings[outcome.id])
        if only is None or outcome.report is None or old is None:
            return outcome
        report = joined(old, Report.from_json(json.loads(outcome.report)))
        return replace(outcome, report=json.dumps(report.to_json(instructor=True)))

    for done in graded(store, problem, found, engine, completed):
        yield len(done)


def joined(old: Report, some: Report) -> Report:
    """The new results of some questions, and the old results of the others, as one report."""
    new = {question.id: question for question in some.questions}
    return replace(some, questions=tuple(new.get(q.id, q) for q in old.questions))


def moves(store: Store, problem: Problem) -> list[Move]:
    """Whose points would change with this problem and version, by how much and why."""
    standings, decisions = store.standings(), store.overrides()
    found: list[Move] = []
    for after in filed_now(store, problem):
        before = standings.get(after.student)
        old = store.automatic(before) if before else None
        new = store.automatic(after)
        if old is not None and new is not None:
            decided = {decision[0] for decision in decisions.get(after.student, ())}
            found.extend(_moves(old, new, decided))
    return found


def apply(store: Store, problem: Problem, found: Sequence[Move]) -> None:
    """Make the new results count, and add the changes to the history."""
    with store.transaction():
        store.set_standings(filed_now(store, problem))
        store.count_problem(problem)
        store.record(
            "regrade", ((m.student, m.question, m.before, m.after, m.reason) for m in found)
        )


def _moves(old: Report, new: Report, decided: set[str]) -> Iterator[Move]:
    name = new.submission.id
    before = {question.id: question for question in old.questions}
    after = {question.id: question for question in new.questions}
    for question in dict.fromkeys((*before, *after)):
        was, now = before.get(question), after.get(question)
        if _differs(was, now):
            points = [0.0 if result is None else result.score for result in (was, now)]
            reason = _reason(was, now)
            yield Move(name, question, points[0], points[1], reason, question in decided)


def _differs(was: QuestionResult | None, now: QuestionResult | None) -> bool:
    if was is None or now is None:
        return True
    return (was.score, was.max_score, was.verdict) != (now.score, now.max_score, now.verdict)


def _reason(was: QuestionResult | None, now: QuestionResult | None) -> str:
    if was is None:
        return "the question is new"
    if now is None:
        return "the question was removed"
    if was.verdict != now.verdict:
        why = f": {now.messages[0].text}" if now.messages and now.score < now.max_score else ""
        return f"{was.verdict} → {now.verdict}{why}"
    if was.max_score != now.max_score:
        return f"worth {now.max_score:g} instead of {was.max_score:g} points"
    return now.instructor.credit if now.instructor and now.instructor.credit else "other credit"
