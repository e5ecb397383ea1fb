"""Formats that the grader cannot read, and how to convert them."""

import re

from grader.submission.refusals import Refused

_WORD = "In your word processor choose “Save as” or “Export”, then plain text or Markdown (.md)"
_PICTURE = "Type the formulas into a .md or .tex file; the grader cannot read pictures."

_PICTURES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".heic",
    ".heif",
    ".gif",
    ".webp",
    ".tif",
    ".tiff",
    ".bmp",
    ".svg",
)
_HANDWRITING = (".goodnotes", ".note", ".one", ".xopp", ".notability")

_HOW_TO_EXPORT = {
    ".docx": f"{_WORD}, or run `pandoc paper.docx -o paper.md`, which keeps the formulas.",
    ".doc": f"{_WORD}; to keep the formulas, save as .docx first and run `pandoc`.",
    ".rtf": f"{_WORD}.",
    ".pages": "In Pages choose File › Export To › Word, then run `pandoc paper.docx -o paper.md`.",
    ".pdf": "Hand in the source of the PDF: the .tex, .md or .ipynb file.",
    **dict.fromkeys(_PICTURES, _PICTURE),
    **dict.fromkeys(_HANDWRITING, _PICTURE),
    ".xlsx": "Export a .csv file for each question, or type the formulas into a .md file.",
    ".zip": "Unpack it, then hand in the files or the folder.",
    ".gz": "Unpack it, then hand in the files or the folder.",
    ".7z": "Unpack it, then hand in the files or the folder.",
    ".pkl": "Save arrays with np.savez('answers.npz', q1=...); the grader never opens pickles.",
}

# Programs that computed arrays; a missing answer may be in one.
PROGRAMS = frozenset({".m", ".r", ".jl", ".c", ".cpp", ".java", ".sh", ".rmd", ".qmd"})
_BESIDE_LATEX = frozenset({".bib", ".sty", ".cls", ".log"})  # never hold an answer

# The first bytes show a document that was renamed to .md.
_SIGNATURES = (
    (b"%PDF", ".pdf"),
    (b"PK\x03\x04", ".docx"),
    (b"\xd0\xcf\x11\xe0", ".doc"),
    (b"{\\rtf", ".rtf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
)
_HEIC = re.compile(rb".{4}ftyp(?:hei|hev|mif|msf)", re.DOTALL)


def refuse_by_suffix(suffix: str, accepted: str) -> Refused:
    """The refusal of a file by its extension; `accepted` lists the readable extensions."""
    kind = f"a {suffix} file" if suffix else "a file without an extension"
    hint = _HOW_TO_EXPORT.get(suffix, f"Hand in one of {accepted}.")
    message = f"The grader cannot read {kind}."
    return Refused(message, hint=hint, loses_answers=suffix not in PROGRAMS | _BESIDE_LATEX)


def refuse_disguise(data: bytes, suffix: str) -> None:
    """Refuse a text file that is a document or a photo inside. Raises Refused."""
    for signature, real in _SIGNATURES:
        if data.startswith(signature):
            message = f"This file is named {suffix}, but it is a {real} document inside."
            raise Refused(message, hint=_HOW_TO_EXPORT[real])
    if _HEIC.match(data):
        raise Refused(f"This file is named {suffix}, but it is a photo inside.", hint=_PICTURE)
