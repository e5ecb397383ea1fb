"""The prompt of a question whose author wrote none."""

import re
from dataclasses import replace

from grader.expression import SCALAR, Derivative, shape_text
from grader.notation import printing
from grader.problem.model import Question
from grader.problem.target import derived


def with_prompt(question: Question) -> Question:
    """The question with a prompt: the author's, or else a generated one."""
    return question if question.prompt else replace(question, prompt=_default(question))


def size_beside(question: Question) -> str:
    """The size of the answer, such as ` (3×1)`; "" for a number, or if the prompt says it."""
    size = derived(question)
    if size is None or size == SCALAR or question.free:
        return ""
    numbers = re.findall(r"\d+", question.prompt)
    in_prompt = all(str(length) in numbers for length in size if length > 1)
    return "" if in_prompt else f" ({shape_text(size)})"


def _default(question: Question) -> str:
    if question.of is None or question.wrt is None:
        return "What is the answer?"
    node = Derivative(question.of, question.wrt, SCALAR)
    latex = printing.latex(node, question.names).strip()
    return f"What is ${latex}${size_beside(replace(question, prompt=''))}?"
