"""The question of an array by its name in the student's code: `dW1`, `grad_W1`, `dl_dW1`."""

from collections.abc import Sequence

from grader.claims import named
from grader.expression import SCALAR, Symbol
from grader.problem import Question
from grader.program.code_names import CodeNames
from grader.submission import ArrayAnswer, TextAnswer


def question_of(answer: TextAnswer | ArrayAnswer, questions: Sequence[Question]) -> Question | None:
    """The question that an answer in a file is for: by its id, or by the derivative it is named by.

    The name must be that of one question alone, which asks for the whole gradient of the loss.
    """
    question = named(answer.question, questions)
    if question is not None or not isinstance(answer, ArrayAnswer):
        return question
    hits = [one for one in questions if _names(answer.question, one)]
    return hits[0] if len(hits) == 1 else None


def _names(name: str, question: Question) -> bool:
    of, wrt = question.of, question.wrt
    if not isinstance(of, Symbol) or not isinstance(wrt, Symbol) or of.shape != SCALAR:
        return False
    found = CodeNames(question.scope).derivative(name)
    if found is None or not found.is_exact:
        return False
    return found.pair[0] in ("", of.name) and found.pair[1] == wrt.name
