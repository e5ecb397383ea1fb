"""Finds the submissions of a class, in whatever shape a learning platform exported them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.discovery import canvas, folder, gradescope, moodle
from grader.batch.discovery.entries import entries, is_folder
from grader.batch.discovery.found_submission import FoundSubmission, LeftOut
from grader.course.student import id_key
from grader.errors import GraderError
from grader.submission.files import printable

PLATFORMS = (gradescope, canvas, moodle, folder)
"""The first that recognises a folder finds the submissions in it."""


class PatternError(GraderError):
    """`--id-pattern` cannot be used; the text says why."""


def discover(
    place: Path, id_pattern: str | None = None, left_out: Sequence[LeftOut] = ()
) -> list[FoundSubmission]:
    """The submissions in a folder, by id: the newest of each student. A single file is a class of one.

    `id_pattern` is a regular expression with a group `id`: every file whose path it matches counts, and
    files with the same id in one folder are one submission. A student with a file in `left_out` goes to a
    human. `place` may be a link; links inside are not followed. Raises FileNotFoundError, PatternError.
    """
    if place.is_file():
        return [FoundSubmission(folder.student_id(place), place.resolve())]
    if not place.is_dir():
        raise FileNotFoundError(place)
    if id_pattern is not None:
        found = _by_pattern(place, _compiled(id_pattern))
    else:
        inner = _only_folder(place)
        found = next(p for p in PLATFORMS if p.recognise(inner)).submissions(inner)
    return newest(_with_left_out(found, left_out))


def _with_left_out(
    found: Iterable[FoundSubmission], left_out: Iterable[LeftOut]
) -> Iterator[FoundSubmission]:
    """The submissions, each with a note about its files that were left out of the zip."""
    inside: dict[Path, list[LeftOut]] = {}
    for file in left_out:
        for place in (file.place, *file.place.parents):
            inside.setdefault(place, []).append(file)
    for submission in found:
        own = dict.fromkeys(file for place in submission.places for file in inside.get(place, ()))
        names = tuple((file.name, file.reason) for file in own)
        notes = (*submission.notes, *map(str, own))
        yield (replace(submission, notes=notes, unsure=True, left_out=names) if own else submission)


def newest(found: Iterable[FoundSubmission]) -> list[FoundSubmission]:
    """The newest submission of each student, by id; a note says if there were others."""
    by_student: dict[str, list[FoundSubmission]] = {}
    for submission in found:
        by_student.setdefault(id_key(submission.id), []).append(submission)
    return sorted(map(_newest, by_student.values()), key=lambda submission: submission.id)


def _newest(several: list[FoundSubmission]) -> FoundSubmission:
    if len(several) == 1:
        return several[0]
    ordered = sorted(several, key=lambda submission: (submission.handed_in, str(submission.path)))
    last, others = ordered[-1], ordered[:-1]
    unsure = last.handed_in == others[-1].handed_in
    why = "two have the same time, so a person will choose" if unsure else "the newest"
    note = (
        f"handed in {len(several)} times: {_named(last)} counts, {why}; "
        f"not {', '.join(map(_named, others))}"
    )
    return replace(last, notes=(*last.notes, note), unsure=unsure or last.unsure)


def _named(submission: FoundSubmission) -> str:
    return f"{printable(submission.path.name)} ({submission.handed_in:%Y-%m-%d %H:%M})"


def _only_folder(place: Path) -> Path:
    """The export of a platform may be the only folder in `place`: then that folder, else `place`."""
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
        raise PatternError(f"--id-pattern is not a valid regular expression: {error}") from error
    if "id" not in compiled.groupindex:
        message = "--id-pattern needs a group named `id`, such as '(?P<id>\\d{7})'"
        raise PatternError(message)
    return compiled


def without_id(place: Path, id_pattern: str | None) -> list[str]:
    """The files that `--id-pattern` finds no id for; they belong to no submission."""
    if id_pattern is None or not place.is_dir():
        return []
    return [name for name, _, student in _matched(place, _compiled(id_pattern)) if not student]


def _matched(place: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, Path, str]]:
    """Each file with its name in the folder and the id in it, or an empty text."""
    for file in sorted(path for path in place.rglob("*") if not is_folder(path)):
        if not file.name.startswith("."):
            name = printable(file.relative_to(place).as_posix())
            match = pattern.search(name)
            yield name, file, (match and match["id"]) or ""


def _by_pattern(place: Path, pattern: re.Pattern[str]) -> list[FoundSubmission]:
    groups: dict[tuple[str, Path], list[Path]] = {}
    for _, file, student in _matched(place, pattern):
        if student:
            groups.setdefault((student, file.parent), []).append(file)
    return [
        FoundSubmission(name, files[0]) if len(files) == 1
        else FoundSubmission(name, files[0], tuple((printable(file.name), file) for file in files))
        for (name, _), files in groups.items()
    ]  # fmt: skip
