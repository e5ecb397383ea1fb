"""The class in a terminal: a row for each student, a symbol for each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from grader.course import Gradebook, Standing, StudentStatus
from grader.reports import terminal
from grader.reports.figures import points
from grader.reports.plain_text import one_line
from grader.reports.verdicts import LOOKS, Look
from grader.reports.wording import pending, so_far

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_GAP = 2
MOST_ROWS = 200
"""Students in the table; a longer table is unreadable in a terminal."""


@dataclass(frozen=True, slots=True)
class _StudentRow:
    """One student. `looks` has None for a question that is not in this report."""

    name: str
    score: str
    looks: tuple[Look | None, ...]
    status: str

    def symbols(self) -> list[str]:
        return [look.symbol if look else " " for look in self.looks]


def show(gradebook: Gradebook, stream: TextIO | None = None) -> None:
    """Print the table, in colours if the stream is a terminal."""
    width = terminal.columns()
    terminal.show(lambda: plain(gradebook, width), lambda: styled(gradebook, width), stream)


def plain(gradebook: Gradebook, width: int = 100) -> str:
    """The table as text without colours."""
    questions, rows = _questions(gradebook), _rows(gradebook)
    wide = _fits(rows, questions, width)
    lines = [_header(questions, wide)]
    for row in rows:
        symbols = row.symbols() if wide else [in_fives(row.symbols())]
        lines.append([row.name, row.score, *symbols, row.status])
    return "\n".join([*_aligned(lines), "", *_footer(gradebook)]) + "\n"


def styled(gradebook: Gradebook, width: int = 100) -> "RenderableType":
    """The table for a rich console."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    questions, rows = _questions(gradebook), _rows(gradebook)
    wide = _fits(rows, questions, width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for heading in _header(questions, wide):
        table.add_column(Text(heading), no_wrap=True)
    for row in rows:
        marks = _marks(row)
        symbols = marks if wide else [_in_fives(marks)]
        style = "magenta" if row.status != "graded" else ""
        table.add_row(Text(row.name), Text(row.score), *symbols, Text(row.status, style=style))
    legend, summary = _footer(gradebook)
    return Group(table, Text(""), Text(legend, style="dim"), Text(summary))


def in_fives(symbols: Sequence[str]) -> str:
    """The symbols in groups of five, which are easy to count."""
    return " ".join("".join(symbols[i : i + 5]) for i in range(0, len(symbols), 5))


def _questions(gradebook: Gradebook) -> list[str]:
    return [one_line(column.id, 12) for column in gradebook.columns]


def _rows(gradebook: Gradebook) -> list[_StudentRow]:
    if len(gradebook.standings) > MOST_ROWS:
        return []
    return [_row(standing, gradebook) for standing in gradebook.standings]


def _row(standing: Standing, gradebook: Gradebook) -> _StudentRow:
    questions = standing.report.questions if standing.report else ()
    looks = {question.id: LOOKS[question.verdict] for question in questions}
    report = standing.report
    score, waiting = ("–", "") if report is None else (so_far(report), pending(report))
    return _StudentRow(
        name=one_line(standing.student.id, 28),
        score=f"{score}/{points(gradebook.best(standing))}{waiting}",
        looks=tuple(looks.get(column.id) for column in gradebook.columns),
        status=standing.status.value,
    )


def _header(questions: Sequence[str], wide: bool) -> list[str]:
    return ["id", "score", *(questions if wide else ["questions"]), "status"]


def _fits(rows: Sequence[_StudentRow], questions: Sequence[str], width: int) -> bool:
    """Whether the terminal is wide enough for a column for each question."""
    ends = max((terminal.width(r.name) + len(r.score) + len(r.status) for r in rows), default=0)
    middle = sum(max(1, terminal.width(question)) + _GAP for question in questions)
    return ends + 2 * _GAP + middle <= width


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    sizes = [max(map(terminal.width, column)) for column in zip(*lines, strict=True)]
    gap = " " * _GAP
    return [gap.join(map(terminal.padded, line, sizes)).rstrip() for line in lines]


def _footer(gradebook: Gradebook) -> tuple[str, str]:
    return _legend(gradebook), _summary(gradebook)


def _legend(gradebook: Gradebook) -> str:
    if len(gradebook.standings) > MOST_ROWS:
        return f"More than {MOST_ROWS} students: see gradebook.csv"
    seen = {question.verdict for report in gradebook.reports for question in report.questions}
    return "   ".join(
        f"{look.symbol} {look.word.lower()}" for verdict, look in LOOKS.items() if verdict in seen
    )


def _summary(gradebook: Gradebook) -> str:
    reports = gradebook.reports
    if not reports:
        return "No submissions"
    noun = "submission" if len(reports) == 1 else "submissions"
    waiting = sum(
        s.status in (StudentStatus.NEEDS_REVIEW, StudentStatus.ERROR) for s in gradebook.standings
    )
    missing = len(gradebook.standings) - len(reports)
    best = points(max(report.max_score for report in reports))
    counted = f"{len(reports)} {noun}{_mean(gradebook, best)}"
    absent = f" · {missing} missing" if missing else ""
    return f"{counted} · {waiting} to review{absent}"


def _mean(gradebook: Gradebook, best: str) -> str:
    """The mean of the scores that are decided; it says so if others are pending."""
    decided = gradebook.decided
    if not decided:
        return ""
    mean = points(sum(report.score for report in decided) / len(decided))
    others = len(gradebook.reports) - len(decided)
    left_out = f" (without {others} with pending points)" if others else ""
    return f" · mean {mean} of {best}{left_out}"


def _marks(row: _StudentRow) -> list["Text"]:
    from rich.text import Text

    return [Text(look.symbol, style=look.style) if look else Text(" ") for look in row.looks]


def _in_fives(marks: Sequence["Text"]) -> "Text":
    from rich.text import Text

    fives = [Text("").join(marks[i : i + 5]) for i in range(0, len(marks), 5)]
    return Text(" ").join(fives)
