"""CSV files of a platform that are filled in: everything but the grades stays as it is."""

import csv
import io
from dataclasses import dataclass

from grader.reports.exports.protocol import ExportError, Into


@dataclass(frozen=True, slots=True)
class Table:
    """A platform's file: its rows, and how it was written."""

    rows: list[list[str]]
    delimiter: str
    mark: bool
    newline: str

    def text(self) -> str:
        """The file again, written as it came."""
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=self.delimiter, lineterminator=self.newline).writerows(
            self.rows
        )
        return ("\ufeff" if self.mark else "") + stream.getvalue()


def read_table(into: Into | None, what: str) -> Table:
    """The instructor's file. Raises ExportError if there is none, or if it is no table."""
    if into is None:
        raise ExportError(f"name {what} with --into")
    try:
        text = into.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExportError(f"{into.name} is not UTF-8; export it again from the platform") from error
    mark, text = text.startswith("\ufeff"), text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ExportError(f"{into.name} is no table of grades")
    return Table(rows, delimiter, mark, "\r\n" if first.endswith("\r") else "\n")
