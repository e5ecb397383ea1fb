"""Problems for tests of mistakes: those of the library, and small ones for what they lack."""

from functools import cache
from pathlib import Path

import library_keys
import yaml_data

from grader.grading import grade
from grader.key import Key, build
from grader.problem import load
from grader.result import QuestionResult
from grader.submission import Place, Submission, TextAnswer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOMEWORK = "cs1678-hw3"
PROBLEMS = {
    path.parent.name if path.name == "problem.yaml" else path.stem: path
    for path in [*ROOT.glob("problems/*/problem.yaml"), *HERE.glob("problems/*.yaml")]
}


def _questions(names: list[str]) -> list[tuple[str, str]]:
    return [
        (name, question["id"])
        for name in names
        for question in yaml_data.load(PROBLEMS[name].read_text("utf-8"))["questions"]
    ]


_OWN = [path.stem for path in HERE.glob("problems/*.yaml")]
QUESTIONS = _questions([HOMEWORK, *_OWN])
LIBRARY = _questions([name for name in PROBLEMS if name not in (HOMEWORK, *_OWN)])


@cache
def key_of(name: str) -> Key:
    """The key of a problem, built once."""
    return library_keys.key_of(name) if name in library_keys.NAMES else build(load(PROBLEMS[name]))


def result_of(key: Key, question: str, text: str, notation: str = "infix") -> QuestionResult:
    """The result of one answer in text."""
    answer = TextAnswer(question, text, notation, Place("answers.yaml", 1))
    report = grade(key, Submission("s", "s", "", answers=(answer,)), only=(question,))
    return report[question]


def codes(result: QuestionResult) -> list[str]:
    """The codes of all messages."""
    return [message.code for message in result.messages if message.code]
