"""Really runs public code, in a process of its own, on the arrays of a draw. Never part of the grader.

    python tests/code/running.py

reads a job in JSON from standard input and writes its values: it is what `values` starts.
"""

import ast
import base64
import contextlib
import io
import json
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np
from documents import Expected

NAME = "<document>"
SECONDS = 5
Values = Mapping[str, np.ndarray]


class Stub:
    """Stands for what a module would give that is not there: plotting, data sets."""

    def __getattr__(self, name: str) -> "Stub":
        return Stub()

    def __call__(self, *args: object, **kwargs: object) -> "Stub":
        return Stub()


class Locals:
    """The local names of each function of the document, call by call, as they are when it ends."""

    def __init__(self) -> None:
        self.calls: dict[str, list[dict[str, Any]]] = {}

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        """The profiler's hook."""
        if event == "return" and frame.f_code.co_filename == NAME:
            kept = {
                name: value.copy() if isinstance(value, np.ndarray) else value
                for name, value in frame.f_locals.items()
            }
            self.calls.setdefault(frame.f_code.co_name, []).append(kept)

    def of(self, function: str, call: int = 0) -> dict[str, Any]:
        """The local names of one call of a function, the first by default."""
        return self.calls[function][call]


class OneRound(ast.NodeTransformer):
    """Makes loops over some names, and `while` loops, end after one round."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = set(names)

    def visit_For(self, node: ast.For) -> ast.For:
        """A loop that ends."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and node.target.id in self.names:
            node.body.append(ast.copy_location(ast.Break(), node.body[-1]))
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        """A loop that ends."""
        self.generic_visit(node)
        if "while" in self.names:
            node.body.append(ast.copy_location(ast.Break(), node.body[-1]))
        return node


def _bound(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {
        name.id
        for target in targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def _statements(source: str, given: Sequence[str], once: Sequence[str]) -> Iterator[ast.Module]:
    """The statements at the top level, without those that bind given names."""
    tree = ast.fix_missing_locations(OneRound(once).visit(ast.parse(source)))
    for node in tree.body:
        if not _bound(node) & set(given):
            yield ast.Module([node], [])


def _runs(module: ast.Module, space: dict[str, Any]) -> None:
    """Run a statement; what it imports and is not there becomes a stub, what fails is passed over."""
    node = module.body[0]
    try:
        exec(compile(module, NAME, "exec"), space)
    except ImportError:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for made in node.names:
                space.setdefault((made.asname or made.name).split(".")[0], Stub())
    except (Exception, SystemExit):
        pass


def _one(source: str, job: Mapping[str, Any], draw: Values) -> dict[str, np.ndarray]:
    """The values of the answers when a program has run on one draw; those that fail are not there."""
    seen = Locals()
    space: dict[str, Any] = {"__name__": "document", "np": np, "local": seen.of}
    space |= {name: np.array(value) for name, value in draw.items()}
    exec(job["before"], space)
    signal.alarm(SECONDS)
    sys.setprofile(seen)
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        try:
            for module in _statements(source, job["given"], job["once"]):
                _runs(module, space)
            exec(compile(job["after"], "<after>", "exec"), space)
        except Exception as fault:
            space["__fault__"] = repr(fault)
        finally:
            sys.setprofile(None)
            signal.alarm(0)
        found: dict[str, np.ndarray] = {}
        for question, expression in job["values"].items():
            with contextlib.suppress(Exception):
                found[question] = np.array(eval(expression, space), dtype=np.float64)
    if "__fault__" in space:
        found["__fault__"] = space["__fault__"]
    return found


def _stopped(number: int, frame: object) -> None:
    raise TimeoutError


def values(sources: Sequence[str], said: Expected, draws: Sequence[Values]) -> list[list[Values]]:
    """What each program gives for each question, on each draw. Questions that fail are not there."""
    job = {
        "sources": list(sources),
        "before": said.run.before,
        "after": said.run.after,
        "given": said.run.given,
        "once": said.run.once,
        "values": {question: answer.value for question, answer in said.answers.items()},
        "draws": base64.b64encode(pickle.dumps([dict(draw) for draw in draws])).decode(),
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__],
            input=json.dumps(job).encode(),
            stdout=subprocess.PIPE,
            cwd=folder,
            check=True,
        )
    found: list[list[Values]] = pickle.loads(done.stdout)
    return found


def main() -> None:
    """Run a job."""
    out = sys.stdout.buffer
    signal.signal(signal.SIGALRM, _stopped)
    job = json.load(sys.stdin)
    draws = pickle.loads(base64.b64decode(job["draws"]))
    out.write(
        pickle.dumps([[_one(source, job, draw) for draw in draws] for source in job["sources"]])
    )


if __name__ == "__main__":
    main()
