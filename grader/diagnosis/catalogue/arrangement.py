"""Mistakes in how the finished derivative is written down: indices, layers, layout, signs."""

from collections.abc import Callable, Iterator

from grader.diagnosis.entrywise import rewritten
from grader.diagnosis.faulty_pass import RESULT, Change, Pass
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.errors import Nonsense
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Selector,
    Sum,
    Symbol,
    fresh,
    substitute,
    substitute_all,
    walk,
)
from grader.primitives import apply, is_function
from grader.primitives.build import entry, item, names_in, number, summed, transpose

Replace = Callable[[Expression], "Expression | None"]
MOST_NUMBERS = 4  # other entries that are tried in place of a numbered one


def _everywhere(passed: Pass, replace: Replace, primed: bool = False) -> Change:
    """A change of the result that replaces parts of each entry."""

    def change(_: Expression, result: Expression) -> Expression:
        view = passed.view(result)
        return view.whole(rewritten(view.body, replace, primed))

    return change


# Indices


def _entries(passed: Pass) -> list[Item]:
    """The entries of symbols in the derivative, each once."""
    found = walk(passed.view(passed.result).body)
    items = (part for part in found if isinstance(part, Item) and isinstance(part.base, Symbol))
    return list(dict.fromkeys(part for part in items if part.shape == SCALAR))


def _wrong_index(passed: Pass) -> Iterator[Way]:
    indices = passed.view(passed.result).indices
    for right in _entries(passed):
        for given in _misindexed(right, indices):
            terms: dict[str, Expression | str] = {"factor": right, "given": given}
            yield Way({RESULT: _everywhere(passed, _swapped(right, given), primed=True)}, terms)


def _swapped(right: Expression, given: Expression) -> Replace:
    return lambda part: given if part == right else None


def _misindexed(right: Item, indices: tuple[Index, ...]) -> Iterator[Item]:
    """An entry with one index replaced by another that fits, or with both swapped."""
    for selectors in _other_selectors(right, indices):
        try:
            yield entry(right.base, *selectors)
        except Nonsense:
            continue


def _other_selectors(
    right: Item, indices: tuple[Index, ...]
) -> Iterator[tuple[Selector, Selector]]:
    row, column = right.row, right.column
    rows, columns = right.base.shape
    if rows > 1:
        yield from ((other, column) for other in _instead(row, rows, indices))
    if columns > 1:
        yield from ((row, other) for other in _instead(column, columns, indices))
    if rows > 1 and columns > 1 and row != column:
        yield column, row


def _instead(selector: Selector, size: int, indices: tuple[Index, ...]) -> Iterator[Selector]:
    yield from (index for index in indices if index != selector)
    if isinstance(selector, Number):
        others = (number(n) for n in range(1, min(size, MOST_NUMBERS) + 1))
        yield from (other for other in others if other != selector)


# Layers


def _wrong_symbol(passed: Pass, pre: bool) -> Iterator[Way]:
    used = {s.name for s in walk(passed.result) if isinstance(s, Symbol)}
    compared = _compared(passed.result)
    named = passed.named()
    for right in (symbol for symbol in named if symbol.name in used):
        for given in named:
            if given == right or _axes(passed, given) != _axes(passed, right):
                continue
            if (right, given) in compared or (given, right) in compared:
                continue  # their difference would become zero
            if _is_pre_activation(passed, right, given) == pre:
                terms: dict[str, Expression | str] = {"factor": right, "given": given}
                replace = _other_symbol(right, given)
                is_other = given.shape != right.shape  # fits entry by entry only
                change = _everywhere(passed, replace) if is_other else _in_result(replace)
                rank = int(is_other or given.shape == SCALAR)  # numbers are seldom confused
                yield Way({RESULT: change}, terms, rank)


def _compared(node: Expression) -> set[tuple[Expression, Expression]]:
    """The pairs that an expression subtracts from each other."""
    parts = (part for part in walk(node) if isinstance(part, Apply) and part.function == "sub")
    return {(part.args[0], part.args[1]) for part in parts}


def _axes(passed: Pass, symbol: Symbol) -> int:
    if symbol.shape == SCALAR:
        return 0
    return (
        1 if symbol.shape[1] == 1 and symbol.name not in passed.question.scope.names.matrices else 2
    )


def _is_pre_activation(passed: Pass, one: Symbol, other: Symbol) -> bool:
    """Whether one of the two is a function of the other, entry by entry."""
    return any(
        a.name in passed.model and _is_activation_of(passed.model[a.name].definition, b)
        for a, b in ((one, other), (other, one))
    )


def _is_activation_of(definition: Expression | None, argument: Expression) -> bool:
    return (
        isinstance(definition, Apply)
        and definition.args[:1] == (argument,)
        and (is_function(definition.function) or definition.function == "softmax")
    )


def _other_symbol(right: Symbol, given: Symbol) -> Replace:
    def replace(part: Expression) -> Expression | None:
        if isinstance(part, Item) and part.base == right:
            return entry(given, part.row, part.column)
        if part == right:
            if given.shape != right.shape:
                raise Nonsense("another shape")
            return given
        return None

    return replace


def _slope_for_activation(passed: Pass) -> Iterator[Way]:
    """σ′(z) in place of σ(z), wherever the derivative contains the activation itself."""
    used = {s.name for s in walk(passed.result) if isinstance(s, Symbol)}
    for quantity in passed.model.values():
        node = quantity.definition
        if quantity.name in used and isinstance(node, Apply) and is_function(node.function):
            slope = apply(f"{node.function}'", *node.args)
            right = Symbol(quantity.name, quantity.shape)
            terms: dict[str, Expression | str] = {"factor": right, "given": slope}
            yield Way({RESULT: _everywhere(passed, _other_array(right, slope))}, terms)


