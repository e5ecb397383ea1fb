"""Products: which factors belong together, and in which order they are multiplied."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from grader.errors import Span
from grader.expression import SCALAR, Expression, Shape, Symbol
from grader.notation.builder import Builder
from grader.notation.grammar import syntax
from grader.notation.grammar.bars import beside
from grader.notation.grammar.dispatch import Dispatch
from grader.notation.grammar.operators import PRODUCTS
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.syntax import Node
from grader.notation.products import HADAMARD, JUXTAPOSED, divide, fit_entrywise, product

TIGHT = ("", "/")


class Factor(NamedTuple):
    """A factor, and its place with the brackets around it."""

    node: Expression
    span: Span


class Run:
    """The factors of a product, of which `at` is the next one.

    A name may take what follows it: an argument list, the rest of a differential, an index.
    """

    def __init__(self, reader: Reader, factors: tuple[Node, ...], signs: tuple[str, ...]) -> None:
        self.reader = reader
        self.factors = factors
        self.signs = signs
        self.at = 0

    def sign(self) -> str | None:
        """The sign before the next factor; None at the end."""
        return self.signs[self.at - 1] if self.at < len(self.factors) else None

    def ahead(self) -> Node | None:
        """The factor that follows without a sign."""
        return self.factors[self.at] if self.sign() == "" else None

    def following(self) -> tuple[Node | None, Sequence[syntax.Suffix]]:
        """The factor that follows without a sign, and the marks after it."""
        return unmarked(self.ahead())

    def span(self, first: int) -> Span:
        """From the factor at `first` to the last one taken."""
        return Span(self.factors[first].span.start, self.factors[self.at - 1].span.end)

    def factor(self) -> Expression:
        """The next factor, with what it takes of those behind it."""
        node = self.factors[self.at]
        self.at += 1
        read = WITH_NEIGHBOURS.get(type(node))
        return self.reader.read(node) if read is None else read(self, node)

    def group(self) -> list[Factor]:
        """Factors side by side; a division takes all before it."""
        first, build = self.at, self.reader.build
        factors = [Factor(self.factor(), self.span(first))]
        while (sign := self.sign()) in TIGHT:
            at = self.at
            if sign == "/":
                node = divide(build, juxtaposed(build, factors), self.factor(), self.span(first))
                factors = [Factor(node, self.span(first))]
                continue
            if len(factors) == 1:
                self._check_no_call(factors[0].node)
            mixed = all(map(_is_numeral, self.factors[at - 1 : at + 1]))
            factors.append(Factor(self.factor(), self.span(at)))
            if mixed and build.convention("mixed", ("product", "sum")) == "sum":  # 3\frac14
                span = self.span(at - 1)
                factors[-2:] = [
                    Factor(build.apply("add", *(x.node for x in factors[-2:]), span=span), span)
                ]
        return factors

    def _check_no_call(self, node: Expression) -> None:
        """Refuse `h^2[1]` and `W(1, j)`, which may be entries or products."""
        bracket = self.factors[self.at]
        if (
            not isinstance(node, Symbol)
            or node.shape == SCALAR
            or not isinstance(bracket, syntax.Bracket)
        ):
            return
        indices = self.reader.build.names.indices
        if bracket.opened in ("(", "[") and all(_is_index(x, indices) for x in bracket.parts):
            hint = "write an entry with a subscript, such as h_{1}"
            message = "an array before a bracket with indices is ambiguous"
            self.reader.fail(message, bracket.span, hint)


def unmarked(node: Node | None) -> tuple[Node | None, Sequence[syntax.Suffix]]:
    """A factor and the marks after it."""
    return (node.of, node.marks) if isinstance(node, syntax.Marked) else (node, ())


def _is_index(node: Node, indices: Any) -> bool:
    """Whether a node is a number, an index letter, or several of them."""
    if isinstance(node, syntax.Factors):
        return not any(node.signs) and all(_is_index(part, indices) for part in node.factors)
    return isinstance(node, syntax.Literal) or (
        isinstance(node, syntax.Name) and node.text in indices
    )


def _is_numeral(node: Node) -> bool:
    """Whether a node is a number, or a fraction of two."""
    if isinstance(node, syntax.Quotient):
        return isinstance(node.above, syntax.Literal) and isinstance(node.below, syntax.Literal)
    return isinstance(node, syntax.Literal)


# How a factor is read that may take what follows it.
WITH_NEIGHBOURS: Dispatch[type, Callable[[Run, Any], Expression]] = Dispatch()
with_neighbours = WITH_NEIGHBOURS.of


@rule(syntax.Name, syntax.Bare)
def _alone(reader: Reader, node: syntax.Name | syntax.Bare) -> Expression:
    return Run(reader, (node,), ()).factor()


@rule(syntax.Factors)
def _product(reader: Reader, node: syntax.Factors) -> Expression:
    printed = _printed(node)
    if printed is not None and reader.build.convention("braces", ("unseen", "group")) == "unseen":
        return reader.read(printed)
    run = Run(reader, node.factors, node.signs)
    groups, signs = [run.group()], []
    while (sign := run.sign()) is not None:
        signs.append(PRODUCTS[sign])
        groups.append(run.group())
    return chain(reader.build, groups, signs, partial(beside, reader))


def _printed(node: syntax.Factors) -> syntax.Terms | None:
    """`a {b + c} d` as it is printed, a b + c d; None if no braces hold a sum."""
    terms: list[Node] = []
    signs: list[str] = []
    factors: list[Node] = []
    between: list[str] = []
    for at, factor in enumerate(node.factors):
        between += node.signs[at - 1 : at] if factors else []
        inside = _unseen(factor, first=at == 0)
        if inside is None:
            factors.append(factor)
            continue
        first, *middle, last = inside.terms
        terms += [_joined([*factors, first], between), *middle]
        signs += inside.signs
        factors, between = [last], []
    terms.append(_joined(factors, between))
    return syntax.Terms(tuple(terms), tuple(signs), node.span) if signs else None


def _unseen(factor: Node, first: bool) -> syntax.Terms | None:
    """The sum in braces, which are not printed."""
    match factor:
        case syntax.Bracket(opened="{", parts=(syntax.Terms() as inside,)):
            return inside if first or not isinstance(inside.terms[0], syntax.Negated) else None
    return None


def _joined(factors: list[Node], signs: list[str]) -> Node:
    if len(factors) == 1:
        return factors[0]
    span = Span(factors[0].span.start, factors[-1].span.end)
    return syntax.Factors(tuple(factors), tuple(signs), span)


# How signs bind


Groups = Sequence[Sequence[Factor]]
Beside = Callable[[Expression, Expression], Expression]  # what a factor means beside another one


_LEVELS = {  # the signs that bind before all others, the tightest first; "" is no sign
    "less": [{""}],
    "more": [{HADAMARD}, {""}],
    "alike": [{HADAMARD, ""}],
}


def juxtaposed(build: Builder, factors: Sequence[Factor]) -> Expression:
    """The product of factors side by side."""
    return Precedence(build).multiplied(factors, [""] * (len(factors) - 1), "less")


def chain(build: Builder, groups: Groups, signs: Sequence[str], beside: Beside) -> Expression:
    """Groups of factors side by side, with a sign between two groups.

    A sign binds less than no sign: `A B ⊙ C D` is (A B) ⊙ (C D). Where that makes no sense, or by
    convention, ⊙ binds more, A (B ⊙ C) D, or alike, ((A B) ⊙ C) D.
    """
    factors = [factor for group in groups for factor in group]
    between = [sign for group, sign in zip(groups, ["", *signs], strict=True)
               for sign in (sign, *[""] * (len(group) - 1))][1:]  # fmt: skip
    multiplied = partial(Precedence(build, beside).multiplied, factors, between)
    way = "less"
    arrays = [sum(part.node.shape != SCALAR for part in group) for group in groups]
    if any(sign == HADAMARD and max(arrays[at : at + 2]) > 1 for at, sign in enumerate(signs)):
        fit = tuple(key for key in _LEVELS if build.tried(partial(multiplied, key)) is not None)
        way = build.convention("hadamard", fit) if len(fit) > 1 else (*fit, way)[0]
    return multiplied(way)


@dataclass(frozen=True)
class Precedence:
    """Multiplies the factors of a chain in the order in which its signs bind."""

    build: Builder
    beside: Beside = lambda node, _: node

    def multiplied(self, factors: Sequence[Factor], signs: Sequence[str], way: str) -> Expression:
        """The product of factors with signs between them, where ⊙ binds in one of the ways."""
        for tight in _LEVELS[way]:
            parts, left = [[factors[0]]], []
            inner: list[list[str]] = [[]]
            for sign, factor in zip(signs, factors[1:], strict=True):
                if sign in tight:
                    parts[-1].append(factor)
                    inner[-1].append(sign)
                else:
                    parts.append([factor])
                    inner.append([])
                    left.append(sign)
            factors = [self._run(*run) for run in zip(parts, inner, strict=True)]
            signs = left
        return self._signed(factors, signs)

    def _run(self, factors: Sequence[Factor], signs: Sequence[str]) -> Factor:
        """Factors that belong together, from the left; or from the right, if that has another shape.

        A matrix product has one value either way, but `σ'(z) W^T δ` has a vector beside a vector.
        """
        if any(signs) or sum(one.node.shape != SCALAR for one in factors) <= 2:
            return self._folded(factors, signs, "left")
        shapes: dict[str, Shape] = {}
        for way in ("left", "right"):
            tried = self.build.tried(partial(self._folded, factors, signs, way))
            if tried is not None:
                shapes[way] = tried.node.shape
        way = next(iter(shapes), "left")
        if len(set(shapes.values())) > 1:
            way = self.build.convention("order", tuple(shapes))
        return self._folded(factors, signs, way)

    def _folded(self, factors: Sequence[Factor], signs: Sequence[str], way: str) -> Factor:
        if way == "left":
            node, *others = factors
            for sign, factor in zip(signs, others, strict=True):
                node = self._times(sign, node, factor)
            return node
        *others, node = factors
        for sign, factor in zip(reversed(signs), reversed(others), strict=True):
            node = self._times(sign, factor, node)
        return node

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
