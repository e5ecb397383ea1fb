"""Papers and single answers to the problems of the library, graded as a student hands them in."""

from functools import cache
from pathlib import Path

from grader.api import load_problem
from grader.grading import grade
from grader.key import Key, build
from grader.result import Report
from grader.submission import Place, Submission, TextAnswer, read

PROBLEMS = Path(__file__).parents[2] / "problems"
REVIEW = ("unreadable", "undecided")  # a human looks


@cache
def key_of(problem: str) -> Key:
    """The key of a problem, built once."""
    return build(load_problem(PROBLEMS / problem))


def graded(problem: str, folder: Path, text: str) -> Report:
    """The report of a paper in Markdown."""
    paper = folder / "paper.md"
    paper.write_text(text, encoding="utf-8")
    return grade(key_of(problem), read(paper))


def answered(problem: str, question: str, text: str, notation: str = "latex") -> Report:
    """The report of an answer file with one answer."""
    answer = TextAnswer(question, text, notation, Place("answers.yaml", 1))
    return grade(key_of(problem), Submission("me", "answers.yaml", "", answers=(answer,)))
