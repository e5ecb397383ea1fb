"""The text of `problem.yaml` for a network, as an author would write it."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.authoring.scaffold.network import Network

SCHEMA = "problem.schema.json"
_ACTIVATION_LATEX = {"relu": r"\sigma", "leaky_relu": r"\sigma"}
_LOSSES = {
    "squared-error": r"half the squared error, $l = \frac{1}{2} \sum (z - y)^2$",
    "cross-entropy": r"the cross-entropy of a softmax with a one-hot label, $l = -\sum_k y_k \log p_k$",
    "logistic": r"the cross-entropy of a sigmoid with a label 0 or 1",
    "upstream": r"given by its gradient at the output, $G$, and has no closed form",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How to write a network: one example as a column in small letters, a batch of rows in capitals."""

    network: Network

    @property
    def batch(self) -> bool:
        """Whether the network takes a batch of examples."""
        return self.network.batch > 0

    def letter(self, name: str) -> str:
        """The name of a quantity that has a value for each example."""
        return name.upper() if self.batch else name

    def state(self, layer: int) -> str:
        """The input of a layer: `x`, or the hidden units before it."""
        return self.letter("x") if layer == 1 else f"{self.letter('h')}{layer - 1}"

    def scores(self, layer: int) -> str:
        """The name of what a layer computes before its activation."""
        return f"{self.letter('z')}{layer}"

    def shape(self, layer: int) -> str:
        """The shape of a quantity with an entry for each unit of a layer."""
        return f"[N, n{layer}]" if self.batch else f"[n{layer}]"

    def latex(self, name: str) -> str:
        """`W2` as `W^2`."""
        return f"{name[:-1]}^{name[-1]}" if name[-1:].isdigit() else name


def problem_yaml(name: str, title: str, network: Network, seed: int) -> str:
    """The text of `problem.yaml`."""
    style = Style(network)
    parts = [
        f"# yaml-language-server: $schema={SCHEMA}",
        f"id: {name}",
        f"title: '{_quoted(title)}'",
        "description: |",
        *(f"  {line}" for line in _description(style)),
        "index_base: 1                       # W1[1,1] is the first entry, as on paper",
        f"draws: {{count: 32, seed: {seed}}}",
        "",
        f"dimensions: {{{_dimensions(network)}}}",
        "",
        "symbols:",
        *(f"  {line}" for line in _symbols(style)),
        "",
        *(("functions:", f"  {_function(network)}", "") if network.layers > 1 else ()),
        "model:",
        *(f"  {line}" for line in _model(style)),
        "",
        "questions:",
        *(f"  {line}" for line in _questions(style)),
    ]
    return "\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")


def _description(style: Style) -> Iterator[str]:
    network = style.network
    words = "one layer" if network.layers == 1 else f"{network.layers} layers"
    biases = "with biases" if network.bias else "without biases"
    examples = (
        f"for a batch of $N = {network.batch}$ examples, one in each row of ${style.state(1)}$"
        if style.batch
        else "for one example, a column"
    )
    yield f"A network of {words}, {biases}, {examples}."
    if network.layers > 1:
        yield f"The activation after every layer but the last is {network.activation.replace('_', ' ')}."
    yield f"The loss is {_LOSSES[network.loss]}" + (
        ", averaged over the batch." if style.batch and network.loss != "upstream" else "."
    )


def _dimensions(network: Network) -> str:
    sizes = [f"n{at}: {size}" for at, size in enumerate(network.sizes)]
    return ", ".join([f"N: {network.batch}", *sizes] if network.batch else sizes)


def _symbols(style: Style) -> Iterator[str]:
    network, last = style.network, style.network.layers
    x = style.state(1)
    yield f"{x}: {{shape: {style.shape(0)}, latex: {x}}}"
    for layer in range(1, last + 1):
        shape = f"[n{layer - 1}, n{layer}]" if style.batch else f"[n{layer}, n{layer - 1}]"
        yield f"W{layer}: {{shape: {shape}, latex: W^{layer}}}"
        if network.bias:
            shape = f"[1, n{layer}]" if style.batch else f"[n{layer}]"
            yield f"b{layer}: {{shape: {shape}, latex: b^{layer}}}"
    y = style.letter("y")
    match network.loss:
        case "squared-error":
            yield f"{y}: {{shape: {style.shape(last)}, latex: {y}}}"
        case "cross-entropy":
            yield f"{y}: {{shape: {style.shape(last)}, latex: {y}, draw: one_hot}}"
        case "logistic":
            yield f"{y}: {{shape: {style.shape(last)}, latex: {y}, draw: mask}}"
        case _:
            yield f"G: {{shape: {style.shape(last)}, latex: G}}"


