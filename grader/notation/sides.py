"""Equations solved for the derivative on their left side: `-∂l/∂z = y - p`, `(∂l/∂W)ᵀ = x δᵀ`."""

from collections.abc import Sequence

from grader.notation.grammar.scripts import TRANSPOSES, unwrapped
from grader.notation.grammar.trees import Trees
from grader.notation.latex_tokens import Token

DERIVATIVES = frozenset({"\\frac", "\\partial", "\\nabla"})


def solved(members: Sequence[Trees]) -> Sequence[Trees]:
    """The members with a sign or a transpose moved from the left side to all the others."""
    left, *others = members
    for inside, before, after in ((_negated(left), "-", ""), (_transposed(left), "", "T")):
        if inside and others:
            return [inside, *(_around(member, before, after) for member in others)]
    return members


def _negated(left: Trees) -> Trees:
    """What follows the minus of `-∂l/∂z`; empty for any other left side."""
    signs = [tree.text for tree in left if tree.text in ("+", "-")]
    is_one = len(left) > 1 and signs == [left[0].text] == ["-"] and left[1].text in DERIVATIVES
    return left[1:] if is_one else ()


def _transposed(left: Trees) -> Trees:
    """What is transposed in `(∂l/∂W)ᵀ`; empty for any other left side."""
    script = [tree.text for tree in unwrapped(left[-1:])[0]]
    if len(left) < 3 or left[-2].text != "^" or len(script) != 1 or script[0] not in TRANSPOSES:
        return ()
    inside, _ = unwrapped(left[:-2])
    alone = sum(tree.text in DERIVATIVES for tree in inside) == 1
    signs = any(tree.text in ("+", "-", "=") for tree in inside)
    return inside if alone and inside[0].text in DERIVATIVES and not signs else ()


def _around(member: Trees, before: str, after: str) -> Trees:
    """A member in brackets, with a sign before or a script after it; the new tokens have no width.

    What is transposed depends on the layout of gradients that the student uses: a `layout` token.
    """
    if not member:
        return member
    start, end = member[0].start, member[-1].end
    signs = [Token("sign", sign, start, start) for sign in [*before, "("]]
    script = [Token("sign", "^", end, end), Token("layout", after, end, end)] if after else []
    return [*signs, *member, Token("sign", ")", end, end), *script]
