"""`grader grade PROBLEM SUBMISSIONS`: grade a class."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import NEEDS_REVIEW
from grader.cli.options import as_json_option, echo_json, limit_options, problem_argument
from grader.cli.progress import Progress
from grader.version import __version__

if TYPE_CHECKING:
    from grader.batch import FoundSubmission, Store
    from grader.batch.engines.protocol import Engine
    from grader.batch.members import Members
    from grader.course import Gradebook
    from grader.problem import Problem


@click.command(name="grade", short_help="Grade a class.")
@problem_argument
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="The folder for the results.  [default: results/<problem id>]")  # fmt: skip
@click.option("--roster", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="CSV", help="The students of the class (id, name, email). Those without a "
              "submission appear as missing.")  # fmt: skip
@click.option("--late", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="YAML", help="The deadline, grace time, credit for late work, and "
              "extensions.")  # fmt: skip
@click.option("--course", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="YAML", help="Programs that convert scans and other files to "
              "Markdown.")  # fmt: skip
@click.option("--id-pattern", metavar="REGEX", help="A pattern that finds the student's id in the path "
              "of a file, such as '(?P<id>\\d{7})'.")  # fmt: skip
@click.option("--only", multiple=True, metavar="ID", help="Grade only this student now; what was graded "
              "before stays. You can repeat this option.")  # fmt: skip
@click.option("--exclude", multiple=True, metavar="ID", help="Leave this student out of the class. You "
              "can repeat this option.")  # fmt: skip
@limit_options
@click.option("--engine", "engine_name", type=click.Choice(["here", "dask"]), default="here",
              show_default=True, help="Grade on this machine (here), or on a Dask cluster.")  # fmt: skip
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="The address of the Dask scheduler.")
@click.option("--shard", metavar="I/N", help="Grade only part I of N of the class, without "
              "reports. `grader merge` then merges the parts.")  # fmt: skip
@click.option(
    "--fresh", is_flag=True, help="Grade all submissions again. Your own decisions are kept."
)
@as_json_option
@click.option("--quiet", is_flag=True, help="Print no progress and no table.")
def command(
    problem: Path,
    submissions: Path,
    out: Path | None,
    roster: Path | None,
    late: Path | None,
    course: Path | None,
    id_pattern: str | None,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    workers: str,
    timeout: float,
    memory: int,
    engine_name: str,
    scheduler: str | None,
    shard: str | None,
    fresh: bool,
    format_: str,
    quiet: bool,
) -> None:
    """Grade each file or folder in SUBMISSIONS. Its name is the student's id.

    SUBMISSIONS can also be a download from Gradescope, Canvas or Moodle, zipped or unpacked. The
    platform's file names then give the ids.

    \b
    Examples:
      grader grade problems/cs1678-hw3 submissions/cs1678-hw3
      grader grade problems/cs1678-hw3 handed-in/ --out results/spring --workers 8
      grader grade problems/cs1678-hw3 submissions.zip --roster roster.csv --late late.yaml
      grader grade problems/cs1678-hw3 handed-in/ --engine dask --scheduler tcp://10.0.0.1:8786
      grader grade problems/cs1678-hw3 handed-in/ --shard 3/20 --out parts/3

    Writes a gradebook, a list of the answers that need a human, and feedback for each student. If a
    run stops, start the same command again: it continues, and grades only what is new or has
    changed. A submission that hangs or needs too much memory is tried once more, alone. If it fails
    again, it waits for you, with the reason.

    \b
    Next steps:
      grader review results/cs1678-hw3               decide what needs a human
      grader groups results/cs1678-hw3 q16           see common wrong answers to q16
      grader export results/cs1678-hw3 --to moodle   write the grades for a platform

    \b
    Exit codes:
      0    done, whatever the scores are
      2    wrong usage
      4    the problem is invalid
      5    done, and some answers need a human
      130  interrupted; start the same command again to continue
    """
    from grader.batch import Store
    from grader.batch.run import enlist
    from grader.cli.classwork import engine, report
    from grader.problem import load

    loaded = load(problem)
    folder = out or Path("results") / loaded.id
    _check_apart(folder, submissions)
    members = _members(submissions, folder, roster, late, course, id_pattern)
    members = _without(members, exclude)
    _check_ids(only, members, "--only")
    found = members.found
    if not found:
        message = f"{submissions} has no submissions: it is empty."
        raise click.BadParameter(message, param_hint="SUBMISSIONS")
    if (engine_name == "dask") != (scheduler is not None):
        raise click.UsageError("--engine dask needs --scheduler, and the other way round.")
    if shard:
        found = _shard(found, shard)
    found, failed = _converted(found, course, folder)
    with Store.writing(folder) as store, Progress(quiet or format_ == "json") as progress:
        for note in (*members.notes, *failed):
            progress.note(note)
        if only:
            members, found = _only(store, loaded, members, found, only)
        enlist(store, loaded, found, members.students, members.timed)
        now = [each for each in found if not only or each.id in only]
        chosen = engine(loaded, workers, timeout, memory, scheduler)
        _grade(store, loaded, now, chosen, fresh, progress)
        gradebook = store.gradebook() if shard else report(store, workers, progress)
    if format_ == "json":
        echo_json(_summary(gradebook, folder))
    elif shard and not quiet:
        click.echo(
            f"{len(found)} submissions in {folder}. When all parts are done, run `grader merge`."
        )
    elif not quiet:
        _print_summary(gradebook, folder)
    raise click.exceptions.Exit(NEEDS_REVIEW if _needs_review(gradebook) else 0)


def _members(submissions: Path, folder: Path, roster: Path | None, late: Path | None,
             course: Path | None, id_pattern: str | None) -> "Members":  # fmt: skip
    """The students of the class and their submissions. A zip is unpacked into the results folder."""
    from grader.batch.discovery import discover, without_id
    from grader.batch.discovery.archives import Unpacked, unpack
    from grader.batch.members import members, without_course_files
    from grader.course.lateness import read_lateness
    from grader.course.roster import read_roster

    unpacked = Unpacked(submissions)
    if submissions.suffix.lower() == ".zip" and submissions.is_file():
        unpacked = unpack(submissions, folder / "handed-in")
    students = read_roster(roster) if roster else ()
    discovered = discover(unpacked.folder, id_pattern, unpacked.left_out)
    lost = [
        f"{name}: no id by --id-pattern, so it was not graded"
        for name in without_id(unpacked.folder, id_pattern)
    ]
    handed_in, notes = without_course_files(discovered, (roster, late, course))
    found = members(handed_in, students).with_notes((*lost, *notes, *map(str, unpacked.left_out)))
    ids = [student.id for student in students] or [submission.id for submission in found.found]
    return found.with_lateness(read_lateness(late, ids)) if late else found


def _without(members: "Members", exclude: tuple[str, ...]) -> "Members":
    """The class without these students."""
    _check_ids(exclude, members, "--exclude")
    return replace(
        members,
        found=[each for each in members.found if each.id not in exclude],
        students=tuple(student for student in members.students if student.id not in exclude),
    )


def _only(store: "Store", problem: "Problem", members: "Members", found: "list[FoundSubmission]",
          only: tuple[str, ...]) -> "tuple[Members, list[FoundSubmission]]":  # fmt: skip
    """The class without those who were never graded: to list them as missing would be wrong."""
    filed = store.filed(problem.digest, __version__)
    kept = [each for each in found if each.id in only or (each.id, each.digest()) in filed]
    ungraded = {each.id for each in found} - {each.id for each in kept}
    students = tuple(student for student in members.students if student.id not in ungraded)
    return replace(members, students=students), kept


def _check_ids(ids: tuple[str, ...], members: "Members", option: str) -> None:
    from difflib import get_close_matches

    known = [each.id for each in members.found] + [student.id for student in members.students]
    for name in ids:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            suggestion = f"; did you mean {close[0]!r}?" if close else "."
            raise click.BadParameter(f"nobody has the id {name!r}{suggestion}", param_hint=option)


def _converted(
    found: "list[FoundSubmission]", course: Path | None, folder: Path
) -> "tuple[list[FoundSubmission], list[str]]":
    """The submissions with their scans as Markdown, made by the programs that the course names."""
    if course is None:
        return found, []
    from grader.batch.convert import convert
    from grader.course.course_file import read_course

    return convert(found, read_course(course), folder / "converted")


def _grade(store: "Store", problem: "Problem", found: "list[FoundSubmission]", engine: "Engine",
           fresh: bool, progress: Progress) -> None:  # fmt: skip
    from grader.batch import run

    due = run.begin(store, problem, found, fresh)
    progress.start("Grading", len(due), len(found) - len(due))
    if due:
        with engine:
            for done in run.graded(store, problem, due, engine):
                progress.advance(len(done))
                for graded in done:
                    if graded.failure:
                        progress.note(f"{graded.id}: {graded.failure}; a human must look at it")
    run.finish(store, problem)


def _shard(found: "list[FoundSubmission]", text: str) -> "list[FoundSubmission]":
    """The submissions of one part of the class, such as `3/20`."""
    from grader.batch.merge import shard

    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        message = "write it as 3/20, for part 3 of 20."
        raise click.BadParameter(message, param_hint="--shard")
    return shard(found, int(number), int(of))


def _check_apart(folder: Path, submissions: Path) -> None:
    """Refuse a results folder among the submissions: the next run would grade it as a submission."""
    if submissions.is_dir() and folder.resolve().is_relative_to(submissions.resolve()):
        message = f"{folder} is among the submissions; choose a folder outside {submissions}."
        raise click.BadParameter(message, param_hint="--out")


def _needs_review(gradebook: "Gradebook") -> bool:
    from grader.course import StudentStatus

    return any(
        s.status in (StudentStatus.NEEDS_REVIEW, StudentStatus.ERROR) for s in gradebook.standings
    )


def _print_summary(gradebook: "Gradebook", folder: Path) -> None:
    from grader.reports import class_table

    class_table.show(gradebook)
    click.echo(f"\nFeedback   {folder / 'submissions'}/<id>/feedback.html")
    click.echo(f"Instructor {folder / 'instructor'}/<id>.html")
    click.echo(f"Gradebook  {folder / 'gradebook.csv'}")
    waiting = sum(q.needs_review for report in gradebook.reports for q in report.questions)
    if waiting:
        answers = "1 answer needs" if waiting == 1 else f"{waiting} answers need"
        click.echo(f"Review     {folder / 'needs-review.csv'}: {answers} a human")


def _summary(gradebook: "Gradebook", folder: Path) -> dict[str, object]:
    return {
        "out": str(folder),
        "submissions": [
            {
                "id": standing.student.id,
                "score": standing.score,
                "pending": standing.pending,
                "max_score": gradebook.max_score,
                "needs_review": standing.status.value in ("needs review", "error"),
                "status": standing.status.value,
            }
            for standing in gradebook.standings
        ],
    }
