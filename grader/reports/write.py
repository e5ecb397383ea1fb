"""Write reports in the layout of the output folder (DESIGN, section 7)."""

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
    """The folder with the reports of a submission."""
    return folder / "submissions" / folder_name(submission_id)


def write_submission(report: Report, folder: Path) -> Path:
    """Write `result.json`, `feedback.md` and `feedback.html`, and return their folder.

    The instructor's page goes to another folder, so that students can get this one.
    """
    place = submission_folder(report.submission.id, folder)
    place.mkdir(parents=True, exist_ok=True)
    for renderer in SUBMISSION_FILES:
        write_text(place / renderer.FILENAME, renderer.render(report))
    _write_for_instructor(report, folder)
    return place


def instructor_page(submission_id: str, folder: Path) -> Path:
    """The path of the instructor's page of a submission."""
    return folder / "instructor" / f"{folder_name(submission_id)}.html"


def _write_for_instructor(report: Report, folder: Path) -> None:
    """Write the instructor's page if there is something on it, else delete that of an earlier run."""
    page = instructor_page(report.submission.id, folder)
    if not any(question.instructor for question in report.questions):
        page.unlink(missing_ok=True)
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    write_text(page, feedback_html.for_instructor(report))


def write_class(gradebook: Gradebook, folder: Path) -> None:
    """Write `gradebook.csv`, `needs-review.csv` and `class.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    for renderer in CLASS_FILES:
        write_text(folder / renderer.FILENAME, renderer.render(gradebook))


def write_export(files: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """Write the files of an export, and return the files and folders at the top of `folder`."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(place, content if isinstance(content, bytes) else _encoded(content))
    return sorted({folder / name.partition("/")[0] for name in files})


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all: no reader sees half of it."""
    write_bytes(path, _encoded(text))


def write_private(path: Path, text: str) -> None:
    """Write a text that only its owner can read, from the first byte on."""
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(_encoded(text))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    # Not `tempfile`: only the owner can read its files, and these are to be shared.
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _encoded(text: str) -> bytes:
    """UTF-8. A file name that is not UTF-8 on disk has lone surrogates; these become escapes."""
    return text.encode("utf-8", "backslashreplace")
