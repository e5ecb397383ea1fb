"""`grader groups RESULTS QUESTION`: list wrong answers that mean the same."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import as_json_option, echo_json, results_argument

if TYPE_CHECKING:
    from grader.course.groups import Group


@click.command(name="groups", short_help="List wrong answers that mean the same.")
@results_argument
@click.argument("question")
@click.option("--write-rule", "number", type=click.IntRange(min=1), metavar="N",
              help="Add a rule for group N to problem.yaml.")  # fmt: skip
@click.option("--credit", type=click.FloatRange(0, 1), metavar="SHARE", default=0.0, show_default=True,
              help="The share of the points that the rule gives.")  # fmt: skip
@click.option("--message", metavar="TEXT", help="The message for the students.  [default: the grader's "
              "message]")  # fmt: skip
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if you moved it after grading.")  # fmt: skip
@as_json_option
def command(results: Path, question: str, number: int | None, credit: float, message: str | None,
            problem: Path | None, format_: str) -> None:  # fmt: skip
    """List the wrong answers to QUESTION in groups. Answers with the same values are one group.

    \b
    Examples:
      grader groups results/cs1678-hw3 q16
      grader groups results/cs1678-hw3 q16 --write-rule 1 --credit 0.5 --message "See exercise 4."
      grader regrade results/cs1678-hw3

    You decide once per group, not once per student: --write-rule adds a message and partial credit
    to problem.yaml. `grader regrade` then shows what that changes.
    """
    from grader.batch import Store
    from grader.course.groups import groups
    from grader.reports import groups_text

    with Store.open(results) as store:
        gradebook, path = store.gradebook(), problem or store.problem_path()
    _check_known(question, [column.id for column in gradebook.columns])
    found = groups(gradebook, question)
    if number is not None:
        _write(path, _chosen(found, number), credit, message, results)
    elif format_ == "json":
        echo_json({"question": question, "groups": groups_text.as_json(found)})
    else:
        click.echo(groups_text.plain(found), nl=False)


def _chosen(found: "Sequence[Group]", number: int) -> "Group":
    if number > len(found):
        count = "1 group" if len(found) == 1 else f"{len(found)} groups"
        message = f"this question has {count}."
        raise click.BadParameter(message, param_hint="--write-rule")
    group = found[number - 1]
    if not group.by_value or group.reading is None:
        message = (
            "the answers of this group have no values, so no rule can match them; decide with "
            "`grader review` or `grader override`."
        )
        raise click.BadParameter(message, param_hint="--write-rule")
    return group


def _write(path: Path, group: "Group", credit: float, message: str | None, results: Path) -> None:
    from grader.course.write_rule import ForeseenMistake, write_rule
    from grader.reports.plain_text import one_line

    rule = ForeseenMistake(group.reading or "", message or group.message, credit)
    line = write_rule(path, group.question, rule)
    click.echo(f"{path}:{line}: {one_line(str(rule), 400)}")
    click.echo(f"To see what it changes: grader regrade {results}")


def _check_known(question: str, known: Sequence[str]) -> None:
    from difflib import get_close_matches

    if question not in known:
        close = get_close_matches(question.lower(), known, n=1)
        suggestion = f" (did you mean {close[0]!r}?)" if close else ""
        message = f"there is no question {question!r}{suggestion}."
        raise click.BadParameter(message, param_hint="QUESTION")
