"""Fill in a platform's CSV file: only the grades change."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.reports.exports.protocol import ExportError, Into

_DECIMAL_COMMA = re.compile(r"\d+,\d+")


@dataclass(frozen=True, slots=True)
class PlatformTable:
    """A platform's file: its rows and its format. `mark` is a byte order mark."""

    rows: list[list[str]]
    delimiter: str
    mark: bool
    newline: str

    @property
    def header(self) -> list[str]:
        """The first row."""
        return self.rows[0]

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """All rows except the first, with their numbers."""
        yield from list(enumerate(self.rows))[1:]

    def get(self, row: int, column: int) -> str:
        """A cell without spaces around it; empty if the row is too short."""
        cells = self.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Write a cell; a row that is too short grows."""
        cells = self.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = text

    def has_decimal_comma(self, *columns: int) -> bool:
        """Whether numbers in these columns look like `3,50`."""
        cells = (self.get(row, column) for row, _ in self.body() for column in columns)
        return any(map(_DECIMAL_COMMA.fullmatch, cells))

    def text(self) -> str:
        """The text of the file, in its original format."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator=self.newline)
        writer.writerows(self.rows)
        return ("\ufeff" if self.mark else "") + stream.getvalue()


def read_table(into: Into | None, what: str) -> PlatformTable:
    """Read the platform's file. Raises ExportError if there is none, or if it is not a table."""
    if into is None:
        raise ExportError(f"give {what} with --into")
    try:
        text = into.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{into.name} is not UTF-8; download it again from the platform"
        ) from error
    mark, text = text.startswith("\ufeff"), text.removeprefix("\ufeff")
    try:
        delimiter = max(",;\t", key=lambda sign: len(next(_parsed(text, sign), [])))
        rows = list(_parsed(text, delimiter))
    except csv.Error as error:
        raise ExportError(f"{into.name} is not a CSV file: {error}") from error
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ExportError(f"{into.name} is not a table of grades")
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    return PlatformTable(rows, delimiter, mark, newline)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
