"""`grader draw PROBLEM --student ID`: the numbers that a student computes arrays from."""

from pathlib import Path

import click

from grader.cli.options import as_json_option, echo_json, problem_argument


@click.command(name="draw", short_help="Publish a student's draw.")
@problem_argument
@click.option("--student", required=True, metavar="ID", help="The student's id: the name of the "
              "file or folder that they hand in, without its ending.")  # fmt: skip
@click.option("--count", type=click.IntRange(1, 256), default=1, show_default=True,
              help="How many draws; several come as a leading axis, and tell more.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              metavar="FOLDER", help="Where draw-ID.npz goes.  [default: here]")  # fmt: skip
@as_json_option
def command(problem: Path, student: str, count: int, out: Path, format_: str) -> None:
    """Write the symbols' values for one student as draw-ID.npz, and print them.

    \b
    Examples:
      grader draw problems/cs1678-hw3 --student student-06
      grader draw problems/cs1678-hw3 --student student-06 --count 8 --out draws/

    Compute each gradient from these values with your own code, save the arrays by question id
    (np.savez("student-06.npz", q1=..., q11=...)), and hand that file in.
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
        click.echo(f"\nWritten to {file}")


def _check_id(student: str) -> None:
    """An id given as the name of a file would publish another draw than the one compared with."""
    from grader.submission.formats import BY_SUFFIX

    path = Path(student)
    if not student.strip() or path.name != student:
        raise click.BadParameter("is no id: give a name, not a path.", param_hint="--student")
    if path.suffix.lower() in BY_SUFFIX:
        message = f"{student!r} is the name of a file; the id is {path.stem!r}."
        raise click.BadParameter(message, param_hint="--student")
