"""`grader problems`: list the problems that come with the grader."""

import click

from grader.cli.options import as_json_option, echo_json


@click.command(name="problems", short_help="List the problems that come with the grader.")
@as_json_option
def command(format_: str) -> None:
    """List the problems that come with the grader.

    \b
    Examples:
      grader problems
      grader problems --format json
      grader new my-homework --from lstm-cell
    """
    from grader.authoring import library

    rows = [
        {
            "name": problem.path.name if problem.path.is_dir() else problem.path.parent.name,
            "title": problem.title,
            "questions": len(problem.questions),
            "points": sum(question.points for question in problem.questions),
            "path": str(problem.path.absolute()),
        }
        for problem in library.problems()
    ]
    if format_ == "json":
        echo_json(rows)
        return
    widest = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        points = f"{row['points']:g} points"
        click.echo(
            f"{row['name']:<{widest}}  {row['questions']:>2} questions  {points:<9}  {row['title']}"
        )
    click.echo("\nNext: `grader new DIR --from NAME` copies one, for you to edit.")
