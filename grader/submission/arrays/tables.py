"""Tables of numbers, .csv and .tsv.

There are three layouts. Commas, semicolons, tabs or blanks separate cells; the first line may hold column
names; lines that begin with `#` are skipped.

- a matrix, one row a line, for the question in the file's name (`q11.csv`);
- `id,number,number,…`: each line is a row for the question `id`, and lines with the same id make a matrix;
- with the column names `id,i,j,value`: one entry a line, each entry of the array once, with indices from 0
  or from 1.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.submission import limits
from grader.submission.model import ArrayAnswer, Place, Refusal
from grader.submission.precision import number, precision
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_LINE = re.compile(r"[^\n]++")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_INDEX = re.compile(r"\d{1,7}")
_IDS = {"id", "question", "questions", "q"}
_VALUES = {"value", "values", "val", "v"}
_OPEN = {"", "?", "-", "n/a"}

_LAYOUTS = "Write `id,number,number,…` lines, or name the columns `id,i,j,value`."


@dataclass(frozen=True, slots=True)
class _NumberRow:
    """One line of a table."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_numeric(self) -> bool:
        return number(self.cells[0]) is not None


def read_table(source: Source) -> FileContents:
    """Read a `.csv` or `.tsv` file."""
    rows = list(_rows(source.text()))
    if not rows:
        return FileContents()
    if rows[0].is_numeric or (len(rows) > 1 and rows[1].is_numeric):
        body = rows if rows[0].is_numeric else rows[1:]
        return FileContents(answers=(_matrix(source.stem, body, source),))
    names: tuple[str, ...] = ()
    if rows[0].cells[0].lower() in _IDS:
        names = tuple(cell.lower() for cell in rows.pop(0).cells)
    return _by_question(rows, names, source)


def _by_question(rows: Iterable[_NumberRow], names: Sequence[str], source: Source) -> FileContents:
    groups: dict[str, list[_NumberRow]] = {}
    for row in rows:
        groups.setdefault(row.cells[0], []).append(_NumberRow(row.line, row.cells[1:]))
    answers: list[ArrayAnswer] = []
    refusals: list[Refusal] = []
    for question, group in groups.items():
        if all(cell.lower() in _OPEN for row in group for cell in row.cells):
            continue
        try:
            answers.append(_answer(question, group, names, source))
        except Refused as fault:
            refusals.append(fault.refusal(source.name))
    return FileContents(answers=tuple(answers), refusals=tuple(refusals))


def _answer(
    question: str, rows: list[_NumberRow], names: Sequence[str], source: Source
) -> ArrayAnswer:
    if len(names) > 2 and names[-1] in _VALUES:
        return _entries(question, rows, len(names) - 2, source)
    if not names and len(rows) > 1 and _is_grid([row.cells[:-1] for row in rows]):
        message = f"{question!r}: it is not clear whether these are indices or numbers."
        hint = "Begin with a line of column names: `id,i,j,value` for entries, `id,row` for rows."
        raise Refused(message, line=rows[0].line, question=question, hint=hint)
    return _matrix(question, rows, source)


def _matrix(question: str, rows: list[_NumberRow], source: Source) -> ArrayAnswer:
    """Rows of numbers. A table does not tell a row from a column, so a single one is a vector."""
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            message = f"This row has {len(row.cells)} numbers, but the first row has {width}."
            raise Refused(message, line=row.line, question=question, hint=_LAYOUTS)
    shape = tuple(size for size in (len(rows), width) if size > 1)
    return _array(question, rows, shape, source)


