"""What a class handed in, in whatever shape a learning platform exported it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.discovery import canvas, folder, gradescope, moodle
from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.found_submission import FoundSubmission, LeftOut
from grader.errors import GraderError
from grader.submission.files import printable

PLATFORMS = (gradescope, canvas, moodle, folder)
"""The first that recognises a folder finds the hand-ins in it."""


class PatternError(GraderError):
    """`--id-pattern` does not work; the text says why."""


def discover(
    place: Path, id_pattern: str | None = None, left_out: Sequence[LeftOut] = ()
) -> list[FoundSubmission]:
    """The hand-ins in a folder, by id; a single file is a class of one. One a student: the newest.

    With `id_pattern`, a regular expression with a group `id`, every file whose path it matches counts,
    and files with the same id in one folder are one hand-in. Whose file was left out of a zip is for a
    human. `place` may be a link, what is in it may not. Raises FileNotFoundError, PatternError.
    """
    if place.is_file():
        return [FoundSubmission(folder.student_id(place), place.resolve())]
    if not place.is_dir():
        raise FileNotFoundError(place)
    if id_pattern is not None:
        found = _by_pattern(place, _compiled(id_pattern))
    else:
        inner = _only_folder(place)
        found = next(p for p in PLATFORMS if p.recognise(inner)).hand_ins(inner)
    return newest(_with_left_out(found, left_out))


def _with_left_out(
    found: Iterable[FoundSubmission], left_out: Iterable[LeftOut]
) -> Iterator[FoundSubmission]:
    """The hand-ins, each with a note of its files that were left out of the zip."""
    inside: dict[Path, list[LeftOut]] = {}
    for file in left_out:
        for place in (file.place, *file.place.parents):
            inside.setdefault(place, []).append(file)
    for one in found:
        mine = dict.fromkeys(file for place in one.places for file in inside.get(place, ()))
        names = tuple((file.name, file.reason) for file in mine)
        notes = (*one.notes, *map(str, mine))
        yield replace(one, notes=notes, unsure=True, left_out=names) if mine else one


def newest(found: Iterable[FoundSubmission]) -> list[FoundSubmission]:
    """One hand-in a student, by id: the newest, and it is told that there were others."""
    by_student: dict[str, list[FoundSubmission]] = {}
    for one in found:
        by_student.setdefault(one.id.casefold(), []).append(one)
    return sorted(map(_chosen, by_student.values()), key=lambda one: one.id)


def _chosen(several: list[FoundSubmission]) -> FoundSubmission:
    if len(several) == 1:
        return several[0]
    ordered = sorted(several, key=lambda one: (one.handed_in, str(one.path)))
    last, others = ordered[-1], ordered[:-1]
    unsure = last.handed_in == others[-1].handed_in
    why = "both have the same time, so a person will look" if unsure else "the newest"
    left = ", ".join(f"{printable(o.path.name)} ({o.handed_in:%Y-%m-%d %H:%M})" for o in others)
    counts = f"{printable(last.path.name)} ({last.handed_in:%Y-%m-%d %H:%M})"
    note = f"handed in {len(several)} times: {counts} counts, {why}; not {left}"
    return replace(last, notes=(*last.notes, note), unsure=unsure or last.unsure)


def _only_folder(place: Path) -> Path:
    """An export that was unpacked into a folder of its own: the folder in it, if it is a platform's."""
    inside = entries(place)
    if len(inside) == 1 and is_folder(inside[0]):
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


def _by_pattern(place: Path, pattern: re.Pattern[str]) -> list[FoundSubmission]:
    groups: dict[tuple[str, Path], list[Path]] = {}
    for file in sorted(path for path in place.rglob("*") if not is_folder(path)):
        match = pattern.search(printable(file.relative_to(place).as_posix()))
        if match and match["id"] and not file.name.startswith("."):
            groups.setdefault((match["id"], file.parent), []).append(file)
    return [
        FoundSubmission(name, files[0]) if len(files) == 1
        else FoundSubmission(name, files[0], tuple((printable(file.name), file) for file in files))
        for (name, _), files in groups.items()
    ]  # fmt: skip
