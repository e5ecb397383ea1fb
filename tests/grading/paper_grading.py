"""Grades papers and single answers to problems of the library, from files as students write them."""

from pathlib import Path

from library_keys import key_of

from grader.grading import grade
from grader.result import Report
from grader.submission import Place, Submission, TextAnswer, read

REVIEW = ("unreadable", "undecided")  # a human looks


def graded(problem: str, folder: Path, text: str) -> Report:
    """The report of a paper in Markdown."""
    paper = folder / "paper.md"
    paper.write_text(text, encoding="utf-8")
    return grade(key_of(problem), read(paper))


def answered(problem: str, question: str, text: str, notation: str = "latex") -> Report:
    """The report of an answer file with one answer."""
    answer = TextAnswer(question, text, notation, Place("answers.yaml", 1))
    return grade(key_of(problem), Submission("me", "answers.yaml", "", answers=(answer,)))
