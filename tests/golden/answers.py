"""The corpus of answers to grade, separate from the code that grades it.

`answers.jsonl.xz` has a line of JSON for each problem, then for each entry: an answer or a submission.

    {"problem": "ridge", "yaml": "id: …"}
    {"on": "ridge", "from": "cases right", "question": "q1", "notation": "infix", "text": "X.T @ r"}
    {"on": "ridge", "from": "styles", "files": {"messy.md": "…"}}

A file that is not UTF-8 is {"base64": "…"}; files in one folder are one submission.
"""

import base64
import hashlib
import json
import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORPUS = HERE / "answers.jsonl.xz"
SAMPLE = 300  # entries that are graded in every run of the tests
SAMPLED = (
    "cs1678-hw3",
    "tanh-mlp",
    "softmax-cross-entropy",
    "linear-regression",
    "ridge",
)  # keys are not free

Content = str | dict[str, str]


@dataclass(frozen=True)
class Entry:
    """The text of one answer to a problem, or the files of a paper."""

    problem: str
    source: str
    question: str = ""
    notation: str = ""
    text: str = ""
    files: Mapping[str, Content] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A digest of the entry, which does not depend on the order of the corpus."""
        parts = [self.problem, self.question, self.notation, self.text, self.files]
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    @property
    def head(self) -> str:
        """The heading of an entry: source, problem, question, notation."""
        about = f"{self.question} {self.notation}" if self.question else "paper"
        return f"{self.source} · {self.problem} {about}"

    def to_json(self) -> dict[str, Any]:
        """The line of the corpus."""
        data: dict[str, Any] = {"on": self.problem, "from": self.source}
        if self.files:
            return {**data, "files": self.files}
        return {**data, "question": self.question, "notation": self.notation, "text": self.text}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Entry":
        """The entry of a line."""
        named = {
            name: data[name] for name in ("question", "notation", "text", "files") if name in data
        }
        return cls(data["on"], data["from"], **named)


def stored(path: Path) -> dict[str, Content]:
    """The files at a path, without links, by names that begin with the submission's."""
    files = (
        file
        for file in (path, *sorted(path.rglob("*")))
        if file.is_file() and not file.is_symlink()
    )
    return {file.relative_to(path.parent).as_posix(): content(file.read_bytes()) for file in files}


def content(data: bytes) -> Content:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def written(files: Mapping[str, Content], folder: Path) -> Path:
    """Write a submission's files into a folder; returns the submission's path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else base64.b64decode(content["base64"])
        path.write_bytes(data)
    return folder / next(iter(files)).partition("/")[0]


def save(problems: Mapping[str, str], entries: Iterable[Entry], to: Path = CORPUS) -> None:
    """Write the corpus; the same answers give the same bytes."""
    lines: list[dict[str, Any]] = [
        {"problem": name, "yaml": text} for name, text in problems.items()
    ]
    lines += [entry.to_json() for entry in entries]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    to.write_bytes(lzma.compress(text.encode(), preset=9))


def load(path: Path = CORPUS) -> tuple[dict[str, str], list[Entry]]:
    """The problems as text by name, and all entries in order."""
    problems: dict[str, str] = {}
    entries: list[Entry] = []
    for line in lzma.decompress(path.read_bytes()).splitlines():
        data = json.loads(line)
        if "problem" in data:
            problems[data["problem"]] = data["yaml"]
        else:
            entries.append(Entry.from_json(data))
    return problems, entries


def sample(entries: Sequence[Entry]) -> list[Entry]:
    """A fixed sample of the entries to a few problems: those with the lowest digests."""
    own = sorted(
        (entry for entry in entries if entry.problem in SAMPLED), key=lambda entry: entry.digest
    )
    chosen = {entry.digest for entry in own[:SAMPLE]}
    return [entry for entry in entries if entry.digest in chosen]
