"""Parts of sentences that several complaints share: a text in quotes, and a suggestion."""

import difflib
from collections.abc import Iterable

_COMPARED = 100
_LISTED = 12


def cut(text: str, width: int = 40) -> str:
    """The text, or its beginning: a complaint should be one readable line."""
    return text if len(text) <= width else text[: width - 1] + "…"


def quoted(text: str) -> str:
    """The text in quotes, cut, with control characters as escapes."""
    return repr(cut(text))


def near(word: str, known: Iterable[str]) -> str:
    """A hint after a semicolon: the most similar known word, or a list of the known words.

    Comparing is quadratic, so in a file with thousands of names only the first are compared.
    """
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names[:_COMPARED], n=1)
    if close:
        return f"; did you mean {quoted(close[0])}?"
    listed = ", ".join(map(cut, names[:_LISTED])) + (", …" if len(names) > _LISTED else "")
    return f"; known: {listed}" if names else ""
