"""Aligns papers with questions: which equation answers which, and what students' names mean."""

from grader.alignment.align import FoundAnswer, align, alone, in_words, names_for
from grader.alignment.assembled import Assembled
from grader.alignment.definitions import own_names
from grader.alignment.entries import Entry, read_left
from grader.alignment.left_sides import says_more
from grader.alignment.leftover import left_over
from grader.alignment.matching import THE_SAME, aliases, left_under, member_convention
from grader.alignment.notes import Words
from grader.alignment.numbering import named
from grader.alignment.plain import PlainEquation
from grader.alignment.template import own, text_of

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
