"""Judging one answer, by its kind: text, numbers, words, refused, or none."""

from dataclasses import replace

from grader.claims import Words
from grader.grading.collected import Given, InWords, Numbers, RefusedAnswer, Written
from grader.grading.decision import decided
from grader.grading.derivation_credit import with_steps
from grader.grading.incorrect import WRONG
from grader.grading.numbers import judge_numbers
from grader.grading.outcome import Outcome, result_of
from grader.key import Key, QuestionKey
from grader.notation import printing
from grader.problem import Question
from grader.result import AnswerRecord, Instructor, Kind, Message, QuestionResult, Verdict
from grader.simplification import simplest
from grader.submission import ArrayAnswer
from grader.submission.arrays.printed import printed
from grader.submission.refusals import Refused

_IN_NUMBERS = Message(
    Kind.ERROR,
    "as a formula these constants are wrong, but they are the numbers of your draw; a person will look "
    "at it",
    "other-reading",
)


def judge(key: Key, question: Question, given: Given | None, student: str) -> QuestionResult:
    """The result of one question; `student` is the id whose draws numbers were computed from."""
    match given:
        case None:
            result = result_of(question, Outcome(Verdict.MISSING), None)
        case Written():
            answer, judged = decided(key, question, given)
            if _is_another(answer, judged.outcome.verdict):
                return judge(key, question, given.instead, student)
            record = judged.shown.record(answer)
            result = result_of(question, judged.outcome, record, judged.notes + answer.messages)
            result = with_steps(key, question, answer, result)
            if result.verdict in WRONG and _is_right_in_numbers(key, question, given, student):
                undecided = Outcome(Verdict.UNDECIDED, messages=(_IN_NUMBERS,))
                result = result_of(question, undecided, record, answer.messages)
        case Numbers():
            result = judge_numbers(key, question, given, student)
        case InWords():
            result = _in_words(question, given.words)
        case RefusedAnswer():
            result = _refused(question, given)
    result = for_instructor(result, key[question.id])
    return result if question.feedback == "hint" else _as_allowed(result, key[question.id])


def _is_another(answer: Written, verdict: Verdict) -> bool:
    """Whether an answer that is not right is no answer to this question, by its left side."""
    found = answer.found
    if found is None:
        return False
    is_of_another = found.is_doubtful and not found.names_question
    return (found.is_shared and verdict in WRONG) or (
        is_of_another and verdict not in (Verdict.CORRECT, Verdict.UNREADABLE)
    )


def _is_right_in_numbers(key: Key, question: Question, given: Written, student: str) -> bool:
    """Whether constants that are wrong as a formula are the right numbers for the student's draw.

    Whole numbers are those of a formula; they are right on a draw by accident.
    """
    try:
        found = printed(given.text, bare=True)
    except Refused:
        return False
    if found is None or not found.with_points:
        return False
    numbers = Numbers(ArrayAnswer.of(question.id, found.array, found.precision, given.place))
    return judge_numbers(key, question, numbers, student).verdict is Verdict.CORRECT


def for_instructor(result: QuestionResult, key: QuestionKey) -> QuestionResult:
    """The result with the reference and the reason for the score, unless the answer is correct."""
    if result.verdict == Verdict.CORRECT:
        return result
    known = result.instructor or Instructor()
    text, mathml = key.cached(_written)
    return replace(
        result,
        instructor=replace(
            known, reference=text, reference_mathml=mathml, credit=known.credit or _why(result)
        ),
    )


def _written(key: QuestionKey) -> tuple[str | None, str | None]:
    """The reference as infix text and as MathML; None if Python computes it."""
    reference, names = key.cached(simplest), key.question.scope.names
    if reference is None:
        return None, None
    return printing.infix(reference, names), printing.mathml(reference, names)


_WHY = {
    Verdict.PARTIAL: "in proportion to the right entries",
    Verdict.INCORRECT: "its values differ from those of the reference",
    Verdict.MISSING: "no answer was found",
}


def _why(result: QuestionResult) -> str:
    return _WHY.get(result.verdict, "not decided yet: a person must look at it")


def _as_allowed(result: QuestionResult, key: QuestionKey) -> QuestionResult:
    """The result with the feedback that the author allows: also the reference, or the verdict alone."""
    if key.question.feedback == "verdict":
        kept = tuple(message for message in result.messages if message.kind is Kind.ERROR)
        return replace(result, messages=kept, counterexample=None, entries=None, example=None)
    text, mathml = key.cached(_written)
    return replace(result, reference=text, reference_mathml=mathml)


def _in_words(question: Question, words: Words) -> QuestionResult:
    """The result of words: missing, or for a human if they may state an answer. It quotes them."""
    place = words.place
    if not words.states:
        text = f"there is no answer here: in line {place.line} you wrote “{words.text}”"
        message = Message(Kind.NOTE, text, "no-answer")
        return result_of(question, Outcome(Verdict.MISSING, messages=(message,)), None)
    text = "there is no formula here, only words; a person will look at it"
    message = Message(Kind.ERROR, text, "in-words")
    record = AnswerRecord(
        words.text, "prose", place.path, place.line, place.column, cell=place.cell
    )
    return result_of(question, Outcome(Verdict.UNREADABLE, messages=(message,)), record)


def _refused(question: Question, given: RefusedAnswer) -> QuestionResult:
    refusal = given.refusal
    messages = [Message(Kind.ERROR, refusal.message, "unreadable")]
    if refusal.hint:
        messages.append(Message(Kind.HINT, refusal.hint))
    place = refusal.place
    record = AnswerRecord("", "unknown", place.path, place.line, place.column, cell=place.cell)
    return result_of(question, Outcome(Verdict.UNREADABLE, messages=tuple(messages)), record)
