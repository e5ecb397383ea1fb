"""`grader new DIR`: a new problem, ready to be changed."""

import sys
from pathlib import Path

import click

_LOSSES = ["squared-error", "cross-entropy", "logistic", "upstream"]
_ACTIVATIONS = ["relu", "sigmoid", "tanh", "leaky_relu", "softplus"]
_DEFAULTS = {
    "layers": "4,3,2",
    "activation": "relu",
    "loss": "squared-error",
    "bias": True,
    "batch": 0,
}


@click.command(name="new", short_help="Write a new problem.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--layers", metavar="N,N,…", help="Sizes from input to output.  [default: 4,3,2]")
@click.option("--activation", type=click.Choice(_ACTIVATIONS), help="After every layer but the last.  "
              "[default: relu]")  # fmt: skip
@click.option("--loss", type=click.Choice(_LOSSES), help="`upstream`: only its gradient is known.  "
              "[default: squared-error]")  # fmt: skip
@click.option("--bias/--no-bias", default=None, help="Biases or none.  [default: bias]")
@click.option("--batch", type=click.IntRange(0, 64), metavar="N", help="Examples, one a row; 0 for one "
              "example as a column.  [default: 0]")  # fmt: skip
@click.option("--title", default="", help="The title.  [default: the folder's name]")
def command(
    folder: Path,
    layers: str | None,
    activation: str | None,
    loss: str | None,
    bias: bool | None,
    batch: int | None,
    title: str,
) -> None:
    """Write a problem into DIR: a network, a question for every gradient, and all that goes with it.

    On a terminal, it asks for what no option gives. The problem is sound as written (grader validate
    DIR); change it to what your course asks.

    \b
    Examples:
      grader new my-homework
      grader new hw4 --layers 5,4,3 --activation tanh --loss cross-entropy --batch 6
      grader new hw5 --layers 3,1 --loss logistic --no-bias
    """
    from grader.authoring.scaffold import Network, write

    given = {"layers": layers, "activation": activation, "loss": loss, "bias": bias, "batch": batch}
    chosen = {name: _asked(name) if value is None else value for name, value in given.items()}
    network = Network(
        _sizes(str(chosen["layers"])), str(chosen["activation"]), str(chosen["loss"]),
        bool(chosen["bias"]), int(str(chosen["batch"])),
    )  # fmt: skip
    for file in write(folder, title, network):
        click.echo(file)
    click.echo(
        f"\nNext: grader validate {folder}, then make it yours in {folder / 'problem.yaml'}."
    )


def _asked(name: str) -> object:
    """The answer of whoever sits at the terminal; the default where nobody does."""
    default = _DEFAULTS[name]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    match name:
        case "layers":
            return click.prompt("Sizes from input to output", default=default)
        case "activation":
            return click.prompt("Activation", default=default, type=click.Choice(_ACTIVATIONS))
        case "loss":
            return click.prompt("Loss", default=default, type=click.Choice(_LOSSES))
        case "bias":
            return click.confirm("Biases?", default=True)
    question = "Examples in a batch (0: one, as a column)"
    return click.prompt(question, default=default, type=click.IntRange(0, 64))


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(size) for size in text.replace("-", ",").split(","))
    except ValueError:
        message = f"{text!r} is not a list of sizes; write 4,3,2"
        raise click.BadParameter(message, param_hint="--layers") from None
