r"""Reads and expands a student's own commands: `\newcommand`, `\def`, `\DeclareMathOperator`.

The tokens of an expanded command have the place of the command, so that an error in them points to it.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.errors import Span, TooLarge

EXPANSION_LIMIT = 1_000  # commands expanded in one formula
SIZE_LIMIT = 20_000  # tokens of one expanded formula
MACRO_LIMIT = 500  # commands of one paper

# The end of a row. The length in `\\[4pt]` has no meaning; `\\ [a, b]` begins the next row.
ROW_END = (
    r"\\\\\*?+(?:\s*+\[\s*+[-+]?+\s*+(?:[\d.,]++\s*+(?:pt|pc|in|bp|cm|mm|dd|cc|sp|ex|em|mu)"
    r"|[\d.,]*+\s*+\\(?:[a-z]*skip(?:amount)?|jot))\s*+\])?+"
)
_TOKEN = re.compile(
    rf"(?P<row>{ROW_END})"
    r"|(?P<command>\\[A-Za-z]+\*?|\\.)|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<accented>[^\W\d_][\u0300-\u036f])|(?P<letters>[A-Za-z]+(?![\u0300-\u036f]))"
    r"|(?P<space>[\s~]+|%[^\n]*)|(?P<sign>.)",
    re.DOTALL,
)


class Raw(NamedTuple):
    """A raw token of LaTeX; a token from a macro has the place of the macro."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Macro:
    """A command: its number of parameters, the default of the first, and its body."""

    parameters: int
    default: tuple[Raw, ...] | None
    body: tuple[Raw, ...]


def raw_tokens(text: str) -> list[Raw]:
    """The raw tokens of a formula without spaces and comments."""
    return [_raw(match) for match in _TOKEN.finditer(text) if match.lastgroup != "space"]


def _raw(match: re.Match[str]) -> Raw:
    if match.lastgroup == "row":
        return Raw("command", "\\\\", match.start(), match.end())
    return Raw(match.lastgroup or "", match.group(), match.start(), match.end())


# Reading definitions


def definitions(text: str) -> dict[str, Macro]:
    """The commands that a paper defines; of two definitions of a name the last one counts."""
    if "\\" not in text:
        return {}
    raw = raw_tokens(text)
    found: dict[str, Macro] = {}
    at = 0
    while at < len(raw) and len(found) < MACRO_LIMIT:
        read = _READERS.get(raw[at].text)
        at += 1
        if read is not None:
            name, macro, at = read(raw, at)
            if name.startswith("\\") and macro is not None:
                found[name] = macro
    return found


class _Definition(NamedTuple):
    name: str
    macro: Macro | None
    end: int


def _newcommand(raw: Sequence[Raw], at: int) -> _Definition:
    r"""`{\name}[2][default]{body}`."""
    name, at = _argument(raw, at)
    count, at = _option(raw, at)
    default, at = _option(raw, at)
    body, at = _argument(raw, at)
    parameters = int(count[0].text) if count and count[0].text.isdigit() else 0
    return _Definition(_name(name), Macro(parameters, default, body), at)


def _operator(raw: Sequence[Raw], at: int) -> _Definition:
    r"""`{\name}{text}`."""
    name, at = _argument(raw, at)
    body, at = _argument(raw, at)
    if not body:
        return _Definition("", None, at)
    start, end = body[0].start, body[-1].end
    opened, closed = Raw("sign", "{", start, end), Raw("sign", "}", start, end)
    font = Raw("command", "\\operatorname", start, end)
    return _Definition(_name(name), Macro(0, None, (font, opened, *body, closed)), at)


def _def(raw: Sequence[Raw], at: int) -> _Definition:
    r"""`\name#1#2{body}`; other delimited parameters are not read."""
    name = raw[at].text if at < len(raw) else ""
    at += 1
    parameters = 0
    while at + 1 < len(raw) and raw[at].text == "#":
        parameters += len(raw[at + 1].text) if raw[at + 1].text.isdigit() else 0
        at += 2
    if at >= len(raw) or raw[at].text != "{":
        return _Definition("", None, at)
    body, at = _argument(raw, at)
    return _Definition(name, Macro(parameters, None, body), at)


_READERS: dict[str, Callable[[Sequence[Raw], int], _Definition]] = {
    **dict.fromkeys(("\\newcommand", "\\renewcommand", "\\providecommand"), _newcommand),
    **dict.fromkeys(("\\newcommand*", "\\renewcommand*", "\\providecommand*"), _newcommand),
    **dict.fromkeys(("\\DeclareMathOperator", "\\DeclareMathOperator*"), _operator),
    **dict.fromkeys(("\\def", "\\gdef", "\\edef", "\\xdef"), _def),
}


