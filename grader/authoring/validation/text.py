"""The result of a validation as text: a table with a row for each question, then the findings."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from grader.authoring.validation.cases import FILE as CASES
from grader.authoring.validation.derivation import Apart
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.result import Checked, Validation
from grader.reports.plain_text import one_line
from grader.reports.terminal import show as show_on_terminal
from grader.result import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_MARKS = {Level.ERROR: "✗", Level.WARNING: "!", Level.NOTE: "·"}
_STYLES = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "dim"}
_HEADS = ("", "points", "complex step", "100 digits", "read back", "mistakes", "hardest to see")


def show(validation: Validation, verbose: bool = False) -> None:
    """Print the result, in colour on a terminal."""
    show_on_terminal(lambda: plain(validation, verbose), lambda: _styled(validation, verbose))


def plain(validation: Validation, verbose: bool = False) -> str:
    """The result as text without colours."""
    lines = [_title(validation), "", *_table(validation), ""]
    lines += [line for _, line in _lines(validation, verbose)]
    return "\n".join(line.rstrip() for line in [*lines, _summary(validation)]) + "\n"


def _styled(validation: Validation, verbose: bool) -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(*_HEADS, box=None, pad_edge=False, header_style="dim")
    for one in validation.questions:
        table.add_row(*map(Text, _row(one, validation.problem.draws)))
    lines = [Text(line, _STYLES[level]) for level, line in _lines(validation, verbose)]
    verdict = Text(_summary(validation), "bold green" if validation.sound else "bold red")
    return Group(Text(_title(validation), "bold"), "", table, "", *lines, verdict)


def _title(validation: Validation) -> str:
    return f"{one_line(validation.problem.title)} ({validation.problem.id})"


def _table(validation: Validation) -> Iterator[str]:
    rows = [_HEADS, *(_row(one, validation.problem.draws) for one in validation.questions)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))


def _row(one: Checked, draws: int) -> tuple[str, ...]:
    tried = [read.verdict for read in one.read.values() if read.verdict is not None]
    read = sum(verdict == Verdict.CORRECT for verdict in tried)
    hardest = one.hardest
    seen = f"{hardest.caught} of {draws} draws: {_cut(hardest.text)}" if hardest else "–"
    return (
        one.id,
        f"{one.points:g}",
        _size(one.derived.by_step),
        _size(one.derived.by_digits),
        f"{read} of {len(tried)}",
        f"tells {len(one.seen)} of {len(one.attempts)} apart",
        seen,
    )


def _size(apart: Apart | None) -> str:
    return "–" if apart is None else f"{apart.size:.0e}"


def _cut(text: str, most: int = 44) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _lines(validation: Validation, verbose: bool) -> Iterator[tuple[Level, str]]:
    """The findings; one with the same text for several questions appears once."""
    alike = sorted(validation.findings, key=_place)
    for (level, text), group in groupby(alike, key=lambda one: (one.level, one.text)):
        findings = list(group)
        asked = ", ".join(dict.fromkeys(one.question for one in findings if one.question))
        where = f"{asked}: " if asked and not text.startswith(f"{CASES}:") else ""
        line = (
            f" (line {findings[0].line})"
            if len(findings) == 1 and _is_in_problem(findings[0])
            else ""
        )
        yield level, f"{_MARKS[level]} {where}{one_line(text)}{line}"
        if findings[0].advice:
            yield level, f"    → {findings[0].advice}"
        yield from _details(findings, level, verbose)
    if validation.findings:
        yield Level.NOTE, ""


def _place(finding: Finding) -> tuple[int, int, str]:
    """Sort key: errors first; findings in cases.yaml by line, others by text."""
    line = finding.line if finding.check == "cases" else 0
    return list(Level).index(finding.level), line, finding.text


def _is_in_problem(finding: Finding) -> bool:
    """Whether to show its line; the text of a finding in cases.yaml has it already."""
    return bool(finding.line) and finding.check != "cases" and finding.level is not Level.NOTE


def _details(findings: list[Finding], level: Level, verbose: bool) -> Iterator[tuple[Level, str]]:
    details = [one for one in findings if one.detail]
    if not verbose and details:
        yield level, f"    {one_line(_cut(details[0].detail, 90))}"
        return
    for one in details:
        yield level, f"    {one.question}: {one_line(one.detail)}"


def _summary(validation: Validation) -> str:
    needed = (
        "no number is enough" if validation.needed is None else f"{validation.needed} are needed"
    )
    verdict = "Sound." if validation.sound else f"Not sound: {_count(validation)}."
    draws = f"{validation.problem.draws} draws, {needed}"
    if validation.variants:
        draws += f"; {validation.variants} variants checked"
    return f"{verdict} {draws}; grading takes {validation.milliseconds:.1f} ms a submission."


def _count(validation: Validation) -> str:
    errors = sum(finding.level is Level.ERROR for finding in validation.findings)
    return f"{errors} error{'' if errors == 1 else 's'}"
