"""One pass of tokens over infix text."""

import re
from typing import NamedTuple, NoReturn

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.signs import INFIX, folded

TEXT_LIMIT = 20_000  # characters of one answer; a 3×4 matrix of long sums has about 2,000

_TYPED = ("**", "==", "!=", "<=", ">=", *"-+*/@()[],:<>=.&|~ᵀ")
_SIGNS = INFIX | {sign: sign for sign in _TYPED} | {"^": "**"}
_TOKEN = re.compile(
    r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"  # a number
    r"|(?<!\.)∂?[^\W\dᵀ][^\Wᵀ]*\[ ?\d{1,4} ?(?:, ?\d{1,4} ?)?\]"  # one token for h2[1], W3[1,2]
    r"|∂?[^\W\dᵀ][^\Wᵀ]*"  # a name
    rf"|\*\*|==|!=|<=|>=|[{re.escape(''.join(sign for sign in _SIGNS if len(sign) == 1))}]"
    r"|\s+"
)


class InfixToken(NamedTuple):
    """A token: kind (number, name, entry, sign, end), text and offset."""

    kind: str
    text: str
    start: int

    @property
    def span(self) -> Span:
        """Its place in the text."""
        return Span(self.start, self.start + len(self.text))


_new = tuple.__new__  # half the time of the constructor of NamedTuple


def tokenize(text: str) -> list[InfixToken]:
    """The tokens of a text, ending with one of kind "end". Raises Unreadable, TooLarge."""
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this text has {len(text)} characters; the limit is {TEXT_LIMIT}")
    text = folded(text)
    found = _TOKEN.findall(text)
    if "".join(found) != text:
        _refuse(found, text)
    tokens = []
    at = 0
    for token in found:
        sign = _SIGNS.get(token)
        if sign is not None:
            tokens.append(_new(InfixToken, ("sign", sign, at)))
        elif token[-1] == "]":
            tokens.append(_new(InfixToken, ("entry", token, at)))
        elif not token.isspace():
            tokens.append(_new(InfixToken, (_kind(token), token, at)))
        at += len(token)
    tokens.append(InfixToken("end", "", at))
    return tokens


def _refuse(found: list[str], text: str) -> NoReturn:
    """Raise Unreadable at the first character that begins no token."""
    at = 0
    for token in found:
        if not text.startswith(token, at):
            break
        at += len(token)
    raise Unreadable(f"unexpected character {text[at]!r}", text, Span(at, at + 1))


def _kind(token: str) -> str:
    """The kind of a token that is a number or a name."""
    return "number" if token[0].isdecimal() or token[0] == "." else "name"
