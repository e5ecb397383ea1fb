"""Mistakes in the derivative as people write it: a term or a factor left out, or with another sign.

They change the simplified reference, wherever in the backward pass its terms come from.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeGuard

from grader.diagnosis.entrywise import rewritten
from grader.diagnosis.faulty_pass import RESULT, Change, Pass, Site
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Item,
    Placed,
    Shape,
    children,
    symbols_in,
    walk,
)
from grader.primitives import is_function
from grader.primitives.build import mul, neg, ones
from grader.simplification import Product, product_of, terms_of, written_sum

_SUMS = frozenset({"add", "sub", "neg"})
_PRODUCTS = frozenset({"mul", "div", "pow", "neg"})
_SCALES = (Fraction(2), Fraction(1, 2))


def _outermost(node: Expression, functions: frozenset[str]) -> Iterator[Apply]:
    """The outermost applications of these functions; those directly within another are left out."""
    stack = [node]
    while stack:
        part = stack.pop()
        if not _is_one_of(part, functions):
            stack.extend(_values_in(part))
            continue
        yield part
        within: list[Expression] = [part]
        while within:
            for inner in _values_in(within.pop()):
                (within if _is_one_of(inner, functions) else stack).append(inner)


def _is_one_of(node: Expression, functions: frozenset[str]) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.function in functions


def _values_in(node: Expression) -> tuple[Expression, ...]:
    """The parts of an expression, without those that only select an entry."""
    match node:
        case Item(base=whole) | Placed(value=whole):
            return (whole,)
        case Apply(function="eq" | "ne"):
            return ()
        case _:
            return children(node)


def _instead(passed: Pass, part: Expression, given: Callable[[], Expression]) -> dict[Site, Change]:
    """The change to the derivative as people write it, with one part replaced."""

    def change(_: Expression, result: Expression) -> Expression:
        fitting = _in_shape(given(), part.shape)
        return rewritten(passed.written, lambda one: fitting if one == part else None)

    return {RESULT: change}


def _in_shape(node: Expression, shape: Shape) -> Expression:
    return mul(node, ones(shape)) if node.shape == SCALAR != shape else node


# Terms


def _terms(passed: Pass) -> Iterator[tuple[Apply, list[Product]]]:
    for part in dict.fromkeys(_outermost(passed.written, _SUMS)):
        terms = terms_of(part)
        if len(terms) > 1:
            yield part, terms


def _with_other_terms(passed: Pass, scale: Fraction) -> Iterator[Way]:
    """The derivative with one term of a sum scaled."""
    for part, terms in _terms(passed):
        for at, term in enumerate(terms):
            given = term.scaled(scale)
            others = [*terms[:at], given, *terms[at + 1 :]]
            change = _instead(passed, part, partial(written_sum, others))
            named: dict[str, Expression | str] = {
                "factor": term.written,
                "given": given.written,
                "rest": written_sum([*terms[:at], *terms[at + 1 :]]),
                "size": term.scaled(Fraction(-1)).written if term.coefficient < 0 else term.written,
            }
            yield Way(change, named, alone=True)


def _missing_term(passed: Pass) -> Iterator[Way]:
    return _with_other_terms(passed, Fraction(0))


def _other_sign(passed: Pass) -> Iterator[Way]:
    return _with_other_terms(passed, Fraction(-1))


def _other_constant(passed: Pass) -> Iterator[Way]:
    for scale in _SCALES:
        yield from _with_other_terms(passed, scale)


# Factors


def _with_other_power(passed: Pass, more: int) -> Iterator[Way]:
    """The derivative with one factor of a product once more, or once less."""
    for part in dict.fromkeys(_outermost(passed.written, _PRODUCTS)):
        product = product_of(part)
        for factor, exponent in product.powers:
            if not symbols_in(factor) or product == Product(powers=((factor, 1),)):
                continue
            one = Product(powers=((factor, 1 if exponent > 0 else -1),))
            given = product.times(one.to_the(more))
            change = _instead(passed, part, partial(_written, given))
            yield Way(change, {"factor": one.written}, alone=True)


def _written(product: Product) -> Expression:
    return product.written


def _missing_factor(passed: Pass) -> Iterator[Way]:
    return _with_other_power(passed, -1)


def _factor_twice(passed: Pass) -> Iterator[Way]:
    return _with_other_power(passed, 1)


# Arguments


def _negative_argument(passed: Pass) -> Iterator[Way]:
    for part in dict.fromkeys(walk(passed.written)):
        if isinstance(part, Apply) and (is_function(part.function) or part.function.endswith("'")):
            change = _instead(passed, part, partial(_at_minus, part))
            yield Way(change, {"function": f"function:{part.function}"}, alone=True)


def _at_minus(node: Apply) -> Expression:
    return replace(node, args=(neg(node.args[0]), *node.args[1:]))


ROWS = (
    Mistake(
        "missing-term",
        "a term is missing: {rest} is not the whole sum",
        "how many terms does the derivative have? one is missing",
        "a term is missing",
        _missing_term,
        (Example("l", "y", "y"),),
        rank=3,
        in_written=True,
    ),
    Mistake(
        "sign",
        "the sign of the term {size} is wrong",
        "check the sign of each term",
        "check the signs",
        _other_sign,
        (Example("l", "y", "y + t"),),
        in_written=True,
    ),
    Mistake(
        "constant-factor",
        "the constant in the term {given} is wrong",
        "check the constant in front of each term",
        "a constant factor is wrong",
        _other_constant,
        (Example("l", "y", "y - 2*t"),),
        rank=2,
        in_written=True,
    ),
    Mistake(
        "dropped-local-derivative",
        "the factor {factor} is missing",
        "which factors does the derivative have? one is missing",
        "a factor is missing",
        _missing_factor,
        (Example("m", "r", "r", "losses"),),
        rank=2,
        in_written=True,
    ),
    Mistake(
        "extra-factor",
        "{factor} appears once too often",
        "how often should each factor appear?",
        "a factor appears more than once",
        _factor_twice,
        (Example("m", "r", "r / m**2", "losses"),),
        rank=3,
        in_written=True,
    ),
    Mistake(
        "derivative-at-wrong-point",
        "the argument of {function} has the wrong sign",
        "which sign should the argument of {function} have?",
        "check the signs of arguments",
        _negative_argument,
        (Example("s", "r", "1 / (1 + exp(r))", "losses"),),
        rank=2,
        in_written=True,
    ),
)
