"""`grader check PROBLEM FILE`: one submission, for a student or CI."""

import json
from pathlib import Path

import click

from grader import key as keys
from grader.cli.group import BELOW, UNREADABLE
from grader.grading import grade
from grader.problem import load
from grader.result import Report, Verdict
from grader.submission import read


@click.command(name="check", short_help="Check one submission.")
@click.argument("problem", type=click.Path(exists=True, path_type=Path))
@click.argument("submission", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, metavar="ID",
              help="Only this question; may be repeated.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What to print.")  # fmt: skip
@click.option("--fail-under", type=float, metavar="POINTS",
              help="Exit with 1 below this score.  [default: full marks]")  # fmt: skip
@click.option("--student", metavar="ID", help="Whose draws arrays were computed from.  "
              "[default: the file's name]")  # fmt: skip
def command(
    problem: Path,
    submission: Path,
    questions: tuple[str, ...],
    format_: str,
    fail_under: float | None,
    student: str | None,
) -> None:
    """Check SUBMISSION (a file or a folder) against PROBLEM, and say what is right.

    \b
    grader check problems/cs1678-hw3 my-paper.md
    grader check problems/cs1678-hw3 answers.yaml -q q11 -q q17
    grader check problems/cs1678-hw3 answers.yaml --format json --fail-under 20

    Exit code 0: the score is reached. 1: it is not. 3: nothing could be read. 4: the problem is
    invalid.
    """
    loaded = load(problem)
    unknown = [name for name in questions if name not in {q.id for q in loaded.questions}]
    if unknown:
        known = ", ".join(question.id for question in loaded.questions)
        raise click.BadParameter(f"no question {', '.join(unknown)}; there are {known}")
    report = grade(keys.build(loaded), read(submission, id=student), only=questions)
    if format_ == "json":
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        from grader.reports import feedback_text

        feedback_text.show(report)
    raise click.exceptions.Exit(_exit_code(report, fail_under))


def _exit_code(report: Report, fail_under: float | None) -> int:
    verdicts = {question.verdict for question in report.questions}
    if verdicts <= {Verdict.UNREADABLE, Verdict.MISSING} and Verdict.UNREADABLE in verdicts:
        return UNREADABLE
    goal = report.max_score if fail_under is None else fail_under
    return BELOW if report.score < goal else 0
