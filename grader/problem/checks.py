"""What values of `problem.yaml` must be to each other: names, sizes, and ways of asking.

The checks read the plain data before the schema has judged it, and pass over whatever has the wrong
type, so that an author hears of a wrong type and of an unknown dimension in one go.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from grader.problem.schema import is_name
from grader.problem.words import near, quoted

Path: TypeAlias = tuple[str | int, ...]
Step: TypeAlias = tuple[Path, dict[str, Any]]


class Complaint(NamedTuple):
    """Something wrong at a path: at its value, or at its key."""

    path: Path
    reason: str
    at_key: bool = False


def complaints(data: Any) -> Iterator[Complaint]:
    """Everything that is wrong between values."""
    root = data if isinstance(data, dict) else {}
    yield from _names(root)
    yield from _sizes(root)
    yield from _ways(root)
    yield from _twice(root)


def _names(root: dict[str, Any]) -> Iterator[Complaint]:
    """A name has one meaning; only a question's own symbols may take the place of the problem's."""
    homes: dict[str, str] = {}
    for home in ("dimensions", "symbols", "functions", "model"):
        for name in _mapping(root, home):
            if name in homes:
                yield _again((home, name), homes[name])
            homes.setdefault(name, home)
    for path, question in _questions(root):
        yield from _own_names(path, question, homes)


def _own_names(path: Path, question: dict[str, Any], homes: dict[str, str]) -> Iterator[Complaint]:
    own = _mapping(question, "symbols")
    for name in own:
        if homes.get(name, "symbols") != "symbols":
            yield _again((*path, "symbols", name), homes[name])
    for name in _mapping(question, "free"):
        if name in own or name in homes:
            yield _again((*path, "free", name), homes.get(name, "the question's symbols"))


def _again(path: Path, home: str) -> Complaint:
    return Complaint(
        path, f"{quoted(str(path[-1]))} is declared twice: it is in {home} already", True
    )


def _sizes(root: dict[str, Any]) -> Iterator[Complaint]:
    """Shapes and ranges name dimensions that exist."""
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


def _ways(root: dict[str, Any]) -> Iterator[Complaint]:
    """A quantity and a reference are given in one way; a question has a way to its answer."""
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
    """A foreseen mistake is known by its value or by its code."""
    listed = owner.get("mistakes")
    for at, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            yield from _one_of((*path, "mistakes", at), one, "expression", "code")


def _one_of(path: Path, owner: dict[str, Any], first: str, second: str) -> Iterator[Complaint]:
    given = [way for way in (first, second) if owner.get(way) is not None]
    if len(given) != 1:
        many = "both are" if given else "neither is"
        yield Complaint(path, f"one of {first!r} and {second!r} is meant; {many} given", True)


def _asked(path: Path, question: dict[str, Any]) -> Iterator[Complaint]:
    for key in ("of", "wrt"):
        if question.get(key) is None:
            reason = "is missing; without a `reference`, a question says `of` what and `wrt` what"
            yield Complaint((*path, key), reason)


def _twice(root: dict[str, Any]) -> Iterator[Complaint]:
    """Ids and labels find a question, so no two questions share one, in any case of letters."""
    seen: dict[str, int] = {}
    for path, word in _markers(root):
        at, key = int(path[1]), word.casefold().strip()
        if seen.setdefault(key, at) != at:
            reason = f"{quoted(word)} already names the question at questions[{seen[key]}]"
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
