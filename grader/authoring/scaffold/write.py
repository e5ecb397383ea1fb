"""Writes the folder of a new problem."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from grader import key as keys
from grader.authoring.scaffold import templates
from grader.authoring.scaffold.cases import cases_yaml
from grader.authoring.scaffold.network import Network, NetworkError
from grader.authoring.scaffold.problem_yaml import SCHEMA, problem_yaml
from grader.authoring.schema import schema
from grader.authoring.sheets import handout, markdown
from grader.problem import load
from grader.reports.exports.own_wheel import wheel


def write(folder: Path, title: str, network: Network) -> list[Path]:
    """Write all files into a folder that is empty or does not exist; returns their paths.

    The workflows install the grader from its own wheel, which is among them.

    Raises NetworkError if the folder is not empty, or its name gives no id.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NetworkError(f"{folder} is not empty; choose another folder")
    name = identity(folder.resolve().name)
    text = problem_yaml(name, title or name.replace("-", " ").capitalize(), network, _seed(name))
    files = [_written(folder / "problem.yaml", text)]
    key = keys.build(load(folder))
    contents: dict[str, Callable[[], str]] = {
        SCHEMA: lambda: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        "cases.yaml": lambda: cases_yaml(key),
        "handout.md": lambda: markdown.render(handout(key.problem, name)),
        ".github/workflows/validate.yml": lambda: templates.VALIDATE,
        "template/answers.md": lambda: templates.answers_md(key),
        "template/answers.yaml": lambda: templates.answers_yaml(key),
        "template/.github/workflows/check.yml": lambda: templates.CHECK,
    }
    files += [_written(folder / path, content()) for path, content in contents.items()]
    packed, data = wheel()
    for place in (".github", "template/.github"):
        files.append(folder / place / packed)
        files[-1].write_bytes(data)
    return files


def identity(name: str) -> str:
    """A folder's name as an id. Raises NetworkError if it has no letter or digit."""
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:60].strip("-._")
    if not found:
        raise NetworkError(f"{name!r} has no letter or digit to make an id from")
    return found


def _seed(name: str) -> int:
    """A seed that depends on the problem's name alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    return file
