"""Papers meet questions: which equation answers what, and what the student's own names mean."""

from grader.alignment.align import Found, align, names_for
from grader.alignment.entries import Entry, read_left

__all__ = ["Entry", "Found", "align", "names_for", "read_left"]
