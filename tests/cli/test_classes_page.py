"""docs/classes.md is right: its late.yaml loads, and its commands and formats exist."""

import re
from pathlib import Path

from grader.cli.group import COMMANDS
from grader.course.lateness import read_lateness
from grader.reports.exports.formats import FORMATS

PAGE = (Path(__file__).resolve().parents[2] / "docs/classes.md").read_text("utf-8")


def test_the_rule_for_late_work(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "late.yaml").write_text(text)
    assert read_lateness(tmp_path / "late.yaml", ["ann", "bob"]).after == 0.0


def test_commands_and_formats() -> None:
    assert set(re.findall(r"^grader (\w+)", PAGE, re.MULTILINE)) <= set(COMMANDS)
    table = PAGE.partition("| format |")[2]
    assert set(FORMATS) <= set(re.findall(r"`([\w-]+)", table))
