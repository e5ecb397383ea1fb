"""What a question asks for, in words, where its author wrote no prompt."""

import re
from dataclasses import replace

from grader.expression import SCALAR, Derivative, shape_text
from grader.notation import printing
from grader.problem.model import Question
from grader.problem.target import derived


def with_prompt(question: Question) -> Question:
    """A question with a prompt, the author's own if there is one."""
    return question if question.prompt else replace(question, prompt=_default(question))


def size_beside(question: Question) -> str:
    """The size of the answer, ` (3×1)`, unless it is a number or the prompt says it."""
    size = derived(question)
    if size is None or size == SCALAR or question.free:
        return ""
    said = re.findall(r"\d+", question.prompt)
    is_said = all(str(number) in said for number in size if number > 1)
    return "" if is_said else f" ({shape_text(size)})"


def _default(question: Question) -> str:
    if question.of is None or question.wrt is None:
        return "What is the answer?"
    node = Derivative(question.of, question.wrt, SCALAR)
    latex = printing.latex(node, question.names).strip()
    return f"What is ${latex}${size_beside(replace(question, prompt=''))}?"
