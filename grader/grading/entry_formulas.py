"""Formulas for each entry among the lines of a program: `dW2[i,j] = delta*W3[1,i]*h1[j]`.

Python cannot run them: nothing gives i and j a value. What they mean is mathematics.
"""

import ast

from grader.comparison import compare
from grader.errors import StudentError
from grader.expression import Derivative, Index, walk
from grader.grading.index_letters import Letters, over_letters, with_letters
from grader.key import QuestionKey
from grader.notation import infix
from grader.problem.target import letters as asked_letters
from grader.program.machine import Program


def is_right_by_entries(key: QuestionKey, program: Program, path: str) -> bool:
    """Whether all that a program says of a name is a formula for its entries, and that is right.

    It is not if it would be another formula, and make sense, with indices that count from 0.
    """
    found = _formula(program, path)
    if found is None:
        return False
    names, text = found
    scope = key.question.scope
    if not {one.name for one in scope.named()}.union(scope.names.dimensions).isdisjoint(names):
        return False
    values = [_is_right(key, names, text, base) for base in (1, 0)]
    return values[0] is True and values[1] is not False


def _formula(program: Program, path: str) -> tuple[list[str], str] | None:
    """The indices and the text of the only formula that a program has for a name."""
    if [one.path for one in program.targets].count(path) != 1:
        return None
    bound = {one.path for one in program.targets} | program.defines
    for node in ast.walk(program.tree):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name), slice=index)], value=value
            ) if name == path:
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                names = [one.id for one in parts if isinstance(one, ast.Name)]
                is_free = len(names) == len(parts) == len(set(names)) and not bound & set(names)
                text = ast.get_source_segment(program.text, value)
                return (names, text) if is_free and text else None
    return None


def _is_right(key: QuestionKey, names: list[str], text: str, base: int) -> bool | None:
    """Whether a formula in these indices is right; None if it makes no sense."""
    question = key.question
    if question.free:
        if names != [one.name for one in asked_letters(question)]:
            return None
        letters = Letters()
    else:
        sizes = [size for size in key.grid if size > 1]
        if len(names) != len(sizes):
            return None
        found = [Index(name, 1, size) for name, size in zip(names, sizes, strict=True)]
        letters = Letters(tuple(found), *(found[:2] if len(found) == 2 else ()))
    try:
        reading = infix.read(text, with_letters(question.names, letters).based(base))
        reading = over_letters(reading, letters, question)
        key.check_shape(reading.node, reading.used)
        if any(isinstance(one, Derivative) for one in walk(reading.node)):
            return None
        value = key.evaluate(reading.node)
    except StudentError:
        return None
    noise = lambda: key.noise_of(reading.node, value)  # noqa: E731
    return compare(value, key.expected, key.noise, noise).correct
