"""A problem's folder or file → `Problem`."""

from dataclasses import replace
from pathlib import Path

from grader.errors import AuthorError, Fault
from grader.problem.build import build
from grader.problem.model import Problem
from grader.problem.source import in_order, read, without_faulty_keys

LONGEST_HANDOUT = 200_000  # characters


def load(path: str | Path) -> Problem:
    """The problem in a folder or a `problem.yaml`. Raises AuthorError with all that is wrong."""
    try:
        source = read(Path(path))
    except AuthorError as error:
        raise AuthorError(in_order([*error.faults, *_besides(Path(path))])) from None
    problem = replace(build(source), handout=_handout(source.folder))
    if problem.source is not None:
        from grader.problem import variants

        variants.check(problem, source)
    return problem


def _handout(folder: Path) -> str:
    """What the author hands out, `handout.md`; "" if it is not there or cannot be read."""
    try:
        with (folder / "handout.md").open(encoding="utf-8") as file:
            return file.read(LONGEST_HANDOUT)
    except (OSError, UnicodeDecodeError):
        return ""


def _besides(path: Path) -> tuple[Fault, ...]:
    """What else is wrong with a file, were its keys that are unknown or of no consequence not there."""
    source = without_faulty_keys(path)
    try:
        if source is not None:
            build(source)
    except AuthorError as error:
        return error.faults
    return ()
