"""The words, numbers and signs of a line without dollars, and which of the words are mathematical."""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.notation.names import INFIX_FUNCTIONS, LATEX_FUNCTIONS
from grader.notation.signs import GREEK, LOWERED, RAISED, SIGNS, folded

_MODULES = r"(?:np|numpy|torch|jnp|jax|math|sp|sympy|tf|F|linalg)\."
_KINDS = ("sum", "product", "relation", "logic", "arrow", "open", "close", "bar", "prime", "letter",
          "big", "form")  # fmt: skip


def _glyphs(*kinds: str) -> str:
    """The characters of some kinds of signs."""
    return "".join(sign.glyphs for sign in SIGNS if sign.kind in kinds)


_EQUALS = "".join(sign.glyphs for sign in SIGNS if sign.text in ("=", "\\approx"))
_TOKEN = re.compile(
    rf"""(?P<word>\\?(?:{_MODULES}){{0,2}}[^\W\d_](?:\w|[⁰-₟\u0300-\u036f])*+)
      | (?P<number>(?:\d++(?:\.\d++)?+|\.\d++)(?:e[+-]?\d++)?+)
      | (?P<attribute>\.(?:T|t|grad|dot|sum|mean|transpose|reshape|copy|astype|item)(?!\w))
      | (?P<relation>:?=(?!=)|[{_EQUALS}])
      | (?P<sign>==|!=|<=|>=|\*\*|\.\*|[-+*/@^_(){{}}\[\],<>|~'ᵀ:{_glyphs(*_KINDS)}])
      | (?P<space>\s++)
      | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SCRIPTED = re.compile(rf"[\dͰ-Ͽ_∂{re.escape(''.join((*RAISED, *LOWERED)))}]")
_MIXED = re.compile(r"[a-z][A-Z]|\Ad[^\Waeiou\d_]\Z")
_GREEK_WORD = re.compile(r"[Ͱ-Ͽ]{3}")
_COMMANDS = frozenset(
    "frac dfrac tfrac partial nabla cdot odot circ times otimes sum prod left right top mathbf bm "
    "mathrm mathcal text boldsymbol operatorname begin end quad ell prime le ge leq geq ne neq in "
    "infty dots ldots cdots sqrt hat bar tilde forall mathbb approx".split()
)
_NAMES = frozenset(GREEK) | {
    "dl",
    "pi",
    "relu",
    "ReLU",
    "diag",
    "tr",
    "exp",
    "log",
    "ln",
    "tanh",
    "None",
}
_FUNCTIONS = frozenset(INFIX_FUNCTIONS) | frozenset(LATEX_FUNCTIONS)

# Words of a case distinction; without a comparison they are words like any other.
_CASES = frozenset("if else otherwise when for and or".split())
_COMPARISONS = frozenset("< > <= >= == !=".split()) | set(_glyphs("relation")) - set(_EQUALS)
_OPERATORS = frozenset("+ - * ** / @ ^ .* ( [".split()) | set(_glyphs("sum", "product", "big"))


_LETTERS = 3  # that a number multiplies without a sign: more are a word


class PlainToken(NamedTuple):
    """A word, number, sign or relation, with its place in the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens_in(text: str, start: int, end: int) -> list[PlainToken]:
    """The tokens of a range of a text, spaces left out."""
    return [
        PlainToken(match.lastgroup or "", match[0], start + match.start(), start + match.end())
        for match in _TOKEN.finditer(folded(text[start:end]))
        if match.lastgroup != "space"
    ]


def is_balanced(tokens: Sequence[PlainToken]) -> bool:
    """Whether brackets close, and colons are only inside them."""
    depth = 0
    for token in tokens:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth < 0 or (depth == 0 and token.text == ":"):
            return False
    return depth == 0


def counted(tokens: Sequence[PlainToken]) -> tuple[int, int, int]:
    """The numbers of mathematical words, of numbers, and of ordinary words.

    An ordinary word that does not stand alone is one too many.
    """
    words = ordinary = 0
    numbers = sum(token.kind == "number" for token in tokens)
    compared = any(token.text in _COMPARISONS for token in tokens)
    scripts = _scripts(tokens) | _arguments(tokens)
    for before, token, follows in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        if token.kind != "word" or (compared and token.text.lower() in _CASES):
            continue
        if token.start in scripts:
            continue
        if _is_part(before, token) or is_mathematical(token, follows):
            words += 1
        elif _stands_alone(before, token, follows):
            ordinary += 1
        else:
            return 0, 0, 1
    return words, numbers, ordinary


def has_relation(tokens: Sequence[PlainToken]) -> bool:
    """Whether there is an equals sign outside of all brackets; inside it names an argument."""
    depth = 0
    for token in tokens:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.kind == "relation" and depth == 0:
            return True
    return False


def _arguments(tokens: Sequence[PlainToken]) -> set[int]:
    """The offsets of keyword arguments and their words: `axis`, `keepdims` and `True` in calls."""
    inside: set[int] = set()
    depth = 0
    for name, token, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        depth += (name.text in ("(", "[")) - (name.text in (")", "]"))
        if token.kind == "relation" and depth > 0:
            inside |= {name.start, value.start}
    return inside


def _scripts(tokens: Sequence[PlainToken]) -> set[int]:
    """The offsets of tokens in `_{…}` and `^{…}`, where `ij` is not a word."""
    inside: set[int] = set()
    depth = 0
    for before, token in itertools.pairwise(tokens):
        if token.text == "{":
            depth += depth > 0 or before.text[-1] in "_^"
        elif token.text == "}":
            depth -= depth > 0
        elif depth:
            inside.add(token.start)
    return inside


def is_mathematical(token: PlainToken, follows: PlainToken | None) -> bool:
    """Whether a word belongs to a formula rather than to a sentence."""
    word = token.text
    if word[0] == "\\":
        return word[1:] in _COMMANDS or word[1:] in GREEK or word[1:] in _FUNCTIONS
    if len(word) == 1 or "." in word or word in _NAMES or (word[0] == "d" and word[1:] in _NAMES):
        return True
    if _SCRIPTED.search(word) and not _GREEK_WORD.search(word):
        return True
    if _MIXED.search(word):
        return True
    called = (
        follows is not None and follows.text in ("(", "[", "'", "′") and follows.start == token.end
    )
    return called or (
        follows is not None and follows.kind == "attribute" and follows.start == token.end
    )


def _is_part(before: PlainToken | None, word: PlainToken) -> bool:
    """Whether a word is the dx of `dl/dx`, or the letters of `2xy`."""
    if before is None:
        return False
    multiplied = before.kind == "number" and before.end == word.start
    return (before.text == "/" and word.text[0] == "d") or (
        multiplied and len(word.text) <= _LETTERS
    )


def _stands_alone(before: PlainToken | None, word: PlainToken, follows: PlainToken | None) -> bool:
    """Whether the neighbours of an ordinary word are operators, not words."""
    for neighbour in (before, follows):
        if neighbour is None:
            continue
        if neighbour.kind not in ("sign", "relation") or neighbour.text in (",", ":", "'", "’"):
            return False
        if neighbour.text in ("-", "–", "−") and word.start - 1 <= neighbour.start <= word.end:
            return False  # a hyphen
    closes = before is not None and before.text in (")", "]", "}")
    return not closes and (follows is None or follows.text not in ("(", "[", "{"))


def is_scripted(word: str) -> bool:
    """Whether a word has digits, scripts or Greek letters in it."""
    return _SCRIPTED.search(word) is not None


def has_operator(tokens: Sequence[PlainToken]) -> bool:
    """Whether there is an operator."""
    return any(token.kind == "relation" or token.text in _OPERATORS for token in tokens)
