"""Any file gives a report, without an exception; the work grows no faster than the text.

Work is counted in calls, not in seconds: machines are noisy.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from counting import calls
from hypothesis import given, settings
from hypothesis import strategies as st
from property_problems import key_of
from property_strategies import (
    NOTATIONS,
    SUFFIXES,
    Answer,
    damaged_answers,
    damaged_files,
    graded_file,
    is_fair,
    judged,
    texts,
    write,
)
from sampling import examples

from grader.errors import StudentError
from grader.notation import infix, latex
from grader.submission import read

pytestmark = pytest.mark.sampled

HOMEWORK = "cs1678-hw3"


@given(file=damaged_files())
@settings(max_examples=examples(15, 200))
def test_a_damaged_submission_is_graded(file: tuple[str, bytes]) -> None:
    assert len(graded_file(*file).questions) == 17


@given(suffix=st.sampled_from(SUFFIXES), data=st.binary(max_size=400))
@settings(max_examples=examples(15, 200))
def test_any_bytes_are_graded(suffix: str, data: bytes) -> None:
    assert graded_file(suffix, data).score <= 25


@pytest.mark.parametrize("notation", NOTATIONS[:2])
def test_any_text_of_the_grammar_is_read_or_refused(notation: str) -> None:
    parse = (latex if notation == "latex" else infix).parse
    names = key_of(HOMEWORK).problem["q10"].names

    @given(text=texts(notation))
    @settings(max_examples=examples(40, 500))
    def holds(text: str) -> None:
        with suppress(StudentError):
            parse(text, names)

    holds()


@given(answer=damaged_answers())
@settings(max_examples=examples(40, 500))
def test_a_damaged_answer_is_right_only_with_the_right_values(answer: Answer) -> None:
    assert is_fair(answer, judged(answer))


UNITS = {
    "infix": ["+delta", "*x[1]", "-", "(", "x[", "[1],", "Sum(", "delta ", "x.T", ".T", "h1'",
              "sigma(", ","],
    "latex": [r"+\delta ", r"\cdot x_1", "-", "(", "{", "x_{1}", r"\frac{1}{2}", r"\sigma ", "h^1_{1}", "'",
              r"\mathbf{x}", r"\hat{y}", r"& \delta \\ ", r"\text{a}", r"\sum_i ", "_", "|x|", ","],
}  # fmt: skip


@pytest.mark.parametrize(
    ("notation", "unit"), [(notation, unit) for notation in UNITS for unit in UNITS[notation]]
)
def test_twice_the_text_is_about_twice_the_work(notation: str, unit: str) -> None:
    parse = (latex if notation == "latex" else infix).parse
    names = key_of(HOMEWORK).problem["q1"].names

    def work(length: int) -> int:
        text = "delta" + unit * (length // len(unit))
        return calls(lambda: parse(text, names))

    work(1_000)  # fills the caches that texts share
    length = examples(2_000, 4_000)
    assert work(2 * length) <= 2.6 * work(length) + 200


@pytest.mark.parametrize("suffix", [".md", ".tex", ".yaml", ".csv"])
@pytest.mark.parametrize(
    "unit", ["$x$\n\n", "1. a\n", "$$", "- [ ] \n", "\\item $x$\n", "a: b\n", "1,2\n"]
)
def test_twice_the_file_is_about_twice_the_work(suffix: str, unit: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def work(length: int) -> int:
            path = write(folder, f"ann{suffix}", (unit * length)[:length])
            return calls(lambda: read(path))

        work(500)
        length = examples(5_000, 8_000)
        assert work(2 * length) <= 2.6 * work(length) + 1_000
