"""A class: finding submissions, and grading them one after the other."""

from grader.batch.discovery import discover
from grader.batch.run import run

__all__ = ["discover", "run"]
