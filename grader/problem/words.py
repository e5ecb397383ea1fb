"""Words that several complaints share: a text in quotes, and what was perhaps meant."""

import difflib
from collections.abc import Iterable

_COMPARED = 100
_LISTED = 12


def cut(text: str, width: int = 40) -> str:
    """The text, or its beginning: a complaint stays one readable line."""
    return text if len(text) <= width else text[: width - 1] + "…"


def quoted(text: str) -> str:
    """The text in quotes, cut, with line breaks and the like as escapes."""
    return repr(cut(text))


def near(word: str, known: Iterable[str]) -> str:
    """A hint after a semicolon: the known word that was meant, or what there is to choose from.

    Comparing is quadratic, so a file with thousands of names gets its hint from the first of them.
    """
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names[:_COMPARED], n=1)
    if close:
        return f"; did you mean {quoted(close[0])}?"
    listed = ", ".join(map(cut, names[:_LISTED])) + (", …" if len(names) > _LISTED else "")
    return f"; there is {listed}" if names else ""
