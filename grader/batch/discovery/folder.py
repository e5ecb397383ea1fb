"""A folder of files, or of folders: one a student, the id being its name."""

from pathlib import Path

from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.found_submission import FoundSubmission
from grader.submission.files import printable


def recognise(folder: Path) -> bool:
    """Any folder will do."""
    return folder.is_dir()


def hand_ins(folder: Path) -> list[FoundSubmission]:
    """A hand-in a file or folder, by name; hidden ones are passed over."""
    return list(map(by_name, entries(folder)))


def by_name(path: Path) -> FoundSubmission:
    """A hand-in that goes by the name of its file or folder."""
    return FoundSubmission(student_id(path), path)


def student_id(path: Path) -> str:
    """The folder's name, or the file's without its ending."""
    return printable(path.name if is_folder(path) else path.stem)
