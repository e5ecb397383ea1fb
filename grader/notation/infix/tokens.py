"""One pass of tokens over infix text."""

import re
from typing import NoReturn

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.latex_tokens import TEXT_LIMIT, Token
from grader.notation.signs import INFIX, folded

_TYPED = ("**", "==", "!=", "<=", ">=", *"-+*/@()[],:<>=.&|~ᵀ")
_SIGNS = INFIX | {sign: sign for sign in _TYPED} | {"^": "**"}
_NAME, _ENTRY = r"∂?[^\W\dᵀ][^\Wᵀ]*", r"\[ ?\d{1,4} ?(?:, ?\d{1,4} ?)?\]"
_TOKEN = re.compile(
    r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"  # a number
    rf"|(?<!\.){_NAME}{_ENTRY}|{_NAME}"  # h2[1] and W3[1,2] are one token
    rf"|\*\*|==|!=|<=|>=|[{re.escape(''.join(sign for sign in _SIGNS if len(sign) == 1))}]"
    r"|\s+"
)
ENTRIES = re.compile(rf"(?<![\w.])({_NAME}{_ENTRY})")  # among anything else
_new = tuple.__new__  # half the time of the constructor of NamedTuple


def tokenize(text: str) -> list[Token]:
    """The tokens of a text: numbers, names, entries, signs. Raises Unreadable, TooLarge."""
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this text has {len(text)} characters; the limit is {TEXT_LIMIT}")
    text = folded(text)
    found = _TOKEN.findall(text)
    if "".join(found) != text:
        _refuse(found, text)
    tokens = []
    at = 0
    for token in found:
        end = at + len(token)
        sign = _SIGNS.get(token)
        if sign is not None:
            tokens.append(_new(Token, ("sign", sign, at, end)))
        elif token[-1] == "]":
            tokens.append(_new(Token, ("entry", token, at, end)))
        elif not token.isspace():
            kind = "number" if token[0].isdecimal() or token[0] == "." else "name"
            tokens.append(_new(Token, (kind, token, at, end)))
        at = end
    return tokens


def _refuse(found: list[str], text: str) -> NoReturn:
    """Raise Unreadable at the first character that begins no token."""
    at = 0
    for token in found:
        if not text.startswith(token, at):
            break
        at += len(token)
    raise Unreadable(f"unexpected character {text[at]!r}", text, Span(at, at + 1))
