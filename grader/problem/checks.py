"""Checks values of `problem.yaml` against each other: names, sizes, and keys that exclude each other.

The checks run on the plain data before the schema validates it, and skip values of the wrong type. So an
author sees a wrong type and an unknown dimension in the same run.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from grader.problem.schema import is_name
from grader.problem.words import near, quoted

Path: TypeAlias = tuple[str | int, ...]
Step: TypeAlias = tuple[Path, dict[str, Any]]


class Complaint(NamedTuple):
    """A fault at a path: at its value, or at its key."""

    path: Path
    reason: str
    at_key: bool = False


def complaints(data: Any) -> Iterator[Complaint]:
    """All faults between values."""
    root = data if isinstance(data, dict) else {}
    yield from _names(root)
    yield from _sizes(root)
    yield from _alternatives(root)
    yield from _repeated_ids(root)


def _names(root: dict[str, Any]) -> Iterator[Complaint]:
    """A name has one meaning; only the symbols of a question may hide symbols of the problem."""
    sections: dict[str, str] = {}
    for section in ("dimensions", "symbols", "functions", "model"):
        for name in _mapping(root, section):
            if name in sections:
                yield _declared_twice((section, name), sections[name])
            sections.setdefault(name, section)
    for path, question in _questions(root):
        yield from _own_names(path, question, sections)


def _own_names(
    path: Path, question: dict[str, Any], sections: dict[str, str]
) -> Iterator[Complaint]:
    own = _mapping(question, "symbols")
    for name in own:
        if sections.get(name, "symbols") != "symbols":
            yield _declared_twice((*path, "symbols", name), sections[name])
    for name in _mapping(question, "free"):
        if name in own or name in sections:
            section = sections.get(name, "the question's symbols")
            yield _declared_twice((*path, "free", name), section)


def _declared_twice(path: Path, section: str) -> Complaint:
    return Complaint(
        path, f"{quoted(str(path[-1]))} is declared twice: it is already in {section}", True
    )


def _sizes(root: dict[str, Any]) -> Iterator[Complaint]:
    """Shapes and ranges may only name dimensions that exist."""
    dimensions = _mapping(root, "dimensions")
    for path, size in _named_sizes(root):
        if isinstance(size, str) and is_name(size) and size not in dimensions:
            yield Complaint(path, f"unknown dimension {quoted(size)}{near(size, dimensions)}")


def _named_sizes(root: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    yield from _shapes((), root)
    for path, question in _questions(root):
        yield from _shapes(path, question)
        for name, size in _mapping(question, "free").items():
            yield (*path, "free", name), size


def _shapes(path: Path, owner: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Each entry of each symbol's shape."""
    for name, symbol in _mapping(owner, "symbols").items():
        shape = symbol.get("shape") if isinstance(symbol, dict) else None
        for at, size in enumerate(shape if isinstance(shape, list) else ()):
            yield (*path, "symbols", name, "shape", at), size


def _alternatives(root: dict[str, Any]) -> Iterator[Complaint]:
    """Keys that exclude each other, and a question that says neither `of` and `wrt` nor `reference`."""
    for name, quantity in _mapping(root, "model").items():
        if isinstance(quantity, dict):
            yield from _one_of(("model", name), quantity, "is", "upstream")
    yield from _mistakes((), root)
    for path, question in _questions(root):
        yield from _mistakes(path, question)
        reference = question.get("reference")
        if isinstance(reference, dict):
            yield from _one_of((*path, "reference"), reference, "expression", "python")
        elif reference is None:
            yield from _asked(path, question)


def _mistakes(path: Path, owner: dict[str, Any]) -> Iterator[Complaint]:
    """A foreseen mistake is given by its value or by its code."""
    listed = owner.get("mistakes")
    for at, mistake in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(mistake, dict):
            yield from _one_of((*path, "mistakes", at), mistake, "expression", "code")


def _one_of(path: Path, owner: dict[str, Any], first: str, second: str) -> Iterator[Complaint]:
    given = [key for key in (first, second) if owner.get(key) is not None]
    if len(given) != 1:
        problem = "not both" if given else "neither is given"
        yield Complaint(path, f"give {first!r} or {second!r}; {problem}", True)


def _asked(path: Path, question: dict[str, Any]) -> Iterator[Complaint]:
    for key in ("of", "wrt"):
        if question.get(key) is None:
            reason = "is missing; a question without `reference` needs `of` and `wrt`"
            yield Complaint((*path, key), reason)


def _repeated_ids(root: dict[str, Any]) -> Iterator[Complaint]:
    """Ids and labels identify a question, so no two questions share one; case makes no difference."""
    seen: dict[str, int] = {}
    for path, word in _markers(root):
        at, key = int(path[1]), word.casefold().strip()
        if seen.setdefault(key, at) != at:
            reason = f"{quoted(word)} is already an id or a label of questions[{seen[key]}]"
            yield Complaint(path, reason)


def _markers(root: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for path, question in _questions(root):
        labels = question.get("labels")
        written = labels if isinstance(labels, list) else [labels]
        single = ("id", "label")
        places = [*((*path, key) for key in single)]
        places += [(*path, "labels", at) for at in range(len(written))]
        words = [*(question.get(key) for key in single), *written]
        for place, word in zip(places, words, strict=True):
            if isinstance(word, str):
                yield place, word


def _questions(root: dict[str, Any]) -> Iterator[Step]:
    """Each question that is a mapping, with its path."""
    questions = root.get("questions")
    for at, question in enumerate(questions if isinstance(questions, list) else ()):
        if isinstance(question, dict):
            yield ("questions", at), question


def _mapping(owner: dict[str, Any], key: str) -> dict[str, Any]:
    """The mapping under a key; an empty one for anything else."""
    value = owner.get(key)
    return value if isinstance(value, dict) else {}
