"""Removes the lines of a paper that are copied from the handout.

A line is copied if all of it is in runs of words and formulas that the handout, the description or a
prompt has too, perhaps over several lines. A single formula or word is not copied: `$W^2$` may be an answer
and be in the handout.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from grader.problem.model import Problem
from grader.submission import Formula, Item, Marker, Paper, paper_of

_WORD = re.compile(r"[^\W_]+")
_RUN = 4  # words and formulas in a row that are a copy

Run = tuple[str, ...]


def own(paper: Paper, problem: Problem) -> Paper:
    """A paper without the lines that are copied from the handout."""
    lines = [list(line) for _, line in groupby(paper.items, _line_of)]
    signs = [[sign for item in line for sign in _signs(item)] for line in lines]
    said = [sign for line in signs for sign in line]
    copied, known = [False] * len(said), _runs(text_of(problem))
    for at, run in enumerate(_runs_in(said)):
        if run in known:
            copied[at : at + _RUN] = [True] * _RUN
    kept: list[Item] = []
    at, is_copied = 0, False
    for line, one in zip(lines, signs, strict=True):
        is_copied = (
            all(copied[at : at + len(one)]) if one else is_copied
        )  # `?` goes with its sentence
        kept += [item for item in line if isinstance(item, Marker)] if is_copied else line
        at += len(one)
    return replace(paper, items=tuple(kept)) if len(kept) < len(paper.items) else paper


def _line_of(item: Item) -> tuple[int | None, int]:
    return item.place.cell, item.place.line


def text_of(problem: Problem) -> str:
    """All that the author says to students, as one text."""
    prompts = [question.prompt for question in problem.questions]
    return "\n\n".join([problem.title, problem.description, *prompts, problem.handout])


def _signs(item: Item) -> Iterator[str]:
    """Words in lower case, and formulas without their white space; nothing for a marker."""
    if isinstance(item, Formula):
        yield "$" + "".join(item.text.split()).rstrip(".,;")
    elif not isinstance(item, Marker):
        yield from _WORD.findall(item.text.lower())


def _runs_in(signs: Sequence[str]) -> Iterator[Run]:
    return zip(*(signs[at:] for at in range(_RUN)), strict=False)


@lru_cache(maxsize=8)
def _runs(text: str) -> frozenset[Run]:
    """All runs of a text in Markdown."""
    return frozenset(_runs_in([sign for item in paper_of(text).items for sign in _signs(item)]))
