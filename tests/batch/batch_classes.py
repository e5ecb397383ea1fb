"""Classes for tests, and graders that misbehave on some submissions.

Worker processes import this module, so the graders are found by name.
"""

import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.batch import FoundSubmission
from grader.batch.worker import grade_one
from grader.key import Key
from grader.result import Report

ROOT = Path(__file__).resolve().parents[2]
PROBLEM = ROOT / "problems/cs1678-hw3"
PATIENCE = 300
"""Seconds after which a process is taken to hang: nothing comes near it on the busiest machine."""

ANSWERS = (
    'answers: {q1: "delta*h2[1]", q11: "delta*W3.T @ h1.T"}',
    'answers: {q1: "delta*h2[2]", q11: "delta*W3.T @ h1"}',
    'answers: {q1: "h2[1]*delta", q17: "delta*W3@W2"}',
    "",
    'answers: {q1: "delta*("}',
)


def a_class(folder: Path, count: int) -> Path:
    """A folder of small submissions, all different."""
    folder.mkdir(parents=True)
    for number in range(count):
        text = ANSWERS[number % len(ANSWERS)]
        (folder / f"s{number:04}.yaml").write_text(f"# {number}\n{text}\n")
    return folder


def sometimes_bad(key: Key, found: FoundSubmission) -> Report:
    """Hangs on `hang`, eats memory on `eat`, kills its process on `kill`, fails on `raise`."""
    if found.id == "hang":
        time.sleep(600)
    if found.id == "eat":
        hoard = []
        while True:
            hoard.append(bytearray(32 << 20))
    if found.id == "kill":
        os._exit(9)
    if found.id == "raise":
        raise ZeroDivisionError("boom")
    return grade_one(key, found)


def slow(key: Key, found: FoundSubmission) -> Report:
    """Grades slowly, so that a test can kill it in the middle."""
    time.sleep(0.01)
    return grade_one(key, found)


class Finished(NamedTuple):
    """The exit code and the output of a run of the grader."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: object) -> Finished:
    """Run the command line in this process; its workers are other processes."""
    from grader.cli import main

    out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as leaving:
        main([str(word) for word in words])
    assert isinstance(leaving.value.code, int)
    return Finished(leaving.value.code, *map(written, (out, err)))


def written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def command(*words: object, before: str = "") -> list[str]:
    """A command line that runs the grader in a new process, after the Python code in `before`."""
    code = f"{before}\nfrom grader.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, words)]


def environment() -> dict[str, str]:
    """This environment, with the project on the Python path."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
