"""`problem.yaml` as validated plain data; every value can be found in the text.

Expressions are not parsed here. Heavy imports wait until they are needed: a file that was read before
comes from the cache without YAML and pydantic.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from grader.errors import AuthorError, Fault
from grader.problem import cache

if TYPE_CHECKING:
    from grader.problem.document import Document

FILE = "problem.yaml"
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class ProblemSource:
    """A problem file that has been read: normalised `data`, and the place of each value."""

    path: Path
    digest: str
    data: dict[str, Any] = field(repr=False, compare=False)
    text: str = field(repr=False, compare=False)

    @property
    def folder(self) -> Path:
        """The problem's folder."""
        return self.path.parent

    def fault(self, path: tuple[str | int, ...], reason: str, offset: int | None = None) -> Fault:
        """A fault at the value of `path`, or at the value that should contain it.

        `offset` counts characters of a text on one line, and is added to the column.
        """
        return self._document.fault(path, reason, offset)

    @cached_property
    def _document(self) -> "Document":
        """The nodes of the YAML, parsed for the first fault that needs its place."""
        from grader.problem.document import Document

        return Document(self.path.name, self.text)


def read(path: Path) -> ProblemSource:
    """Read a problem's folder or its YAML file. Raises AuthorError with all its faults."""
    file = path / FILE if path.is_dir() else path
    content = _content(file)
    text = decoded(file.name, content)
    data = cache.cached(content)
    if data is None:
        data = validated(file.name, text)
        cache.store(content, data)
    source = ProblemSource(file, "", data, text)
    return ProblemSource(file, _digest(content, _modules(source)), data, text)


_INDEPENDENT = frozenset(
    "points prompt label labels all_or_nothing feedback forbid require layout transposed form steps "
    "follow_through follows mistakes accept title description draws".split()
)
"""Keys that expressions do not depend on: if one is faulty, the expressions can still be checked."""


def without_faulty_keys(path: Path) -> ProblemSource | None:
    """A refused file, read without its faulty keys, to find the faults of expressions as well.

    None if it has other faults than unknown keys and keys that expressions do not depend on.
    """
    from pydantic import ValidationError

    from grader.problem.checks import complaints
    from grader.problem.document import Document
    from grader.problem.schema import Homework, normalised
    from grader.problem.sentences import translated

    file = path / FILE if path.is_dir() else path
    try:
        content = _content(file)
        text = decoded(file.name, content)
        document = Document(file.name, text)
        Homework.model_validate(document.data)
    except ValidationError as error:
        for complaint in translated(error):
            at = complaint.path if complaint.at_key else _independent_key(complaint.path)
            if at:
                document.drop(at)
    except AuthorError:
        return None
    if document.faults or any(complaints(document.data)):
        return None
    try:
        data = normalised(Homework.model_validate(document.data))
    except ValidationError:
        return None
    return ProblemSource(file, "", data, text)


def _independent_key(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path of the key that a fault is in, if expressions do not depend on it; else ()."""
    own = path[:3] if path[:1] == ("questions",) else path[:1]
    return own if own and own[-1] in _INDEPENDENT else ()


def validated(name: str, text: str) -> dict[str, Any]:
    """The normalised data of a YAML text. Raises AuthorError with all faults, in the file `name`."""
    from pydantic import ValidationError

    from grader.problem.checks import complaints
    from grader.problem.document import Document
    from grader.problem.schema import Homework, normalised
    from grader.problem.sentences import translated

    document = Document(name, text)
    found = list(complaints(document.data))
    homework = None
    try:
        homework = Homework.model_validate(document.data)
    except ValidationError as error:
        found += translated(error)
    faults = document.faults + [document.fault(c.path, c.reason, None, c.at_key) for c in found]
    if faults or homework is None:
        raise AuthorError(in_order(faults))
    return normalised(homework)


def in_order(faults: list[Fault]) -> list[Fault]:
    """Sort faults by place, each once: a fault that an alias repeats is one."""
    unique = {(fault.line, fault.column, fault.reason): fault for fault in reversed(faults)}
    return sorted(unique.values(), key=lambda fault: (fault.line, fault.column))


def _content(file: Path) -> bytes:
    """The file's bytes."""
    try:
        if not file.is_file():
            raise _unreadable(file.name, f"there is no {file.name} in {file.parent}")
        with file.open("rb") as stream:
            return limited(file.name, stream, MAX_BYTES)
    except OSError as error:
        raise _unreadable(file.name, f"cannot be read: {error.strerror}") from None


def limited(name: str, stream: BinaryIO, most: int) -> bytes:
    """The bytes of a file. Raises AuthorError if there are more than `most`."""
    content = stream.read(most + 1)
    if len(content) > most:
        raise _unreadable(name, f"larger than {most:,} bytes")
    return content


def decoded(name: str, content: bytes) -> str:
    """The text, without a byte order mark. Raises AuthorError if it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        reason = "not UTF-8 text; save the file in UTF-8"
        raise AuthorError([Fault(name, line, column, "", reason)]) from None


def _unreadable(name: str, reason: str) -> AuthorError:
    return AuthorError([Fault(name, 0, 0, "", reason)])


def _modules(source: ProblemSource) -> dict[str, bytes]:
    """The bytes of the Python files that compute references."""
    modules: dict[str, bytes] = {}
    faults = []
    for at, question in enumerate(source.data["questions"]):
        name = ((question["reference"] or {}).get("python") or "").partition(":")[0]
        if not name or name in modules:
            continue
        try:
            modules[name] = (source.folder / name).read_bytes()
        except OSError as error:
            path = ("questions", at, "reference", "python")
            faults.append(source.fault(path, f"{name} cannot be read: {error.strerror}"))
    if faults:
        raise AuthorError(faults)
    return modules


def _digest(content: bytes, modules: dict[str, bytes]) -> str:
    """A hash of the YAML file and the Python files."""
    total = hashlib.sha256(content)
    for name, module in sorted(modules.items()):
        total.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(module).digest())
    return f"sha256:{total.hexdigest()}"
