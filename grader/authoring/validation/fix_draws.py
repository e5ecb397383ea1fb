"""Writes a number of draws into `problem.yaml` without changing any other character."""

import copy
import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from grader.errors import AuthorError, Fault
from grader.problem.source import FILE


def fix_draws(path: Path, count: int) -> None:
    """Set `draws.count` in a problem's folder or file, which must be valid.

    Raises AuthorError and leaves the file alone if that would change anything else.
    """
    file = path / FILE if path.is_dir() else path
    with file.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    written = with_count(text, count)
    if _data(written) != _wanted(text, count):
        reason = f"shares its value with another key here; write `count: {count}` yourself"
        raise AuthorError([Fault(file.name, 0, 0, "draws.count", reason)])
    _replaced(file, written)


def _data(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _wanted(text: str, count: int) -> Any:
    data = copy.deepcopy(yaml.safe_load(text))
    data["draws"] = {**(data.get("draws") or {}), "count": count}
    return data


def _replaced(file: Path, text: str) -> None:
    """Replace the file in one step, so that a failure leaves the old text."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=file.parent, prefix=file.name, delete=False
    ) as stream:
        stream.write(text)
    os.chmod(stream.name, file.stat().st_mode)
    os.replace(stream.name, file)


def with_count(text: str, count: int) -> str:
    """A problem's YAML with another number of draws."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    pairs = {key.value: (key, value) for key, value in root.value}
    if "draws" not in pairs:
        return _with_draws(text, root, f"draws: {{count: {count}}}")
    draws = pairs["draws"][1]
    within = draws.value if isinstance(draws, yaml.MappingNode) else []
    for key, value in within:
        if key.value == "count":
            return text[: value.start_mark.index] + str(count) + text[value.end_mark.index :]
    if not isinstance(draws, yaml.MappingNode) or not within:
        return f"{text[: draws.start_mark.index]}{{count: {count}}}{text[draws.end_mark.index :]}"
    first = within[0][0].start_mark
    gap = ", " if draws.flow_style else _line_end(text) + " " * first.column
    return f"{text[: first.index]}count: {count}{gap}{text[first.index :]}"


def _with_draws(text: str, root: yaml.MappingNode, line: str) -> str:
    """The text with one more key after the first one."""
    key, value = root.value[0]
    at = value.end_mark.index
    if root.flow_style:
        return f"{text[:at]}, {line}{text[at:]}"
    end = _line_end(text)
    if value.end_mark.column > 0:  # a block scalar ends where the next line begins
        at = text.find(end, at)
        if at < 0:
            return f"{text}{end}{' ' * key.start_mark.column}{line}"
        at += len(end)
    return f"{text[:at]}{' ' * key.start_mark.column}{line}{end}{text[at:]}"


def _line_end(text: str) -> str:
    return next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
