"""docs/classes.md is right: its late.yaml loads, and its commands and formats exist."""

import re
from pathlib import Path

from grader.cli.group import COMMANDS
from grader.course.course_file import read_course
from grader.course.lateness import read_lateness
from grader.reports.exports.formats import FORMATS

PAGE = (Path(__file__).resolve().parents[2] / "docs/classes.md").read_text("utf-8")


def test_the_files_of_a_course(tmp_path: Path) -> None:
    course, late = sorted(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    (tmp_path / "late.yaml").write_text(late)
    assert read_lateness(tmp_path / "late.yaml", ["ann", "bob"]).after == 0.0
    (tmp_path / "course.yaml").write_text(course)
    assert set(read_course(tmp_path / "course.yaml").convert) == {".pdf", ".jpg"}


def test_commands_and_formats() -> None:
    assert set(re.findall(r"^grader (\w+)", PAGE, re.MULTILINE)) <= set(COMMANDS)
    table = PAGE.partition("| format |")[2]
    assert set(FORMATS) <= set(re.findall(r"`([\w-]+)", table))
