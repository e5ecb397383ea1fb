"""The first homework with an author's rules, and answers to it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
import yaml_data

from grader import problem
from grader.grading import grade
from grader.key import Key, build
from grader.result import Report
from grader.submission import Place, Submission, TextAnswer

HOMEWORK = Path(__file__).parents[2] / "problems" / "cs1678-hw3" / "problem.yaml"


@cache
def _key(rules: str) -> Key:
    data = yaml_data.load(HOMEWORK.read_text("utf-8"))
    own = yaml_data.load(rules)
    for question in data["questions"]:
        question.update(own.pop(question["id"], {}))
    data.update(own)
    with TemporaryDirectory() as folder:
        path = Path(folder, "problem.yaml")
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
        return build(problem.load(path))


def graded(rules: str, **answers: str) -> Report:
    """The report on answers in infix, by question id, under rules in YAML, by question id or for all."""
    given: Any = tuple(
        TextAnswer(question, text, "infix", Place("answers.yaml", 1))
        for question, text in answers.items()
    )
    return grade(_key(rules), Submission("s", "s", "", answers=given))


def codes(report: Report, question: str) -> list[str]:
    """The codes of all messages on a question."""
    return [message.code for message in report[question].messages if message.code]
