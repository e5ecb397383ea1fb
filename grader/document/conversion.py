"""Word, OpenDocument, HTML and reStructuredText → Markdown, by pandoc.

pandoc comes with the extra `[documents]`, or is on the path. It runs as a process of its own under limits,
with `--sandbox`: it opens no file and fetches nothing, whatever a document asks for.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

from grader.errors import GraderError

INSTALL = "pip install pypandoc-binary"
CPU_SECONDS, SECONDS, MEGABYTES = 15, 45, 512  # the second is on the wall clock, for one that hangs
MOST_CHARACTERS = 4_000_000  # of Markdown; the limit of a text file comes afterwards

_READERS = {
    ".docx": "docx",
    ".odt": "odt",
    # Moodle's editor and MathJax leave LaTeX between dollars and backslashes.
    ".html": "html-raw_html+tex_math_dollars+tex_math_single_backslash",
    ".rst": "rst",
}
_READERS[".htm"] = _READERS[".html"]
# What pandoc cannot write as Markdown becomes a code block, which a human sees.
_WRITER = "commonmark-raw_html+raw_attribute+tex_math_dollars+strikeout+pipe_tables"

# Parts of a document that pandoc passes over, where formulas may be.
_EMBEDDED = re.compile(
    r"word/(embeddings|charts|diagrams|ink)/|Object [^/]*/content\.xml|Formula-\d+/content\.xml"
)
_EMPTY_SCRIPT = re.compile(r"[_^]\{\}")
_DRAWN = re.compile(rb"<(svg|canvas|object|embed|iframe|applet)\b", re.IGNORECASE)


class NotConverted(GraderError):
    """A document that pandoc cannot convert; the text says why, and `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def to_markdown(data: bytes, suffix: str) -> tuple[str, tuple[str, ...]]:
    """The text of a document, and what in it could not be read. Raises NotConverted."""
    written, warnings = _pandoc(data, _READERS[suffix], "json")
    try:
        tree = json.loads(written)
        formulas = list(_formulas(tree))
        for content in formulas:
            content[1] = _without_remains(content[1])
        text, _ = _pandoc(json.dumps(tree).encode(), "json", _WRITER)
    except RecursionError as error:
        raise NotConverted("Its parts are nested too deeply.") from error
    lost = [*warnings, *_passed_over(data, suffix, len(formulas))]
    return text.decode("utf-8", "replace"), tuple(dict.fromkeys(lost))


def _formulas(tree: object) -> Iterator[list[str]]:
    """The contents of the formulas of pandoc's tree: how each is shown, and its LaTeX."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("t") == "Math":
                yield node["c"]
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _without_remains(latex: str) -> str:
    r"""A formula without what pandoc makes of Word's empty boxes: `\sum_{i}^{}`, and `\ ` at the end."""
    return _EMPTY_SCRIPT.sub("", latex.removesuffix("\\ "))


def _passed_over(data: bytes, suffix: str, formulas: int) -> list[str]:
    """Names of embedded parts that are not in the converted text, which has so many formulas."""
    if suffix in (".html", ".htm"):
        return [
            f"<{tag.decode()}>" for tag in sorted({m[1].lower() for m in _DRAWN.finditer(data)})
        ]
    if suffix not in (".docx", ".odt"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            parts = [name for name in zipped.namelist() if _EMBEDDED.match(name)]
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError):
        return ["a part of the document"]
    return sorted(parts) if len(parts) > (formulas if suffix == ".odt" else 0) else []


def _pandoc(data: bytes, reader: str, writer: str) -> tuple[bytes, list[str]]:
    """What pandoc writes, and its warnings."""
    command = [
        _program(), "+RTS", f"-M{MEGABYTES}M", "-RTS", "--sandbox", "--wrap=none",
        "--from", reader, "--to", writer,
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own program, our own options
            command,
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
            preexec_fn=None if sys.platform == "win32" else _limit,
        )
    except subprocess.TimeoutExpired as error:
        raise NotConverted(f"pandoc needed more than {SECONDS} seconds.") from error
    except OSError as error:
        raise NotConverted(f"pandoc could not be started: {error.strerror}.") from error
    said = done.stderr.decode("utf-8", "replace").splitlines()
    if done.returncode != 0:
        raise NotConverted(f"pandoc cannot read it: {' '.join(said)[:200] or 'no reason given'}.")
    if len(done.stdout) > MOST_CHARACTERS:
        raise NotConverted("Its text is too long.")
    return done.stdout, [line for line in said if line.startswith("[WARNING]")]


def _limit() -> None:
    """Limit the processor time of pandoc, in the process that becomes it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))  # Haskell reserves more than it uses


@cache
def _program() -> str:
    """The path of pandoc. Raises NotConverted if there is none."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        found = shutil.which("pandoc", path=os.environ.get("PATH"))
    if found is None:
        raise NotConverted(
            "This document is read with pandoc, which is not installed.",
            f"Whoever grades can install it: {INSTALL}. Or hand in a .md or .tex file: "
            "`pandoc paper.docx -o paper.md` keeps the formulas.",
        )
    return found
