"""The problems whose answers are rewritten, each with further right answers.

The first is the homework of this repository. The others are defined here: softmax with cross-entropy,
ridge regression, a tanh network over a batch.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import library_keys
from hypothesis.vendor.pretty import RepresentationPrinter
from property_values import Array, Values, draws_of, everywhere

from grader import key as keys
from grader.expression import Apply, Expression, Placed, Tabulate, walk
from grader.key import Key, QuestionKey
from grader.notation import infix, printing
from grader.problem import load

ROOT = Path(__file__).parents[2]

SOFTMAX = r"""
id: softmax
draws: {count: 32, seed: 11}
dimensions: {n: 3, m: 3}
symbols:
  W: {shape: [m, n]}
  b: {shape: [m]}
  x: {shape: [n]}
  y: {shape: [m], draw: one_hot}
model:
  z: {is: W @ x + b}
  q: {is: softmax(z), latex: '\hat{y}'}
  l: {is: -sum(y*log(q)), latex: L}
questions:
  - {id: q1, of: l, wrt: z}
  - {id: q2, of: l, wrt: W}
  - {id: q3, of: l, wrt: 'W[i,j]', free: {i: m, j: n}}
  - {id: q4, of: 'q[i]', wrt: 'z[j]', free: {i: m, j: m}}
  - {id: q5, of: l, wrt: x}
  - {id: q6, of: l, wrt: q}
"""

RIDGE = r"""
id: ridge
draws: {count: 32, seed: 12}
dimensions: {n: 4, p: 3}
symbols:
  X: {shape: [n, p]}
  y: {shape: [n]}
  w: {shape: [p]}
  lam: {shape: [], draw: positive, latex: '\lambda'}
model:
  r: {is: X @ w - y}
  J: {is: 0.5*sum(r**2) + lam/2*(w.T @ w)}
questions:
  - {id: q1, of: J, wrt: w}
  - {id: q2, of: J, wrt: 'w[j]', free: {j: p}}
  - {id: q3, of: J, wrt: y}
  - {id: q4, of: J, wrt: lam}
"""

TANH = r"""
id: tanh
draws: {count: 32, seed: 13}
dimensions: {n0: 3, n1: 3, n2: 2, m: 4}
symbols:
  X:  {shape: [n0, m]}
  Y:  {shape: [n2, m]}
  W1: {shape: [n1, n0], latex: 'W^{[1]}'}
  W2: {shape: [n2, n1], latex: 'W^{[2]}'}
  b1: {shape: [n1], latex: 'b^{[1]}'}
  b2: {shape: [n2], latex: 'b^{[2]}'}
functions:
  g: {is: tanh, latex: g}
model:
  Z1: {is: W1 @ X + b1, latex: 'Z^{[1]}'}
  A1: {is: g(Z1), latex: 'A^{[1]}'}
  Z2: {is: W2 @ A1 + b2, latex: 'Z^{[2]}'}
  J:  {is: 1/(2*m)*sum((Z2 - Y)**2)}
questions:
  - {id: q1, of: J, wrt: W2}
  - {id: q2, of: J, wrt: b2}
  - {id: q3, of: J, wrt: W1}
  - {id: q4, of: J, wrt: b1}
  - {id: q5, of: J, wrt: 'W2[i,j]', free: {i: n2, j: n1}}
  - {id: q6, of: J, wrt: A1}
