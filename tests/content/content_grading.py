"""Grades single answers to problems of this repository."""

from pathlib import Path

import numpy as np

from grader.grading import grade
from grader.key import Key
from grader.result import QuestionResult
from grader.submission import ArrayAnswer, Place, Submission, TextAnswer

ROOT = Path(__file__).parents[2]


def judged(key: Key, question: str, answer: object, notation: str = "infix") -> QuestionResult:
    """The result of one answer, graded as a whole submission."""
    place = Place("answer", 1)
    if isinstance(answer, str):
        given: TextAnswer | ArrayAnswer = TextAnswer(question, answer, notation, place)
    else:
        array = np.asarray(answer, dtype=np.float64)
        given = ArrayAnswer(question, array, 16, None, place)
    submission = Submission("somebody", "answer", "", answers=(given,))
    return grade(key, submission, only=[question])[question]
