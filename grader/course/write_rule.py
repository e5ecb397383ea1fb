"""Adds a foreseen mistake to `problem.yaml`, and does not change any other byte of the file."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.errors import GraderError
from grader.problem import load


class RuleError(GraderError):
    """The rule cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class ForeseenMistake:
    """A foreseen wrong answer: infix with the same values, the message, and its part of the points."""

    expression: str
    message: str
    credit: float = 0.0

    def __str__(self) -> str:
        """The rule as YAML in flow style; JSON strings are YAML strings."""
        pairs = [f"{name}: {json.dumps(getattr(self, name), ensure_ascii=False)}"
                 for name in ("expression", "message")]  # fmt: skip
        return "{" + ", ".join([*pairs, f"credit: {self.credit:g}"]) + "}"


def write_rule(path: Path, question: str, rule: ForeseenMistake) -> int:
    """Add the rule to the question's `mistakes`; returns its line.

    The new text is loaded before it replaces the old one. Raises AuthorError if the rule is not valid,
    RuleError if there is no place for it.
    """
    file = path / "problem.yaml" if path.is_dir() else path
    text = file.read_bytes().decode("utf-8")
    at, piece = _piece(text, question, rule)
    changed = text[:at] + piece + text[at:]
    trial = file.with_name(f".{file.name}.{os.urandom(8).hex()}.yaml")
    try:
        trial.write_bytes(changed.encode("utf-8"))
        load(trial)
        os.replace(trial, file)
    finally:
        trial.unlink(missing_ok=True)
    return changed[: at + piece.index("{") + 1].count("\n") + 1


def _piece(text: str, question: str, rule: ForeseenMistake) -> tuple[int, str]:
    """The offset where to insert, and the text to insert."""
    node = _question(text, question)
    known = _value(node, "mistakes")
    if known is None:
        return _new_list(text, node, rule)
    if not isinstance(known, yaml.SequenceNode):
        raise RuleError(f"the `mistakes` of {question} are not a list; make them a list first")
    start = known.start_mark.index
    if known.flow_style:
        return start + 1, f"{rule}, " if known.value else str(rule)
    return start, f"- {rule}{_newline(text)}{' ' * known.start_mark.column}"


def _new_list(text: str, node: yaml.MappingNode, rule: ForeseenMistake) -> tuple[int, str]:
    """Insert a new list after the id, which is always there and always short."""
    name = _value(node, "id")
    assert name is not None
    after = name.end_mark.index
    if node.flow_style:
        return after, f", mistakes: [{rule}]"
    end = text.find("\n", after)
    newline, indent = _newline(text), " " * node.start_mark.column
    lines = f"{indent}mistakes:{newline}{indent}  - {rule}{newline}"
    return (len(text), newline + lines) if end < 0 else (end + 1, lines)


def _question(text: str, question: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    questions = _value(root, "questions") if isinstance(root, yaml.MappingNode) else None
    for node in questions.value if isinstance(questions, yaml.SequenceNode) else ():
        if isinstance(node, yaml.MappingNode):
            name = _value(node, "id")
            if name is not None and name.value == question:
                return node
    raise RuleError(
        f"{question} is not written out in the file, so there is no place for a rule; write one by hand"
    )


def _value(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in node.value if key.value == name), None)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
