"""Aligns papers with questions: which equation answers which, and what students' names mean."""

from grader.claims.align import FoundAnswer, align, alone, in_words, names_for
from grader.claims.assembled import Assembled
from grader.claims.definitions import own_names
from grader.claims.entries import Entry, read_left
from grader.claims.left_sides import says_more
from grader.claims.leftover import left_over
from grader.claims.matching import THE_SAME, aliases, left_under, member_convention
from grader.claims.notes import Words
from grader.claims.numbering import named
from grader.claims.plain import PlainEquation
from grader.claims.template import own, text_of

__all__ = [
    "THE_SAME",
    "Assembled",
    "Entry",
    "FoundAnswer",
    "PlainEquation",
    "Words",
    "aliases",
    "align",
    "alone",
    "in_words",
    "left_over",
    "left_under",
    "member_convention",
    "named",
    "names_for",
    "own",
    "own_names",
    "read_left",
    "says_more",
    "text_of",
]
