"""What of a paper is the student's own, and what stands in the handout that they filled in.

Copied is what stands in a run of words and formulas that follow one another in the handout too, in its
description or in a prompt. A formula or a word alone is not: `$W^2$` may be the answer and stand there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.problem.model import Problem
from grader.submission import Formula, Item, Marker, Paper, paper_of

_WORD = re.compile(r"[^\W_]+")
_RUN = 4  # words and formulas in a row that are a copy

Run = tuple[str, ...]


def own(paper: Paper, problem: Problem) -> Paper:
    """A paper without what is copied from the handout."""
    signs = [list(_signs(item)) for item in paper.items]
    said = [sign for one in signs for sign in one]
    copied, known = [False] * len(said), _runs(text_of(problem))
    for at, run in enumerate(_runs_in(said)):
        if run in known:
            copied[at : at + _RUN] = [True] * _RUN
    kept, at = [], 0
    for item, one in zip(paper.items, signs, strict=True):
        if not one or not all(copied[at : at + len(one)]):
            kept.append(item)
        at += len(one)
    return replace(paper, items=tuple(kept)) if len(kept) < len(paper.items) else paper


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
