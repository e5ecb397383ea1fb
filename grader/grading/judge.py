"""One question of one submission: which way its answer is judged."""

from grader.grading.given import Given, Numbers, Refused, Written
from grader.grading.numbers import judge_numbers
from grader.grading.outcome import Outcome, result_of
from grader.grading.text import judge_text
from grader.key import Key
from grader.problem import Question
from grader.result import AnswerRecord, Kind, Message, QuestionResult, Verdict


def judge(key: Key, question: Question, given: Given | None, student: str) -> QuestionResult:
    """The result of one question; `student` tells whose draws numbers were computed from."""
    match given:
        case None:
            return result_of(question, Outcome(Verdict.MISSING), None)
        case Written():
            return judge_text(key, question, given)
        case Numbers():
            return judge_numbers(key, question, given, student)
        case Refused():
            return _refused(question, given)


def _refused(question: Question, given: Refused) -> QuestionResult:
    refusal = given.refusal
    messages = [Message(Kind.ERROR, refusal.message, "unreadable")]
    if refusal.hint:
        messages.append(Message(Kind.HINT, refusal.hint))
    place = refusal.place
    record = AnswerRecord("", "unknown", place.path, place.line, place.column)
    return result_of(question, Outcome(Verdict.UNREADABLE, messages=tuple(messages)), record)