def _name(tokens: Sequence[Raw]) -> str:
    return tokens[0].text if len(tokens) == 1 else ""


def _argument(raw: Sequence[Raw], at: int) -> tuple[tuple[Raw, ...], int]:
    """A group without its braces, or one token as in TeX; and the index of the next token."""
    if at >= len(raw):
        return (), at
    if raw[at].text != "{":
        return _first(raw[at]), at + 1
    end = _closing(raw, at, "{", "}")
    return tuple(raw[at + 1 : end]), end + 1


def _option(raw: Sequence[Raw], at: int) -> tuple[tuple[Raw, ...] | None, int]:
    """An argument in square brackets, if there is one."""
    if at >= len(raw) or raw[at].text != "[":
        return None, at
    end = _closing(raw, at, "[", "]")
    return tuple(raw[at + 1 : end]), end + 1


def _closing(raw: Sequence[Raw], at: int, opening: str, closing: str) -> int:
    depth = 0
    for end in range(at, len(raw)):
        depth += (raw[end].text == opening) - (raw[end].text == closing)
        if depth == 0:
            return end
    return len(raw)


def _first(token: Raw) -> tuple[Raw, ...]:
    """The first letter or digit, which TeX takes as an argument without braces."""
    if token.kind not in ("letters", "number"):
        return (token,)
    return (Raw(token.kind, token.text[0], token.start, token.start + 1),)


def _rest(token: Raw) -> tuple[Raw, ...]:
    """The rest of a token after its first letter or digit."""
    if token.kind not in ("letters", "number") or len(token.text) == 1:
        return ()
    return (Raw(token.kind, token.text[1:], token.start + 1, token.end),)


# Expansion


def expand(raw: list[Raw], macros: Mapping[str, Macro], source: str) -> list[Raw]:
    """The tokens with all commands of the student expanded. Raises TooLarge."""
    if not macros or not any(token.text in macros for token in raw):
        return raw
    done: list[Raw] = []
    waiting = raw[::-1]
    expansions = 0
    while waiting:
        token = waiting.pop()
        macro = macros.get(token.text)
        if macro is None:
            done.append(token)
            continue
        expansions += 1
        replaced = list(_applied(macro, token, waiting))
        if expansions > EXPANSION_LIMIT or len(waiting) + len(done) + len(replaced) > SIZE_LIMIT:
            message = f"`{token.text}` expands without end, or into too many tokens"
            raise TooLarge(message, source, Span(token.start, token.end))
        waiting.extend(reversed(replaced))
    return done


def _applied(macro: Macro, command: Raw, waiting: list[Raw]) -> Iterator[Raw]:
    """The body with its arguments, which are taken from the tokens after the command."""
    arguments: list[tuple[Raw, ...]] = []
    if macro.default is not None:
        arguments.append(_taken_option(waiting, macro.default))
    while len(arguments) < macro.parameters:
        arguments.append(_taken(waiting))
    body = iter(macro.body)
    for token in body:
        if token.text != "#":
            yield Raw(token.kind, token.text, command.start, command.end)
            continue
        number = next(body, None)
        if number is not None and number.text[0].isdigit():
            yield from _parameter(number, arguments, command)


def _parameter(number: Raw, arguments: Sequence[tuple[Raw, ...]], command: Raw) -> Iterator[Raw]:
    """The argument of `#1`; `#12` is the first argument, then a 2."""
    which = int(number.text[0])
    if 1 <= which <= len(arguments):
        yield from arguments[which - 1]
    if len(number.text) > 1:
        yield Raw("number", number.text[1:], command.start, command.end)


def _taken(waiting: list[Raw]) -> tuple[Raw, ...]:
    if not waiting:
        return ()
    if waiting[-1].text != "{":
        token = waiting.pop()
        waiting.extend(_rest(token))
        return _first(token)
    return _popped(waiting, "{", "}")


def _taken_option(waiting: list[Raw], default: tuple[Raw, ...]) -> tuple[Raw, ...]:
    if not waiting or waiting[-1].text != "[":
        return default
    return _popped(waiting, "[", "]")


def _popped(waiting: list[Raw], opening: str, closing: str) -> tuple[Raw, ...]:
    """Pop a group off the stack of waiting tokens, without its brackets."""
    taken: list[Raw] = []
    depth = 0
    for token in itertools.islice(reversed(waiting), len(waiting)):
        depth += (token.text == opening) - (token.text == closing)
        taken.append(token)
        if depth == 0:
            break
    del waiting[len(waiting) - len(taken) :]
    return tuple(taken[1:-1] if depth == 0 else taken[1:])
