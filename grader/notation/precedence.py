"""How products bind: factors side by side, and signs between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from grader.errors import Span
from grader.expression import SCALAR, Expression
from grader.notation.builder import Builder
from grader.notation.products import HADAMARD, JUXTAPOSED, fit_entrywise, product


class Factor(NamedTuple):
    """A factor, and its place with the brackets around it."""

    node: Expression
    span: Span


Groups = Sequence[Sequence[Factor]]
Beside = Callable[[Expression, Expression], Expression]
"""What a factor means beside another one, entry by entry."""


_LEVELS = {  # the signs that bind before all others, the tightest first; "" is no sign
    "less": [{""}],
    "more": [{HADAMARD}, {""}],
    "alike": [{HADAMARD, ""}],
}


def juxtaposed(build: Builder, factors: Sequence[Factor]) -> Expression:
    """The product of factors side by side."""
    return Chain(build).multiplied(factors, [""] * (len(factors) - 1), "less")


def chain(build: Builder, groups: Groups, signs: Sequence[str], beside: Beside) -> Expression:
    """Groups of factors side by side, with a sign between two groups.

    A sign binds less than no sign: `A B ⊙ C D` is (A B) ⊙ (C D). Where that makes no sense, or by
    convention, ⊙ binds more, A (B ⊙ C) D, or alike, ((A B) ⊙ C) D.
    """
    factors = [factor for group in groups for factor in group]
    between = [sign for group, sign in zip(groups, ["", *signs], strict=True)
               for sign in (sign, *[""] * (len(group) - 1))][1:]  # fmt: skip
    multiplied = partial(Chain(build, beside).multiplied, factors, between)
    way = "less"
    arrays = [sum(part.node.shape != SCALAR for part in group) for group in groups]
    if any(sign == HADAMARD and max(arrays[at : at + 2]) > 1 for at, sign in enumerate(signs)):
        fit = tuple(key for key in _LEVELS if build.makes_sense(partial(multiplied, key)))
        way = build.convention("hadamard", fit) if len(fit) > 1 else (*fit, way)[0]
    return multiplied(way)


@dataclass(frozen=True)
class Chain:
    """Multiplies the factors of a chain in the order in which its signs bind."""

    build: Builder
    beside: Beside = lambda node, _: node

    def multiplied(self, factors: Sequence[Factor], signs: Sequence[str], way: str) -> Expression:
        """The product of factors with signs between them, where ⊙ binds in one of the ways."""
        for tight in _LEVELS[way]:
            parts, left = [factors[0]], []
            for sign, factor in zip(signs, factors[1:], strict=True):
                if sign in tight:
                    parts[-1] = self._times(sign, parts[-1], factor)
                else:
                    parts.append(factor)
                    left.append(sign)
            factors, signs = parts, left
        return self._signed(factors, signs)

    def _signed(self, factors: Sequence[Factor], signs: Sequence[str]) -> Expression:
        """Factors with signs, from the left; a ⊙ waits if the shapes around it do not fit yet."""
        left, waiting = [*factors], [*signs]
        while waiting:
            at = 0
            while _comes_later(left, waiting, at):
                at += 1
            left[at : at + 2] = [self._times(waiting.pop(at), left[at], left[at + 1])]
        return left[0].node

    def _times(self, sign: str, a: Factor, b: Factor) -> Factor:
        left, right = a.node, b.node
        if sign == HADAMARD:
            left, right = self.beside(left, right), self.beside(right, left)
        span = a.span.union(b.span)
        return Factor(product(self.build, left, right, sign or JUXTAPOSED, span), span)


def _comes_later(factors: Sequence[Factor], signs: Sequence[str], at: int) -> bool:
    """Whether to take the product after a ⊙ first, since the shapes around ⊙ do not fit yet."""
    if signs[at] != HADAMARD or at + 1 == len(signs) or signs[at + 1] == HADAMARD:
        return False
    return not fit_entrywise(factors[at].node, factors[at + 1].node)
