"""`grader check PROBLEM SUBMISSION`: one submission, for a student or CI."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.ci import FORMATS
from grader.cli.group import BELOW, UNREADABLE
from grader.cli.options import echo_json, problem_argument
from grader.result import QuestionResult, Report, Verdict

if TYPE_CHECKING:
    from grader.key import Key
    from grader.problem import Problem
    from grader.submission import Submission


@click.command(name="check", short_help="Check one submission.")
@problem_argument
@click.argument("submission", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, metavar="ID",
              help="Only this question; may be repeated.")  # fmt: skip
@click.option("--explain", multiple=True, metavar="ID", help="Do not grade: show how the answer to "
              "this question was read, step by step with shapes. May be repeated; `q1,q2` and `all` "
              "do too.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What to print.  [default: "
              "text; github in GitHub Actions]")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write it to a file instead.")  # fmt: skip
@click.option("--fail-under", type=click.FloatRange(min=0), metavar="POINTS",
              help="Exit with 1 below this score.  [default: full marks]")  # fmt: skip
@click.option("--hint", type=click.IntRange(1, 3), help="Say less: 1 what to look for, 2 where, 3 "
              "everything.  [default: 3]")  # fmt: skip
@click.option("--instructor", is_flag=True, help="Also what students do not get: the references, "
              "every mistake that fits, and why an answer earned what it did.")  # fmt: skip
@click.option("--student", metavar="ID", help="The id that the draw of your arrays was published "
              "for.  [default: the file's name without its ending]")  # fmt: skip
def command(
    problem: Path,
    submission: Path,
    questions: tuple[str, ...],
    explain: tuple[str, ...],
    format_: str | None,
    out: Path | None,
    fail_under: float | None,
    hint: int | None,
    instructor: bool,
    student: str | None,
) -> None:
    """Check SUBMISSION (a file or a folder) against PROBLEM, and say what is right.

    \b
    Examples:
      grader check problems/cs1678-hw3 my-paper.md
      grader check problems/cs1678-hw3 my-paper.md --hint 1
      grader check problems/cs1678-hw3 my-paper.md --explain q11
      grader check problems/cs1678-hw3 answers.yaml -q q11 -q q17
      grader check problems/cs1678-hw3 answers.yaml --format json --fail-under 20
      grader check problems/cs1678-hw3 my-paper.md --format junit --out junit.xml

    \b
    Exit codes:
      0  the score is reached (full marks, or --fail-under); with --explain: done
      1  it is not
      2  wrong usage
      3  nothing that was handed in could be read
      4  the problem is invalid
    """
    from grader import key
    from grader.cli import ci
    from grader.problem import load
    from grader.submission import read

    if explain and (questions or fail_under is not None or hint or instructor):
        message = "--explain does not grade: leave out -q, --fail-under, --hint and --instructor."
        raise click.UsageError(message)
    if explain and (out or format_ in ("junit", "github", "gradescope")):
        raise click.UsageError("--explain prints text or JSON: leave out --out and other formats.")
    by_itself = format_ is None
    format_ = format_ or ci.default_format()
    if out and format_ == "gradescope":
        ci.write_placeholder(out)
    loaded = load(problem)
    _check_known(questions, loaded, "-q")
    asked = _explained_ids(explain, loaded)
    keyed, handed_in = key.build(loaded), read(submission, id=student)
    if asked:
        code = _explain(keyed, handed_in, asked, format_)
    else:
        report = _graded(keyed, handed_in, questions, hint)
        _print(report, format_, instructor, out, _folder(submission))
        if format_ == "github":
            ci.for_github(report)
        if by_itself:
            ci.for_gitlab(report)
        code = _exit_code(report, fail_under)
    raise click.exceptions.Exit(code)


def _graded(
    key: "Key", submission: "Submission", questions: tuple[str, ...], hint: int | None
) -> Report:
    from grader.grading import grade
    from grader.reports.feedback_level import STRONGEST, at_strength

    return at_strength(grade(key, submission, only=questions), hint or STRONGEST)


def _print(report: Report, format_: str, instructor: bool, out: Path | None, folder: str) -> None:
    from grader.cli import ci

    if out:
        ci.write(out, ci.rendered(report, format_, instructor, folder))
    elif format_ == "text":
        from grader.reports import feedback_text

        feedback_text.show(report, instructor=instructor)
    elif format_ == "json":
        echo_json(report.to_json(instructor))
    else:
        click.echo(ci.rendered(report, format_, instructor, folder), nl=False)


def _folder(submission: Path) -> str:
    """Where the files of a submission lie, as a repository names it."""
    return (submission if submission.is_dir() else submission.parent).as_posix()


def _explain(key: "Key", submission: "Submission", ids: Collection[str], format_: str) -> int:
    """Print how answers were read; returns the exit code."""
    from grader.cli import ci
    from grader.grading.explain import explain
    from grader.reports import explain_text

    explained = explain(key, submission, ids)
    if format_ == "json":
        echo_json(explained.to_json())
    else:
        with ci.silent(format_):
            explain_text.show(explained)
    return UNREADABLE if explained.unreadable else 0


def _explained_ids(words: tuple[str, ...], problem: "Problem") -> list[str]:
    """The questions that `--explain` names: ids, lists of ids with commas, `all`."""
    ids = [name.strip() for word in words for name in word.split(",") if name.strip()]
    if words and not ids:
        raise click.BadParameter("name a question, or `all`.", param_hint="--explain")
    if "all" in ids:
        return [question.id for question in problem.questions]
    _check_known(ids, problem, "--explain")
    return ids


def _check_known(asked: Sequence[str], problem: "Problem", option: str) -> None:
    known = [question.id for question in problem.questions]
    for name in asked:
        if name not in known:
            close = get_close_matches(name.lower(), known, n=1)
            meant = f" (did you mean {close[0]!r}?)" if close else ""
            message = f"this problem has no question {name!r}{meant}; it has {', '.join(known)}."
            raise click.BadParameter(message, param_hint=option)


def _is_unread(question: QuestionResult) -> bool:
    """Whether there is no answer that was read."""
    unread = (Verdict.UNREADABLE, Verdict.MISSING)
    return question.verdict in unread or (question.needs_review and question.answer is None)


def _exit_code(report: Report, fail_under: float | None) -> int:
    if report.needs_review and all(map(_is_unread, report.questions)):
        return UNREADABLE
    goal = report.max_score if fail_under is None else fail_under
    return 0 if report.score >= goal else BELOW
