"""Compares the verdicts of two trees on the corpus of answers, and prints what moved.

    python tests/golden/compare.py                # the committed verdicts, and the tree as it is
    python tests/golden/compare.py main           # a git revision, and the tree as it is
    python tests/golden/compare.py OLD NEW        # each a verdict file, a checkout, or a revision

A side that is not a file or a folder is a git revision. It is checked out into a temporary folder and
grades the corpus of this tree there. The exit code is 1 if anything moved, 2 if a side cannot be graded.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import answers
from answers import Entry
from grade import ROOT, VERDICTS, Row, parsed

SHOWN = 10  # answers of a group to print by default
WIDTH = 600  # characters of a text to print
ABSENT = Row("", "absent")
FIELDS = ("score", "codes", "place", "reading")
ACCEPT = "If all of this is intended, accept it: python tests/golden/grade.py --write"


class Move(NamedTuple):
    """An answer with another result than before."""

    old: Row
    new: Row

    @property
    def digest(self) -> str:
        """The digest of the entry in the corpus."""
        return (self.old.name or self.new.name).partition("/")[0]

    @property
    def question(self) -> str:
        """The question, if the entry is a paper."""
        return (self.old.name or self.new.name).partition("/")[2]

    @property
    def group(self) -> str:
        """The verdicts before and after, or the other fields that changed."""
        if self.old.verdict != self.new.verdict:
            return f"{self.old.verdict} → {self.new.verdict}"
        changed = [name for name in FIELDS if getattr(self.old, name) != getattr(self.new, name)]
        return f"another {' and '.join(changed)}"

    @property
    def urgency(self) -> tuple[int, str]:
        """Sort key: first right answers that are lost, then answers newly accepted."""
        kinds = (self.old.verdict == "correct", self.new.verdict == "correct", " → " in self.group)
        same = self.old.verdict == self.new.verdict
        return (3 if same else kinds.index(True)), self.group


def moves(old: Mapping[str, Row], new: Mapping[str, Row]) -> list[Move]:
    """The differences between two sets of verdicts, in the order of the corpus."""
    names = dict.fromkeys((*old, *new))
    pairs = (Move(old.get(name, ABSENT), new.get(name, ABSENT)) for name in names)
    return [move for move in pairs if move.old != move.new]


def of_entries(rows: Mapping[str, Row], entries: Collection[str]) -> dict[str, Row]:
    """The rows of some entries, given by their digests."""
    return {name: row for name, row in rows.items() if name.partition("/")[0] in entries}


def report(
    moved: Sequence[Move], entries: Mapping[str, Entry], shown: int = SHOWN
) -> Iterator[str]:
    """The lines to print: the groups with their sizes, then each with its answers."""
    groups: dict[str, list[Move]] = {}
    for move in sorted(moved, key=lambda move: move.urgency):
        groups.setdefault(move.group, []).append(move)
    yield f"{len(moved)} answers moved" if moved else "nothing moved"
    yield from (f"{len(group):7}  {name}" for name, group in groups.items())
    for name, group in groups.items():
        yield from _group(name, group, entries, shown)


def _group(
    name: str, group: Sequence[Move], entries: Mapping[str, Entry], shown: int
) -> Iterator[str]:
    """A group: its sizes by source, then some entries of each source, each paper once."""
    sources = Counter(_source(move, entries) for move in group)
    yield f"\n== {name}: {len(group)} ({', '.join(f'{source} {n}' for source, n in sources.items())})"
    of_entry: dict[str, list[Move]] = {}
    for move in group:
        of_entry.setdefault(move.digest, []).append(move)
    before: Counter[str] = Counter()
    ranked = []
    for own in of_entry.values():
        source = _source(own[0], entries)
        ranked.append((before[source], own))
        before[source] += 1
    ranked.sort(key=lambda pair: pair[0])
    for _, own in ranked[:shown]:
        yield from _described(own, entries)
    if len(ranked) > shown:
        yield f"\n   … and {len(ranked) - shown} more texts (--show)"


def _source(move: Move, entries: Mapping[str, Entry]) -> str:
    return entries[move.digest].source if move.digest in entries else "no longer in the corpus"


def _described(own: Sequence[Move], entries: Mapping[str, Entry]) -> Iterator[str]:
    """An entry with its text, and the changes of its answers."""
    entry = entries.get(own[0].digest)
    yield f"\n-- {own[0].digest}  {entry.head if entry else 'no longer in the corpus'}"
    if entry is not None:
        yield from (f"   | {line}" for line in _text(entry, own[0]).splitlines())
    questions: dict[str, list[str]] = {}
    for move in own:
        questions.setdefault("; ".join(_fields(move)), []).append(move.question)
    for new, names in questions.items():
        yield f"   {' '.join((*filter(None, names), new))}"


def _fields(move: Move) -> Iterator[str]:
    for field in ("verdict", *FIELDS):
        old, new = getattr(move.old, field), getattr(move.new, field)
        if old != new:
            yield f"{field}: {old or '–'} → {new or '–'}"
        elif old and field in ("codes", "reading"):
            yield f"{field}: {old}"


def _text(entry: Entry, move: Move) -> str:
    """The text of the answer, or of the paper from the answer on."""
    if not entry.files:
        return _safe(entry.text)
    name, _, rest = (move.new.place or move.old.place).partition(":")
    contents = [text for file, text in entry.files.items() if file.endswith(name)]
    if not isinstance(contents[0] if contents else None, str):
        return f"({', '.join(entry.files)})"
    line = int(rest.partition(":")[0] or 1)
    return _safe("\n".join(str(contents[0]).splitlines()[max(0, line - 3) :]))


def _safe(text: str) -> str:
    """A student's text for the terminal: short, without control characters."""
    short = text if len(text) <= WIDTH else f"{text[:WIDTH]} …"
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in short)


