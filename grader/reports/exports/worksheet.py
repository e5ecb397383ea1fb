"""The columns of Moodle's offline grading worksheet, with headings in any language.

Moodle writes: identifier, [full name, id number, email], status, …, grade, maximum grade, whether the grade
can be changed, dates, [feedback comments]. The headings depend on the language and on the assignment's
settings, so the columns are recognized by their content.
"""

import re
from dataclasses import dataclass

from grader.reports.exports.protocol import ExportError
from grader.reports.exports.tables import PlatformTable

_NUMBERED = re.compile(r".*?(\d+)")
_POINTS = re.compile(r"\d+(?:[.,]\d+)?")
_FEEDBACK = re.compile(
    r"feedback|comment|kommentar|rückmeldung|retroaliment|terugkoppeling|palaute|отзыв|評語|反馈|フィードバック",
    re.IGNORECASE,
)
_NO = frozenset(
    "no nein non não nao nej nei nee nie ne ei nu nem hayır нет ні не όχι لا לא いいえ 否 不 아니오 아니요 "
    "tidak không".split()
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The numbers of the columns; None if the worksheet does not have a column."""

    grade: int
    email: int | None
    feedback: int | None

    @property
    def maximum(self) -> int:
        """The column of the maximum grade."""
        return self.grade + 1

    @property
    def changeable(self) -> int:
        """The column that says whether the grade can be changed."""
        return self.grade + 2


def layout(table: PlatformTable) -> Layout:
    """Find the columns. Raises ExportError if they are not clear."""
    rows = [row for row, cells in table.body() if any(map(str.strip, cells))]
    if not rows or not all(number(table.get(row, 0)) for row in rows):
        raise ExportError(
            "this is not a grading worksheet from Moodle: each row should begin with a participant "
            "number, such as `Participant 123`"
        )
    found = [at for at in range(2, len(table.header)) if _is_maximum(table, rows, at)]
    if len(found) != 1:
        raise ExportError(
            f"the worksheet should have one column with the same maximum grade in each row, after "
            f"the grades and before a column that says whether they can be changed; it has {len(found)}"
        )
    grade = found[0] - 1
    return Layout(grade, _email(table, rows, grade), _feedback(table, rows, grade + 3))


def number(identifier: str) -> str:
    """`123` for `Participant 123`; empty if the text does not end in a number."""
    match = _NUMBERED.fullmatch(identifier.strip())
    return match[1] if match else ""


def is_locked(table: PlatformTable, row: int, columns: Layout) -> bool:
    """Whether Moodle has locked this grade."""
    return table.get(row, columns.changeable).casefold() in _NO


def value(points: str) -> float | None:
    """A number with a decimal point or comma; None for any other text."""
    return float(points.replace(",", ".")) if _POINTS.fullmatch(points) else None


def _is_maximum(table: PlatformTable, rows: list[int], at: int) -> bool:
    """Whether the column has one number, after a column of grades or nothing, before one of words."""
    cells = {table.get(row, at) for row in rows}
    maximum = value(cells.pop()) if len(cells) == 1 else None
    if not maximum:
        return False
    before = [table.get(row, at - 1) for row in rows]
    after = [table.get(row, at + 1) for row in rows]
    return all(_is_grade(text, maximum) for text in before) and all(map(_is_word, after))


def _is_grade(text: str, maximum: float) -> bool:
    points = value(text)
    return not text or (points is not None and points <= maximum)


def _is_word(text: str) -> bool:
    return bool(text) and value(text) is None


def _email(table: PlatformTable, rows: list[int], before: int) -> int | None:
    """The first column that has only email addresses."""
    for at in range(1, before):
        texts = [text for row in rows if (text := table.get(row, at))]
        if texts and all("@" in text for text in texts):
            return at
    return None


def _feedback(table: PlatformTable, rows: list[int], first: int) -> int | None:
    """The column of comments: by its heading, or else the last one if it is empty."""
    last = len(table.header) - 1
    named = [at for at in range(first, last + 1) if _FEEDBACK.search(table.header[at])]
    if named:
        return named[-1]
    empty = last > first and not any(table.get(row, last) for row in rows)
    return last if empty else None
