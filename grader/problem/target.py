"""The shape of the answer to a question, and its index variables.

They are known before anything is differentiated, so that a rule with a wrong shape is found when the
problem is read.
"""

from math import prod

from grader.errors import StudentError
from grader.expression import SCALAR, Expression, Index, Item, Shape, base_name, shape_text
from grader.primitives.build import derivative
from grader.problem.model import Question


def derived(question: Question) -> Shape | None:
    """The shape of the derivative in the question; None without `of` and `wrt`, or with too many axes."""
    if question.of is None or question.wrt is None:
        return None
    try:
        return derivative(question.of, question.wrt).shape
    except StudentError:
        return None


def misfit(question: Question, node: Expression) -> str | None:
    """Why an expression has the wrong shape for an answer; None if it is right, or if it is not known.

    A row may be given for a column and the reverse. One formula in the index variables is an answer for
    the whole array.
    """
    entry = _entry(question)
    if entry is None or (question.free and node.shape == entry):
        return None
    grid = _grid(question, entry)
    if node.shape == grid or (1 in grid and node.shape == grid[::-1]):
        return None
    return f"this is {shape_text(node.shape)}, the question asks for {shape_text(grid)}"


def _entry(question: Question) -> Shape | None:
    """The shape of the reference in the question's layout; None if the author's Python computes it."""
    if question.reference is not None:
        return question.reference.shape if isinstance(question.reference, Expression) else None
    shape, layout = derived(question), question.rules.layout
    if shape is None or question.free or layout in (None, "either"):
        return shape
    of_scalar = question.of is not None and question.of.shape == SCALAR
    return shape[::-1] if layout == ("numerator" if of_scalar else "gradient") else shape


def _grid(question: Question, entry: Shape) -> Shape:
    """The array over the index variables: its first axis counts rows, the others count columns."""
    if not question.free:
        return entry
    axes = [size for size in (*(index.size for index in question.free), *entry) if size != 1]
    return (axes[0], prod(axes[1:])) if axes else SCALAR


def letters(question: Question) -> list[Index]:
    """The index variables in `of`, then those in `wrt`."""
    items = [node for node in (question.of, question.wrt) if isinstance(node, Item)]
    return [s for node in items for s in (node.row, node.column) if isinstance(s, Index)]


def is_whole(question: Question) -> bool:
    """Whether a question asks for all entries of a derivative, as arrays or over all their indices.

    ∂hᵢ/∂Wᵢⱼ is not the whole of ∂h/∂W, nor is a range that is shorter than the array.
    """
    used = [index.name for index in letters(question)]
    if sorted(used) != sorted(index.name for index in question.free):
        return False
    return _is_all_of(question.of) and _is_all_of(question.wrt) and _is_matrix(question)


def _is_all_of(node: Expression | None) -> bool:
    """Whether the indices of an item run over all entries of its base."""
    if not isinstance(node, Item):
        return True
    return all(
        size == 1 or (isinstance(selector, Index) and selector.size == size)
        for selector, size in zip((node.row, node.column), node.base.shape, strict=True)
    )


def _is_matrix(question: Question) -> bool:
    """Whether the whole derivative has no more than two axes."""
    shapes = [question.scope.names.symbols[name].shape for node in (question.of, question.wrt)
              if (name := base_name(node)) is not None]  # fmt: skip
    return SCALAR in shapes or all(1 in shape for shape in shapes)
