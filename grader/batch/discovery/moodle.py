"""The export of Moodle: `Jane Doe_123456_assignsubmission_file_`, as folders or as prefixes of files.

The number is the participant's. Files, and text that was typed into the page, are one submission.
"""

import re
from pathlib import Path

from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.folder import by_name
from grader.batch.discovery.found_submission import FoundSubmission
from grader.submission.files import printable

_NAME = re.compile(
    r"(?P<who>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?"
)


def recognise(folder: Path) -> bool:
    """Whether most entries are named as Moodle names them; links do not count."""
    found = [path for path in entries(folder) if not path.is_symlink()]
    return 2 * sum(bool(_NAME.fullmatch(path.name)) for path in found) > len(found)


def submissions(folder: Path) -> list[FoundSubmission]:
    """One submission a participant; anything with another name is a submission of its own."""
    by_participant: dict[str, list[tuple[re.Match[str], Path]]] = {}
    others = []
    for path in entries(folder):
        match = _NAME.fullmatch(path.name)
        if match:
            by_participant.setdefault(match["id"], []).append((match, path))
        else:
            others.append(by_name(path))
    found = [_submission(number, parts) for number, parts in sorted(by_participant.items())]
    return [*found, *others]


def _submission(number: str, parts: list[tuple[re.Match[str], Path]]) -> FoundSubmission:
    who = printable(parts[0][0]["who"])
    if len(parts) == 1 and is_folder(parts[0][1]):
        return FoundSubmission(number, parts[0][1], name=who, is_numbered=True)
    files = [pair for match, path in parts for pair in _files(match, path)]
    return FoundSubmission(number, parts[0][1], tuple(files), name=who, is_numbered=True)


def _files(match: re.Match[str], path: Path) -> list[tuple[str, Path]]:
    if is_folder(path):
        return [(printable(file.name), file) for file in entries(path) if not is_folder(file)]
    return [(printable(match["file"] or path.name), path)]