def _function(network: Network) -> str:
    letter = _ACTIVATION_LATEX.get(network.activation, r"\sigma")
    return f"sigma: {{is: {network.activation}, latex: {letter}}}"


def _model(style: Style) -> Iterator[str]:
    network, last = style.network, style.network.layers
    for layer in range(1, last + 1):
        state, scores = style.state(layer), style.scores(layer)
        product = f"{state} @ W{layer}" if style.batch else f"W{layer} @ {state}"
        bias = f" + b{layer}" if network.bias else ""
        yield f"{scores}: {{is: {product}{bias}, latex: {style.latex(scores)}}}"
        if layer < last:
            hidden = style.state(layer + 1)
            yield f"{hidden}: {{is: sigma({scores}), latex: {style.latex(hidden)}}}"
    yield from _loss(style, style.scores(last))


def _loss(style: Style, scores: str) -> Iterator[str]:
    y, p = style.letter("y"), style.letter("p")
    latex = r"latex: [l, \ell, L, '\mathcal{L}']"
    mean = "/N" if style.batch else ""
    match style.network.loss:
        case "squared-error":
            half = "/(2*N)" if style.batch else "/2"
            yield f"l: {{is: sum(({scores} - {y})**2){half}, {latex}}}"
        case "cross-entropy":
            axis = ", axis=1" if style.batch else ""
            yield f"{p}: {{is: 'softmax({scores}{axis})', latex: [{p}, '\\hat{{{y}}}']}}"
            yield f"l: {{is: '-sum({y}*log({p})){mean}', {latex}}}"
        case "logistic":
            yield f"{p}: {{is: sigmoid({scores}), latex: [{p}, '\\hat{{{y}}}']}}"
            terms = f"{y}*log({p}) + (1 - {y})*log(1 - {p})"
            yield f"l: {{is: '-sum({terms}){mean}', {latex}}}"
        case _:
            yield f"l: {{upstream: {{{scores}: G}}, {latex}}}"


def _questions(style: Style) -> Iterator[str]:
    for number, (wrt, points, free, prompt) in enumerate(_asked(style), 1):
        yield f"- id: q{number}"
        yield f"  points: {points}"
        yield "  of: l"
        yield f"  wrt: {wrt}"
        if free:
            yield f"  free: {{{free}}}"
        yield "  prompt: >-"
        yield f"    {prompt}"


def _asked(style: Style) -> Iterator[tuple[str, int, str, str]]:
    """(wrt, points, index variables, prompt) of each question, from the output backwards."""
    network, last = style.network, style.network.layers
    for layer in range(last, 0, -1):
        scores = style.scores(layer)
        if layer < last:
            hidden = style.state(layer + 1)
            yield hidden, 1, "", _prompt(style, hidden, "the hidden units")
        if not (layer == last and network.loss == "upstream"):
            what = "the output" if layer == last else "what goes into the activation"
            yield scores, 1, "", _prompt(style, scores, what)
        yield f"W{layer}", 2, "", _prompt(style, f"W{layer}", f"the weights of layer {layer}")
        if network.bias:
            yield f"b{layer}", 1, "", _prompt(style, f"b{layer}", f"the biases of layer {layer}")
    rows, columns = ("n0", "n1") if style.batch else ("n1", "n0")
    prompt = (
        r"Write the derivative with respect to any one weight of the first layer, "
        r"$\frac{\partial l}{\partial W^1_{i,j}}$, as an expression in $i$ and $j$."
    )
    yield "'W1[i,j]'", 2, f"i: {rows}, j: {columns}", prompt
    x = style.state(1)
    yield x, 1, "", _prompt(style, x, "the input")


def _prompt(style: Style, name: str, words: str) -> str:
    return (
        f"What is the gradient of the loss with respect to {words}, "
        rf"$\frac{{\partial l}}{{\partial {style.latex(name)}}}$?"
    )
