"""Loads the problem in a folder or file."""

from dataclasses import replace
from pathlib import Path

from grader.errors import AuthorError, Fault
from grader.problem.build import build
from grader.problem.model import Problem
from grader.problem.source import in_order, read, without_faulty_keys

LONGEST_HANDOUT = 200_000  # characters


def load(path: str | Path) -> Problem:
    """The problem in a folder or a `problem.yaml`. Raises AuthorError with all faults."""
    try:
        source = read(Path(path))
    except AuthorError as error:
        raise AuthorError(in_order([*error.faults, *_other_faults(Path(path))])) from None
    problem = replace(build(source), handout=_handout(source.folder))
    if problem.source is not None:
        from grader.problem import variants

        variants.check(problem, source)
    return problem


def _handout(folder: Path) -> str:
    """The text of `handout.md`; "" if the file is missing or cannot be read."""
    try:
        with (folder / "handout.md").open(encoding="utf-8") as file:
            return file.read(LONGEST_HANDOUT)
    except (OSError, UnicodeDecodeError):
        return ""


def _other_faults(path: Path) -> tuple[Fault, ...]:
    """The faults that are left in a file without the faulty keys that expressions do not depend on."""
    source = without_faulty_keys(path)
    try:
        if source is not None:
            build(source)
    except AuthorError as error:
        return error.faults
    return ()
