"""Small forward models, each with the same steps for HIPS autograd.

`STORIES` is what reverse mode, the printing of references and the keys are tested on. A question
names what is differentiated twice: as text for the grader, as a function for the oracle.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

Values = Mapping[str, Any]
Step = Callable[[Values], Any]

HEAD = """\
id: story
draws: {count: 16, seed: 5}
dimensions: {m: 2, n: 3}
symbols:
  W: {shape: [m, n]}
  V: {shape: [n, m]}
  S: {shape: [n, n]}
  b: {shape: [m]}
  x: {shape: [n]}
  y: {shape: [m], draw: one_hot}
  p: {shape: [n], draw: positive}
  d: {shape: []}
  t: {shape: [], draw: positive}
functions:
  s: {is: sigmoid}
"""


@dataclass(frozen=True, eq=False)
class Ask:
    """One question: its YAML without the id, and its oracle.

    The oracle differentiates `of` (a function of all values) by the whole of `wrt` and hands the
    Jacobian, of shape (shape of `of`…, shape of `wrt`…), to `pick`.
    """

    text: str
    of: Step
    wrt: str
    pick: Callable[[Any], Any] = lambda jacobian: jacobian


@dataclass(frozen=True, eq=False)
class Story:
    name: str
    model: Mapping[str, str]
    steps: Mapping[str, Step]
    asks: tuple[Ask, ...]

    @property
    def text(self) -> str:
        model = "".join(f"  {name}: {how}\n" for name, how in self.model.items())
        asks = "".join(f"  - {{id: q{at}, {ask.text}}}\n" for at, ask in enumerate(self.asks))
        return f"{HEAD}model:\n{model}questions:\n{asks}"

    def run(self, values: Values) -> dict[str, Any]:
        """All quantities; one that is in `values` already is taken from there."""
        done = dict(values)
        for name, step in self.steps.items():
            if name not in done:
                done[name] = step(done)
        return done

    def expected(self, ask: Ask, symbols: Values) -> np.ndarray:
        """The derivative on one draw, by autograd."""
        at = self.run(symbols)[ask.wrt]

        def function(wrt: Any) -> Any:
            return ask.of(self.run({**symbols, ask.wrt: wrt})) + 0.0 * anp.sum(wrt)

        return np.asarray(ask.pick(autograd.jacobian(function)(np.asarray(at))))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + anp.exp(-x))


def relu(x: Any) -> Any:
    return anp.where(x > 0, x, 0.0)


def softmax(z: Any) -> Any:
    return anp.exp(z) / anp.sum(anp.exp(z))


def total(x: Any) -> Any:
    return anp.sum(x)


def column(jacobian: Any) -> Any:
    """∂(column)/∂(column) without the thin axes."""
    return jacobian[:, 0, :, 0]


def of(name: str) -> Step:
    return lambda v: v[name]


def scalar(name: str) -> Step:
    return lambda v: anp.sum(v[name])


LINEAR: dict[str, Step] = {"z": lambda v: anp.dot(v["W"], v["x"])}
BIASED: dict[str, Step] = {"z": lambda v: anp.dot(v["W"], v["x"]) + v["b"]}

STORIES = (
    Story(
        "a linear layer",
        {"z": "{is: W @ x}"},
        LINEAR,
        (
            Ask("of: z, wrt: x", of("z"), "x", column),
            Ask("of: 'z[2]', wrt: x", of("z"), "x", lambda J: J[1, 0]),
            Ask("of: 'z[1]', wrt: W", of("z"), "W", lambda J: J[0, 0]),
            Ask("of: 'z[2]', wrt: 'W[2,3]'", of("z"), "W", lambda J: J[1, 0, 1, 2]),
            Ask("of: 'z[1]', wrt: 'W[2,3]'", of("z"), "W", lambda J: J[0, 0, 1, 2]),
            Ask("of: z, wrt: 'W[2,3]'", of("z"), "W", lambda J: J[:, :, 1, 2]),
            Ask("of: 'z[i]', wrt: 'x[j]', free: {i: m, j: n}", of("z"), "x", column),
            Ask("of: 'z[i]', wrt: 'W[i,j]', free: {i: m, j: n}", of("z"), "W",
                lambda J: np.einsum("iij->ij", J[:, 0])),
            Ask("of: 'z[i]', wrt: 'W[k,j]', free: {i: m, k: m, j: n}", of("z"), "W",
                lambda J: J[:, 0].reshape(2, 6)),
            Ask("of: sum(z), wrt: d", scalar("z"), "d"),
            Ask("of: z, wrt: b", lambda v: v["z"] + 0.0 * v["b"], "b", column),
            Ask("of: d*z, wrt: d", lambda v: v["d"] * v["z"], "d", lambda J: J[:, :, 0, 0]),
        ),
    ),
    Story(
        "a sigmoid network with biases",
        {
            "z": "{is: W @ x + b}", "h": "{is: s(z)}", "u": "{is: V @ h}", "a": "{is: tanh(u)}",
            "l": "{is: 0.5*sum((a - p)**2)}",
        },
        {
            **BIASED, "h": lambda v: sigmoid(v["z"]), "u": lambda v: anp.dot(v["V"], v["h"]),
            "a": lambda v: anp.tanh(v["u"]), "l": lambda v: 0.5 * total((v["a"] - v["p"]) ** 2),
        },
        (
            Ask("of: l, wrt: W", of("l"), "W"),
            Ask("of: l, wrt: b", of("l"), "b"),
            Ask("of: l, wrt: V", of("l"), "V"),
            Ask("of: l, wrt: x", of("l"), "x"),
            Ask("of: l, wrt: h", of("l"), "h"),
            Ask("of: l, wrt: z", of("l"), "z"),
            Ask("of: l, wrt: 'W[1,2]'", of("l"), "W", lambda J: J[0, 1]),
            Ask("of: l, wrt: 'W[i,j]', free: {i: m, j: n}", of("l"), "W"),
            Ask("of: l, wrt: 'V[j,i]', free: {j: n, i: m}", of("l"), "V"),
            Ask("of: l, wrt: 'h[k]', free: {k: m}", of("l"), "h"),
            Ask("of: a, wrt: x", of("a"), "x", column),
            Ask("of: a, wrt: h", of("a"), "h", column),
            Ask("of: 'a[k]', wrt: 'W[i,j]', free: {k: n, i: m, j: n}", of("a"), "W",
                lambda J: J[:, 0].reshape(3, 6)),
            Ask("of: l, wrt: S", lambda v: v["l"] + 0.0 * total(v["S"]), "S"),
        ),
    ),
    Story(
        "softmax and cross-entropy",
        {"z": "{is: W @ x + b}", "q": "{is: softmax(z)}", "l": "{is: -sum(y*log(q))}",
         "L": "{is: -sum(y*log_softmax(z))}", "M": "{is: logsumexp(z) - y.T @ z}"},
        {**BIASED, "q": lambda v: softmax(v["z"]),
         "l": lambda v: -total(v["y"] * anp.log(v["q"])), "L": of("l"), "M": of("l")},
        (
            Ask("of: l, wrt: z", of("l"), "z"),
            Ask("of: l, wrt: W", of("l"), "W"),
            Ask("of: L, wrt: W", of("l"), "W"),
            Ask("of: M, wrt: W", of("l"), "W"),
            Ask("of: l, wrt: q", of("l"), "q"),
            Ask("of: L, wrt: 'W[i,j]', free: {i: m, j: n}", of("l"), "W"),
            Ask("of: M, wrt: 'b[i]', free: {i: m}", of("l"), "b"),
            Ask("of: q, wrt: z", of("q"), "z", column),
            Ask("of: 'q[i]', wrt: 'z[j]', free: {i: m, j: m}", of("q"), "z", column),
            Ask("of: q, wrt: x", of("q"), "x", column),
        ),
    ),
    Story(
        "a loss known by its upstream gradients",
        {"z": "{is: W @ x}", "h": "{is: relu(z)}", "u": "{is: V @ h}",
         "l": "{upstream: {u: 'd*p'}}", "k": "{upstream: {u: p, z: 'd*b'}}"},
        {**LINEAR, "h": lambda v: relu(v["z"]), "u": lambda v: anp.dot(v["V"], v["h"]),
         "l": lambda v: total(v["d"] * v["p"] * v["u"]),
         "k": lambda v: total(v["p"] * v["u"]) + total(v["d"] * v["b"] * v["z"])},
        (
            Ask("of: l, wrt: u", of("l"), "u"),
            Ask("of: l, wrt: h", of("l"), "h"),
            Ask("of: l, wrt: W", of("l"), "W"),
            Ask("of: l, wrt: V", of("l"), "V"),
            Ask("of: l, wrt: 'W[i,j]', free: {i: m, j: n}", of("l"), "W"),
            Ask("of: k, wrt: W", of("k"), "W"),
            Ask("of: k, wrt: z", of("k"), "z"),
            Ask("of: h, wrt: x", of("h"), "x", column),
        ),
    ),
    Story(
        "sums over index variables",
        {
            "z": "{is: W @ x}",
            "l": "{is: 'Sum(W[i,j]*x[j]*b[i], (i, 1, m), (j, 1, n))'}",
            "g": "{is: 'Sum(Sum(W[k,j]*x[j], (j, 1, n))**2, (k, 1, m))'}",
            "e": "{is: 'Sum(x[i]*Sum(x[i]**2, (i, 1, n)), (i, 1, m))'}",
            "c": "{is: 'Sum(Sum(x[j], (j, 1, n)), (k, 1, m))'}",
            "f": "{is: 'Sum(i*x[i]*x[i + 1], (i, 1, n - 1))'}",
            "w": "{is: 'Sum(x[k]*W[:,k], (k, 1, n))'}",
        },
        {
            **LINEAR,
            "l": lambda v: total(anp.dot(v["W"], v["x"]) * v["b"]),
            "g": lambda v: total(anp.dot(v["W"], v["x"]) ** 2),
            "e": lambda v: total(v["x"][:2]) * total(v["x"] ** 2),
            "c": lambda v: 2.0 * total(v["x"]),
            "f": lambda v: v["x"][0, 0] * v["x"][1, 0] + 2 * v["x"][1, 0] * v["x"][2, 0],
            "w": of("z"),
        },
        (
            Ask("of: l, wrt: W", of("l"), "W"),
            Ask("of: l, wrt: 'W[i,j]', free: {i: m, j: n}", of("l"), "W"),
            Ask("of: l, wrt: 'W[j,i]', free: {j: m, i: n}", of("l"), "W"),
            Ask("of: l, wrt: 'x[i]', free: {i: n}", of("l"), "x"),
            Ask("of: l, wrt: 'b[j]', free: {j: m}", of("l"), "b"),
            Ask("of: g, wrt: W", of("g"), "W"),
            Ask("of: g, wrt: x", of("g"), "x"),
            Ask("of: g, wrt: 'x[k]', free: {k: n}", of("g"), "x"),
            Ask("of: g, wrt: 'W[k,j]', free: {k: m, j: n}", of("g"), "W"),
            Ask("of: e, wrt: x", of("e"), "x"),
            Ask("of: e, wrt: 'x[i]', free: {i: n}", of("e"), "x"),
            Ask("of: c, wrt: x", of("c"), "x"),
            Ask("of: d*c, wrt: d", lambda v: v["d"] * v["c"], "d", lambda J: J[:, :, 0, 0]),
            Ask("of: f, wrt: x", of("f"), "x"),
            Ask("of: f, wrt: 'x[i]', free: {i: n}", of("f"), "x"),
            Ask("of: w, wrt: x", of("w"), "x", column),
            Ask("of: 'w[k]', wrt: 'x[i]', free: {k: m, i: n}", of("w"), "x", column),
            Ask("of: g, wrt: 'W[j,i]', free: {j: m, i: n}", of("g"), "W"),
        ),
    ),
    Story(
        "weights used twice",
        {"h": "{is: tanh(S @ x)}", "u": "{is: tanh(S @ h)}", "l": "{is: sum(u) + trace(S @ S)}",
         "r": "{is: x.T @ S @ x}"},
        {"h": lambda v: anp.tanh(anp.dot(v["S"], v["x"])),
         "u": lambda v: anp.tanh(anp.dot(v["S"], v["h"])),
         "l": lambda v: total(v["u"]) + anp.trace(anp.dot(v["S"], v["S"])),
         "r": lambda v: total(v["x"] * anp.dot(v["S"], v["x"]))},
        (
            Ask("of: l, wrt: S", of("l"), "S"),
            Ask("of: l, wrt: 'S[i,j]', free: {i: n, j: n}", of("l"), "S"),
            Ask("of: l, wrt: h", of("l"), "h"),
            Ask("of: u, wrt: x", of("u"), "x", column),
            Ask("of: r, wrt: x", of("r"), "x"),
            Ask("of: r, wrt: 'x[i]', free: {i: n}", of("r"), "x"),
            Ask("of: r, wrt: S", of("r"), "S"),
        ),
    ),
    Story(
        "pieces of arrays, literals, cases and norms",
        {
            "c": "{is: 'sum(W[:,2:3]*W[:,1:2]) + sum(W[1,:])'}",
            "M": "{is: 'Matrix([[d*x[1], x[2]], [x[3]**2, d]])'}",
            "l": "{is: 'sum(M @ b) + M[2,1]'}",
            "f": "{is: 'Sum(Piecewise((x[i]**2, x[i] > 0), (-d*x[i], True)), (i, 1, n))'}",
            "o": "{is: 'sum(where(x > 0, x, 0.1*p))'}",
            "n1": "{is: 'sum(Max(x, p)) + sum(abs(x)) + norm(x)'}",
            "a": "{is: 'mean(outer(b, x)*W) + sum(diag(x) @ V) + inner(x, p)'}",
            "e": "{is: 'sum(sum(W, axis=0)*x.T) + sum(W.sum(axis=1)*b) + sum(W*b)'}",
            "v": "{is: 't**3 + 2**t + t**t + sqrt(t)/t'}",
            "L": "{is: 'logsumexp(W)'}",
        },
        {
            "c": lambda v: total(v["W"][:, 1:3] * v["W"][:, 0:2]) + total(v["W"][0]),
            "M": lambda v: anp.array(
                [[v["d"][0, 0] * v["x"][0, 0], v["x"][1, 0]], [v["x"][2, 0] ** 2, v["d"][0, 0]]]
            ),
            "l": lambda v: total(anp.dot(v["M"], v["b"])) + v["M"][1, 0],
            "f": lambda v: total(anp.where(v["x"] > 0, v["x"] ** 2, -v["d"] * v["x"])),
            "o": lambda v: total(anp.where(v["x"] > 0, v["x"], 0.1 * v["p"])),
            "n1": lambda v: total(anp.where(v["x"] > v["p"], v["x"], v["p"]))
            + total(anp.abs(v["x"])) + anp.sqrt(total(v["x"] ** 2)),
            "a": lambda v: total(anp.dot(v["b"], v["x"].T) * v["W"]) / 6
            + total(v["x"] * v["V"]) + total(v["x"] * v["p"]),
            "e": lambda v: total(anp.dot(v["W"], v["x"])) + 2 * total(v["W"] * v["b"]),
            "v": lambda v: total(
                v["t"] ** 3 + 2 ** v["t"] + v["t"] ** v["t"] + v["t"] ** 0.5 / v["t"]
            ),
            "L": lambda v: anp.log(total(anp.exp(v["W"]))),
        },
        (
            Ask("of: c, wrt: W", of("c"), "W"),
            Ask("of: c, wrt: 'W[i,j]', free: {i: m, j: n}", of("c"), "W"),
            Ask("of: l, wrt: x", of("l"), "x"),
            Ask("of: l, wrt: d", of("l"), "d"),
            Ask("of: l, wrt: M", of("l"), "M"),
            Ask("of: l, wrt: 'x[i]', free: {i: n}", of("l"), "x"),
            Ask("of: f, wrt: x", of("f"), "x"),
            Ask("of: f, wrt: 'x[i]', free: {i: n}", of("f"), "x"),
            Ask("of: f, wrt: d", of("f"), "d"),
            Ask("of: o, wrt: x", of("o"), "x"),
            Ask("of: o, wrt: p", of("o"), "p"),
            Ask("of: n1, wrt: x", of("n1"), "x"),
            Ask("of: n1, wrt: 'p[i]', free: {i: n}", of("n1"), "p"),
            Ask("of: a, wrt: x", of("a"), "x"),
            Ask("of: a, wrt: b", of("a"), "b"),
            Ask("of: a, wrt: 'V[i,j]', free: {i: n, j: m}", of("a"), "V"),
            Ask("of: e, wrt: W", of("e"), "W"),
            Ask("of: e, wrt: 'W[i,j]', free: {i: m, j: n}", of("e"), "W"),
            Ask("of: e, wrt: b", of("e"), "b"),
            Ask("of: v, wrt: t", of("v"), "t"),
            Ask("of: L, wrt: W", of("L"), "W"),
            Ask("of: L, wrt: 'W[i,j]', free: {i: m, j: n}", of("L"), "W"),
        ),
    ),
)  # fmt: skip
