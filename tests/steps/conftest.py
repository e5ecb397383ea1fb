"""Fixtures that find breaks in small papers on the first homework."""

from pathlib import Path

import pytest
from library_keys import HOMEWORK, key_of
from steps_papers import Find

from grader.grading.collected import Written, collect
from grader.key import Key
from grader.steps import Break, first_break
from grader.submission import read


@pytest.fixture(scope="session")
def key() -> Key:
    return key_of(HOMEWORK)


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
