"""Answer files, YAML and JSON → answers. See DESIGN.md section 5 for the contract."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.submission.answerfiles.json_tree import json_tree
from grader.submission.answerfiles.trees import Node, Pairs, Scalar
from grader.submission.answerfiles.values import FORMS, answer, are_numbers, is_omitted
from grader.submission.answerfiles.yaml_tree import yaml_tree
from grader.submission.model import ArrayAnswer, Leftover, Place, TextAnswer
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_LAYOUT = "Write `answers:`, and below it a line for each answer, such as `q1: 'delta * h2[1]'`."
_KEYS = ("answers", "index_base")

# What people add about themselves. It holds no answer.
_ABOUT = frozenset(
    [
        "author",
        "course",
        "date",
        "email",
        "homework",
        "hw",
        "id",
        "name",
        "problem",
        "student",
        "student_id",
        "title",
        "version",
    ]
)

_NOTES = ("comment", "comments", "note", "notes")


def read_yaml(source: Source) -> FileContents:
    """Read a `.yaml` file."""
    return _read(source, yaml_tree(source.text()))


def read_json(source: Source) -> FileContents:
    """Read a `.json` file."""
    return _read(source, json_tree(source.text()))


@dataclass(slots=True)
class _Collected:
    """The findings in one file so far."""

    path: str
    answers: list[TextAnswer | ArrayAnswer] = field(default_factory=list)
    faults: list[Refused] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)

    def leave(self, what: str, key: Scalar) -> None:
        """Note an entry that answers no question."""
        self.leftovers.append(Leftover(what, Place(self.path, key.line, key.column)))

    def found(self) -> FileContents:
        refusals = tuple(fault.refusal(self.path) for fault in self.faults)
        return FileContents(
            answers=tuple(self.answers), refusals=refusals, leftovers=tuple(self.leftovers)
        )


def _read(source: Source, root: Node | None) -> FileContents:
    if root is None or is_omitted(root):
        return FileContents()
    if not isinstance(root, Pairs):
        raise Refused("This file has no map from questions to answers.", hint=_LAYOUT)
    collected = _Collected(source.name)
    index_base = _index_base(root, collected)
    pairs = list(_answers(root, collected))
    among_numbers = are_numbers(node for _, node in pairs)
    for key, node in pairs:
        place = Place(source.name, node.line, node.column)
        try:
            found = answer(key.text.strip(), node, place, index_base, among_numbers)
        except Refused as fault:
            collected.faults.append(fault)
        else:
            collected.answers += [found] if found else []
    return collected.found()


def _index_base(root: Pairs, collected: _Collected) -> int | None:
    """The `index_base` of the file, if it is 0 or 1."""
    for key, node in root.pairs:
        if _name(key) == "index_base":
            if isinstance(node, Scalar) and node.text.strip() in ("0", "1"):
                return int(node.text)
            message = "index_base must be 0 or 1; it was ignored."
            hint = "Write `index_base: 0` if your first entry is [0], or remove the line."
            collected.faults.append(
                Refused(message, line=node.line, column=node.column, hint=hint, loses_answers=False)
            )
    return None


def _answers(root: Pairs, collected: _Collected) -> Iterator[tuple[Scalar, Node]]:
    """The pairs that are answers: those below `answers:`, or else all at the top.

    Pairs that are not indented stand at the top, and `answers:` holds nothing.
    """
    levels = (node for key, node in root.pairs if _name(key) == "answers")
    level = next((node for node in levels if not is_omitted(node)), None)
    for key, node in root.pairs:
        if _name(key) in _NOTES and not is_omitted(node):
            collected.leave(f"the entry `{_name(key)}`", key)
        if _name(key) in _KEYS or _name(key) in _ABOUT or _name(key) in _NOTES:
            continue
        if level is not None or _is_misspelt(key, node):
            collected.faults.append(_unknown(key))
            if not is_omitted(node):
                collected.leave(f"an entry `{key.text[:60]}` that is not below `answers`", key)
        else:
            yield key, node
    if isinstance(level, Pairs):
        yield from level.pairs
    elif level is not None and not is_omitted(level):
        message = "`answers` is not a map from questions to answers."
        collected.faults.append(
            Refused(message, line=level.line, column=level.column, hint=_LAYOUT)
        )


def _name(key: Scalar) -> str:
    return key.text.strip().lower()


def _is_misspelt(key: Scalar, node: Node) -> bool:
    """Whether a key at the top is not a question but a misspelt word, such as `answer:`."""
    is_map = isinstance(node, Pairs) and not {_name(inner) for inner, _ in node.pairs} & {*FORMS}
    return bool(_nearest(key)) and (is_map or _nearest(key) == "index_base")


def _unknown(key: Scalar) -> Refused:
    nearest = _nearest(key)
    return Refused(
        f"{key.text[:60]!r} is not part of an answer file, so it was not read.",
        line=key.line,
        column=key.column,
        hint=f"Did you mean `{nearest}`?" if nearest else _LAYOUT,
        loses_answers=bool(nearest),
    )


def _nearest(key: Scalar) -> str:
    import difflib  # only misspelt files pay for it

    return next(iter(difflib.get_close_matches(_name(key)[:60], _KEYS, n=1, cutoff=0.7)), "")
