"""A product, entry by entry, in its normal form: a coefficient times powers of factors."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from grader.expression import SCALAR, Apply, Expression, Number, walk
from grader.primitives.build import ONE, div, mul, neg, number, power

MOST_POWER = 8  # larger exponents stay as they are written
MOST_NUMBER = 10**6

Power = tuple[Expression, int]


@dataclass(frozen=True, slots=True)
class Product:
    """`coefficient` times each factor to its power; below a fraction bar powers are negative."""

    coefficient: Fraction = Fraction(1)
    powers: tuple[Power, ...] = ()

    def times(self, other: "Product") -> "Product":
        """Both multiplied, with equal factors put together; a power of 0 is gone."""
        powers = dict(self.powers)
        for factor, exponent in other.powers:
            powers[factor] = powers.get(factor, 0) + exponent
        kept = tuple((factor, exponent) for factor, exponent in powers.items() if exponent)
        return Product(self.coefficient * other.coefficient, kept)

    def to_the(self, exponent: int) -> "Product":
        """A power of all of it."""
        powers = tuple((factor, own * exponent) for factor, own in self.powers)
        return Product(self.coefficient**exponent, powers)

    def scaled(self, coefficient: Fraction) -> "Product":
        """The same factors, with the coefficient multiplied."""
        return Product(self.coefficient * coefficient, self.powers)

    @property
    def constant(self) -> "Product":
        """What of it is the same on every draw: the coefficient, sizes, and their roots."""
        powers = tuple((f, e) for f, e in self.powers if _is_constant(f))
        return Product(self.coefficient, powers)

    @property
    def written(self) -> Expression:
        """As an expression: numbers first, then scalars, then arrays, each in their order."""
        above = [power(f, number(e)) for f, e in self.powers if e > 0]
        below = [power(f, number(-e)) for f, e in self.powers if e < 0]
        size = abs(self.coefficient)
        if below:
            top = _multiplied([*_unless_one(size.numerator), *above])
            bottom = _multiplied([*_unless_one(size.denominator), *below])
            whole = div(top, bottom)
        elif above and size.denominator > 1 and all(f.shape == SCALAR for f in above):
            top = _multiplied([*_unless_one(size.numerator), *above])
            whole = div(top, number(size.denominator))
        else:
            share = div(number(size.numerator), number(size.denominator))
            whole = _multiplied([share, *above])
        return neg(whole) if self.coefficient < 0 else whole


def _is_constant(node: Expression) -> bool:
    return all(isinstance(part, Number | Apply) for part in walk(node)) and node.shape == SCALAR


def _unless_one(value: int) -> list[Expression]:
    return [] if value == 1 else [number(value)]


def _multiplied(factors: Iterable[Expression]) -> Expression:
    in_order = sorted(factors, key=lambda factor: factor.shape != SCALAR)
    product: Expression = ONE
    for factor in in_order:
        product = mul(product, factor)
    return product


def product_of(node: Expression) -> Product:
    """An expression as a product; one that is none is a factor of its own."""
    match node:
        case Number(value=value, name="") if _is_plain(value):
            return Product(Fraction(value))
        case Apply(function="ones"):
            return Product()
        case Apply(function="neg", args=(inner,)):
            return product_of(inner).scaled(Fraction(-1))
        case Apply(function="mul", args=(left, right)):
            return product_of(left).times(product_of(right))
        case Apply(function="div", args=(above, below)):
            divisor = product_of(below)
            if divisor.coefficient:
                return product_of(above).times(divisor.to_the(-1))
        case Apply(function="pow", args=(base, Number(value=value))):
            inside = product_of(base)
            usual = value.is_integer() and 0 < abs(value) <= MOST_POWER
            if usual and (inside.coefficient or value > 0):
                return inside.to_the(int(value))
    return Product(powers=((node, 1),))


def _is_plain(value: float) -> bool:
    """Whether a number is worked out with others: a whole one, a half, a quarter. Not 0.01, nor 1e-5."""
    return abs(value) <= MOST_NUMBER and (4 * value).is_integer()
