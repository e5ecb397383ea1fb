"""The export of Canvas: flat files `doejane_LATE_12345_67890_homework.md`.

The first number is the id of the user, the second that of the attachment. All attachments of one user
are one submission, and Canvas exports the last attempt only.
"""

import re
from pathlib import Path

from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.folder import by_name
from grader.batch.discovery.found_submission import FoundSubmission
from grader.submission.files import printable

_NAME = re.compile(r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<attachment>\d+)_(?P<file>.+)")


def recognise(folder: Path) -> bool:
    """Whether most entries are files that are named as Canvas names them; links do not count."""
    found = [path for path in entries(folder) if not path.is_symlink()]
    named = [path for path in found if _NAME.fullmatch(path.name) and not is_folder(path)]
    return 2 * len(named) > len(found)


def submissions(folder: Path) -> list[FoundSubmission]:
    """One submission a user; anything with another name is a submission of its own."""
    by_user: dict[str, list[tuple[re.Match[str], Path]]] = {}
    others = []
    for path in entries(folder):
        match = _NAME.fullmatch(path.name)
        if match and not is_folder(path):
            by_user.setdefault(match["id"], []).append((match, path))
        else:
            others.append(by_name(path))
    return [*(_submission(user, files) for user, files in sorted(by_user.items())), *others]


def _submission(user: str, files: list[tuple[re.Match[str], Path]]) -> FoundSubmission:
    late = any(match["late"] for match, _ in files)
    return FoundSubmission(
        id=user,
        path=files[0][1],
        files=tuple((printable(match["file"]), path) for match, path in files),
        name=printable(files[0][0]["who"]),
        marked_late=late,
        is_numbered=True,
    )
