"""Each folder holds a problem that loads and a judgement of each of its questions."""

from pathlib import Path

import pytest
import yaml_data

from grader.problem import load

FOLDERS = sorted(file.parent for file in Path(__file__).parent.glob("*/problem.yaml"))
VERDICTS = {"correct", "incorrect", "missing"}


def test_there_are_as_many_as_are_needed() -> None:
    assert len(FOLDERS) >= 40


def test_every_question_is_judged(subtests: pytest.Subtests) -> None:
    for folder in FOLDERS:
        with subtests.test(folder.name):
            problem = load(folder)
            judged = yaml_data.load((folder / "judgement.yaml").read_text(encoding="utf-8"))
            assert set(judged["answers"]) == {question.id for question in problem.questions}
            for answer in judged["answers"].values():
                assert answer["verdict"] in VERDICTS
                assert answer["note"].strip()
