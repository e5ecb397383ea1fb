"""The class in a terminal: a row a student, a symbol a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from grader.reports import terminal
from grader.reports.figures import points
from grader.reports.gradebook import question_ids, status
from grader.reports.plain_text import one_line
from grader.reports.verdicts import LOOKS, Look
from grader.result import Report

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_GAP = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """One student. `looks` has None for a question that this report does not have."""

    name: str
    score: str
    looks: tuple[Look | None, ...]
    status: str

    def symbols(self) -> list[str]:
        return [look.symbol if look else " " for look in self.looks]


def show(reports: Sequence[Report], stream: TextIO | None = None) -> None:
    """Prints the table, with colours where they can be seen."""
    width = terminal.columns()
    terminal.show(lambda: plain(reports, width), lambda: styled(reports, width), stream)


def plain(reports: Sequence[Report], width: int = 100) -> str:
    """The table as text without colours."""
    questions, rows = _questions(reports), _rows(reports)
    wide = _fits(rows, questions, width)
    lines = [_header(questions, wide)]
    for row in rows:
        symbols = row.symbols() if wide else [in_fives(row.symbols())]
        lines.append([row.name, row.score, *symbols, row.status])
    return "\n".join([*_aligned(lines), "", *_footer(reports)]) + "\n"


def styled(reports: Sequence[Report], width: int = 100) -> "RenderableType":
    """The table for a rich console."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    questions, rows = _questions(reports), _rows(reports)
    wide = _fits(rows, questions, width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for heading in _header(questions, wide):
        table.add_column(Text(heading), no_wrap=True)
    for row in rows:
        marks = _marks(row)
        symbols = marks if wide else [_in_fives(marks)]
        style = "magenta" if row.status == "needs review" else ""
        table.add_row(Text(row.name), Text(row.score), *symbols, Text(row.status, style=style))
    legend, summary = _footer(reports)
    return Group(table, Text(""), Text(legend, style="dim"), Text(summary))


def in_fives(symbols: Sequence[str]) -> str:
    """The symbols in groups of five, so that the eye can count them."""
    return " ".join("".join(symbols[i : i + 5]) for i in range(0, len(symbols), 5))


def _questions(reports: Sequence[Report]) -> list[str]:
    return [one_line(name, 12) for name in question_ids(reports)]


def _rows(reports: Sequence[Report]) -> list[_Row]:
    questions = question_ids(reports)
    return [_row(report, questions) for report in reports]


def _row(report: Report, questions: Sequence[str]) -> _Row:
    looks = {question.id: LOOKS[question.verdict] for question in report.questions}
    return _Row(
        name=one_line(report.submission.id, 28),
        score=f"{points(report.score)}/{points(report.max_score)}",
        looks=tuple(map(looks.get, questions)),
        status=status(report),
    )


def _header(questions: Sequence[str], wide: bool) -> list[str]:
    return ["id", "score", *(questions if wide else ["questions"]), "status"]


def _fits(rows: Sequence[_Row], questions: Sequence[str], width: int) -> bool:
    """Whether there is room for a column a question."""
    ends = max((terminal.width(r.name) + len(r.score) + len(r.status) for r in rows), default=0)
    middle = sum(max(1, terminal.width(question)) + _GAP for question in questions)
    return ends + 2 * _GAP + middle <= width


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    sizes = [max(map(terminal.width, column)) for column in zip(*lines, strict=True)]
    gap = " " * _GAP
    return [gap.join(map(terminal.padded, line, sizes)).rstrip() for line in lines]


def _footer(reports: Sequence[Report]) -> tuple[str, str]:
    return _legend(reports), _summary(reports)


def _legend(reports: Sequence[Report]) -> str:
    seen = {question.verdict for report in reports for question in report.questions}
    return "   ".join(
        f"{look.symbol} {look.word.lower()}" for verdict, look in LOOKS.items() if verdict in seen
    )


def _summary(reports: Sequence[Report]) -> str:
    if not reports:
        return "No submissions"
    noun = "submission" if len(reports) == 1 else "submissions"
    mean = points(sum(report.score for report in reports) / len(reports))
    best = points(max(report.max_score for report in reports))
    waiting = sum(report.needs_review for report in reports)
    return f"{len(reports)} {noun} · mean {mean} of {best} · {waiting} to review"


def _marks(row: _Row) -> list["Text"]:
    from rich.text import Text

    return [Text(look.symbol, style=look.style) if look else Text(" ") for look in row.looks]


def _in_fives(marks: Sequence["Text"]) -> "Text":
    from rich.text import Text

    fives = [Text("").join(marks[i : i + 5]) for i in range(0, len(marks), 5)]
    return Text(" ").join(fives)
