"""Each folder holds a problem that loads and a judgement of each of its questions."""

from pathlib import Path

import pytest
import yaml_data

from grader.problem import load

FOLDERS = sorted(file.parent for file in Path(__file__).parent.glob("*/problem.yaml"))
VERDICTS = {"correct", "incorrect", "arguable"}


def test_every_question_is_judged(subtests: pytest.Subtests) -> None:
    for folder in FOLDERS:
        with subtests.test(folder.name):
            problem = load(folder)
            said = yaml_data.load((folder / "expected.yaml").read_text(encoding="utf-8"))
            assert set(said["answers"]) == {question.id for question in problem.questions}
            assert said["run"]["loss"].strip()
            for answer in said["answers"].values():
                assert answer["verdict"] in VERDICTS
                assert answer["note"].strip()