"""

TEXTS = {"softmax": SOFTMAX, "ridge": RIDGE, "tanh": TANH}
PROBLEMS = ("cs1678-hw3", *TEXTS)

# Usual forms of answers whose reference has another form or no notation.
WRITTEN: Mapping[str, Mapping[str, Sequence[str]]] = {
    "cs1678-hw3": {
        "q1": ["delta*(W2 @ h1)[1]", "delta*Sum(W2[1,k]*relu(z1[k]), (k, 1, n1))"],
        "q6": ["Piecewise((1, x > 0), (0, True))", "Heaviside(x)", "(1 + sign(x))/2"],
        "q9": ["relu(z1[j])", "max(0, Sum(W1[j,k]*x[k], (k, 1, n0)))"],
        "q11": ["outer(delta*W3.T, h1)"],
        "q16": ["delta*Sum(W3[1,k]*W2[k,i], (k, 1, n2))*Piecewise((1, z1[i] > 0), (0, True))*x[j]"],
        "q17": ["diag(sigma'(z1)) @ (W2.T @ W3.T) @ (delta*x.T)"],
    },
    "softmax": {
        "q1": ["q - y"],
        "q2": ["(q - y) @ x.T", "outer(softmax(W @ x + b) - y, x)"],
        "q3": ["(q[i] - y[i])*x[j]"],
        "q4": ["q[i]*((i == j) - q[j])"],
        "q5": ["W.T @ (q - y)"],
        "q6": ["-y/q"],
    },
    "ridge": {
        "q1": ["X.T @ (X @ w - y) + lam*w", "(X.T @ X + lam*eye(p)) @ w - X.T @ y"],
        "q2": ["Sum(X[i,j]*r[i], (i, 1, n)) + lam*w[j]"],
        "q3": ["y - X @ w"],
        "q4": ["norm(w)**2/2", "Sum(w[k]**2, (k, 1, p))/2"],
    },
    "tanh": {
        "q1": ["(Z2 - Y) @ A1.T/m"],
        "q2": ["sum(Z2 - Y, axis=1)/m"],
        "q3": ["((W2.T @ ((Z2 - Y)/m))*(1 - A1**2)) @ X.T"],
        "q4": ["sum((W2.T @ (Z2 - Y)/m)*(1 - tanh(Z1)**2), axis=1)"],
        "q5": ["Sum((Z2[i,k] - Y[i,k])*A1[j,k], (k, 1, m))/m"],
        "q6": ["W2.T @ (Z2 - Y)/m"],
    },
}


DRAWS = 24  # for the comparisons of these tests


@dataclass(frozen=True, eq=False, repr=False)
class Start:
    """A right answer to start with: its key, question and tree."""

    key: Key
    question: str
    node: Expression

    def __repr__(self) -> str:
        text = printing.infix(self.node, self.own.question.names)
        return f"{self.key.problem.id} {self.question}: {text}"

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        """A short form for Hypothesis, without the whole key."""
        printer.text(repr(self))

    @cached_property
    def own(self) -> QuestionKey:
        """The key of the question."""
        return self.key[self.question]

    @property
    def draws(self) -> Sequence[Values]:
        """Other draws than those of grading, with the same distributions."""
        return _others(self.key.problem.id)[self.question]

    def values(self, node: Expression, draws: int = DRAWS) -> Array:
        """The values of an answer to this question on some of `draws`."""
        return everywhere(self.own, node, self.draws[:draws])


@cache
def key_of(problem: str) -> Key:
    """The key of one of `PROBLEMS`."""
    if problem not in TEXTS:
        return library_keys.key_of(problem)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "problem.yaml").write_text(TEXTS[problem], encoding="utf-8")
        return keys.build(load(Path(folder)))


@cache
def _others(problem: str) -> Mapping[str, Sequence[Values]]:
    key = key_of(problem).drawn_for("somebody else", DRAWS)
    return {name: draws_of(own) for name, own in key.questions.items()}


@cache
def starts(problem: str) -> tuple[Start, ...]:
    """The right answers to a problem: its references that have a notation, and those above."""
    key = key_of(problem)
    found = []
    for name, own in key.questions.items():
        nodes = [own.reference] if own.reference is not None and _is_answer(own) else []
        nodes += [infix.parse(text, own.question.names)[0] for text in _written(problem, name)]
        found += [Start(key, name, node) for node in nodes]
    assert {start.question for start in found} == set(key.questions)
    return tuple(found)


def _written(problem: str, question: str) -> Sequence[str]:
    return WRITTEN[problem].get(question, ())


def _is_answer(own: QuestionKey) -> bool:
    """Whether a reference may be an answer: it has a notation, and is not just `relu'` for relu'."""
    asked = own.question.of
    named = asked.function + "'" if isinstance(asked, Apply) else ""
    assert own.reference is not None
    return not any(
        isinstance(part, Placed | Tabulate) or (isinstance(part, Apply) and part.function == named)
        for part in walk(own.reference)
    )
