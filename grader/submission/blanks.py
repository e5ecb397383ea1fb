"""Texts that people write for a missing answer: "I don't know", "TODO", "?"."""

import itertools
from collections.abc import Sequence

from grader.lexicon import Mark, Role, find

_REACH = 300  # characters to look at, since an excuse is short
_BETWEEN = 16  # characters between a denial and its verb: `don't really know`
_EXCUSES = frozenset({Role.BLANK, Role.NOTHING, Role.NOT, Role.KNOW})
_TURNS = frozenset({Role.BUT, Role.GUESS, Role.BELIEF})  # an answer follows after these


def is_blank(text: str) -> bool:
    """Whether a text only says that there is no answer."""
    words = text[:_REACH].strip(" \t\n.!,;:*_()[]")
    if not any(character.isalnum() for character in words):
        return True
    marks = find(words, among=_EXCUSES)
    if len(marks) == 1 and Role.NOTHING in marks[0].roles and marks[0].text == words:
        return True
    if not any(Role.BLANK in mark.roles for mark in marks) and not _cannot(words, marks):
        return False
    return "=" not in words and not any(mark.roles & _TURNS for mark in find(words))


def _cannot(text: str, marks: Sequence[Mark]) -> bool:
    """Whether a text says that its author does not know or did not manage: `kann ich nicht`."""
    pairs = itertools.pairwise(marks)
    return any(
        {Role.NOT, Role.KNOW} <= one.roles | other.roles
        and one.roles.isdisjoint(other.roles)
        and len(text[one.end : other.start]) <= _BETWEEN
        for one, other in pairs
    )
