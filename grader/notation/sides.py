"""Equations solved for the derivative on their left side: `-∂l/∂z = y - p`, `(∂l/∂W)ᵀ = x δᵀ`."""

from collections.abc import Sequence

from grader.notation.latex_tokens import Token

Members = tuple[tuple[Token, ...], ...]

_DERIVATIVES = frozenset({"\\frac", "\\partial", "\\nabla"})
_TRANSPOSES = frozenset({"T", "\\top"})
_OPENING = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


def solved(members: Members) -> Members:
    """The members with a sign or a transpose moved from the left side to all the others."""
    left, *others = members
    if not others or not left:
        return members
    inside = _negated(left)
    if inside:
        return (inside, *(_around(member, "-", "") for member in others))
    inside = _transposed(left)
    if inside:
        return (inside, *(_around(member, "", "T") for member in others))
    return members


def _negated(left: tuple[Token, ...]) -> tuple[Token, ...]:
    """What follows the minus of `-∂l/∂z`; empty for any other left side."""
    if left[0].text != "-" or len(left) < 2 or left[1].text not in _DERIVATIVES:
        return ()
    return left[1:] if not any(token.text in "+-" for token in _outside(left[1:])) else ()


def _transposed(left: tuple[Token, ...]) -> tuple[Token, ...]:
    """What is transposed in `(∂l/∂W)ᵀ`; empty for any other left side."""
    braced = left[-1].text == "}"
    script = left[-4:] if braced else left[-2:]
    inside = left[: -len(script)]
    texts = [token.text for token in script]
    if texts[:1] != ["^"] or texts[2 if braced else 1 :][:1][0] not in _TRANSPOSES or not inside:
        return ()
    if len(_outside(inside)) == 0 and inside[0].text == "(":
        inside = inside[1:-1]
    one = len([token for token in _outside(inside) if token.text in _DERIVATIVES]) == 1
    signs = any(token.text in "+-=" for token in _outside(inside))
    return inside if one and inside[0].text in _DERIVATIVES and not signs else ()


def _outside(tokens: Sequence[Token]) -> list[Token]:
    """The tokens outside all brackets."""
    depth, found = 0, []
    for token in tokens:
        step = _OPENING.get(token.text, 0)
        if depth == 0 and not step:
            found.append(token)
        depth += step
    return found


def _around(member: tuple[Token, ...], before: str, after: str) -> tuple[Token, ...]:
    """A member in brackets, with a sign before or a script after it; the new tokens have no width.

    What is transposed depends on the layout of gradients that the student uses: a `layout` token.
    """
    if not member:
        return member
    start, end = member[0].start, member[-1].end
    signs = [Token("sign", sign, start, start) for sign in [*before, "("]]
    script = [Token("sign", "^", end, end), Token("layout", after, end, end)] if after else []
    return (*signs, *member, Token("sign", ")", end, end), *script)
