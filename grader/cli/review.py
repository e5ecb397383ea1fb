"""`grader review RESULTS`: decide the answers that need a human, one by one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import results_argument

if TYPE_CHECKING:
    from grader.batch.store import Store
    from grader.result import QuestionResult, Report

_KEYS = "points (s: skip, q: quit)"
_CONFIRM = "c: confirm {points:g} points, or points (s: skip, q: quit)"


@click.command(name="review", short_help="Decide the answers that need a human.")
@results_argument
@click.option("-q", "--question", "questions", multiple=True, metavar="ID",
              help="Only this question. You can repeat this option.")  # fmt: skip
def command(results: Path, questions: tuple[str, ...]) -> None:
    """Go through the answers in RESULTS that wait for a human, and decide each.

    \b
    Examples:
      grader review results/cs1678-hw3
      grader review results/cs1678-hw3 -q q5

    For each answer you see the student's text, the reason, and the reference. Type the points, then
    a comment for the student or nothing. `s` skips an answer, `q` quits. Your decisions are saved. For an
    answer that was converted from a scan, `c` confirms that it was read as it stands on the page.
    """
    from grader.batch import Store
    from grader.cli.classwork import report

    with Store.existing(results) as store:
        waiting = [
            (standing.report, question)
            for standing in store.gradebook().standings
            if standing.report is not None
            for question in standing.report.questions
            if question.needs_review and (not questions or question.id in questions)
        ]
        decided = 0
        try:
            for number, (student_report, question) in enumerate(waiting, 1):
                _show(f"{number} of {len(waiting)}", student_report, question)
                reply = _asked(question)
                if reply == "q":
                    break
                decided += _decided(store, student_report, question, reply)
        finally:
            report(store, "1")
    left = len(waiting) - decided
    click.echo(f"{decided} decided, {left} left." if waiting else "No answer waits for you.")


def _show(count: str, report: "Report", question: "QuestionResult") -> None:
    from grader.reports.needs_review import reason
    from grader.reports.plain_text import block, one_line

    click.echo()
    title = f"{count}  {one_line(report.submission.id, 40)}  {question.id}"
    click.secho(title, bold=True, nl=False)
    click.echo(f"  (at most {question.max_score:g})")
    if question.prompt:
        click.echo(f"  question:  {one_line(question.prompt, 300)}")
    if question.answer:
        place = f"{question.answer.path}:{question.answer.line}" if question.answer.line else ""
        click.echo(f"  answer:    {one_line(place, 80)}")
        click.echo(f"{block(question.answer.text[:2000])}")
    click.echo(f"  reason:    {one_line(reason(question), 400)}")
    if question.instructor and question.instructor.reference:
        click.echo(f"  reference: {one_line(question.instructor.reference, 400)}")


def _asked(question: "QuestionResult") -> str:
    """The instructor's reply: `s`, `q`, or points within the range of the question."""
    proposed = question.instructor.proposed if question.instructor else None
    keys = _KEYS if proposed is None else _CONFIRM.format(points=proposed)
    while True:
        reply = str(click.prompt(f"  {keys}", prompt_suffix=" > ")).strip().lower()
        if reply in ("s", "q"):
            return reply
        if reply == "c" and proposed is not None:
            return f"{proposed!r}c"
        try:
            if 0 <= float(reply) <= question.max_score:
                return reply
        except ValueError:
            pass
        click.echo(f"  Type a number from 0 to {question.max_score:g}, `s` or `q`.")


def _decided(store: "Store", report: "Report", question: "QuestionResult", reply: str) -> bool:
    """Store the decision and the comment; False if the answer is skipped."""
    from grader.batch.overrides import decide

    if reply == "s":
        return False
    if reply.endswith("c"):
        decide(store, report.submission.id, question.id, float(reply[:-1]), "reading confirmed")
        return True
    comment = str(click.prompt("  comment", default="", show_default=False, prompt_suffix=" > "))
    decide(store, report.submission.id, question.id, float(reply), comment.strip())
    return True
