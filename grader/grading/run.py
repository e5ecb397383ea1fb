"""Grading one submission: collect its answers, judge each, report."""

from collections.abc import Collection, Iterable

from grader.grading import programs
from grader.grading.circular_answers import without_circular_answers
from grader.grading.collected import Written, collect
from grader.grading.follow_through_credit import with_follow_through
from grader.grading.judge import judge
from grader.grading.leftovers import unplaced, with_leftovers
from grader.key import Key
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord
from grader.submission import Refusal, Submission, listings_of
from grader.version import __version__


def grade(
    key: Key, submission: Submission, only: Collection[str] = (), student: str | None = None
) -> Report:
    """Grade a submission; with `only`, just these questions.

    `student` is the id whose draws the numbers were computed from; by default the submission's id.
    """
    key = key.of(student or submission.id)
    problem = key.problem
    collected = collect(problem, submission)
    given = collected.given
    programmed = programs.graded(key, listings_of(submission))
    left = [one for one in collected.leftovers if one.place not in programmed.accounted]
    results = []
    # Finding circular answers takes all answers.
    wanted = _with_earlier(problem, only) | {
        name for name, one in given.items() if isinstance(one, Written)
    }
    for question in problem.questions:
        if question.id not in wanted:
            continue
        result = judge(key, question, given.get(question.id), student or submission.id)
        result = programs.beside(result, question, programmed)
        results.append(with_leftovers(result, left))
    results = [
        r
        for r in with_follow_through(key, given, without_circular_answers(key, results))
        if not only or r.id in only
    ]
    record = SubmissionRecord(submission.id, submission.path, submission.digest)
    messages = [
        *_variant(problem),
        *(refusal_message(one) for one in unplaced(problem, submission)),
    ]
    return report_of(problem, record, results, messages)


def _variant(problem: Problem) -> list[Message]:
    """The note on the student's variant, if the problem has variants."""
    if not problem.variant:
        return []
    return [Message(Kind.NOTE, f"This was graded for your variant: {problem.variant}.", "variant")]


def _with_earlier(problem: Problem, only: Collection[str]) -> set[str]:
    """The wanted questions, and the earlier ones that they may follow from."""
    wanted = set(only) or {question.id for question in problem.questions}
    for question in reversed(problem.questions):
        if question.id in wanted:
            wanted.update(question.rules.follows)
    return wanted


def report_of(
    problem: Problem,
    submission: SubmissionRecord,
    questions: Iterable[QuestionResult],
    messages: Iterable[Message],
) -> Report:
    """The report of a submission to a problem, by this version of the grader."""
    return Report(
        problem=problem.id,
        title=problem.title,
        problem_digest=problem.digest,
        grader_version=__version__,
        seed=problem.seed,
        draws=problem.draws,
        submission=submission,
        questions=tuple(questions),
        messages=tuple(messages),
    )


def refusal_message(refusal: Refusal) -> Message:
    """The message about a file or answer that the grader could not take."""
    text = f"{refusal.place.path}: {refusal.message}"
    return Message(Kind.ERROR, f"{text} {refusal.hint}" if refusal.hint else text, "refused")
