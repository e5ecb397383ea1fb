"""Tables of numbers, as people, spreadsheets, NumPy and pandas write them: .csv, .tsv, and .txt.

There are three layouts. Commas, semicolons, tabs or blanks separate cells; the first line may hold column
names; lines that begin with `#` are skipped.

- a matrix, one row a line, for the question in the file's name (`q11.csv`);
- `id,number,number,…`: each line is a row for the question `id`, and lines with the same id make a matrix;
- with the column names `id,i,j,value`: one entry a line, each entry of the array once, with indices from 0
  or from 1; in a file named by its question without the `id`.

pandas adds a column that counts rows and a first line that counts columns. Where they are certain, they are
left out. Where a matrix of numbers may look the same, the answer has both readings.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.submission import limits
from grader.submission.arrays.printed import in_file, unwrapped
from grader.submission.model import ArrayAnswer, Place, Refusal
from grader.submission.precision import is_computed, number, precision
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_LINE = re.compile(r"[^\n]++")
_SEPARATOR = re.compile(r"sep=([;,\t])")  # the first line of tables for spreadsheets
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d{1,5})?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")
_WHOLE = re.compile(r"\d{1,7}")
_IDS = {"id", "question", "questions", "q"}
_VALUES = {"value", "values", "val", "v"}
_COUNTS = {"", "index", "row", "rows", "unnamed: 0"}  # names of a column that counts
_OPEN = {"", "?", "-", "n/a"}

_LAYOUTS = "Write `id,number,number,…` lines, or name the columns `id,i,j,value`."
_POINT = "Write numbers with a decimal point: 0.5, not 0,5."


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
    text = source.text()
    if found := in_file(text, source):
        answer = ArrayAnswer.of(source.stem, found.array, found.precision, source.place())
        return FileContents(answers=(answer,))
    return table(text, source)


def table(text: str, source: Source) -> FileContents:
    """The answers in the text of a table.

    Raises:
        Refused: if it is too large, or its only array cannot be read.

    """
    rows = _with_points(list(_rows(text)))
    if not rows:
        return FileContents()
    names: tuple[str, ...] = ()
    if _has_header(rows):
        header, *rows = rows
        names, rows = _uncounted(tuple(cell.lower() for cell in header.cells), rows)
    if not rows:
        return FileContents()
    if not rows[0].is_numeric and all(len(row.cells) == 1 for row in rows):
        message = f"There are no numbers here, but {rows[0].cells[0][:60]!r}."
        raise Refused(message, line=rows[0].line, question=source.stem, hint=_LAYOUTS)
    if _DECIMAL_COMMA.fullmatch(rows[0].cells[0]):  # `_with_points` could not tell
        _number(rows[0].cells[0], rows[0], source.stem)
    if (names and names[0] in _IDS) or not (rows[0].is_numeric or rows[0].cells[0] == ""):
        return _by_question(rows, names, source)
    return FileContents(answers=(_of_file(rows, names, source),))


def _has_header(rows: Sequence[_NumberRow]) -> bool:
    """Whether the first line names the columns."""
    first = rows[0].cells[0].lower()
    if first in _IDS:
        return True
    if rows[0].is_numeric or len(rows) == 1:
        return False
    if first == "":  # a column that counts, or a missing number
        return _is_counted(rows[1:]) or not rows[1].is_numeric
    return rows[1].is_numeric


def _uncounted(
    names: tuple[str, ...], rows: list[_NumberRow]
) -> tuple[tuple[str, ...], list[_NumberRow]]:
    """A table without the column that only counts its rows, if its header says so.

    That column has no name, or there is no name for it.
    """
    if not rows or not _is_counted(rows):
        return names, rows
    width = {len(row.cells) for row in rows}
    if names[0] in _COUNTS or width == {len(names) + 1}:
        shorter = [_NumberRow(row.line, row.cells[1:]) for row in rows]
        return (names[1:] if names[0] in _COUNTS else names), shorter
    return names, rows


def _is_counted(rows: Sequence[_NumberRow]) -> bool:
    """Whether the first cells count the rows, from 0 or from 1, beside other cells."""
    firsts = [row.cells[0] for row in rows]
    counted = any(firsts == [str(at + base) for at in range(len(rows))] for base in (0, 1))
    return counted and all(len(row.cells) > 1 for row in rows)


def _of_file(rows: list[_NumberRow], names: tuple[str, ...], source: Source) -> ArrayAnswer:
    """The table of the question that the file is named by, with all that it may mean.

    A program that prints decimals prints all of them so: whole numbers that count are no numbers of it.
    """
    if len(names) > 1 and names[-1] in _VALUES and len(names) == len(rows[0].cells):
        return _entries(source.stem, rows, len(names) - 1, source)
    tables = list(_other_tables(rows, names))
    computed = is_computed(cell for row in rows for cell in row.cells)
    tables = [*tables, rows] if computed else [rows, *tables]
    first, *others = (_matrix(source.stem, one, source) for one in tables)
    return replace(first, others=tuple(others)) if others else first


def _other_tables(rows: list[_NumberRow], names: tuple[str, ...]) -> Iterator[list[_NumberRow]]:
    """A table of numbers without a column or line that counts, and with decimal commas in one column."""
    decimals = [",".join(row.cells) for row in rows]
    if all(len(row.cells) == 2 for row in rows) and all(map(_DECIMAL_COMMA.fullmatch, decimals)):
        points = [".".join(row.cells) for row in rows]
        yield [_NumberRow(row.line, (one,)) for row, one in zip(rows, points, strict=True)]
    if _is_counted(rows) and not _are_whole(row.cells[1:] for row in rows):
        yield [_NumberRow(row.line, row.cells[1:]) for row in rows]
    counts = tuple(map(str, range(len(rows[0].cells))))
    below = rows[1:]
    if not names and below and rows[0].cells == counts and not _are_whole(r.cells for r in below):
        yield below


def _are_whole(cells: Iterable[Sequence[str]]) -> bool:
    return all(_WHOLE.fullmatch(cell) for row in cells for cell in row)


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
            fault.question = fault.question or None  # a row without an id may answer any question
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
    if not all(_WHOLE.fullmatch(cell) for index in indices for cell in index):
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
    return ArrayAnswer.of(question, array, written, place or source.place(rows[0].line))


def _number(cell: str, row: _NumberRow, question: str) -> float:
    value = number(cell)
    if value is not None:
        return value
    hint = _POINT if _DECIMAL_COMMA.fullmatch(cell) else _LAYOUTS
    message = f"{cell[:60]!r} is not a number." if cell else "A number is missing here."
    raise Refused(message, line=row.line, question=question, hint=hint)


def _with_points(rows: list[_NumberRow]) -> list[_NumberRow]:
    """The rows with decimal points, if commas inside cells can only be decimal ones.

    No other number has a point, and some comma cannot be between thousands.
    """
    commas = [cell for row in rows for cell in row.cells if "," in cell]
    if not commas or not any(_DECIMAL_COMMA.fullmatch(cell) for cell in commas):
        return rows
    if all(_THOUSANDS.fullmatch(cell) for cell in commas):
        return rows
    if any("." in cell and number(cell) is not None for row in rows for cell in row.cells):
        return rows
    return [
        _NumberRow(row.line, tuple(
            cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in row.cells
        ))
        for row in rows
    ]  # fmt: skip


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
        if delimiter is None and (separator := _SEPARATOR.fullmatch(content.strip(" "))):
            delimiter = separator[1]
            continue
        if delimiter in (None, " "):  # a name above the numbers may stand alone
            delimiter = _delimiter(content)
        cells = _cells(content, delimiter, line)
        room -= len(cells)
        if room < 0:
            raise Refused(f"This table has more than {limits.NUMBERS} cells.", line=line)
        if cells:
            yield _NumberRow(line, cells)


def _delimiter(line: str) -> str:
    """The separator of cells, by a line of numbers or names."""
    parts = line.split()
    if len(parts) > 1 and all(map(_DECIMAL_COMMA.fullmatch, parts)):
        return " "
    return next((mark for mark in "\t;," if mark in line), " ")


def _cells(line: str, delimiter: str, number_of_line: int) -> tuple[str, ...]:
    """The cells of a line, without empty ones at its end, which spreadsheets add."""
    if delimiter == " ":
        cells = line.split()
    elif '"' in line:
        cells = _quoted(line, delimiter, number_of_line)
    else:
        cells = line.split(delimiter)
    stripped = [_bare(cell) for cell in cells]
    filled = len(stripped) - sum(
        1 for _ in itertools.takewhile(lambda cell: not cell, reversed(stripped))
    )
    return tuple(stripped[:filled])


def _bare(cell: str) -> str:
    """A cell without blanks, quotes and the type of its number around it."""
    cell = cell.strip()
    is_quoted = len(cell) > 1 and cell[0] == cell[-1] == "'"
    return unwrapped(cell[1:-1].strip() if is_quoted else cell)


def _quoted(line: str, delimiter: str, number_of_line: int) -> list[str]:
    import csv  # only tables with quotes need it

    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise Refused(f"This line cannot be read: {error}.", line=number_of_line) from error
