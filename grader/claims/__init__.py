"""The claims of a paper: each statement once, what it is about, how it stands, what it may answer."""

from grader.claims.assembled import Assembled
from grader.claims.candidates import FITS, Candidate, Table, alone, names_for, table_of
from grader.claims.claim import Claim, words_beside
from grader.claims.definitions import own_names
from grader.claims.left_sides import read_left, says_more
from grader.claims.leftover import left_over
from grader.claims.matching import THE_SAME, aliases, left_under, member_convention, similarity
from grader.claims.notes import Words, in_words
from grader.claims.numbering import named, questions_marked
from grader.claims.plain import PlainEquation
from grader.claims.template import own, text_of

__all__ = [
    "FITS",
    "THE_SAME",
    "Assembled",
    "Candidate",
    "Claim",
    "PlainEquation",
    "Table",
    "Words",
    "aliases",
    "alone",
    "in_words",
    "left_over",
    "left_under",
    "member_convention",
    "named",
    "names_for",
    "own",
    "own_names",
    "questions_marked",
    "read_left",
    "says_more",
    "similarity",
    "table_of",
    "text_of",
    "words_beside",
]
