"""The whole way of one submission: what is given to each question, and what it is worth."""

from collections.abc import Collection, Iterable

from grader.grading.circular_answers import without_circular_answers
from grader.grading.collected import Written, collect
from grader.grading.follow_through_credit import carried
from grader.grading.judge import judge
from grader.grading.leftovers import closed, unplaced
from grader.key import Key
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord
from grader.submission import Refusal, Submission
from grader.version import __version__


def grade(
    key: Key, submission: Submission, only: Collection[str] = (), student: str | None = None
) -> Report:
    """Grade a submission. With `only`, just these questions.

    `student` tells whose draws numbers were computed from; by default the submission's id.
    """
    key = key.of(student or submission.id)
    problem = key.problem
    collected = collect(problem, submission)
    given = collected.given
    results = []
    # Which answers rest on each other is known only where all of them are read.
    wanted = _with_earlier(problem, only) | {
        name for name, one in given.items() if isinstance(one, Written)
    }
    for question in problem.questions:
        if question.id not in wanted:
            continue
        result = judge(key, question, given.get(question.id), student or submission.id)
        results.append(closed(result, collected.leftovers))
    results = [
        r
        for r in carried(key, given, without_circular_answers(key, results))
        if not only or r.id in only
    ]
    record = SubmissionRecord(submission.id, submission.path, submission.digest)
    messages = [*_variant(problem), *(complaint(one) for one in unplaced(problem, submission))]
    return report_of(problem, record, results, messages)


def _variant(problem: Problem) -> list[Message]:
    """What the student was given, where that differs from student to student."""
    if not problem.variant:
        return []
    return [Message(Kind.NOTE, f"This was graded for your variant: {problem.variant}.", "variant")]


def _with_earlier(problem: Problem, only: Collection[str]) -> set[str]:
    """The questions that are asked about, and the earlier ones that they may follow from."""
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


def complaint(refusal: Refusal) -> Message:
    """What is said of something that was handed in and could not be taken."""
    text = f"{refusal.place.path}: {refusal.message}"
    return Message(Kind.ERROR, f"{text} {refusal.hint}" if refusal.hint else text, "refused")
