"""The course's own YAML: programs that turn scans and other files into Markdown."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from grader.errors import AuthorError, Fault

_KEYS = ("convert", "converted")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class CourseFile:
    """`convert` has a command for each ending, as words with `{in}` and `{out}`.

    What comes out of it is final at once if it is `trusted`; else a person confirms each answer.
    """

    convert: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trusted: bool = False


def read_course(path: Path) -> CourseFile:
    """The course in a file. Raises AuthorError with all faults, as `file:line:column: key: reason`."""
    with path.open("rb") as stream:
        text = stream.read(_MOST_BYTES)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise AuthorError([Fault(str(path), 1, 1, "", str(error))]) from error
    faults: list[Fault] = []

    def fault(at: yaml.Node | None, key: str, reason: str) -> None:
        mark = at.start_mark if at is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        faults.append(Fault(str(path), line, column, key, reason))

    commands: dict[str, tuple[str, ...]] = {}
    trusted = False
    if not isinstance(node, yaml.MappingNode):
        fault(node, "", "should be a mapping, `name: value`")
        raise AuthorError(faults)
    for key, value in node.value:
        if key.value not in _KEYS:
            fault(key, str(key.value), f"is an unknown key; there are {', '.join(_KEYS)}")
        elif key.value == "converted":
            trusted = value.value == "trust"
            if value.value not in ("trust", "confirm"):
                fault(value, "converted", "should be `confirm` or `trust`")
        elif not isinstance(value, yaml.MappingNode):
            fault(value, "convert", "should be a mapping, such as `.pdf: 'TOOL {in} {out}'`")
        else:
            for ending, command in value.value:
                name = f"convert.{ending.value}"
                words = _words(command)
                if not str(ending.value).startswith("."):
                    fault(ending, name, "should be an ending, such as `.pdf`")
                elif "{in}" not in " ".join(words) or "{out}" not in " ".join(words):
                    fault(command, name, "should be a command with {in} and {out}")
                commands[str(ending.value).lower()] = words
    if faults:
        raise AuthorError(faults)
    return CourseFile(commands, trusted)


def _words(node: yaml.Node) -> tuple[str, ...]:
    """A command as words, as a shell cuts it; no shell runs it."""
    try:
        return tuple(shlex.split(node.value)) if isinstance(node, yaml.ScalarNode) else ()
    except ValueError:
        return ()
