"""Judging an answer with another shape than the question asks for."""

from dataclasses import replace

from grader.comparison import Comparison, EntryStatus, compare
from grader.errors import ShapeMismatch, StudentError
from grader.expression import (
    SCALAR,
    Expression,
    Item,
    Matrix,
    Slice,
    Tabulate,
    free_indices,
    shape_text,
)
from grader.grading.outcome import (
    Outcome,
    WrongValues,
    counterexample_of,
    error_messages,
    grid_of,
    outcome_of,
)
from grader.key import QuestionKey, fits
from grader.primitives.build import total, transpose
from grader.result import Instructor, Kind, Message, Verdict

TRANSPOSED = Message(
    Kind.MISTAKE,
    "the answer is transposed, and otherwise right: rows and columns are swapped",
    "transposed",
    None,
    ("check the layout of the result", "which index counts rows, and which columns?"),
)


TURNED = Message(
    Kind.NOTE,
    "the answer was transposed before the comparison, since both layouts are allowed",
    "layout",
)


def judged_by_shape(key: QuestionKey, node: Expression, error: ShapeMismatch) -> Outcome:
    """The outcome of an answer whose shape does not fit; `error` says why. Raises StudentError."""
    wrong = Outcome(Verdict.INCORRECT, messages=error_messages(error, Kind.MISTAKE))
    if key.question.free and (node.shape == SCALAR or free_indices(node)):
        return wrong  # letters in an array have no range
    if node.shape == key.grid[::-1]:
        return _transposed(key, node, wrong)
    if node.shape == SCALAR:
        return _scalar(key, node, wrong)
    return _unsummed(key, node, wrong) or _block(key, node, wrong)


def _compared(key: QuestionKey, node: Expression) -> Comparison:
    got = key.evaluate(node)
    return compare(got, key.expected, key.noise, lambda: key.noise_of(node, got))


def _transposed(key: QuestionKey, node: Expression, wrong: Outcome) -> Outcome:
    """The outcome of an answer with the transposed shape, right or not."""
    turned = transpose(node)
    if _compared(key, turned).correct:
        return up_to_layout(key, wrong)
    got = key.evaluate(turned)
    bad = _compared(key, turned).status != EntryStatus.CORRECT
    values = WrongValues(turned, got, bad, turned=True)
    if key.question.rules.layout != "either":
        return replace(wrong, values=values)
    outcome = outcome_of(key, _compared(key, turned), got, whole=not isinstance(node, Tabulate))
    return replace(outcome, messages=(*outcome.messages, TURNED), values=values)


def is_square_transposed(key: QuestionKey, node: Expression) -> bool:
    """Whether a wrong square answer is right in the other layout."""
    square = key.grid[0] == key.grid[1] > 1
    return square and not key.question.free and _compared(key, transpose(node)).correct


def up_to_layout(key: QuestionKey, wrong: Outcome) -> Outcome:
    """The outcome, by the author's rules, of an answer that is right in the other layout."""
    rules = key.question.rules
    if rules.layout == "either":
        return Outcome(Verdict.CORRECT, 1.0)
    if rules.transposed == 0:
        return replace(wrong, messages=(TRANSPOSED, *wrong.messages))
    why = Instructor(credit=f"right in the other layout: {rules.transposed:.0%} of the points")
    messages = (TRANSPOSED, *wrong.messages)
    return replace(wrong, verdict=Verdict.PARTIAL, fraction=rules.transposed, messages=messages,
                   instructor=why, values=None)  # fmt: skip


def _scalar(key: QuestionKey, node: Expression, wrong: Outcome) -> Outcome:
    """The outcome of one number in place of an array; perhaps it is the sum of the entries."""
    single = replace(
        key,
        expected=key.expected.sum(axis=(1, 2), keepdims=True),
        noise=key.noise.sum(axis=(1, 2), keepdims=True),
    )
    if not _compared(single, node).correct:
        return wrong
    text = (
        f"the answer adds up the {shape_text(key.grid)} entries; the question asks for each of them"
    )
    hints = (
        "the answer has a sum where one entry belongs",
        "how many numbers does the question ask for?",
    )
    message = Message(Kind.MISTAKE, text, "summed-instead-of-selected", None, hints)
    return replace(wrong, messages=(message, *wrong.messages))


def _unsummed(key: QuestionKey, node: Expression, wrong: Outcome) -> Outcome | None:
    """The outcome of an answer that is right once its rows or columns are added up; None if it is not."""
    for axis, what in ((0, "rows"), (1, "columns")):
        summed = total(node, axis)
        if summed.shape == node.shape or not fits(summed.shape, key.grid):
            continue
        if _compared(key, summed).correct:
            text = f"the sum over the {what} is missing: {what} that share a parameter add up"
            hints = ("a sum is missing", f"what should happen to the {what}?")
            message = Message(Kind.MISTAKE, text, "missing-sum", None, hints)
            return replace(wrong, messages=(message, *wrong.messages))
    return None


def _block(key: QuestionKey, node: Expression, wrong: Outcome) -> Outcome:
    """The outcome of the first rows or columns alone: they earn their share, if they are written out."""
    if not isinstance(node, Matrix) and not _is_part(node):
        return wrong  # a formula is right or wrong as a whole
    rows, columns = node.shape
    whole_rows = columns == key.grid[1] and rows < key.grid[0]
    whole_columns = rows == key.grid[0] and columns < key.grid[1]
    if not (whole_rows or whole_columns) or key.question.free:
        return wrong
    part = replace(
        key, expected=key.expected[:, :rows, :columns], noise=key.noise[:, :rows, :columns]
    )
    try:
        comparison = _compared(part, node)
    except StudentError:
        return wrong
    share = comparison.fraction * comparison.status.size / (key.grid[0] * key.grid[1])
    if share == 0 or key.question.all_or_nothing:
        counterexample = counterexample_of(part, comparison, part.evaluate(node))
        return replace(wrong, counterexample=counterexample)
    what, given, asked = ("row", rows, key.grid[0]) if whole_rows else (
        "column", columns, key.grid[1])  # fmt: skip
    note = Message(Kind.NOTE, _block_text(what, given, asked, comparison), "entries")
    messages = (*wrong.messages, note)
    return Outcome(Verdict.PARTIAL, share, messages, entries=grid_of(comparison))


def _is_part(node: Expression) -> bool:
    """Whether a node selects a row or column of an array, as in `W[1,:]`."""
    return isinstance(node, Item) and any(isinstance(s, Slice) for s in (node.row, node.column))


def _block_text(what: str, given: int, asked: int, comparison: Comparison) -> str:
    """`row 1 is right; row 2 is missing`."""
    first = f"{what} 1" if given == 1 else f"{what}s 1 to {given}"
    rest = f"{what} {asked} is" if asked == given + 1 else f"{what}s {given + 1} to {asked} are"
    verb = "is" if given == 1 else "are"
    if comparison.correct:
        return f"{first} {verb} right; {rest} missing"
    right = int((comparison.status == EntryStatus.CORRECT).sum())
    return f"in {first} {right} of {comparison.status.size} entries are right; {rest} missing"
