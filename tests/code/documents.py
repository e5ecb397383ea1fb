"""The documents of a folder, what a human says of them, and the forms in which people hand in code.

A document is `NAME.py`, `NAME.ipynb` or `NAME.md`, where `NAME` is a folder beside this file.
"""

import ast
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Judged:
    """What a human says of one answer, and the expression that has its value when the code has run."""

    verdict: str
    note: str
    value: str
    wrt: str
    of: str = "loss"


@dataclass(frozen=True)
class Running:
    """How the code of a document is really run on the arrays of a draw. See README.md."""

    before: str = ""
    after: str = ""
    given: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    loss: str = ""


@dataclass(frozen=True)
class Expected:
    """An `expected.yaml`."""

    document: Mapping[str, str]
    run: Running
    answers: Mapping[str, Judged] = field(default_factory=dict)


def expected(name: str) -> Expected:
    """What a human says of a document. Raises KeyError if something is missing there."""
    said: dict[str, Any] = yaml.safe_load(
        (HERE / name / "expected.yaml").read_text(encoding="utf-8")
    )
    run = said["run"]
    return Expected(
        said["document"],
        Running(
            run.get("before", ""),
            run.get("after", ""),
            tuple(run.get("given", ())),
            tuple(run.get("once", ())),
            run["loss"],
        ),
        {question: Judged(**answer) for question, answer in said["answers"].items()},
    )


def documents(folder: Path, names: Collection[str] = ()) -> list[Path]:
    """The documents in a folder that are judged here; with `names`, just these."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in (".py", ".ipynb", ".md")
        and (HERE / path.stem / "expected.yaml").is_file()
        and (not names or path.stem in names)
    )


def program(document: Path) -> str:
    """The code of a document: of a notebook its code cells in order, magics as comments."""
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".md":
        return "\n\n".join(re.findall(r"(?ms)^```python\n(.*?)^```", text))
    if document.suffix != ".ipynb":
        return text
    cells = [
        "".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"
    ]
    return "\n\n".join(
        re.sub(r"(?m)^(\s*)(?=[%!]|\w+\?$)", r"\1# ", cell)
        for cell in cells
        if not cell.startswith("%%")
    )


def _as_py(name: str, text: str) -> str:
    return text


def _as_fence(name: str, text: str) -> str:
    return f"# {name}\n\nThis is my code.\n\n```python\n{text.rstrip()}\n```\n"


def _as_notebook(name: str, text: str) -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell,
        }
        for cell in _cells(text)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _cells(text: str) -> list[str]:
    """The text cut before and behind each definition at the top level, comments with what follows."""
    lines = text.splitlines()
    cuts = {0, len(lines)}
    for node in _body(text):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(made.lineno for made in node.decorator_list)]) - 1
            while first and lines[first - 1].startswith("#"):
                first -= 1
            cuts |= {first, node.end_lineno or len(lines)}
    places = sorted(cuts)
    cells = ["\n".join(lines[a:b]).strip("\n") for a, b in pairwise(places)]
    return [cell for cell in cells if cell.strip()]


def _body(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError:
        return []


FORMS: Mapping[str, tuple[str, Callable[[str, str], str]]] = {
    "ipynb": (".ipynb", _as_notebook),
    "py": (".py", _as_py),
    "fence": (".md", _as_fence),
}


def written(folder: Path, name: str, text: str, form: str) -> Path:
    """A program written into a folder in one of the forms."""
    suffix, made = FORMS[form]
    path = folder / (name + suffix)
    path.write_text(made(name, text), encoding="utf-8")
    return path
