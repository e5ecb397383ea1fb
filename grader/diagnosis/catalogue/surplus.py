"""A factor too many, and the right derivative of the wrong thing."""

from collections.abc import Iterator

from grader.backprop import Backprop
from grader.diagnosis.catalogue.node import fitting, times
from grader.diagnosis.faulty_pass import RESULT, Change, Pass, arrival
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.errors import Nonsense
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Item,
    Number,
    Selector,
    Symbol,
    symbols_in,
    walk,
)
from grader.key import in_layout
from grader.primitives import apply, is_function
from grader.primitives.build import ONE, div, entry, mul, transpose


def _activations(passed: Pass) -> list[str]:
    """The functions that the model applies entry by entry."""
    nodes = (p for q in passed.model.values() if q.definition for p in walk(q.definition))
    applied = (n.function for n in nodes if isinstance(n, Apply) and is_function(n.function))
    return list(dict.fromkeys(applied))


# A derivative of an activation where there is none


def _no_activation(passed: Pass) -> Iterator[Way]:
    for source in dict.fromkeys(s for sources in passed.sources.values() for s in sources):
        quantity = passed.model[source]
        if source not in passed.sources:
            continue
        for function in _activations(passed):
            symbol = Symbol(source, quantity.shape)
            slope = apply(f"{function}'", symbol)
            yield Way({arrival(source): times(slope)}, {"factor": slope, "quantity": symbol})


# A factor that does not belong in any entry


def _surplus(passed: Pass) -> Iterator[Way]:
    for factor in _factors(passed):
        view = passed.view(passed.result)
        every = view.whole(factor)
        yield Way({RESULT: _multiplied(passed, factor)}, {"factor": factor}, factor=every)


def _missing(passed: Pass) -> Iterator[Way]:
    """The derivative divided by an entry: it lacks this entry as a factor."""
    letters = _letters(passed)
    used = symbols_in(passed.written)
    for symbol in (one for one in passed.named() if one.name in used):
        for factor in _entries(symbol, letters):
            inverse = div(ONE, factor)
            every = passed.view(passed.result).whole(inverse)
            yield Way({RESULT: _multiplied(passed, inverse)}, {"factor": factor}, factor=every)


def _multiplied(passed: Pass, factor: Expression) -> Change:
    def change(_: Expression, result: Expression) -> Expression:
        view = passed.view(result)
        return view.whole(mul(view.body, factor))

    return change


def _factors(passed: Pass) -> Iterator[Expression]:
    """Every entry that the letters can name, and the derivatives of activations at it."""
    letters = _letters(passed)
    functions = [
        name for name in _activations(passed) if name != "log"
    ]  # 1/p too many: p is missing
    for symbol in passed.named():
        for one in _entries(symbol, letters):
            yield one
            if symbol.name in passed.model or not passed.model:
                yield from (apply(f"{function}'", one) for function in functions)


def _letters(passed: Pass) -> list[Selector]:
    """The index variables of the question, and the numbers that it uses as indices."""
    asked = (passed.question.of, passed.question.wrt)
    given = (s for node in asked if isinstance(node, Item) for s in (node.row, node.column))
    numbers = [s for s in given if isinstance(s, Number)]
    return list(dict.fromkeys([*passed.view(passed.result).indices, *numbers]))


def _entries(symbol: Symbol, letters: list[Selector]) -> Iterator[Expression]:
    if symbol.shape == SCALAR:
        yield symbol
        return
    rows = letters if symbol.shape[0] > 1 else [ONE]
    columns = letters if symbol.shape[1] > 1 else [ONE]
    for row in rows:
        for column in columns:
            try:
                yield entry(symbol, row, column)
            except Nonsense:
                continue


# The derivative with respect to something else


def _wrong_variable(passed: Pass) -> Iterator[Way]:
    question = passed.question
    if question.of is None or question.wrt is None or question.reference is not None:
        return
    for given in _variables(passed, question.wrt):
        terms: dict[str, Expression | str] = {"given": given, "wrt": question.wrt}
        yield Way({RESULT: _by(passed, given)}, terms, alone=True)


def _by(passed: Pass, given: Expression) -> Change:
    def change(_: Expression, result: Expression) -> Expression | None:
        of = passed.question.of
        assert of is not None
        other = in_layout(passed.question, Backprop(passed.model).derivative(of, given))
        is_turned = 1 in other.shape and other.shape == result.shape[::-1]
        if not symbols_in(other):  # too many derivatives are just 0 or 1
            return None
        return fitting(transpose(other) if is_turned else other, result)

    return change


def _variables(passed: Pass, wrt: Expression) -> Iterator[Expression]:
    """Other variables that the student could have differentiated by, with the same letters."""
    for symbol in passed.named():
        if isinstance(wrt, Item):
            letters: list[Selector] = list(dict.fromkeys((wrt.row, wrt.column)))
            yield from (one for one in _entries(symbol, letters) if one != wrt)
        elif symbol != wrt:
            yield symbol


ROWS = (
    Mistake(
        "extra-factor",
        "{factor} is one factor too many: {quantity} has no activation",
        "is there an activation at {quantity}?",
        "one factor does not belong in the answer",
        _no_activation,
        (Example("l", "h1", "W2.T @ ((y - t) * sigma'(y))"),),
        rank=3,
    ),
    Mistake(
        "extra-factor",
        "{factor} is one factor too many",
        "which step of the model would give {factor}?",
        "one factor does not belong in the answer",
        _surplus,
        (Example("l", "h1[j]", "Sum(W2[k, j]*(y[k] - t[k]), (k, 1, 3)) * sigma'(z1[j])"),),
        rank=4,
    ),
    Mistake(
        "dropped-local-derivative",
        "the factor {factor} is missing",
        "which factors does the derivative have? one is missing",
        "a factor is missing",
        _missing,
        (Example("q[1]", "r[j]", "KroneckerDelta(1, j) - q[j]", "losses"),),
        rank=5,
        in_written=True,
    ),
    Mistake(
        "wrong-variable",
        "this is the derivative with respect to {given}; the question asks for the one with respect to "
        "{wrt}",
        "which variable does the question differentiate by?",
        "the answer is a derivative with respect to something else",
        _wrong_variable,
        (Example("y[i]", "W2[i, j]", "W2[i, j]"),),
        rank=3,
    ),
)