def _other_array(right: Symbol, given: Expression) -> Replace:
    def replace(part: Expression) -> Expression | None:
        if isinstance(part, Item) and part.base == right:
            return item(given, part.row, part.column)
        return given if part == right else None

    return replace


# Sums


_AXES = ("the rows", "the columns", "the last index")


def _summed_result(passed: Pass) -> Iterator[Way]:
    indices = passed.view(passed.result).indices
    for at, index in enumerate(indices):
        axis = "all entries" if len(indices) == 1 else _AXES[min(at, 2)]
        terms: dict[str, Expression | str] = {"index": index if passed.question.free else axis}
        yield Way({RESULT: _summed_over(passed, index.name)}, terms)


def _summed_over(passed: Pass, name: str) -> Change:
    def change(_: Expression, result: Expression) -> Expression | None:
        view = passed.view(result)
        index = next((index for index in view.indices if index.name == name), None)
        if index is None:
            return None
        bound = Index(fresh("k", names_in(view.body)), index.start, index.stop)
        return view.whole(summed(substitute(view.body, name, bound), bound))

    return change


def _unsummed(passed: Pass) -> Iterator[Way]:
    """The body of a sum without the sum: one of the question's indices replaces the bound one."""
    view = passed.view(passed.result)
    for part in walk(view.body):
        if not isinstance(part, Sum):
            continue
        for index in view.indices:
            if index.start >= part.index.start and index.stop <= part.index.stop:
                given = substitute(part.body, part.index.name, index)
                terms: dict[str, Expression | str] = {"factor": part, "given": given}
                yield Way({RESULT: _everywhere(passed, _swapped(part, given))}, terms)


# Layout and signs


def _transposed_result(passed: Pass) -> Iterator[Way]:
    view = passed.view(passed.result)
    shapes = {(index.start, index.stop) for index in view.indices}
    if len(view.indices) == 2 and len(shapes) == 1:
        row, column = view.indices

        def change(_: Expression, result: Expression) -> Expression:
            if not passed.question.free:
                return transpose(result)
            return substitute_all(result, {row.name: column, column.name: row})

        yield Way({RESULT: change})


def _sign_of_term(passed: Pass) -> Iterator[Way]:
    for part in dict.fromkeys(walk(passed.result)):
        if isinstance(part, Apply) and part.function in ("add", "sub"):
            other = Apply({"add": "sub", "sub": "add"}[part.function], part.args, part.shape)
            terms: dict[str, Expression | str] = {"factor": part.args[1], "given": other}
            yield Way({RESULT: _in_result(_swapped(part, other))}, terms)


def _in_result(replace: Replace) -> Change:
    return lambda _, result: rewritten(result, replace)


ROWS = (
    Mistake(
        "transposed",
        "the result is transposed: rows and columns are swapped",
        "which index counts rows, and which columns?",
        "check the layout of the result",
        _transposed_result,
        (Example("L", "A", "B @ C.T", "square"),),
    ),
    Mistake(
        "pre-activation",
        "the answer has {given} where {factor} belongs",
        "which of {given} and {factor} does the forward pass multiply?",
        "check which values come before an activation and which after it",
        lambda passed: _wrong_symbol(passed, pre=True),
        (Example("l", "W2", "(y - t) @ z1.T"),),
    ),
    Mistake(
        "derivative-for-activation",
        "the answer has the derivative {given} where the value {factor} belongs",
        "does the value of the activation belong here, or its derivative?",
        "check where a derivative belongs and where a value",
        _slope_for_activation,
        (Example("l", "W2", "(y - t) @ sigma'(z1).T"),),
    ),
    Mistake(
        "wrong-layer",
        "the answer has {given} where {factor} belongs",
        "which layer does {given} belong to, and which one is needed here?",
        "the answer uses something from another layer",
        lambda passed: _wrong_symbol(passed, pre=False),
        (Example("l", "W2[i, j]", "(y[i] - t[i]) * x[j]"),),
        rank=2,
    ),
    Mistake(
        "wrong-index",
        "the answer has {given} where {factor} belongs",
        "check the indices of {given}",
        "an index is wrong",
        _wrong_index,
        (
            Example(
                "l", "W1[i, j]", "Sum(W2[k, i]*(y[k] - t[k]), (k, 1, 3)) * sigma'(z1[i]) * x[i]"
            ),
        ),
        rank=2,
    ),
    Mistake(
        "summed-instead-of-selected",
        "the answer is summed over {index}, where the question asks for each entry alone",
        "which indices does the question give, and which are summed over?",
        "the answer has a sum where one entry belongs",
        _summed_result,
        (Example("l", "W2[i, j]", "Sum((y[i] - t[i]) * h1[k], (k, 1, 2))"),),
    ),
    Mistake(
        "missing-sum",
        "the answer has the single term {given} where the sum {factor} belongs",
        "along how many paths does the variable reach the quantity that is differentiated?",
        "a sum is missing",
        _unsummed,
        (Example("l", "h1[j]", "W2[j, j] * (y[j] - t[j])"),),
        rank=2,
    ),
    Mistake(
        "sign",
        "the sign of {factor} is wrong",
        "check the sign of {factor}",
        "check the signs",
        _sign_of_term,
        (Example("l", "W2", "(y + t) @ h1.T"),),
        rank=5,
    ),
)
