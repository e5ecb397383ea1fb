"""Jupyter notebooks → one paper of their Markdown cells. Code cells are not run or read."""

from collections.abc import Iterator
from typing import Any

from grader.submission import limits
from grader.submission.decoding import normalised
from grader.submission.model import Place
from grader.submission.offsets import Places
from grader.submission.papers.builder import PaperBuilder
from grader.submission.papers.markdown import scan_markdown
from grader.submission.papers.programs import says_more
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_TEXT_CELLS = ("markdown", "raw", "heading")
_NOT_A_NOTEBOOK = "Open it in Jupyter, save it again, and hand in the .ipynb file."


def read_notebook(source: Source) -> FileContents:
    """Read an `.ipynb` file."""
    builder = PaperBuilder(source.name)
    room = limits.TEXT_BYTES
    for number, cell in enumerate(_cells(_parsed(source.text())), start=1):
        if not isinstance(cell, dict):
            continue
        text = _text(cell)
        if cell.get("cell_type") not in _TEXT_CELLS:
            if text is None or says_more(text, 0, len(text)):
                builder.leave("code", Place(source.name, 1, 1, number))
            continue
        if text is None:
            builder.refuse(_no_text(number))
            continue
        room -= len(text) + 1
        if room < 0:
            builder.refuse(_too_long(number))
            break
        scan_markdown(text, Places(source.name, text, number), builder)
    return builder.found()


def _parsed(text: str) -> Any:
    import json  # takes two milliseconds

    try:
        # Numbers are not needed, and huge ones are slow to convert.
        return json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise Refused(
            f"This notebook is not valid JSON: {error.msg}.",
            line=error.lineno,
            column=error.colno,
            hint=_NOT_A_NOTEBOOK,
        ) from error
    except RecursionError as error:
        raise Refused("This notebook is nested too deeply.", hint=_NOT_A_NOTEBOOK) from error


def _cells(notebook: Any) -> Iterator[Any]:
    """The cells of a notebook of format 4, or of the worksheets of format 3."""
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise Refused(
            "This file is JSON, but not a notebook: it has no cells.", hint=_NOT_A_NOTEBOOK
        )
    worksheets = notebook.get("worksheets")
    for sheet in [notebook, *(worksheets if isinstance(worksheets, list) else [])]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        yield from cells if isinstance(cells, list) else []


def _text(cell: dict[str, Any]) -> str | None:
    """The source of a cell: one string, or a list of lines."""
    lines = cell.get("source", cell.get("input", ""))  # the name of code in format 3
    if isinstance(lines, str):
        lines = [lines]
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return None
    text = normalised("".join(lines))
    # Format 3 has cells that are headings, without the `#`.
    return f"# {text}" if cell.get("cell_type") == "heading" else text


def _no_text(number: int) -> Refused:
    return Refused(f"Cell {number} has no text.", cell=number, hint=_NOT_A_NOTEBOOK)


def _too_long(number: int) -> Refused:
    return Refused(
        f"The notebook has more than {limits.TEXT_BYTES / 1e6:g} MB of text; "
        f"from cell {number} on it was not read.",
        cell=number,
        hint="Hand in only your answers.",
    )