def _entries(question: str, rows: list[_NumberRow], depth: int, source: Source) -> ArrayAnswer:
    """One entry a line: indices, then the value."""
    for row in rows:
        if len(row.cells) != depth + 1:
            message = f"This line should have {depth} indices and a value."
            raise Refused(message, line=row.line, question=question, hint=_LAYOUTS)
    indices = [row.cells[:-1] for row in rows]
    if not _is_grid(indices):
        message = f"{question!r}: entries are missing, repeated, or without a valid index."
        hint = "Write every entry of the array once, counting from 1 (or from 0)."
        raise Refused(message, line=rows[0].line, question=question, hint=hint)
    ordered = sorted(rows, key=lambda row: tuple(map(int, row.cells[:-1])))
    values = [_NumberRow(row.line, row.cells[-1:]) for row in ordered]
    shape = tuple(len(set(column)) for column in zip(*indices, strict=True))
    place = source.place(rows[0].line)
    return _array(question, values, shape, source, place)


def _is_grid(indices: Sequence[tuple[str, ...]]) -> bool:
    """Whether the indices, from 0 or from 1, cover a whole array once."""
    if not indices[0] or len({len(index) for index in indices}) > 1:
        return False
    if not all(_INDEX.fullmatch(cell) for index in indices for cell in index):
        return False
    numbers = {tuple(map(int, index)) for index in indices}
    axes = [set(axis) for axis in zip(*numbers, strict=True)]
    base = min(map(min, axes))
    return (
        base in (0, 1)
        and len(axes) <= limits.DIMENSIONS
        and all(axis == set(range(base, base + len(axis))) for axis in axes)
        and len(numbers) == len(indices) == math.prod(map(len, axes))
    )


def _array(
    question: str,
    rows: list[_NumberRow],
    shape: tuple[int, ...],
    source: Source,
    place: Place | None = None,
) -> ArrayAnswer:
    values = [_number(cell, row, question) for row in rows for cell in row.cells]
    written = precision(cell for row in rows for cell in row.cells)
    array = np.array(values, dtype=np.float64).reshape(shape)
    place = place or source.place(rows[0].line)
    return ArrayAnswer(question, array, written.digits, written.decimals, place)


def _number(cell: str, row: _NumberRow, question: str) -> float:
    value = number(cell)
    if value is not None:
        return value
    hint = _LAYOUTS
    if _DECIMAL_COMMA.fullmatch(cell):
        hint = "Write numbers with a decimal point: 0.5, not 0,5."
    message = f"{cell[:60]!r} is not a number." if cell else "A number is missing here."
    raise Refused(message, line=row.line, question=question, hint=hint)


def _rows(text: str) -> Iterator[_NumberRow]:
    """The lines with content, split into cells."""
    delimiter: str | None = None
    line, done, room = 1, 0, limits.NUMBERS
    for match in _LINE.finditer(text):
        line += text.count("\n", done, match.start())
        done = match.start()
        content = match[0].strip(" ")
        if not content.strip() or content.startswith("#"):
            continue
        delimiter = delimiter or _delimiter(content)
        cells = _cells(content, delimiter, line)
        room -= len(cells)
        if room < 0:
            raise Refused(f"This table has more than {limits.NUMBERS} cells.", line=line)
        if cells:
            yield _NumberRow(line, cells)


def _delimiter(line: str) -> str:
    """The separator of cells, by the first line."""
    return next((mark for mark in "\t;," if mark in line), " ")


def _cells(line: str, delimiter: str, number_of_line: int) -> tuple[str, ...]:
    """The cells of a line, without empty ones at its end, which spreadsheets add."""
    if delimiter == " ":
        cells = line.split()
    elif '"' in line:
        cells = _quoted(line, delimiter, number_of_line)
    else:
        cells = line.split(delimiter)
    stripped = [cell.strip() for cell in cells]
    filled = len(stripped) - sum(
        1 for _ in itertools.takewhile(lambda cell: not cell, reversed(stripped))
    )
    return tuple(stripped[:filled])


def _quoted(line: str, delimiter: str, number_of_line: int) -> list[str]:
    import csv  # only tables with quotes need it

    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise Refused(f"This line cannot be read: {error}.", line=number_of_line) from error
