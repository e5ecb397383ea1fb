"""Puts reports on disk, in the layout of the output folder (DESIGN, section 7)."""

import os
from collections.abc import Mapping
from pathlib import Path

from grader.course import Gradebook
from grader.reports import (
    class_html,
    feedback_html,
    feedback_md,
    gradebook_csv,
    needs_review,
    result_json,
)
from grader.reports.folder_name import folder_name
from grader.reports.protocol import ClassRenderer, SubmissionRenderer
from grader.result import Report

SUBMISSION_FILES: tuple[SubmissionRenderer, ...] = (result_json, feedback_md, feedback_html)
CLASS_FILES: tuple[ClassRenderer, ...] = (gradebook_csv, needs_review, class_html)


def submission_folder(submission_id: str, folder: Path) -> Path:
    """Where in the output folder the reports of a submission are."""
    return folder / "submissions" / folder_name(submission_id)


def write_submission(report: Report, folder: Path) -> Path:
    """Writes `result.json`, `feedback.md` and `feedback.html`; returns the folder they are in.

    What only the instructor sees goes to another folder, so that this one can be handed out.
    """
    place = submission_folder(report.submission.id, folder)
    place.mkdir(parents=True, exist_ok=True)
    for renderer in SUBMISSION_FILES:
        write_text(place / renderer.FILENAME, renderer.render(report))
    _write_for_instructor(report, folder)
    return place


def instructor_page(submission_id: str, folder: Path) -> Path:
    """Where the instructor's page of a submission is."""
    return folder / "instructor" / f"{folder_name(submission_id)}.html"


def _write_for_instructor(report: Report, folder: Path) -> None:
    """The instructor's page, unless everything is right; one of an earlier run goes away."""
    page = instructor_page(report.submission.id, folder)
    if not any(question.instructor for question in report.questions):
        page.unlink(missing_ok=True)
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    write_text(page, feedback_html.for_instructor(report))


def write_class(gradebook: Gradebook, folder: Path) -> None:
    """Writes `gradebook.csv`, `needs-review.csv` and `class.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    for renderer in CLASS_FILES:
        write_text(folder / renderer.FILENAME, renderer.render(gradebook))


def write_export(files: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """Writes the files of an export; returns what there is at the top of the folder."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(place, content if isinstance(content, bytes) else _encoded(content))
    return sorted({folder / name.partition("/")[0] for name in files})


def write_text(path: Path, text: str) -> None:
    """Writes a text whole or not at all: whoever reads it never sees half of it."""
    write_bytes(path, _encoded(text))


def write_private(path: Path, text: str) -> None:
    """Writes a text that nobody but its owner may read, from the first byte on."""
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(_encoded(text))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    # Not `tempfile`: its files are private to their owner, and these are meant to be shared.
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _encoded(text: str) -> bytes:
    """UTF-8; a name that was not UTF-8 on disk has lone surrogates, which are written as escapes."""
    return text.encode("utf-8", "backslashreplace")
