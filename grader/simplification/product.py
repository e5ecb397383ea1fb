"""A product, entry by entry, in its normal form: a coefficient times powers of factors."""

from collections.abc import Iterable
from fractions import Fraction

from grader.expression import SCALAR, Apply, Expression, Number, walk
from grader.primitives.build import ONE, div, mul, neg, number, power
from grader.record import record

MOST_POWER = 8  # larger exponents stay as they are
MOST_NUMBER = 10**6

Power = tuple[Expression, int]


@record
class Product:
    """`coefficient` times powers of factors; a factor of a denominator has a negative exponent."""

    coefficient: Fraction = Fraction(1)
    powers: tuple[Power, ...] = ()

    def times(self, other: "Product") -> "Product":
        """The product of both. Equal factors are merged, and powers of 0 are dropped."""
        powers = dict(self.powers)
        for factor, exponent in other.powers:
            powers[factor] = powers.get(factor, 0) + exponent
        kept = tuple((factor, exponent) for factor, exponent in powers.items() if exponent)
        return Product(self.coefficient * other.coefficient, kept)

    def to_the(self, exponent: int) -> "Product":
        """The product to a power."""
        powers = tuple((factor, own * exponent) for factor, own in self.powers)
        return Product(self.coefficient**exponent, powers)

    def scaled(self, coefficient: Fraction) -> "Product":
        """The product times a number."""
        return Product(self.coefficient * coefficient, self.powers)

    @property
    def constant(self) -> "Product":
        """The part that is the same on every draw: the coefficient, sizes, and roots of sizes."""
        powers = tuple((f, e) for f, e in self.powers if _is_constant(f))
        return Product(self.coefficient, powers)

    @property
    def written(self) -> Expression:
        """The product as an expression: first the numbers, then scalars, then arrays."""
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
            fraction = div(number(size.numerator), number(size.denominator))
            whole = _multiplied([fraction, *above])
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
    """An expression as a product; anything that is not a product becomes its only factor."""
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
    """Whether to calculate with a number: whole numbers, halves and quarters, but not 0.01 or 1e-5."""
    return abs(value) <= MOST_NUMBER and (4 * value).is_integer()
