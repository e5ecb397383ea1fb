"""Files that people hand in and nobody can read here, and how to turn them into ones we can."""

import re

from grader.submission.refusals import Refused

_WORD = "In your word processor choose “Save as” or “Export” and pick plain text or Markdown (.md)"
_PICTURE = "Type the formulas into a .md or .tex file; a picture of them cannot be read."

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
    ".doc": f"{_WORD}; formulas survive if you save as .docx first and run `pandoc`.",
    ".odt": f"{_WORD}, or run `pandoc paper.odt -o paper.md`, which keeps the formulas.",
    ".rtf": f"{_WORD}.",
    ".pages": "In Pages choose File › Export To › Word, then run `pandoc paper.docx -o paper.md`.",
    ".pdf": "Hand in the file that the PDF was made from: the .tex, .md or .ipynb source.",
    **dict.fromkeys(_PICTURES, _PICTURE),
    **dict.fromkeys(_HANDWRITING, _PICTURE),
    ".xlsx": "Export the sheet as .csv, one file a question, or type the formulas into a .md file.",
    ".zip": "Unpack it and hand in the files themselves, or the folder.",
    ".gz": "Unpack it and hand in the files themselves, or the folder.",
    ".7z": "Unpack it and hand in the files themselves, or the folder.",
    ".py": "Save the results with np.savez('answers.npz', q1=...) or write them as text.",
    ".pkl": "Save arrays with np.savez('answers.npz', q1=...); pickles are never opened.",
    ".html": "Hand in what the page was made from: the .ipynb, .md or .tex file.",
}

# Beside arrays lies the program that computed them; where an answer is missing it may be in there.
PROGRAMS = frozenset({".py", ".m", ".r", ".jl", ".c", ".cpp", ".java", ".sh", ".rmd", ".qmd"})
_BESIDE_LATEX = frozenset({".bib", ".sty", ".cls", ".log"})  # no answer is ever in these

# A document renamed to .md is still a document: the first bytes give it away.
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
    """The refusal of a file by its extension; `accepted` lists the extensions that are read."""
    kind = f"A {suffix} file" if suffix else "A file without an extension"
    hint = _HOW_TO_EXPORT.get(suffix, f"Hand in one of {accepted}.")
    message = f"{kind} cannot be graded, so it was not read."
    return Refused(message, hint=hint, loses_answers=suffix not in PROGRAMS | _BESIDE_LATEX)


def refuse_disguise(data: bytes, suffix: str) -> None:
    """Refuses text files that are documents under another extension."""
    for signature, real in _SIGNATURES:
        if data.startswith(signature):
            message = f"This file is named {suffix}, but it is a {real} document inside."
            raise Refused(message, hint=_HOW_TO_EXPORT[real])
    if _HEIC.match(data):
        raise Refused(f"This file is named {suffix}, but it is a photo inside.", hint=_PICTURE)
