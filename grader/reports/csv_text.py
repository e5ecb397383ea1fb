r"""CSV that spreadsheets open without running anything.

Without a byte order mark: `csv.DictReader`, learning platforms and `join` take it for a part of
the first header. Excel reads such a file rightly through *Data, From Text/CSV*; opened by a double
click it shows accents wrongly, and nothing else. Lines end in `\r\n` (RFC 4180).
"""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.reports.plain_text import one_line

# What Excel, LibreOffice or Sheets may take for a formula, full-width forms included.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def cell(text: str, limit: int | None = None) -> str:
    """Text of somebody else as a cell: one line, and never a formula."""
    risky = text.startswith(_FORMULA_STARTS)
    line = one_line(text, limit)
    return f"'{line}" if risky or line.startswith(_FORMULA_STARTS) else line


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The whole text of a CSV file."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
