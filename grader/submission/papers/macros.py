r"""The definitions in a document: `\newcommand`, `\def`, `\DeclareMathOperator`."""

import re

from grader.submission.offsets import Range

_DEFINITION = re.compile(
    r"\\(?:(?P<command>(?:re)?newcommand|providecommand|DeclareMathOperator)(?![A-Za-z])\*?"
    r"|(?P<def>[gex]?def)(?![A-Za-z]))"
)
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_NAME = re.compile(r"\s{0,20}\\(?:[A-Za-z]++|.)")
_ARGUMENTS = re.compile(r"(?:\s{0,20}\[[^\[\]{}\n]{0,100}\]){0,2}\s{0,20}")
_PARAMETERS = re.compile(r"[^{}\n]{0,100}")


def definitions(text: str) -> list[Range]:
    """The ranges of all definitions in a text, without those that are never closed."""
    if "\\" not in text:
        return []
    braces = matching_braces(text)
    ranges: list[Range] = []
    for match in _DEFINITION.finditer(text):
        end = _end(text, match, braces)
        if end and (not ranges or match.start() >= ranges[-1][1]):
            ranges.append((match.start(), end))
    return ranges


def matching_braces(text: str) -> dict[int, int]:
    """Each opening brace's offset with that of its closing one."""
    opened: list[int] = []
    pairs = {}
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            pairs[opened.pop()] = match.start()
    return pairs


def _end(text: str, match: re.Match[str], braces: dict[int, int]) -> int | None:
    """The end of the definition, after its body."""
    name_end = _after_name(text, match.end(), braces)
    if name_end is None:
        return None
    between = _PARAMETERS if match["def"] else _ARGUMENTS
    body = between.match(text, name_end)
    close = braces.get(body.end()) if body else None
    return None if close is None else close + 1


def _after_name(text: str, offset: int, braces: dict[int, int]) -> int | None:
    r"""The offset after `\name` or `{\name}`."""
    if name := _NAME.match(text, offset):
        return name.end()
    while text[offset : offset + 1] == " ":
        offset += 1
    close = braces.get(offset)
    return None if close is None else close + 1
