"""The readings of a text: one for each assignment of the conventions that it depends on.

A convention is what ambiguous notation means in a whole document. The builder asks for it by a key where
shapes allow several values, the usual one first:

    dot, square, outer   product | entries: `a · b`, `A B`, `a ⊗ b` of one shape
    star:transpose       product | entries: `A^T * B`
    star, slope          entries | product: `A * B`; `A σ'(Z)`
    rows                 entries | product: rows that the problem declares, in `a · b` and `X a`
    broadcast            product | entries: any other vector beside a matrix, `X a`
    power                product | entries: `A^2` of a square matrix
    power:slope          entries | product: `σ(Z)^2`
    power:typed          entries | product: `A**2`
    order                left | right: the order of the products in `A B C`
    hadamard             less | more | alike: how much ⊙ binds, beside no sign
    vectors              columns | rows: members of families, in `u_k^T u_j`
    member:W, example:W  row | column: `W_k`, `W^{(i)}`
    given                row | column: the i of `p_{j|i}`
    sum                  entries | rows | columns: what a sum without an index adds up
    bold                 ones | identity: `\\mathbf 1_{n \\times n}`
    layer:W              W1 | W2: a `W` without its layer
    apart:o              index | apart: the o of `k \\ne o` where u_o is declared beside the u_k
    I                    identity | ones: an undeclared `I`
    bars                 norm | abs: `|v|`
    extent:N             usual | other: whether the argument of a function ends at character N
"""

from collections.abc import Callable, Iterator

from grader.errors import StudentError, Unreadable
from grader.notation.builder import USUAL, Conventions, Reading

MOST_READINGS = 32


class TooManyReadings(Unreadable):
    """A text with more readings than are tried: what it means is for a human."""


def other_readings(
    read: Callable[[Conventions], Reading], usual: Reading | StudentError
) -> Iterator[Reading]:
    """The readings that make sense besides the usual one, those with the fewest changes first.

    `usual` is the outcome of the usual reading. Raises TooManyReadings after `MOST_READINGS`.
    """
    waiting, tried = [(USUAL, usual.open)], {frozenset[tuple[str, str]]()}
    for given, known in waiting:
        for key, values in known.items():
            for value in values[1:] if key not in given else ():
                changed = {**given, key: value}
                if frozenset(changed.items()) in tried:
                    continue
                if len(tried) > MOST_READINGS:
                    raise TooManyReadings("this formula can be read in too many ways")
                tried.add(frozenset(changed.items()))
                try:
                    reading = read(changed)
                except StudentError as error:
                    waiting.append((changed, error.open))
                else:
                    waiting.append((changed, reading.open))
                    yield reading
