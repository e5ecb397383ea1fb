"""The formats that the grader reads. A new format needs a row here, and a reader."""

from importlib import import_module
from typing import NamedTuple

from grader.submission import limits
from grader.submission.sources import FileContents, Reader, Source


class Format(NamedTuple):
    """One format: its extensions, its size limit, and the name of its reader.

    The reader is imported on use, so that a paper does not load the modules for arrays.
    """

    suffixes: tuple[str, ...]
    limit: int
    module: str
    reader: str
    is_text: bool = True

    def read(self, source: Source) -> FileContents:
        """The contents of a file of this format."""
        read: Reader = getattr(import_module(f"grader.submission.{self.module}"), self.reader)
        return read(source)


FORMATS = (
    Format((".md", ".markdown"), limits.TEXT_BYTES, "papers", "read_markdown"),
    Format((".txt",), limits.TEXT_BYTES, "texts", "read_text"),
    Format((".tex", ".latex", ".ltx"), limits.TEXT_BYTES, "papers", "read_latex"),
    Format((".ipynb",), limits.NOTEBOOK_BYTES, "papers", "read_notebook"),
    Format((".py",), limits.TEXT_BYTES, "papers", "read_program"),
    Format((".docx", ".odt"), limits.DOCUMENT_BYTES, "documents", "read_document", is_text=False),
    Format((".html", ".htm", ".rst"), limits.TEXT_BYTES, "documents", "read_document"),
    Format((".yaml", ".yml"), limits.TEXT_BYTES, "answerfiles.answers", "read_yaml"),
    Format((".json",), limits.TEXT_BYTES, "answerfiles.answers", "read_json"),
    Format((".npz",), limits.ARRAY_BYTES, "arrays.npz", "read_npz", is_text=False),
    Format((".npy",), limits.ARRAY_BYTES, "arrays.npy", "read_npy", is_text=False),
    Format((".csv", ".tsv"), limits.ARRAY_BYTES, "arrays.tables", "read_table"),
)

BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
ACCEPTED = ", ".join(BY_SUFFIX)
