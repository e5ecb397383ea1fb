"""`grader check PROBLEM SUBMISSION`: one submission, for a student or CI."""

from pathlib import Path

import click

from grader.cli.group import BELOW, UNREADABLE
from grader.cli.options import as_json_option, echo_json, problem_argument
from grader.result import Report, Verdict


@click.command(name="check", short_help="Check one submission.")
@problem_argument
@click.argument("submission", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, metavar="ID",
              help="Only this question; may be repeated.")  # fmt: skip
@as_json_option
@click.option("--fail-under", type=click.FloatRange(min=0), metavar="POINTS",
              help="Exit with 1 below this score.  [default: full marks]")  # fmt: skip
@click.option("--student", metavar="ID", help="The id that the draw of your arrays was published "
              "for.  [default: the file's name without its ending]")  # fmt: skip
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
    Examples:
      grader check problems/cs1678-hw3 my-paper.md
      grader check problems/cs1678-hw3 answers.yaml -q q11 -q q17
      grader check problems/cs1678-hw3 answers.yaml --format json --fail-under 20

    \b
    Exit codes:
      0  the score is reached (full marks, or --fail-under)
      1  it is not
      2  wrong usage
      3  nothing that was handed in could be read
      4  the problem is invalid
    """
    from grader import key
    from grader.grading import grade
    from grader.problem import load
    from grader.submission import read

    loaded = load(problem)
    _check_known(questions, [question.id for question in loaded.questions])
    report = grade(key.build(loaded), read(submission, id=student), only=questions)
    if format_ == "json":
        echo_json(report.to_json())
    else:
        from grader.reports import feedback_text

        feedback_text.show(report)
    raise click.exceptions.Exit(_exit_code(report, fail_under))


def _check_known(asked: tuple[str, ...], known: list[str]) -> None:
    for name in asked:
        if name not in known:
            message = f"this problem has no question {name!r}; it has {', '.join(known)}."
            raise click.BadParameter(message, param_hint="-q")


def _exit_code(report: Report, fail_under: float | None) -> int:
    verdicts = {question.verdict for question in report.questions}
    if Verdict.UNREADABLE in verdicts and verdicts <= {Verdict.UNREADABLE, Verdict.MISSING}:
        return UNREADABLE
    goal = report.max_score if fail_under is None else fail_under
    return 0 if report.score >= goal else BELOW
