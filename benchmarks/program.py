"""A listing of 40 lines on 32 draws, warm, against real NumPy running the same lines.

    python benchmarks/program.py [--profile]

Prints medians of interleaved runs and their ratio: the listing compiled once and run on all draws, as
grading does; compiling it; and what one draw costs more than in Python. NumPy runs the same text, compiled
by Python. It is our own text, never a student's.
"""

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np

from grader.program.machine import GivenNames, Machine, Program, compiled

DRAWS = 32
RUNS = 31
LIMIT = 15.0  # milliseconds for all draws

# Two layers with batch normalisation in between, as it is handed in.
LISTING = '''
N, D = X.shape
H, C = W2.shape
eps = 1e-5
z1 = X @ W1 + b1
mu = np.mean(z1, axis=0)
xc = z1 - mu
var = np.mean(xc ** 2, axis=0)
std = np.sqrt(var + eps)
zn = xc / std
zs = gamma * zn + beta
h = np.maximum(0, zs)
scores = h.dot(W2) + b2
scores -= np.max(scores, axis=1, keepdims=True)
exp = np.exp(scores)
probs = exp / np.sum(exp, axis=1, keepdims=True)
loss = -np.sum(np.log(probs[np.arange(N), y])) / N
loss += 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
cache = {'h': h, 'zn': zn, 'std': std, 'zs': zs}
grads = {}
dscores = probs.copy()
dscores[np.arange(N), y] -= 1
dscores /= N
grads['W2'] = np.dot(cache['h'].T, dscores)
grads['b2'] = np.sum(dscores, axis=0)
dh = np.dot(dscores, W2.T)
dzs = dh.copy()
dzs[cache['zs'] <= 0] = 0
grads['gamma'] = (dzs * cache['zn']).sum(axis=0)
grads['beta'] = dzs.sum(axis=0)
dzn = dzs * gamma
dvar = np.sum(dzn * xc * -0.5 * (var + eps) ** -1.5, axis=0)
dmu = np.sum(-dzn / cache['std'], axis=0) + dvar * np.mean(-2.0 * xc, axis=0)
dz1 = dzn / cache['std'] + dvar * 2.0 * xc / N + dmu / N
grads['W1'] = X.T @ dz1
grads['b1'] = dz1.sum(axis=0)
for name, W in [('W1', W1), ('W2', W2)]:
    grads[name] = grads[name] + reg * W
dX = np.dot(dz1, W1.T)
dW1, dW2 = grads['W1'], grads['W2']
db1, db2 = grads['b1'], grads['b2']
'''.strip()  # fmt: skip
NAMES = ("loss", "dW1", "dW2", "db1", "db2", "dX", "dz1")


def values(seed: int) -> dict[str, object]:
    """The symbols of a problem with 5 examples, 4 features, 6 units and 3 classes."""
    rng = np.random.default_rng(seed)
    shapes = {"X": (5, 4), "W1": (4, 6), "b1": 6, "gamma": 6, "beta": 6, "W2": (6, 3), "b2": 3}
    arrays: dict[str, object] = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return {**arrays, "y": rng.integers(0, 3, 5), "reg": 0.1}


class Draw(GivenNames):
    """The given values of one draw."""

    def __init__(self, named: Mapping[str, object]) -> None:
        self.named = named

    def value(self, name: str) -> object:
        """A fresh array."""
        value = self.named[name]
        return value.copy() if isinstance(value, np.ndarray) else value


def ours(program: Program, draws: list[dict[str, object]]) -> list[dict[str, object]]:
    """All names after a run on each draw."""
    found = []
    for draw in draws:
        machine = Machine(program, Draw(draw))
        machine.run()
        assert not machine.faults, machine.faults
        found.append(machine.globals)
    return found


def theirs(code: object, draws: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same by Python."""
    found = []
    for draw in draws:
        names = {
            "np": np,
            **{n: v.copy() if isinstance(v, np.ndarray) else v for n, v in draw.items()},
        }
        exec(code, names)
        found.append(names)
    return found


def medians(*functions: Callable[[], object]) -> list[float]:
    """The median time of each in milliseconds, taken in turn after three runs to warm up."""
    times: list[list[float]] = [[] for _ in functions]
    for run in range(-3, RUNS):
        for at, function in enumerate(functions):
            begin = time.process_time()
            function()
            if run >= 0:
                times[at].append(time.process_time() - begin)
    return [1e3 * statistics.median(some) for some in times]


def main() -> None:
    """Time both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    asked = parser.parse_args()
    draws = [values(seed) for seed in range(DRAWS)]
    watched = frozenset(NAMES)
    program, code = compiled(LISTING, watched), compile(LISTING, "<listing>", "exec")
    assert len(LISTING.splitlines()) == 40
    for one, other in zip(ours(program, draws), theirs(code, draws), strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in NAMES), "values differ"
    if asked.profile:
        profile(program, draws)
        return
    our, their = medians(lambda: ours(program, draws), lambda: theirs(code, draws))
    (reading,) = medians(lambda: compiled(LISTING, watched))
    print(f"40 lines, {DRAWS} draws {our:9.2f} ms   (at most {LIMIT:g} ms)")
    print(f"NumPy               {their:9.2f} ms")
    print(f"ratio               {our / their:9.2f}")
    print(f"compiling, once     {reading:9.2f} ms")


def profile(program: Program, draws: list[dict[str, object]]) -> None:
    """The functions in which the time is spent."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(20):
        ours(program, draws)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
