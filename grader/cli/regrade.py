"""`grader regrade RESULTS`: what a fixed problem changes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import as_json_option, echo_json, limit_options, results_argument
from grader.cli.progress import Progress

if TYPE_CHECKING:
    from grader.batch.regrade import Move
    from grader.batch.store import Store


@click.command(name="regrade", short_help="See what a fixed problem changes; then apply it.")
@results_argument
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if it has moved since.")  # fmt: skip
@click.option("--apply", "applies", is_flag=True, help="Make it count. Without, nothing changes.")
@limit_options
@as_json_option
@click.option("--quiet", is_flag=True, help="No progress.")
def command(results: Path, problem: Path | None, applies: bool, workers: str, timeout: float,
            memory: int, format_: str, quiet: bool) -> None:  # fmt: skip
    """Grade the class in RESULTS again by the problem as it is now, and tell who moves and why.

    \b
    Examples:
      grader regrade results/cs1678-hw3
      grader regrade results/cs1678-hw3 --apply

    Only the questions that the change can affect are graded. Nothing counts until --apply: gradebook
    and pages stay as they are. What people decided with `grader override` or `grader review` stays in
    any case. Every change is kept in the history.
    """
    from grader.batch import Store
    from grader.batch.regrade import apply, changed, due, moves, regraded
    from grader.cli.classwork import engine, report
    from grader.problem import load

    with Store.existing(results) as store, Progress(quiet or format_ == "json") as progress:
        store.gradebook([])
        loaded = load(problem or store.problem_path())
        found = due(store, loaded)
        progress.start("Grading", len(found))
        only = changed(store, loaded)
        if found:
            with engine(loaded, workers, timeout, memory, only=only) as processes:
                for count in regraded(store, loaded, found, processes, only):
                    progress.advance(count)
        moved = moves(store, loaded)
        if applies:
            apply(store, loaded, moved)
            report(store, workers, progress)
        if format_ == "json":
            echo_json(_as_json(moved, applies))
        else:
            _tell(store, moved, applies)


def _tell(store: "Store", moved: Sequence["Move"], applied: bool) -> None:
    from grader.reports.figures import points
    from grader.reports.plain_text import one_line

    for move in moved:
        change = f"{points(move.before)} → {points(move.after)}"
        kept = "  (a person decided; stays)" if move.decided else ""
        click.echo(f"{one_line(move.student, 28)}  {move.question}  {change}  "
                   f"{one_line(move.reason, 120)}{kept}")  # fmt: skip
    students = len({move.student for move in moved})
    up = sum(move.after > move.before for move in moved)
    down = sum(move.after < move.before for move in moved)
    graded = len(store.submissions())
    click.echo(f"{students} of {graded} students move: {up} answers up, {down} down.")
    if moved and not applied:
        click.echo("Nothing has changed yet: add --apply to make it count.")


def _as_json(moved: Sequence["Move"], applied: bool) -> dict[str, object]:
    from dataclasses import asdict

    return {"applied": applied, "moves": [asdict(move) for move in moved]}
