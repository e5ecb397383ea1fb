"""`grader override RESULTS ID QUESTION`: a person's word on one answer."""

from pathlib import Path

import click

from grader.cli.options import results_argument


@click.command(name="override", short_help="Give an answer the points that you say.")
@results_argument
@click.argument("student", metavar="ID")
@click.argument("question")
@click.option("--points", type=click.FloatRange(min=0), help="What the answer is worth.")
@click.option("--comment", default="", help="What the student reads about it.")
@click.option("--remove", is_flag=True, help="Take it back: what the grader said counts again.")
def command(
    results: Path, student: str, question: str, points: float | None, comment: str, remove: bool
) -> None:
    """Give the answer of student ID to QUESTION the points that you say.

    \b
    Examples:
      grader override results/cs1678-hw3 student-10 q5 --points 2 --comment "read from the scan"
      grader override results/cs1678-hw3 student-10 q5 --remove

    It is kept apart from what the grader says and is never overwritten: not by grading again, not by
    `grader regrade`. If the student hands in something else afterwards, it still counts, and the answer
    is listed for review.
    """
    from grader.batch import Store
    from grader.batch.overrides import decide, take_back
    from grader.cli.classwork import report

    if remove == (points is not None):
        raise click.UsageError("say either --points or --remove.")
    with Store.existing(results) as store:
        if points is None:
            take_back(store, student, question)
        else:
            decide(store, student, question, points, comment)
        report(store, "1")
        score, best = store.standing(student).score, store.gradebook([]).max_score
    click.echo(f"{student} has {score:g} of {best:g} points now.")
