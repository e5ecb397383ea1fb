"""Grades the corpus of answers and writes one line an answer.

    python tests/golden/grade.py --write                   # accept: these are the golden verdicts now
    python tests/golden/grade.py --tree FOLDER --out FILE  # the verdicts of another checkout

A heading names source, problem, question and notation; below it a line an answer holds, between tabs,

    digest  verdict  score  codes  place  reading

A paper has a line for each question of its problem, `digest/question`. The order is that of the corpus,
for any number of processes. An exception of the grader is the verdict `error`, with its class as the code.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import answers
from answers import Entry

ROOT = answers.HERE.parents[1]
VERDICTS = answers.HERE / "verdicts.tsv"
SUMMARY = answers.HERE / "summary.md"
CHUNK = 150  # entries of one problem that a process grades at a time
PATIENCE = 60  # seconds for one entry, which takes milliseconds; more is an error
LONGEST = 120  # characters of a reading in the file


class Row(NamedTuple):
    """The result of one answer as text. `name` is the digest; for a paper, digest/question."""

    name: str
    verdict: str
    score: str = ""
    codes: str = ""
    place: str = ""
    reading: str = ""


class TooLong(Exception):
    """An entry takes more than `PATIENCE`."""


def _stop(*_: object) -> None:
    raise TooLong


@lru_cache(maxsize=8)
def _problem(text: str, folder: str) -> Any:
    """A problem by the text of its `problem.yaml`, cached."""
    from grader import load_problem

    home = Path(tempfile.mkdtemp(dir=folder))
    (home / "problem.yaml").write_text(text, encoding="utf-8")
    return load_problem(home)


def graded(text: str, entry: Entry, folder: str) -> list[Row]:
    """The rows of one entry to a problem, by the public API, which is stable."""
    from grader import grade

    names = [entry.digest]
    signal.alarm(PATIENCE)
    try:
        problem = _problem(text, folder)
        if not entry.files:
            answer = entry.text if entry.notation == "infix" else {"latex": entry.text}
            return [_row(entry.digest, grade(problem, {entry.question: answer})[entry.question])]
        names = [f"{entry.digest}/{question.id}" for question in problem.questions]
        handed_in = answers.written(entry.files, Path(tempfile.mkdtemp(dir=folder)))
        results = grade(problem, handed_in).questions
        return [_row(name, result) for name, result in zip(names, results, strict=True)]
    except Exception as error:  # a bug of the grader is a verdict here
        return [Row(name, "error", "0", type(error).__name__) for name in names]
    finally:
        signal.alarm(0)


def _row(name: str, result: Any) -> Row:
    codes = ",".join(dict.fromkeys(message.code for message in result.messages if message.code))
    return Row(
        name, str(result.verdict), f"{result.score:g}", codes, _place(result), _reading(result)
    )


def _place(result: Any) -> str:
    """File, line and column in a paper; empty for a single answer."""
    answer = result.answer
    if answer is None or answer.line is None or answer.path == "answers":
        return ""
    return _one_line(f"{answer.path}:{answer.line}:{answer.column}")


def _reading(result: Any) -> str:
    """The reading; a long one is cut, with a digest."""
    text = (result.answer.reading if result.answer else None) or ""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… {hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return _one_line(text)


def _one_line(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())[1:-1]


def _graded_chunk(task: tuple[str, Sequence[Entry], str]) -> list[list[Row]]:
    """The rows of some entries to one problem."""
    text, entries, folder = task
    signal.signal(signal.SIGALRM, _stop)
    return [graded(text, entry, folder) for entry in entries]


def all_graded(
    problems: Mapping[str, str], entries: Sequence[Entry], jobs: int = 1
) -> Iterator[tuple[Entry, list[Row]]]:
    """Every entry with its rows, in the order of the entries."""
    of_problem: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        of_problem.setdefault(entry.problem, []).append(at)
    chunks = [own[i : i + CHUNK] for own in of_problem.values() for i in range(0, len(own), CHUNK)]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADER_CACHE_DIR"] = folder  # no compiled files of another version
        tasks = [
            (problems[entries[c[0]].problem], [entries[at] for at in c], folder) for c in chunks
        ]
        rows: dict[int, list[Row]] = {}
        for chunk, done in zip(chunks, _done(tasks, jobs), strict=True):
            rows.update(zip(chunk, done, strict=True))
    for at, entry in enumerate(entries):
        yield entry, rows[at]


def _done(
    tasks: Sequence[tuple[str, Sequence[Entry], str]], jobs: int
) -> Iterator[list[list[Row]]]:
    if jobs == 1:
        yield from map(_graded_chunk, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_graded_chunk, tasks)


# The files


def as_text(graded: Iterable[tuple[Entry, list[Row]]]) -> str:
    """The verdict file."""
    lines = []
    for head, group in groupby(graded, key=lambda pair: pair[0].head):
        lines.append(f"# {head}")
        lines += ["\t".join(row).rstrip("\t") for _, rows in group for row in rows]
    return "\n".join(lines) + "\n"


def parsed(text: str) -> dict[str, Row]:
    """The rows of a verdict file by their names."""
    rows = (
        Row(*line.split("\t")) for line in text.split("\n") if line and not line.startswith("# ")
    )
    return {row.name: row for row in rows}


def summary(text: str) -> str:
    """A table of verdicts by source."""
    counts: dict[str, Counter[str]] = {}
    for line in text.splitlines():
        if line.startswith("# "):
            own = counts.setdefault(line[2:].partition(" · ")[0], Counter())
        else:
            own[line.split("\t")[1]] += 1
    verdicts = ["correct", "partial", "incorrect", "unreadable", "undecided", "missing", "error"]
    total = sum(counts.values(), Counter[str]())
    lines = ["# Golden verdicts", "", "Written by `python tests/golden/grade.py --write`.", ""]
    lines += [f"| answers | {' | '.join(verdicts)} |", f"| --- |{' ---: |' * len(verdicts)}"]
    for source, own in [*counts.items(), ("all", total)]:
        lines.append(f"| {source} | {' | '.join(str(own[verdict]) for verdict in verdicts)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Grade the corpus and write the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout whose grader grades")
    parser.add_argument("--out", type=Path, help="where to write the verdicts")
    parser.add_argument("--write", action="store_true", help="write the committed files")
    parser.add_argument(
        "--sample", action="store_true", help="only the sample that the tests grade in every run"
    )
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if asked.write and (asked.sample or asked.tree != ROOT):
        parser.error("--write needs all verdicts of this tree")
    tree = asked.tree.resolve()
    sys.path.insert(0, str(tree))
    import grader

    if not Path(grader.__file__).is_relative_to(tree):
        sys.exit(f"the grader of {tree} was not found, but {grader.__file__}")
    problems, entries = answers.load()
    entries = answers.sample(entries) if asked.sample else entries
    text = as_text(all_graded(problems, entries, asked.jobs))
    if asked.write:
        VERDICTS.write_text(text, encoding="utf-8")
        SUMMARY.write_text(summary(text), encoding="utf-8")
    elif asked.out:
        asked.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
