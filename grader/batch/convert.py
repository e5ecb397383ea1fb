"""Runs the course's own programs over scans: beside each file that they convert, its text as Markdown."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.batch.discovery import FoundSubmission
from grader.course.course_file import CourseFile
from grader.submission import limits
from grader.submission.files import listing, unless_link

MINUTES = 10
"""For one file: recognition of handwriting takes its time."""


def convert(
    found: Iterable[FoundSubmission], course: CourseFile, folder: Path
) -> tuple[list[FoundSubmission], list[str]]:
    """The submissions with their converted files, which are kept in `folder`, and notes on failures.

    A file that was converted before by the same command is not converted again. A file that cannot be
    converted stays what it is: for a human.
    """
    notes: list[str] = []
    return [_converted(each, course, folder, notes) for each in found], notes


def _converted(
    found: FoundSubmission, course: CourseFile, folder: Path, notes: list[str]
) -> FoundSubmission:
    texts = []
    for name, path in _files(found):
        command = course.convert.get(PurePosixPath(name).suffix.lower())
        if command is None or path.stat().st_size > limits.FOLDER_BYTES:
            continue
        try:
            texts.append((name, _text(path, command, folder)))
        except (OSError, subprocess.SubprocessError) as error:
            notes.append(f"{found.id}: {name} could not be converted ({_reason(error)})")
    return replace(found, converted=tuple(texts), trusted=course.trusted) if texts else found


def _files(found: FoundSubmission) -> Iterator[tuple[str, Path]]:
    if found.files or found.path.is_symlink():
        listed = [unless_link(path, name) for name, path in found.files]
    else:
        listed = listing(found.path)
    return ((one.name, one.path) for one in listed if not one.fault and one.path.is_file())


def _text(path: Path, command: tuple[str, ...], folder: Path) -> Path:
    """The Markdown of a file. The program sees a copy with a name of ours, and no shell sees either."""
    data = path.read_bytes()
    digest = hashlib.sha256("\0".join(command).encode() + b"\0" + data).hexdigest()[:32]
    kept = folder / f"{digest}.md"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as place:
            source, out = Path(place, f"page{path.suffix.lower()}"), Path(place, "page.md")
            source.write_bytes(data)
            words = [
                word.replace("{in}", str(source)).replace("{out}", str(out)) for word in command
            ]
            subprocess.run(  # noqa: S603 - the course's own command
                words, check=True, capture_output=True, timeout=60 * MINUTES, cwd=place
            )
            shutil.move(out, kept)
    return kept


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"exit code {error.returncode}{': ' + said[-1][:120] if said else ''}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"longer than {MINUTES} minutes"
    return str(error)
