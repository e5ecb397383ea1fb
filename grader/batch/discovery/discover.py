"""What a class handed in, in whatever shape a learning platform exported it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grader.batch.discovery import canvas, folder, gradescope, moodle
from grader.batch.discovery.found import Found
from grader.errors import GraderError
from grader.submission.files import printable

PLATFORMS = (gradescope, canvas, moodle, folder)
"""The first that recognises a folder finds the hand-ins in it."""


class PatternError(GraderError):
    """`--id-pattern` does not work; the text says why."""


def discover(place: Path, id_pattern: str | None = None) -> list[Found]:
    """The hand-ins in a folder, by id; a single file is a class of one. One a student: the newest.

    With `id_pattern`, a regular expression with a group `id`, every file whose path it matches counts,
    and files with the same id in one folder are one hand-in. Raises FileNotFoundError, PatternError.
    """
    if place.is_file():
        return [Found(folder.student_id(place), place)]
    if not place.is_dir():
        raise FileNotFoundError(place)
    if id_pattern is not None:
        return newest(_by_pattern(place, _compiled(id_pattern)))
    inner = _only_folder(place)
    platform = next(platform for platform in PLATFORMS if platform.recognise(inner))
    return newest(platform.hand_ins(inner))


def newest(found: Iterable[Found]) -> list[Found]:
    """One hand-in a student, by id: the newest, and it is told that there were others."""
    by_student: dict[str, list[Found]] = {}
    for one in found:
        by_student.setdefault(one.id.casefold(), []).append(one)
    return sorted(map(_chosen, by_student.values()), key=lambda one: one.id)


def _chosen(several: list[Found]) -> Found:
    if len(several) == 1:
        return several[0]
    ordered = sorted(several, key=lambda one: (one.handed_in, str(one.path)))
    last, others = ordered[-1], ordered[:-1]
    unsure = last.handed_in == others[-1].handed_in
    why = "both have the same time, so a person will look" if unsure else "the newest"
    left = ", ".join(f"{printable(o.path.name)} ({o.handed_in:%Y-%m-%d %H:%M})" for o in others)
    counts = f"{printable(last.path.name)} ({last.handed_in:%Y-%m-%d %H:%M})"
    note = f"handed in {len(several)} times: {counts} counts, {why}; not {left}"
    return replace(last, notes=(*last.notes, note), unsure=unsure)


def _only_folder(place: Path) -> Path:
    """An export that was unpacked into a folder of its own: the folder in it, if it is a platform's."""
    inside = folder.entries(place)
    if len(inside) == 1 and inside[0].is_dir():
        platforms = (platform for platform in PLATFORMS if platform is not folder)
        if any(platform.recognise(inside[0]) for platform in platforms):
            return inside[0]
    return place


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise PatternError(f"--id-pattern is no regular expression: {error}") from error
    if "id" not in compiled.groupindex:
        message = "--id-pattern needs a group that is the id, such as '(?P<id>\\d{7})'"
        raise PatternError(message)
    return compiled


def _by_pattern(place: Path, pattern: re.Pattern[str]) -> list[Found]:
    groups: dict[tuple[str, Path], list[Path]] = {}
    for file in sorted(path for path in place.rglob("*") if path.is_file()):
        match = pattern.search(printable(file.relative_to(place).as_posix()))
        if match and match["id"] and not file.name.startswith("."):
            groups.setdefault((match["id"], file.parent), []).append(file)
    return [
        Found(name, files[0]) if len(files) == 1
        else Found(name, files[0], tuple((printable(file.name), file) for file in files))
        for (name, _), files in groups.items()
    ]  # fmt: skip
