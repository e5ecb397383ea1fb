"""Explains YAML's own errors in sentences for an instructor."""

import re

import yaml

_QUOTE = "put text that holds [ ] {{ }} , : # or starts with a sign into single quotes"

# (pattern of PyYAML's words, our sentence); the pattern's groups fill the sentence.
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'", "a tab; YAML is indented with spaces only"),
    (
        r"found character '(.)' that cannot start",
        "text cannot start with {0} here; put it into single quotes",
    ),
    (
        r"found unknown escape character '(.+)'",
        "\\{0} in double quotes is not a YAML escape; put LaTeX into single quotes",
    ),
    (
        r"found undefined alias '?([\w-]+)",
        "*{0} refers to no anchor &{0} above; text that starts with * goes into single quotes",
    ),
    (
        r"while scanning an? (?:alias|anchor)",
        "a * or & begins an alias or anchor here; text that starts with it goes into single quotes",
    ),
    (
        r"while scanning a quoted scalar.*end of stream",
        "the quote that opens here is never closed",
    ),
    (
        r"mapping values are not allowed here",
        "a ':' that YAML does not expect; put text with a colon into single quotes, "
        "or fix the indentation",
    ),
    (
        r"could not find expected ':'",
        "a ':' is missing after the key that begins on line {context}",
    ),
    (
        r"expected ',' or '(.)', but got",
        f"a comma or the closing {{0}} is missing after line {{context}}; or {_QUOTE}",
    ),
    (r"expected the node content", "a value is missing here; or " + _QUOTE),
    (
        r"expected <block end>, but found",
        "this does not line up with the block that begins on line {context}; "
        "fix the indentation, or put the text before it into single quotes",
    ),
    (
        r"expected a single document",
        "a second document begins here (---); one file holds one problem",
    ),
    (
        r"expected '<document start>'",
        "text after the end of the document; fix the indentation or the brackets",
    ),
    (r"found duplicate anchor '?([\w-]+)", "the anchor &{0} is used twice"),
)


class RefusedYaml(yaml.MarkedYAMLError):
    """Valid YAML that the grader does not accept; `problem` is already a sentence."""

    def __init__(self, reason: str, mark: yaml.Mark | None) -> None:
        super().__init__(None, None, reason, mark)


def explained(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Line, column (1-based; 0 if unknown) and explanation of an error that YAML raised on `text`."""
    if isinstance(error, yaml.reader.ReaderError):
        line, column = position(text, error.position)
        return line, column, f"a character that YAML does not allow (U+{_code(error):04X})"
    if isinstance(error, yaml.MarkedYAMLError):
        line, column = mark_position(_mark(error))
        return line, column, _sentence(error)
    return 0, 0, f"this is not valid YAML: {error}"


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column (1-based) of an offset into a text."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def mark_position(mark: yaml.Mark | None) -> tuple[int, int]:
    """Line and column (1-based) of one of PyYAML's marks; zeros for None."""
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _code(error: yaml.reader.ReaderError) -> int:
    """The code point that caused the error (PyYAML gives a number, a character or a byte)."""
    found: object = error.character
    return found if isinstance(found, int) else ord(str(found)[:1] or "\0")


def _mark(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where to look: YAML notices an open quote only at the end of the file."""
    if "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or ""):
        return error.context_mark
    return error.problem_mark or error.context_mark


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """Our sentence for an error; PyYAML's own words if we have none."""
    problem = error.problem or "no reason given"
    if isinstance(error, RefusedYaml):
        return problem
    context = error.context_mark or error.problem_mark
    words = f"{error.context or ''}; {problem}"
    for pattern, sentence in _SENTENCES:
        if found := re.search(pattern, words):
            return sentence.format(*found.groups(), context=mark_position(context)[0])
    return f"this is not valid YAML: {problem}"
