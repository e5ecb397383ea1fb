"""Plain text, .txt: a paper, or the numbers of one question."""

import re

from grader.submission.model import ArrayAnswer
from grader.submission.papers import read_markdown
from grader.submission.precision import is_computed
from grader.submission.sources import FileContents, Source

_COMMENTS = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*+")  # above the numbers
_ONLY_NUMBERS = re.compile(r"[\d\s.,;+\-\u2212eEnaifNAIF\"']*+")
_NUMBERED = re.compile(r"^[ \t]*+\d{1,3}\.(?:[ \t]|$)", re.MULTILINE)
_A_QUESTION = re.compile(r"[A-Za-z]{0,10}_?\d{1,3}[a-z]?|(?:d|grad|nabla)_?[A-Za-z]\w{0,20}")


def read_text(source: Source) -> FileContents:
    """Read a `.txt` file."""
    text = source.text()
    return _numbers(text, source) or read_markdown(source)


def _numbers(text: str, source: Source) -> FileContents | None:
    """The array that a text is, as `np.savetxt` or `print` write it; None if it may be a paper.

    Numbers that a program printed are no paper. Short ones may be the answers of one, unless the file has
    the name of a question, and a heading may be the number of its question.
    """
    comments = _COMMENTS.match(text)
    numbers = text[comments.end() :] if comments else text
    named = _A_QUESTION.fullmatch(source.stem) is not None
    if comments and "#" in comments[0] and not named:
        return None
    if (numbers[:1].isalpha() or numbers[:1] in "[<") and (
        found := _printed(numbers, named, source)
    ):
        return found
    if not numbers.strip() or not _ONLY_NUMBERS.fullmatch(numbers) or _NUMBERED.search(numbers):
        return None
    numerals = re.split(r"[\s;]+", numbers.strip())
    computed = is_computed(numeral.replace(",", ".") for numeral in numerals)
    if not named and not computed:
        return None
    from grader.submission.arrays.tables import table  # papers do not need it

    return table(text, source)


def _printed(text: str, named: bool, source: Source) -> FileContents | None:
    from grader.submission.arrays.printed import in_file

    found = in_file(text, source)
    if found is None or not (found.surely or named):
        return None
    answer = ArrayAnswer.of(source.stem, found.array, found.precision, source.place())
    return FileContents(answers=(answer,))
