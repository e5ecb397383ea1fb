"""`grader validate PROBLEM…`: prove that the questions are sound."""

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
@click.option("--fix-draws", is_flag=True, help="Write the number of draws that is needed into "
              "problem.yaml, if there are fewer.")  # fmt: skip
@click.option(
    "--no-sympy", is_flag=True, hidden=True, expose_value=False
)  # nothing is slow any more
@click.option(
    "-v", "--verbose", is_flag=True, help="Name every mistake that has the values of the reference."
)
@as_json_option
def command(problems: tuple[Path, ...], fix_draws: bool, verbose: bool, format_: str) -> None:
    """Prove that the questions of each PROBLEM are sound, and print why or why not.

    Each reference is derived again in two ways that know nothing of the grader's rules: by a complex step,
    and by differences in 100 digits. The problem's own grader reads it in every notation. Every known
    mistake and many near misses must differ from it on the draws. cases.yaml is graded, and names,
    spellings, points and draws are checked.

    \b
    Examples:
      grader validate problems/cs1678-hw3
      grader validate problems/* --format json
      grader validate my-problem --fix-draws

    \b
    Exit codes:
      0  every problem is sound (there may be warnings)
      4  one is not
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
    """The result, or all that is wrong with a file that cannot be read."""
    from grader.authoring.validation import validate
    from grader.cli.progress import working

    try:
        with working(str(path)) as tell:
            return validate(path, progress=tell)
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
        click.echo(f"{path}: not sound, it cannot be read.\n")
    else:
        text.show(found, verbose)
        click.echo()
