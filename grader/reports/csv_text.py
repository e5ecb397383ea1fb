r"""CSV in which no cell is a formula.

There is no byte order mark: `csv.DictReader`, learning platforms and `join` would read it as part of the
first header. Excel reads such a file through *Data, From Text/CSV*; after a double click it shows only
accents wrongly. Lines end in `\r\n` (RFC 4180).
"""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.reports.plain_text import one_line

# Excel, LibreOffice or Sheets may read a cell that begins so as a formula; the last four are full-width.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def cell(text: str, limit: int | None = None) -> str:
    """Untrusted text as a cell: one line, and never a formula."""
    risky = text.startswith(_FORMULA_STARTS)
    line = one_line(text, limit)
    return f"'{line}" if risky or line.startswith(_FORMULA_STARTS) else line


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a CSV file."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
