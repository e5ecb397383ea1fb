"""`grader override RESULTS ID QUESTION`: set the points of one answer."""

from pathlib import Path

import click

from grader.cli.options import results_argument


@click.command(name="override", short_help="Set the points of one answer yourself.")
@results_argument
@click.argument("student", metavar="ID")
@click.argument("question")
@click.option(
    "--points", type=click.FloatRange(min=0), metavar="POINTS", help="The points of the answer."
)
@click.option("--comment", metavar="TEXT", default="", help="A comment for the student.")
@click.option(
    "--remove", is_flag=True, help="Remove your override: the grader's verdict counts again."
)
def command(
    results: Path, student: str, question: str, points: float | None, comment: str, remove: bool
) -> None:
    """Set the points of the answer of student ID to QUESTION.

    \b
    Examples:
      grader override results/cs1678-hw3 student-10 q5 --points 2 --comment "read from the scan"
      grader override results/cs1678-hw3 student-10 q5 --remove

    Your override stays when you grade again with `grader grade` or `grader regrade`. If the student
    hands in a new version, it still counts, and the answer is listed for review.
    """
    from grader.batch import Store
    from grader.batch.overrides import decide, take_back
    from grader.cli.classwork import report

    if remove == (points is not None):
        raise click.UsageError("give either --points or --remove.")
    with Store.existing(results) as store:
        if points is None:
            take_back(store, student, question)
        else:
            decide(store, student, question, points, comment)
        report(store, "1")
        score, best = store.standing(student).score, store.gradebook([]).max_score
    click.echo(f"{student} now has {score:g} of {best:g} points.")
