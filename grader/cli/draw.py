"""`grader draw PROBLEM --student ID`: the values from which a student computes arrays."""

from pathlib import Path

import click

from grader.cli.options import as_json_option, echo_json, problem_argument


@click.command(name="draw", short_help="Write a student's own draw.")
@problem_argument
@click.option("--student", required=True, metavar="ID", help="The student's id: the name of their "
              "submission, without its extension.")  # fmt: skip
@click.option("--count", type=click.IntRange(1, 256), metavar="N", default=1, show_default=True,
              help="The number of draws. If above 1, the first axis of each array counts "
              "draws.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              metavar="FOLDER", help="The folder for draw-ID.npz.  [default: this folder]")  # fmt: skip
@as_json_option
def command(problem: Path, student: str, count: int, out: Path, format_: str) -> None:
    """Write the values of all symbols for one student to draw-ID.npz, and print them.

    \b
    Examples:
      grader draw problems/cs1678-hw3 --student student-06
      grader draw problems/cs1678-hw3 --student student-06 --count 8 --out draws/

    Compute each gradient from these values with your own code, and save the arrays by question id:

    \b
      values = np.load("draw-student-06.npz")
      h1 = np.maximum(values["W1"] @ values["x"], 0)
      h2 = values["W2"] @ h1
      np.savez("student-06.npz", q1=values["delta"] * h2[0], q3=values["delta"] * h2)

    \b
    Hand in that file. You can check it first:
      grader check problems/cs1678-hw3 student-06.npz
    """
    import numpy as np

    from grader import key as keys
    from grader.problem import load
    from grader.reports import draw_text
    from grader.reports.folder_name import folder_name

    _check_id(student)
    key = keys.build(load(problem)).drawn_for(student, count)
    values = keys.published_values(key)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"draw-{folder_name(student)}.npz"
    np.savez(file, allow_pickle=False, **values)
    if format_ == "json":
        lists = {name: array.tolist() for name, array in values.items()}
        echo_json({"student": student, "count": count, "file": str(file), "values": lists})
    else:
        click.echo(draw_text.render(values, student, key.problem.title, key.problem.variant))
        click.echo(f"\nWrote {file}")


def _check_id(student: str) -> None:
    """Refuse the name of a file as an id: grading drops its extension, and so takes another draw."""
    from grader.submission.formats import BY_SUFFIX

    path = Path(student)
    if not student.strip() or path.name != student:
        raise click.BadParameter("give an id, not a path.", param_hint="--student")
    if path.suffix.lower() in BY_SUFFIX:
        message = f"{student!r} is the name of a file; the id is {path.stem!r}."
        raise click.BadParameter(message, param_hint="--student")
