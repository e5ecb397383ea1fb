"""Jupyter notebooks → the cells of a document. Nothing is run."""

import json
from collections.abc import Iterator
from typing import Any

from grader.document.nodes import Document, Markup, Part, Unread
from grader.document.reading import SAVE_AGAIN, Cell, read

_TEXT_CELLS = ("markdown", "raw", "heading")


def read_notebook(text: str) -> Document:
    """The document of an `.ipynb` file: a part for each cell."""
    try:
        # Numbers are not needed, and huge ones are slow to convert.
        notebook = json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return _unread(text, f"This notebook is not valid JSON: {error.msg}.", error.pos)
    except RecursionError:
        return _unread(text, "This notebook is nested too deeply.")
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        return _unread(text, "This file is JSON, but not a notebook: it has no cells.")
    is_python = _is_python(notebook)
    return read((_cell(cell, is_python) for cell in _cells(notebook)), numbered=True)


def _unread(text: str, reason: str, at: int = 0) -> Document:
    return Document((Part(text, (Markup(0, at), Unread(at, len(text), reason, SAVE_AGAIN))),))


def _cells(notebook: dict[str, Any]) -> Iterator[Any]:
    """The cells of a notebook of format 4, or of the worksheets of format 3."""
    worksheets = notebook.get("worksheets")
    for sheet in [notebook, *(worksheets if isinstance(worksheets, list) else [])]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        yield from cells if isinstance(cells, list) else []


def _is_python(notebook: dict[str, Any]) -> bool:
    """Whether its programs are in Python, as they are unless it names another language."""
    about = notebook.get("metadata")
    for group, key in (("language_info", "name"), ("kernelspec", "language")):
        said = about.get(group) if isinstance(about, dict) else None
        language = said.get(key) if isinstance(said, dict) else None
        if isinstance(language, str):
            return "python" in language.lower()
    return True


def _cell(cell: Any, is_python: bool) -> Cell:
    """The kind of a cell and its source: one string, or a list of lines."""
    if not isinstance(cell, dict):
        return "nothing", ""
    is_text = cell.get("cell_type") in _TEXT_CELLS
    lines = cell.get("source", cell.get("input", ""))  # the name of code in format 3
    lines = [lines] if isinstance(lines, str) else lines
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return "broken", ""
    # Format 3 has cells that are headings, without the `#`.
    sign = "# " if cell.get("cell_type") == "heading" else ""
    kind = "markdown" if is_text else "cell" if is_python else "code"
    return kind, sign + "".join(lines)
