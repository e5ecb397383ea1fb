"""`grader new DIR`: create a new problem, for you to edit."""

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


@click.command(name="new", short_help="Create a new problem.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--layers", metavar="N,N,…", help="Sizes of the layers, from input to output.  "
              "[default: 4,3,2]")  # fmt: skip
@click.option("--activation", type=click.Choice(_ACTIVATIONS), help="The activation after each layer "
              "except the last.  [default: relu]")  # fmt: skip
@click.option("--loss", type=click.Choice(_LOSSES), help="The loss. With `upstream` the problem gives "
              "only the gradient of the loss by the output.  [default: squared-error]")  # fmt: skip
@click.option("--bias/--no-bias", default=None, help="With or without biases.  [default: bias]")
@click.option("--batch", type=click.IntRange(0, 64), metavar="N", help="N examples as the rows of a "
              "matrix. 0: one example, as a column.  [default: 0]")  # fmt: skip
@click.option("--from", "source", metavar="NAME", help="Copy a problem that comes with the grader "
              "(`grader problems` lists them). The options for networks do not apply.")  # fmt: skip
@click.option(
    "--title", metavar="TEXT", default="", help="The title.  [default: the folder's name]"
)
def command(
    folder: Path,
    layers: str | None,
    activation: str | None,
    loss: str | None,
    bias: bool | None,
    batch: int | None,
    source: str | None,
    title: str,
) -> None:
    """Create a problem in the folder DIR: a network with a question for each gradient, and test cases.

    On a terminal, it asks for the options that you leave out. The problem is sound as it is; edit it
    to fit your course.

    \b
    Examples:
      grader new my-homework
      grader new hw4 --layers 5,4,3 --activation tanh --loss cross-entropy --batch 6
      grader new hw5 --layers 3,1 --loss logistic --no-bias
      grader new hw6 --from lstm-cell

    \b
    Next steps:
      grader validate my-homework   prove that it is sound, after each edit
      grader handout my-homework    print it for your students
      grader key my-homework        print the worked key for you
    """
    from grader.authoring.scaffold import Network, write

    if source is not None:
        if title or not all(value is None for value in (layers, activation, loss, bias, batch)):
            raise click.UsageError("--from copies a problem as it is: leave out the other options.")
        from grader.authoring import library

        for file in library.copy(source, folder):
            click.echo(file)
        click.echo(f"\nNext: edit {folder / 'problem.yaml'}, then run `grader validate {folder}`.")
        return
    given = {"layers": layers, "activation": activation, "loss": loss, "bias": bias, "batch": batch}
    chosen = {name: _asked(name) if value is None else value for name, value in given.items()}
    network = Network(
        _sizes(str(chosen["layers"])), str(chosen["activation"]), str(chosen["loss"]),
        bool(chosen["bias"]), int(str(chosen["batch"])),
    )  # fmt: skip
    for file in write(folder, title, network):
        click.echo(file)
    click.echo(f"\nNext: run `grader validate {folder}`, then edit {folder / 'problem.yaml'}.")


def _asked(name: str) -> object:
    """Ask on the terminal; the default if there is no terminal."""
    default = _DEFAULTS[name]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    match name:
        case "layers":
            return click.prompt("Sizes of the layers, from input to output", default=default)
        case "activation":
            return click.prompt("Activation", default=default, type=click.Choice(_ACTIVATIONS))
        case "loss":
            return click.prompt("Loss", default=default, type=click.Choice(_LOSSES))
        case "bias":
            return click.confirm("With biases?", default=True)
    question = "Examples in a batch (0: one example, as a column)"
    return click.prompt(question, default=default, type=click.IntRange(0, 64))


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(size) for size in text.replace("-", ",").split(","))
    except ValueError:
        message = f"{text!r} is not a list of sizes; write it as 4,3,2."
        raise click.BadParameter(message, param_hint="--layers") from None
