"""Answers that a converter read from a scan: nothing of them is final until a person has confirmed it.

Programs that recognise handwriting repair what students wrote: a wrong answer may come out right.
"""

from dataclasses import replace

from grader.result import Instructor, Kind, Message, QuestionResult, Report, Verdict
from grader.submission.reading import CONVERTED


def unconfirmed(report: Report) -> Report:
    """The report in which every answer from a converted file waits, with the points that it would earn."""
    return replace(report, questions=tuple(map(_waiting, report.questions)))


def _waiting(question: QuestionResult) -> QuestionResult:
    answer = question.answer
    if answer is None or not answer.path.endswith(CONVERTED) or question.needs_review:
        return question
    scan = answer.path.removesuffix(CONVERTED)
    text = f"converted from {scan}: a person compares what was read with the page"
    instructor = question.instructor or Instructor()
    return QuestionResult(
        question.id,
        Verdict.UNDECIDED,
        0.0,
        question.max_score,
        question.prompt,
        answer,
        (Message(Kind.ERROR, text, "converted"),),
        instructor=replace(instructor, proposed=question.score),
    )
