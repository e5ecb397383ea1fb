"""Papers meet questions: which equation answers what, and what the student's own names mean."""

from grader.alignment.align import Found, align, answer_of, named, names_for
from grader.alignment.entries import Entry, entries, read_left

__all__ = ["Entry", "Found", "align", "answer_of", "entries", "named", "names_for", "read_left"]
