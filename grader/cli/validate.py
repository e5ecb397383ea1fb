"""`grader validate PROBLEM…`: prove that the questions of a problem are sound."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.failures import INVALID_PROBLEM
from grader.cli.options import as_json_option, echo_json
from grader.errors import AuthorError

if TYPE_CHECKING:
    from grader.authoring.validation import Validation


@click.command(name="validate", short_help="Prove that a problem is sound.")
@click.argument("problems", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path),
                metavar="PROBLEM...")  # fmt: skip
@click.option("--fix-draws", is_flag=True, help="If problem.yaml has too few draws, write the number "
              "that it needs into it.")  # fmt: skip
@click.option(
    "--no-sympy", is_flag=True, hidden=True, expose_value=False
)  # without effect; old scripts still give it
@click.option("-v", "--verbose", is_flag=True, help="Show all details of each finding, such as all "
              "mistakes with the same values as the reference.")  # fmt: skip
@as_json_option
def command(problems: tuple[Path, ...], fix_draws: bool, verbose: bool, format_: str) -> None:
    """Prove that the questions of each PROBLEM are sound, and report each error and warning.

    \b
    Examples:
      grader validate problems/cs1678-hw3
      grader validate problems/* --format json
      grader validate my-homework --fix-draws

    \b
    It checks that
    - each reference is right: two independent methods compute it again, by a complex step and by
      differences in 100 digits;
    - students can write it: the grader reads it in every notation;
    - wrong answers are found: known mistakes and near misses differ from it on the draws;
    - the answers in cases.yaml get the verdicts that it expects;
    - names, spellings, points and draws are in order.

    \b
    Exit codes:
      0  all problems are sound (warnings are allowed)
      4  at least one problem is not sound
    """
    from grader.authoring.validation import Validation

    reports, sound = [], True
    for path in problems:
        found = _validated(path)
        if fix_draws and isinstance(found, Validation) and _too_few(found):
            from grader.authoring.validation.fix_draws import fix_draws as write_draws

            assert found.needed is not None
            try:
                write_draws(path, found.needed)
            except AuthorError as error:
                click.echo(f"{path}: {error.faults[0]}", err=True)
            else:
                click.echo(f"{path}: draws.count is {found.needed} now", err=True)
                found = _validated(path)
        sound = sound and isinstance(found, Validation) and found.sound
        if format_ == "json":
            reports.append(_as_json(path, found))
        else:
            _show(path, found, verbose)
    if format_ == "json":
        echo_json(reports)
    raise click.exceptions.Exit(0 if sound else INVALID_PROBLEM)


def _validated(path: Path) -> "Validation | AuthorError":
    """The result of the validation, or the faults of a file that cannot be read."""
    from grader.authoring.validation import validate
    from grader.cli.progress import working

    try:
        with working(str(path)) as update:
            return validate(path, progress=update)
    except AuthorError as error:
        return error


def _too_few(validation: "Validation") -> bool:
    return validation.needed is not None and validation.needed > validation.problem.draws


def _as_json(path: Path, found: "Validation | AuthorError") -> dict[str, object]:
    if not isinstance(found, AuthorError):
        return found.to_json()
    from grader.authoring.validation.finding import of_fault

    faults = [of_fault(fault, "yaml").to_json() for fault in found.faults]
    nothing: dict[str, object] = {"draws_needed": None, "questions": []}
    return {
        "schema_version": 1,
        "problem": path.name,
        "sound": False,
        "findings": faults,
        **nothing,
    }


def _show(path: Path, found: "Validation | AuthorError", verbose: bool) -> None:
    from grader.authoring.validation import text

    if isinstance(found, AuthorError):
        for fault in found.faults:
            click.echo(f"{path}: {fault}", err=True)
        click.echo(f"{path}: not sound, because it cannot be read.\n")
    else:
        text.show(found, verbose)
        click.echo()
