"""A folder with a file or a folder for each student, named by the student's id."""

from pathlib import Path

from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.found_submission import FoundSubmission
from grader.submission.files import printable


def recognise(folder: Path) -> bool:
    """Every folder is accepted."""
    return folder.is_dir()


def submissions(folder: Path) -> list[FoundSubmission]:
    """A submission for each file or folder, by name, without hidden ones."""
    return list(map(by_name, entries(folder)))


def by_name(path: Path) -> FoundSubmission:
    """A submission whose id is the name of its file or folder."""
    return FoundSubmission(student_id(path), path)


def student_id(path: Path) -> str:
    """The folder's name, or the file's name without its extension."""
    return printable(path.name if is_folder(path) else path.stem)
