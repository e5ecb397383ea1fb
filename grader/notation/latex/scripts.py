"""Splits runs of tokens, and tells the kinds of scripts apart."""

from collections.abc import Sequence
from typing import Literal

from grader.notation.latex_tokens import Token
from grader.notation.names import Key

TRANSPOSES = frozenset({"T", "\\top", "⊤"})
COMPARISONS = {"<": "lt", ">": "gt", "\\le": "le", "\\ge": "ge", "\\ne": "ne", "=": "eq"}
CONDITION_WORDS = frozenset("if for when where falls wenn für si pour quando cuando se".split())
PUNCTUATION = frozenset({".", ",", ";"})


def is_filler(token: Token) -> bool:
    """Whether a token is a word or sign around a condition."""
    return token.text in CONDITION_WORDS or token.text in PUNCTUATION or token.text == "\\quad"


def split(tokens: Sequence[Token], sign: str) -> list[Sequence[Token]]:
    """Tokens split at a sign outside brackets, braces and environments."""
    parts: list[Sequence[Token]] = []
    depth = begin = 0
    for at, token in enumerate(tokens):
        if token.text in ("{", "(", "[", "\\begin", "\\{"):
            depth += 1
        elif token.text in ("}", ")", "]", "\\end", "\\}"):
            depth -= 1
        elif token.text == sign and depth <= 0:
            parts.append(tokens[begin:at])
            begin = at + 1
    parts.append(tokens[begin:])
    return parts


def pair(script: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]] | None:
    """Two indices, `ij` or `j, i+k-1`; None for any other script."""
    parts = split(script, ",")
    if len(parts) == 1 and len(script) == 2:
        parts = [script[:1], script[1:]]
    return (parts[0], parts[1]) if len(parts) == 2 and all(parts) else None


def one_by_one(script: Sequence[Token]) -> list[Token]:
    """A script with a token for each digit, since both in δ_{11} are indices."""
    parts = (digits(t) if t.kind == "number" and t.text.isdigit() else [t] for t in script)
    return [token for part in parts for token in part]


def split_script(script: Sequence[Token] | None) -> tuple[list[Token], bool, int]:
    """A superscript as (content, whether it ends in a transpose, number of primes)."""
    content = list(script or ())
    transposed, primes = False, 0
    if len(content) == 3 and content[0].text == "[" and content[1].text in TRANSPOSES:
        return [], True, 0  # X^{[T]}, a transpose with the brackets of a layer
    while content:
        last = content[-1].text
        if last in TRANSPOSES:
            transposed = not transposed
        elif last == "'":
            primes += 1
        elif last not in ("^", "{}"):
            break
        content.pop()
    if content and content[0].text == "[" and content[-1].text != "]":
        return list(script or ()), False, 0
    return content, transposed, primes


def without_brackets(script: Sequence[Token]) -> Sequence[Token]:
    """A script without the brackets around all of it."""
    while len(script) > 2 and (script[0].text, script[-1].text) in PAIRS:
        script = script[1:-1]
    return script


PAIRS = frozenset({("(", ")"), ("[", "]"), ("{", "}"), ("\\{", "\\}"), ("\\langle", "\\rangle"),
                   ("<", ">")})  # fmt: skip


def layer_of(script: Sequence[Token] | None) -> str | None:
    """A script as the name of a layer: `{(2)}` is 2; None if there is no script."""
    if not script:
        return None
    return "".join(token.text for token in without_brackets(script))


def leading_layer(script: Sequence[Token] | None) -> tuple[str, list[Token]]:
    """`1i` and `1,i` as the layer 1 and the index i; the layer "?" for any other script."""
    inside = list(without_brackets(script or ()))
    if len(inside) < 2 or inside[0].kind != "number" or inside[1].text in ("+", "-"):
        return "?", []
    return inside[0].text, inside[2:] if inside[1].text == "," else inside[1:]


def complete(key: Key, layer: str | None, subscript: str | None) -> bool:
    """Whether a key uses both scripts, so that it does not repeat a key without them."""
    _, sup, sub = key
    return not (
        (layer is None and sup is not None and sup != subscript)
        or (subscript is None and sub is not None and sub != layer)
    )


def is_index_list(script: Sequence[Token]) -> bool:
    """Whether a superscript is an entry rather than a power: `(1,j)`."""
    return any(token.text == "," for token in script)


def power_of(script: Sequence[Token]) -> Literal["written", "entries"]:
    """Whether a power is one of the entries, as in `A^{\\odot 2}`."""
    return "entries" if script and script[0].text == "\\odot" else "written"


def is_layer_mark(content: Sequence[Token]) -> bool:
    """Whether a function's superscript is `(l)` or `[l]`, a layer, rather than a power."""
    return len(content) > 2 and (content[0].text, content[-1].text) in PAIRS


def is_one_name(tokens: Sequence[Token]) -> bool:
    """Whether tokens are one letter, word or command, with scripts only after it."""
    if not tokens or tokens[0].kind not in ("letter", "word", "accent", "command"):
        return False
    depth, at = 0, 1
    while at < len(tokens):
        if depth == 0 and tokens[at].text not in ("^", "_", "'"):
            return False
        at += 1 if tokens[at].text != "'" else 0
        while at < len(tokens):
            depth += (tokens[at].text == "{") - (tokens[at].text == "}")
            at += 1
            if depth == 0:
                break
    return True


def digits(token: Token) -> list[Token]:
    """A number as one token for each digit."""
    return [
        Token("number", digit, token.start + at, token.start + at + 1)
        for at, digit in enumerate(token.text)
        if digit.isdigit()
    ]
