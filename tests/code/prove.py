"""Prove the judgements: run the code and compare with differences of the loss.

    python tests/code/prove.py FOLDER [NAME …]

The loss is the one in `expected.yaml`, in plain NumPy, so that nothing of the grader is trusted; its own
references are compared, too. See README.md.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
from documents import HERE, Expected, documents, expected, program
from running import Values, values

from grader import draw, load_problem
from grader import key as keys

DRAWS = 4
STEP = 1e-6
NEAR = 2e-7


def given(name: str, count: int = DRAWS) -> list[dict[str, np.ndarray]]:
    """The symbols of a problem on some draws, as students get them."""
    drawn = draw(load_problem(HERE / name), "proof", count)
    return [{symbol: array[k] for symbol, array in drawn.items()} for k in range(count)]


def differences(said: Expected, question: str, symbols: Values) -> np.ndarray:
    """The derivative of the loss by differences: by a symbol, or by what `nudge` names in the loss.

    A `loss` that is an array gives its Jacobian.
    """
    wrt = said.answers[question].wrt
    body = compile(said.run.loss, "<loss>", "exec")
    shape: list[tuple[int, ...]] = []

    def loss(step: np.ndarray | None) -> np.ndarray:
        def nudge(name: str, value: Any) -> Any:
            if name != wrt:
                return value
            shape.append(np.shape(value))
            return value if step is None else value + step.reshape(np.shape(value))

        space: dict[str, Any] = {"np": np, "nudge": nudge, **symbols}
        if wrt in symbols:
            space[wrt] = nudge(wrt, np.array(symbols[wrt]))
        exec(body, space)
        return np.array(space[said.answers[question].of], dtype=np.float64)

    whole = loss(None)
    size = int(np.prod(shape[0]))
    slopes = [
        (loss(STEP * unit) - loss(-STEP * unit)) / (2 * STEP) for unit in np.eye(max(size, 1))
    ]
    return np.moveaxis(np.array(slopes), 0, -1).reshape(whole.shape + shape[0])


def squeezed(array: np.ndarray) -> np.ndarray:
    """An array without axes of length one: a vector may lie or stand."""
    return np.squeeze(np.asarray(array))


def agree(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two arrays are the same to the precision of differences."""
    one, two = squeezed(one), squeezed(two)
    scale = 1 + float(np.max(np.abs(two), initial=0.0))
    return one.shape == two.shape and bool(np.max(np.abs(one - two), initial=0.0) < NEAR * scale)


def faults(document: Path) -> Iterator[str]:
    """What is not so in the judgement of a document."""
    name, said = document.stem, expected(document.stem)
    draws = given(name)
    found = values([program(document)], said, draws)[0]
    key = keys.build(load_problem(HERE / name)).drawn_for("proof", DRAWS)
    for question, answer in said.answers.items():
        slopes = [differences(said, question, symbols) for symbols in draws]
        reference = key[question].expected
        if not all(agree(reference[k], slopes[k]) for k in range(DRAWS)):
            yield f"{question}: the reference of the problem is not the derivative of the loss"
        missing = [run.get("__fault__", "") for run in found if question not in run]
        if missing:
            yield f"{question}: {answer.value} has no value: {missing[0]}"
            continue
        right = all(agree(found[k][question], slopes[k]) for k in range(DRAWS))
        if right != (answer.verdict == "correct") and answer.verdict != "arguable":
            yield f"{question}: {answer.value} is {'right' if right else 'wrong'}" + _ratio(
                found[0][question], slopes[0]
            )


def _ratio(one: np.ndarray, two: np.ndarray) -> str:
    one, two = squeezed(one), squeezed(two)
    if one.shape != two.shape:
        return f", shapes {one.shape} and {two.shape}"
    with np.errstate(all="ignore"):
        return f", by {np.array2string(one / two, precision=4, threshold=12)}"


def _counts(said: Mapping[str, Any]) -> str:
    kinds = [answer.verdict for answer in said.values()]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("names", nargs=-1)
def main(folder: Path, names: tuple[str, ...]) -> None:
    """Print what is not so."""
    for document in documents(folder, names):
        wrong = list(faults(document))
        click.echo(f"{document.stem}: {_counts(expected(document.stem).answers)}")
        for line in wrong:
            click.echo(f"    {line}")


if __name__ == "__main__":
    main()
