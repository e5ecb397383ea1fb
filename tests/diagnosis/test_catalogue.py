"""Every mistake of the catalogue is found and named in its examples."""

from pathlib import Path

import pytest
import yaml
import yaml_data
from mistakes_page import PAGE, page
from mutant_problems import PROBLEMS, codes, key_of, result_of

from grader import problem
from grader.diagnosis.catalogue import CATALOGUE
from grader.key import build
from grader.problem.codes import CODES

EXAMPLES = [(row, example) for row in CATALOGUE for example in row.examples]


@pytest.mark.parametrize(
    ("row", "example"), EXAMPLES, ids=[f"{row.code}-{ex.wrt}" for row, ex in EXAMPLES]
)
def test_an_example_is_wrong_and_its_mistake_is_named(row, example, tmp_path: Path):
    data = yaml_data.load(PROBLEMS[example.network].read_text("utf-8"))
    base, _, letters = example.wrt.removesuffix("]").partition("[")
    shape = key_of(example.network).problem.scope.names.symbols[base].shape
    names = [letter.strip() for letter in letters.split(",") if letter]
    free = dict(zip(names, shape, strict=False))
    data["questions"] = [{"id": "q", "of": example.of, "wrt": example.wrt, "free": free}]
    path = tmp_path / "problem.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    result = result_of(build(problem.load(path)), "q", example.answer)
    assert result.verdict in ("incorrect", "partial")
    assert row.code in codes(result)


def test_every_mistake_has_an_example():
    assert [row.code for row in CATALOGUE if not row.examples] == []


def test_the_hint_of_every_mistake_gives_away_less_than_its_sentence():
    for row in CATALOGUE:
        assert "{factor}" not in row.nudge
        assert "{" not in row.nudge, row.code
        assert row.hint != row.sentence


def test_every_code_is_one_that_authors_may_use():
    assert {row.code for row in CATALOGUE} <= CODES


def test_the_page_about_mistakes_is_made_from_the_catalogue():
    assert PAGE.read_text("utf-8") == page().rstrip() + "\n"
