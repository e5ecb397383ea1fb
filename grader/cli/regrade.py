"""`grader regrade RESULTS`: show how an edited problem changes the grades, and apply it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import as_json_option, echo_json, limit_options, results_argument
from grader.cli.progress import Progress

if TYPE_CHECKING:
    from grader.batch.regrade import Move
    from grader.batch.store import Store


@click.command(name="regrade", short_help="Show how an edited problem changes the grades.")
@results_argument
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if you moved it after grading.")  # fmt: skip
@click.option("--apply", "applies", is_flag=True, help="Apply the new grades. Without this option "
              "nothing changes.")  # fmt: skip
@limit_options
@as_json_option
@click.option("--quiet", is_flag=True, help="Print no progress.")
def command(results: Path, problem: Path | None, applies: bool, workers: str, timeout: float,
            memory: int, format_: str, quiet: bool) -> None:  # fmt: skip
    """Grade the class in RESULTS again with the edited problem, and list each grade that changes.

    \b
    Examples:
      grader regrade results/cs1678-hw3
      grader regrade results/cs1678-hw3 --apply

    It grades only the questions that your edit can affect. Without --apply, the gradebook and the
    pages do not change. Points that you set with `grader override` or `grader review` always stay.
    The store keeps a history of all changes.
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
            _print_moves(store, moved, applies)


def _print_moves(store: "Store", moved: Sequence["Move"], applied: bool) -> None:
    from grader.reports.figures import points
    from grader.reports.plain_text import one_line

    for move in moved:
        change = f"{points(move.before)} → {points(move.after)}"
        kept = "  (overridden: stays)" if move.decided else ""
        click.echo(f"{one_line(move.student, 28)}  {move.question}  {change}  "
                   f"{one_line(move.reason, 120)}{kept}")  # fmt: skip
    students = len({move.student for move in moved})
    up = sum(move.after > move.before for move in moved)
    down = sum(move.after < move.before for move in moved)
    graded = len(store.submissions())
    click.echo(f"{students} of {graded} students change: {up} answers up, {down} down.")
    if moved and not applied:
        click.echo("Nothing has changed yet. Add --apply to apply the new grades.")


def _as_json(moved: Sequence["Move"], applied: bool) -> dict[str, object]:
    from dataclasses import asdict

    return {"applied": applied, "moves": [asdict(move) for move in moved]}
