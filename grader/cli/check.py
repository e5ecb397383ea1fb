"""`grader check PROBLEM SUBMISSION`: check one submission, for a student or in CI."""

import re
import sys
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
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
@click.argument("submission", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, metavar="ID",
              help="Check only this question. You can repeat this option.")  # fmt: skip
@click.option("--explain", multiple=True, metavar="ID", help="Do not grade. Show how the grader read "
              "the answer to this question, step by step with shapes. You can repeat this option, or "
              "write `q1,q2` or `all`.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS), help="The format of the output.  "
              "[default: text; github in GitHub Actions]")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write to this file instead of printing.")  # fmt: skip
@click.option("--fail-under", type=click.FloatRange(min=0), metavar="POINTS",
              help="Exit with 1 if the score is below this.  [default: full marks]")  # fmt: skip
@click.option("--hint", type=click.IntRange(1, 3), metavar="LEVEL", help="How much the feedback gives "
              "away. 1: what to look for. 2: also where. 3: everything.  [default: 3]")  # fmt: skip
@click.option("--instructor", is_flag=True, help="Also show what students do not get: the references, "
              "all mistakes that fit, and the reason for the points.")  # fmt: skip
@click.option("--student", metavar="ID", help="The id for which `grader draw` wrote the draw of your "
              "arrays.  [default: the file's name without its extension]")  # fmt: skip
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
    """Check SUBMISSION, a file or a folder, and say for each question whether the answer is right.

    `-` reads an answer file or a paper in Markdown from standard input.

    \b
    Examples:
      grader check problems/cs1678-hw3 my-paper.md
      grader check problems/cs1678-hw3 my-paper.md --hint 1
      grader check problems/cs1678-hw3 my-paper.md --explain q11
      grader check problems/cs1678-hw3 answers.yaml -q q11 -q q17
      grader check problems/cs1678-hw3 answers.yaml --format json --fail-under 20
      grader check problems/cs1678-hw3 my-paper.md --format junit --out junit.xml
      grader check problems/cs1678-hw3 - < answers.yaml

    Check as often as you like. `grader show PROBLEM` lists the questions and the names to use. If an
    answer surprises you, --explain shows how the grader read it.

    \b
    Exit codes:
      0  full marks, or at least --fail-under; with --explain: done
      1  fewer points
      2  wrong usage
      3  nothing in the submission could be read
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
    is_default_format = format_ is None
    format_ = format_ or ci.default_format()
    if out and format_ == "gradescope":
        ci.write_placeholder(out)
    loaded = load(problem)
    _check_known(questions, loaded, "-q")
    explained = _explained_ids(explain, loaded)
    if str(submission) == "-":
        built, loaded_submission = key.build(loaded), _from_standard_input(student)
    else:
        built, loaded_submission = key.build(loaded), read(submission, id=student)
    if explained:
        code = _explain(built, loaded_submission, explained, format_)
    else:
        report = _graded(built, loaded_submission, questions, hint)
        _print(report, format_, instructor, out, _folder(submission))
        if format_ == "github":
            ci.for_github(report)
        if is_default_format:
            ci.for_gitlab(report)
        code = _exit_code(report, fail_under)
    raise click.exceptions.Exit(code)


def _from_standard_input(student: str | None) -> "Submission":
    """The submission that standard input is: an answer file if it has `answers:`, else a paper."""
    from grader.submission import read
    from grader.submission.limits import ARRAY_BYTES

    data = sys.stdin.buffer.read(ARRAY_BYTES) if sys.stdin else b""
    is_answers = re.search(rb"^(\{\s*)?[\"']?answers[\"']?\s*:", data, re.MULTILINE)
    with TemporaryDirectory() as folder:
        file = Path(folder, "standard-input.yaml" if is_answers else "standard-input.md")
        file.write_bytes(data)
        return read(file, id=student or "standard-input")


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
    """The folder of the submission's files, relative to the repository."""
    return (submission if submission.is_dir() else submission.parent).as_posix()


def _explain(key: "Key", submission: "Submission", ids: Collection[str], format_: str) -> int:
    """Print how the answers were read, and return the exit code."""
    from grader.cli import ci
    from grader.grading.explain import explain
    from grader.reports import explain_text

    explained = explain(key, submission, ids)
    if format_ == "json":
        echo_json(explained.to_json())
    else:
        with ci.commands_stopped(format_):
            explain_text.show(explained)
    return UNREADABLE if explained.unreadable else 0


def _explained_ids(words: tuple[str, ...], problem: "Problem") -> list[str]:
    """The questions in `--explain`: ids, ids with commas between them, or `all`."""
    ids = [name.strip() for word in words for name in word.split(",") if name.strip()]
    if words and not ids:
        raise click.BadParameter("name a question, or `all`.", param_hint="--explain")
    if "all" in ids:
        return [question.id for question in problem.questions]
    _check_known(ids, problem, "--explain")
    return ids


def _check_known(ids: Sequence[str], problem: "Problem", option: str) -> None:
    known = [question.id for question in problem.questions]
    for name in ids:
        if name not in known:
            close = get_close_matches(name.lower(), known, n=1)
            suggestion = f" (did you mean {close[0]!r}?)" if close else ""
            message = (
                f"this problem has no question {name!r}{suggestion}; it has {', '.join(known)}."
            )
            raise click.BadParameter(message, param_hint=option)


def _is_unread(question: QuestionResult) -> bool:
    """Whether no answer to this question was read."""
    unread = (Verdict.UNREADABLE, Verdict.MISSING)
    return question.verdict in unread or (question.needs_review and question.answer is None)


def _exit_code(report: Report, fail_under: float | None) -> int:
    if report.needs_review and all(map(_is_unread, report.questions)):
        return UNREADABLE
    goal = report.max_score if fail_under is None else fail_under
    return 0 if report.score >= goal else BELOW
