"""The whole way of one submission: what is given to each question, and what it is worth."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from grader.grading.carried import carried
from grader.grading.circles import without_circles
from grader.grading.given import Written, collect, unplaced
from grader.grading.judge import judge
from grader.key import Key
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord, Verdict
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
    given = collect(problem, submission)
    unread = unplaced(problem, submission)
    results = []
    # Which answers rest on each other is known only where all of them are read.
    wanted = _with_earlier(problem, only) | {
        name for name, one in given.items() if isinstance(one, Written)
    }
    for question in problem.questions:
        if question.id not in wanted:
            continue
        result = judge(key, question, given.get(question.id), student or submission.id)
        results.append(_unless_unread(result, unread))
    results = [
        r for r in carried(key, given, without_circles(key, results)) if not only or r.id in only
    ]
    record = SubmissionRecord(submission.id, submission.path, submission.digest)
    messages = [*_variant(problem), *(complaint(refusal) for refusal in unread)]
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


def _unless_unread(result: QuestionResult, unread: list[Refusal]) -> QuestionResult:
    """A missing answer may stand in a file that could not be read: then a human must look."""
    blocking = [refusal for refusal in unread if refusal.whole_file or refusal.question]
    if result.verdict is not Verdict.MISSING or not blocking:
        return result
    text = f"perhaps the answer is in {blocking[0].place.path}: {blocking[0].message}"
    message = Message(Kind.ERROR, text)
    return replace(result, verdict=Verdict.UNREADABLE, messages=(message,))


def complaint(refusal: Refusal) -> Message:
    """What is said of something that was handed in and could not be taken."""
    text = f"{refusal.place.path}: {refusal.message}"
    return Message(Kind.ERROR, f"{text} {refusal.hint}" if refusal.hint else text, "refused")
