"""`grader draw PROBLEM --student ID`: the numbers that a student computes arrays from."""

from pathlib import Path

import click
import numpy as np

from grader import key as keys
from grader.problem import load
from grader.reports import draw_text


@click.command(name="draw", short_help="Publish a student's draw.")
@click.argument("problem", type=click.Path(exists=True, path_type=Path))
@click.option("--student", required=True, metavar="ID", help="The student's id, which is the name "
              "of the file or folder that they hand in.")  # fmt: skip
@click.option("--count", type=click.IntRange(1, 256), default=1, show_default=True,
              help="How many draws; several come as a leading axis, and tell more.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
              metavar="FOLDER", help="Where the .npz goes.  [default: here]")  # fmt: skip
def command(problem: Path, student: str, count: int, out: Path) -> None:
    """Write the symbols' values for one student as draw-ID.npz, and print them.

    \b
    grader draw problems/cs1678-hw3 --student student-06

    Compute each gradient from these values with your own code, save the arrays by question id
    (np.savez("student-06.npz", q1=..., q11=...)), and hand that file in.
    """
    key = keys.build(load(problem)).drawn_for(student, count)
    values = keys.published_values(key)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"draw-{Path(student).name}.npz"
    np.savez(file, allow_pickle=False, **values)
    click.echo(draw_text.render(values, student, key.problem.title))
    click.echo(f"\nWritten to {file}")
