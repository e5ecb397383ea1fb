"""Late submissions: limits to the second, extensions, clock changes, and faulty files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course.lateness import Lateness, read_lateness
from grader.errors import AuthorError

RULE = """\
deadline: 2026-10-31 23:59
timezone: America/New_York
grace: 10 min
credit: {24 h: 0.9, 3 d: 0.5}
extensions: {ann: 48 h, Bob: "2026-11-05 12:00"}
"""
DEADLINE = datetime(2026, 11, 1, 3, 59, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def read(tmp_path: Path, text: str = RULE, *students: str) -> Lateness:
    (tmp_path / "late.yaml").write_text(text)
    return read_lateness(tmp_path / "late.yaml", students)


@pytest.mark.parametrize(
    ("after", "late", "credit"),
    [
        (timedelta(0), False, 1.0),
        (10 * MINUTE, False, 1.0),
        (10 * MINUTE + SECOND, True, 0.9),
        (timedelta(hours=24), True, 0.9),  # clocks are set back that night, but elapsed time counts
        (timedelta(hours=24) + SECOND, True, 0.5),
        (timedelta(days=3), True, 0.5),
        (timedelta(days=3) + SECOND, True, 0.0),
    ],
)
def test_boundaries(tmp_path: Path, after: timedelta, late: bool, credit: float) -> None:
    timing = read(tmp_path).timing("cy", DEADLINE + after)
    assert (timing.is_late, timing.credit) == (late, credit)


def test_the_note_of_a_late_submission(tmp_path: Path) -> None:
    timing = read(tmp_path).timing("cy", DEADLINE + timedelta(hours=25, minutes=5))
    assert timing.note == "handed in 1 d 1 h 5 min late: 50% of the points count"


def test_extensions(tmp_path: Path) -> None:
    rule = read(tmp_path, RULE, "Ann", "bob")
    assert not rule.timing("Ann", DEADLINE + timedelta(hours=48)).is_late
    assert rule.timing("bob", datetime(2026, 11, 5, 17, 11, tzinfo=UTC)).is_late
    assert not rule.timing("bob", datetime(2026, 11, 5, 17, 0, tzinfo=UTC)).is_late


def test_an_unknown_time_costs_nothing_and_gets_a_note(tmp_path: Path) -> None:
    timing = read(tmp_path).timing("cy", None, marked_late=True)
    assert (timing.late, timing.credit) == (None, 1.0)
    assert timing.note.startswith("marked late by the platform, but the time of submission")


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = """\
deadline: 2026-10-31 23:59
grase: 10 min
credit: {tomorrow: 0.5, 24 h: 90}
extensions: {anne: 1 d}
"""
    with pytest.raises(AuthorError) as caught:
        read(tmp_path, text, "ann")
    faults = [f"{fault.line}: {fault.path}: {fault.reason}" for fault in caught.value.faults]
    assert faults == [
        "2: grase: is an unknown key (did you mean 'grace'?)",
        "1: deadline: has no time zone: add `timezone: America/New_York`, or an offset",
        "3: credit.tomorrow: the key should be a time span, such as `24 h`",
        "3: credit.24 h: should be a part of the points, from 0 to 1",
        "4: extensions.anne: no student has this id (did you mean 'ann'?)",
    ]


@pytest.mark.parametrize("text", ["", "[]", "a: [", "deadline: {a: 1}", "grace: 1 h", "credit: 3"])
def test_any_other_text_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(AuthorError):
        read(tmp_path, text)
