"""The export of Moodle: `Jane Doe_123456_assignsubmission_file_`, as folders or before flat file names.

The number is the participant's. Files and text that was typed into the page are one hand-in.
"""

import re
from pathlib import Path

from grader.batch.discovery.folder import entries
from grader.batch.discovery.found import Found
from grader.submission.files import printable

_NAME = re.compile(
    r"(?P<who>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?"
)


def recognise(folder: Path) -> bool:
    """Whether everything in it, and there is something, is named as Moodle names it."""
    found = entries(folder)
    return bool(found) and all(_NAME.fullmatch(path.name) for path in found)


def hand_ins(folder: Path) -> list[Found]:
    """One hand-in a participant."""
    by_participant: dict[str, list[tuple[re.Match[str], Path]]] = {}
    for path in entries(folder):
        match = _NAME.fullmatch(path.name)
        if match:
            by_participant.setdefault(match["id"], []).append((match, path))
    return [_hand_in(number, parts) for number, parts in sorted(by_participant.items())]


def _hand_in(number: str, parts: list[tuple[re.Match[str], Path]]) -> Found:
    who = printable(parts[0][0]["who"])
    if len(parts) == 1 and parts[0][1].is_dir():
        return Found(number, parts[0][1], name=who)
    files = [pair for match, path in parts for pair in _files(match, path)]
    return Found(number, parts[0][1], tuple(files), name=who)


def _files(match: re.Match[str], path: Path) -> list[tuple[str, Path]]:
    if path.is_dir():
        return [(printable(file.name), file) for file in entries(path) if file.is_file()]
    return [(printable(match["file"] or path.name), path)]
