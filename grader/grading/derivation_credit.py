"""Where the derivation of a wrong answer breaks, and the credit for a right set-up."""

from dataclasses import replace

from grader.grading.collected import Written
from grader.grading.incorrect import WRONG
from grader.grading.rules import BROKEN
from grader.key import Key
from grader.problem import Question
from grader.result import Instructor, QuestionResult, Verdict
from grader.scoring import points
from grader.steps import first_break, message_of


def with_steps(
    key: Key, question: Question, given: Written, result: QuestionResult
) -> QuestionResult:
    """The result of a wrong answer, with the step that breaks and the author's credit for steps.

    It is not cached with the text of an answer, since the lines of two papers differ.
    """
    if result.verdict not in WRONG or given.chain is None:
        return result
    found = first_break(key[question.id], given.chain)
    if found is None:
        return result
    with_break = replace(result, messages=(*result.messages, message_of(found)))
    broken = BROKEN & {message.code for message in result.messages}
    return _credited(question, with_break) if found.setup and not broken else with_break


def _credited(question: Question, result: QuestionResult) -> QuestionResult:
    credit = question.rules.steps_credit
    score = points(question, Verdict.PARTIAL, credit)
    if score <= result.score:
        return result
    why = f"a right set-up with a wrong step: {credit:.0%} of the points"
    instructor = replace(result.instructor or Instructor(), credit=why)
    return replace(result, verdict=Verdict.PARTIAL, score=score, instructor=instructor)
