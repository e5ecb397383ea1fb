"""The examples on the page about rules work in the first homework as they are."""

import re
from pathlib import Path

import pytest
import yaml

from grader import key
from grader.problem import load

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_accepted(block: str, tmp_path: Path):
    homework = yaml.safe_load((ROOT / "problems/cs1678-hw3/problem.yaml").read_text("utf-8"))
    shown = yaml.safe_load(block)
    by_id = {question["id"]: question for question in homework["questions"]}
    for question in shown.pop("questions", []):
        by_id[question["id"]].update(question)
    homework.update(shown)
    path = tmp_path / "problem.yaml"
    path.write_text(yaml.safe_dump(homework, sort_keys=False), "utf-8")
    assert key.build(load(path)).questions.keys() == by_id.keys()


def test_every_rule_is_on_the_page():
    from grader.problem.schema import QuestionSpec, RulesSpec

    rules = {*RulesSpec.model_fields, "accept", "follows"} - {"feedback"}
    assert rules <= set(QuestionSpec.model_fields)
    assert all(f"{name}:" in PAGE for name in rules)
