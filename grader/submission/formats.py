"""The formats that are read. Adding a format adds a row here, and a reader."""

from dataclasses import dataclass

from grader.submission import limits
from grader.submission.answerfiles.answers import read_json, read_yaml
from grader.submission.arrays.npy import read_npy
from grader.submission.arrays.npz import read_npz
from grader.submission.arrays.tables import read_table
from grader.submission.papers.latex import read_latex
from grader.submission.papers.markdown import read_markdown
from grader.submission.papers.notebook import read_notebook
from grader.submission.sources import Reader


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its extensions, how large it may be, and who reads it."""

    suffixes: tuple[str, ...]
    limit: int
    read: Reader
    is_text: bool = True


FORMATS = (
    Format((".md", ".markdown", ".txt"), limits.TEXT_BYTES, read_markdown),
    Format((".tex", ".latex", ".ltx"), limits.TEXT_BYTES, read_latex),
    Format((".ipynb",), limits.NOTEBOOK_BYTES, read_notebook),
    Format((".yaml", ".yml"), limits.TEXT_BYTES, read_yaml),
    Format((".json",), limits.TEXT_BYTES, read_json),
    Format((".npz",), limits.ARRAY_BYTES, read_npz, is_text=False),
    Format((".npy",), limits.ARRAY_BYTES, read_npy, is_text=False),
    Format((".csv", ".tsv"), limits.ARRAY_BYTES, read_table),
)

BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
ACCEPTED = ", ".join(BY_SUFFIX)
