"""Small papers on the first homework, and where their derivations break."""

from pathlib import Path

import pytest
from steps_papers import Find

from grader.api import load_problem
from grader.grading.given import Written, collect
from grader.key import Key, build
from grader.steps import Break, first_break
from grader.submission import read

HOMEWORK = Path(__file__).parents[2] / "problems" / "cs1678-hw3"


@pytest.fixture(scope="session")
def key() -> Key:
    return build(load_problem(HOMEWORK))


@pytest.fixture
def find(key: Key, tmp_path: Path) -> Find:
    """The break in the derivation of one question's answer in a file of this text."""

    def found(question: str, text: str, name: str = "paper.md") -> Break | None:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        given = collect(key.problem, read(path)).given[question]
        assert isinstance(given, Written)
        return first_break(key[question], given.chain) if given.chain is not None else None

    return found
