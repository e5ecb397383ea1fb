"""How products bind: factors side by side, and signs between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
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


def juxtaposed(build: Builder, factors: Sequence[Factor]) -> Expression:
    """The product of factors side by side."""
    return Precedence(build).side_by_side(factors).node


def chain(build: Builder, groups: Groups, signs: Sequence[str], beside: Beside) -> Expression:
    """Groups of factors side by side, with a sign between two groups.

    A sign binds less than no sign: `A B ⊙ C D` is (A B) ⊙ (C D). Where that makes no sense, or by
    convention, ⊙ binds more, A (B ⊙ C) D, or alike, ((A B) ⊙ C) D.
    """
    made = Precedence(build, beside)
    ways = {"less": made.less, "more": made.more, "alike": made.alike}
    way = made.less
    arrays = [sum(part.node.shape != SCALAR for part in group) for group in groups]
    if any(sign == HADAMARD and max(arrays[at : at + 2]) > 1 for at, sign in enumerate(signs)):
        fit = tuple(key for key in ways if build.makes_sense(partial(ways[key], groups, signs)))
        way = ways[build.convention("hadamard", fit) if len(fit) > 1 else (*fit, "less")[0]]
    return way(groups, signs)


@dataclass(frozen=True)
class Precedence:
    """Multiplies the factors of a chain in the order in which its signs bind."""

    build: Builder
    beside: Beside = lambda node, _: node

    def side_by_side(self, factors: Sequence[Factor]) -> Factor:
        return reduce(partial(self._times, JUXTAPOSED), factors)

    def less(self, groups: Groups, signs: Sequence[str]) -> Expression:
        return self._signed([self.side_by_side(group) for group in groups], signs)

    def more(self, groups: Groups, signs: Sequence[str]) -> Expression:
        """⊙ binds more than no sign."""
        parts, left = [[*groups[0]]], []
        for sign, group in zip(signs, groups[1:], strict=True):
            if sign == HADAMARD:
                parts[-1][-1:] = [self._times(sign, parts[-1][-1], group[0]), *group[1:]]
            else:
                parts.append([*group])
                left.append(sign)
        return self._signed([self.side_by_side(part) for part in parts], left)

    def alike(self, groups: Groups, signs: Sequence[str]) -> Expression:
        """⊙ binds like no sign, from the left."""
        parts, left = [self.side_by_side(groups[0])], []
        for sign, group in zip(signs, groups[1:], strict=True):
            if sign == HADAMARD:
                both = self._times(sign, parts[-1], group[0])
                parts[-1] = self.side_by_side([both, *group[1:]])
            else:
                parts.append(self.side_by_side(group))
                left.append(sign)
        return self._signed(parts, left)

    def _signed(self, factors: Sequence[Factor], signs: Sequence[str]) -> Expression:
        """Factors with signs, from the left; a ⊙ waits if the shapes around it do not fit yet."""
        left, waiting = [*factors], [*signs]
        while waiting:
            at = 0
            while _comes_later(left, waiting, at):
                at += 1
            left[at : at + 2] = [self._times(waiting.pop(at), left[at], left[at + 1])]
        return left[0].node

    def _times(self, how: str, a: Factor, b: Factor) -> Factor:
        left, right = a.node, b.node
        if how == HADAMARD:
            left, right = self.beside(left, right), self.beside(right, left)
        span = a.span.union(b.span)
        return Factor(product(self.build, left, right, how, span), span)


def _comes_later(factors: Sequence[Factor], signs: Sequence[str], at: int) -> bool:
    """Whether to take the product after a ⊙ first, since the shapes around ⊙ do not fit yet."""
    if signs[at] != HADAMARD or at + 1 == len(signs) or signs[at + 1] == HADAMARD:
        return False
    return not fit_entrywise(factors[at].node, factors[at + 1].node)