# The two sides


def verdicts(side: str, options: Sequence[str]) -> dict[str, Row]:
    """The verdicts of a file, of a checkout, or of a git revision; `options` are those of `grade.py`."""
    if Path(side).is_file():
        return parsed(Path(side).read_text(encoding="utf-8"))
    if Path(side, "grader").is_dir():  # a branch may have the name of another folder
        return _of_tree(Path(side), options)
    with worktree(side) as tree:
        return _of_tree(tree, options)


def _of_tree(tree: Path, options: Sequence[str]) -> dict[str, Row]:
    """The verdicts of a checkout, in its own process, since a process has only one grader."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "verdicts.tsv")
        grade = [sys.executable, str(answers.HERE / "grade.py")]
        command = [*grade, "--tree", str(tree), "--out", str(out), *options]
        subprocess.run(command, check=True)
        return parsed(out.read_text(encoding="utf-8"))


@contextmanager
def worktree(revision: str) -> Iterator[Path]:
    """A temporary checkout of a revision."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(tree), revision], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def main() -> int:
    """Compare two sides and print what moved."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", nargs="?", default=str(VERDICTS))
    parser.add_argument("new", nargs="?", default=str(ROOT))
    parser.add_argument(
        "--show", type=int, default=SHOWN, help="how many answers of each group are printed"
    )
    parser.add_argument(
        "--only", default="", help="print only groups with this in their name: 'correct →'"
    )
    parser.add_argument(
        "--sample", action="store_true", help="only the sample that the tests grade in every run"
    )
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    try:
        return _compared(asked)
    except subprocess.CalledProcessError as error:
        print(f"failed: {' '.join(error.cmd)}", file=sys.stderr)
        return 2


def _compared(asked: argparse.Namespace) -> int:
    entries = {entry.digest: entry for entry in answers.load()[1]}
    options = ["--jobs", str(asked.jobs)]
    if asked.sample:
        options.append("--sample")
        entries = {entry.digest: entry for entry in answers.sample([*entries.values()])}
    old, new = (of_entries(verdicts(side, options), entries) for side in (asked.old, asked.new))
    moved = moves(old, new)
    print(
        "\n".join(report([move for move in moved if asked.only in move.group], entries, asked.show))
    )
    if moved and asked.old == str(VERDICTS):
        print(f"\n{ACCEPT}")
    return 1 if moved else 0


if __name__ == "__main__":
    sys.exit(main())
