"""Printed feedback: plain in a pipe, in colours on a terminal, and without a student's escape sequences."""

import io
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from report_samples import hostile_report, quiet_report

from grader.course import Gradebook
from grader.reports import class_table, feedback_text, terminal
from grader.reports.plain_text import printable
from grader.result import Verdict

COLOUR = re.compile(r"\x1b\[[\d;]*m")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")


def shown(stream: io.StringIO) -> str:
    feedback_text.show(hostile_report(), stream)
    class_table.show(Gradebook.of([hostile_report("a[red]b[/]"), quiet_report("ok")]), stream)
    return stream.getvalue()


def test_a_pipe_gets_text_without_anything_that_drives_a_terminal() -> None:
    text = shown(io.StringIO())
    assert printable(text) == text
    assert "[bold red]markup[/]" in text


def test_a_terminal_gets_our_colours_and_no_other_sequence() -> None:
    text = shown(Screen())
    bare = COLOUR.sub("", text)
    assert "\x1b[32m" in text
    assert printable(bare) == bare
    assert "[bold red]markup[/]" in " ".join(bare.split())
    assert "a[red]b[/]" in bare


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3[0-7]m", shown(Screen()))


def test_force_color_colours_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m" in shown(io.StringIO())


def test_a_dumb_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in shown(Screen())


def test_a_console_without_our_symbols_gets_their_twins() -> None:
    assert terminal.encodable("✓ ✗ ◐ – · σ é", "latin-1") == "+ x ~ - | ? é"
    assert terminal.encodable("✓ é", "utf-8") == "✓ é"
    assert terminal.encodable("✓", None) == "✓"


def test_a_pipe_does_not_import_rich() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/reports'); from report_samples import *;"
        "from grader.course import Gradebook; from grader.reports import feedback_text, class_table;"
        "feedback_text.show(quiet_report()); class_table.show(Gradebook.of([quiet_report()]));"
        "sys.exit('rich' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_feedback_shows_what_is_not_right() -> None:
    text = feedback_text.plain(quiet_report(verdict=Verdict.INCORRECT))
    assert text.startswith(
        "Homework 3\nstudent-07: 0 of 3 points\n\n  q16  ✗ Incorrect       0 / 3\n"
    )
    assert "  You wrote (student-07.md:112):\n    \\delta W^3\n  Read as: delta*W3, 2×2\n" in text
    assert "  In draw 3, entry (2, 1): expected 1.25, your answer gives 0.75.\n" in text
    assert "      1 2\n     1 ✓ ✗\n     2 ? ✓\n" in text


def test_feedback_is_short_where_all_is_right() -> None:
    report = quiet_report()
    silent = replace(report, questions=(replace(report.questions[0], messages=()),))
    assert "You wrote" in feedback_text.plain(report)
    assert "You wrote" not in feedback_text.plain(silent)


def test_class_table_has_a_column_a_question_where_there_is_room() -> None:
    reports = [quiet_report("a"), quiet_report("张伟", Verdict.UNDECIDED)]
    assert class_table.plain(Gradebook.of(reports)).splitlines() == [
        "id    score            q16  status",
        "a     3/3              ✓    graded",
        "张伟  –/3 (3 pending)  ≈    needs review",
        "",
        "✓ correct   ≈ undecided",
        "2 submissions · mean 3 of 3 (without 1 with pending points) · 1 to review",
    ]


def test_class_table_groups_symbols_in_fives_where_there_is_not() -> None:
    lines = class_table.plain(Gradebook.of([hostile_report("a")]), 30).splitlines()
    assert lines[:2] == [
        "id  score            questions  status",
        "a   1/7 (3 pending)  ✓◐✗?– ≈!   error",
    ]


def test_class_table_without_students() -> None:
    assert class_table.plain(Gradebook.of([])).endswith("No submissions\n")
    class_table.show(Gradebook.of([]), Screen())


def test_class_table_in_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = Screen()
    class_table.show(Gradebook.of([hostile_report("a"), quiet_report("e\u0301")]), stream)
    assert "✓◐✗?– ≈!" in COLOUR.sub("", stream.getvalue())


def test_width_counts_columns_and_not_characters() -> None:
    assert [terminal.width(text) for text in ("ab", "张", "e\u0301", "✓")] == [2, 2, 1, 1]
