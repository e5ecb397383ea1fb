"""Reading any `problem.yaml` gives a source or an `AuthorError`."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import examples

from grader.errors import AuthorError
from grader.problem import source

pytestmark = pytest.mark.sampled

HOMEWORK = Path(__file__).parents[2] / "problems" / "cs1678-hw3" / "problem.yaml"
TEXT = HOMEWORK.read_text(encoding="utf-8")
DATA = yaml.safe_load(TEXT)


@pytest.fixture(scope="module", autouse=True)
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", str(Path(name) / "cache"))
        yield Path(name)


def holds(folder: Path, content: bytes) -> None:
    """The promise: a source, the same from the cache, or faults that can be printed."""
    file = folder / "problem.yaml"
    file.write_bytes(content)
    try:
        read = source.read(file)
    except AuthorError as error:
        printable(error)
        return
    assert json.loads(json.dumps(read.data)) == read.data
    assert source.read(file).data == read.data
    for path in paths(read.data, ()):
        assert read.fault(path, "no", 0).line >= 1


def printable(error: AuthorError) -> None:
    assert error.faults
    assert all(fault.reason and "\n" not in str(fault) for fault in error.faults)
    str(error).encode()


def paths(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    if not isinstance(data, dict | list):
        return
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield from paths(value, (*path, step))


@given(content=st.binary(max_size=200))
def test_any_bytes(folder: Path, content: bytes) -> None:
    holds(folder, content)


@given(text=st.text(alphabet="ab01:-[]{},&*!|>'\"%@#?~<= \n\t\\xuU", max_size=60))
@settings(max_examples=examples(60, 400))
def test_any_yaml_signs(folder: Path, text: str) -> None:
    holds(folder, text.encode())


@given(
    start=st.integers(0, len(TEXT)),
    length=st.integers(0, 30),
    text=st.text(max_size=6) | st.text(alphabet=":-[]{},&*!|>'\"%@#? \n\t\\", max_size=3),
)
@settings(max_examples=examples(20, 200))
def test_the_homework_with_a_slip(folder: Path, start: int, length: int, text: str) -> None:
    holds(folder, (TEXT[:start] + text + TEXT[start + length :]).encode())


words = st.sampled_from(["x", "n1", "1", "1e-6", "", "normal", "is", "uniform", "kind", "q1"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(place=st.sampled_from(list(paths(DATA, ()))[1:]), value=values)
@settings(max_examples=examples(20, 200))
def test_any_value_anywhere(folder: Path, place: tuple[str | int, ...], value: Any) -> None:
    data = json.loads(json.dumps(DATA))
    owner = data
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = value
    holds(folder, yaml.safe_dump(data, allow_unicode=True).encode())
