"""The whole way of one submission: what is given to each question, and what it is worth."""

from collections.abc import Collection

from grader.grading.given import collect
from grader.grading.judge import judge
from grader.key import Key
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord, Verdict
from grader.submission import Refusal, Submission
from grader.version import __version__


def grade(key: Key, submission: Submission, only: Collection[str] = ()) -> Report:
    """Grade a submission. With `only`, just these questions."""
    problem = key.problem
    given = collect(problem, submission)
    unread = [refusal for refusal in submission.refusals if refusal.question is None]
    results = []
    for question in problem.questions:
        if only and question.id not in only:
            continue
        result = judge(key, question, given.get(question.id), submission.id)
        results.append(_unless_unread(result, unread))
    return Report(
        problem=problem.id,
        title=problem.title,
        problem_digest=problem.digest,
        grader_version=__version__,
        seed=problem.seed,
        draws=problem.draws,
        submission=SubmissionRecord(submission.id, submission.path, submission.digest),
        questions=tuple(results),
        messages=tuple(_told(refusal) for refusal in submission.refusals if not refusal.question),
    )


def _unless_unread(result: QuestionResult, unread: list[Refusal]) -> QuestionResult:
    """A missing answer may stand in a file that could not be read: then a human must look."""
    blocking = [refusal for refusal in unread if refusal.whole_file]
    if result.verdict is not Verdict.MISSING or not blocking:
        return result
    message = Message(Kind.ERROR, f"perhaps in {blocking[0].place.path}, which cannot be read")
    return QuestionResult(
        id=result.id, verdict=Verdict.UNREADABLE, score=0.0, max_score=result.max_score,
        prompt=result.prompt, messages=(message,),
    )  # fmt: skip


def _told(refusal: Refusal) -> Message:
    text = f"{refusal.place.path}: {refusal.message}"
    return Message(Kind.ERROR, f"{text} {refusal.hint}" if refusal.hint else text, "refused")
