"""Numbers as programs write them: NumPy's text and prints, pandas' tables, other locales."""

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handing_in import array, by_question, hand_in, refusal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sampling import examples

from grader.submission import ArrayAnswer, limits
from grader.submission.arrays.printed import printed
from grader.submission.refusals import Refused

Floats = np.ndarray[Any, np.dtype[np.float64]]

arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=4),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda value: value + 1 / 3),
)  # fmt: skip


def savetxt(values: Any, **options: Any) -> str:
    file = io.StringIO()
    np.savetxt(file, values, **options)
    return file.getvalue()


def pandas(values: Floats, *, header: bool = True, index: bool = True) -> str:
    """A table as `DataFrame.to_csv` writes it."""
    lines = [["", *map(str, range(values.shape[1]))]] if header else []
    lines += [[str(at), *map(repr, row)] for at, row in enumerate(values.tolist())]
    return "".join(",".join(line if index else line[1:]) + "\n" for line in lines)


def read_back(name: str, text: str) -> ArrayAnswer:
    with tempfile.TemporaryDirectory() as folder:
        return array(hand_in(Path(folder), name, text), Path(name).stem)


@pytest.mark.sampled
@given(arrays)
def test_arrays_survive_what_numpy_and_pandas_write(values: Floats) -> None:
    with np.printoptions(threshold=10_000, floatmode="unique"):
        texts = {
            "q1.csv": [
                savetxt(values), savetxt(values, delimiter=","), savetxt(values, delimiter=";"),
                savetxt(values, delimiter=";").replace(".", ","), str(values.tolist()),
                savetxt(values, header="x y", comments=""), savetxt(values, header="x y"),
                pandas(values), "sep=;\r\n" + savetxt(values, delimiter=";", newline="\r\n"),
                "\ufeff" + savetxt(values, delimiter=","),
            ],
            "q1.tsv": [savetxt(values, delimiter="\t")],
            "q1.txt": [savetxt(values), savetxt(values, delimiter=", "), str(values), repr(values)],
        }  # fmt: skip
    for name, forms in texts.items():
        for text in forms:
            found = read_back(name, text)
            np.testing.assert_array_equal(found.array, values)
            assert (found.digits >= 15, found.arithmetic, found.others) == (True, "", ())


# No binary number of few bits and no decimal of few digits is near a third, a seventh and so on.
fractions = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=4),
    elements=st.builds(
        lambda whole, n, q: whole + n % q / q,
        st.integers(-2_000, 2_000), st.sampled_from([1, 2]), st.sampled_from([3, 7, 9, 11, 13]),
    ),
)  # fmt: skip


@pytest.mark.sampled
@given(fractions)
def test_float32_is_seen_in_every_form(values: Floats) -> None:
    single = values.astype(np.float32)
    wide = single.astype(np.float64)
    for text in (savetxt(single), savetxt(wide), str(wide.tolist()), pandas(wide), repr(single)):
        assert (read_back("q1.csv", text).digits, read_back("q1.csv", text).arithmetic) == (
            7,
            "float32",
        )


@pytest.mark.sampled
@given(arrays, st.booleans(), st.booleans())
def test_one_reading_of_a_table_is_the_array(values: Floats, header: bool, index: bool) -> None:
    answer = read_back("q1.csv", pandas(values, header=header, index=index))
    readings = [one.array.tolist() for one in (answer, *answer.others)]
    assert values.tolist() in readings
    assert len({np.shape(reading) for reading in readings}) == len(readings)


@pytest.mark.sampled
@given(st.text("[](),.0123456789e+-arytensodp= \n'", max_size=60))
def test_any_text_is_an_array_or_none(text: str) -> None:
    with contextlib.suppress(Refused):
        found = printed(text, bare=True)
        assert found is None or found.array.size


# Precision


@pytest.mark.parametrize(
    ("values", "digits", "decimals", "arithmetic"),
    [
        (np.float32([1 / 3, np.pi]).astype(np.float64), 7, None, "float32"),
        (np.float16([1 / 3, np.pi]).astype(np.float64), 3, None, "float16"),
        (np.round(np.float32([1 / 3, np.pi]), 4).astype(np.float64), 5, 4, "float32"),
        (np.array([1 / 3, 0.5, 2]), 16, None, ""),
        (np.array([0.5, 0.25, 3]), 2, 2, ""),
        (np.array([1 / 4096]), 9, 12, ""),
    ],
)
def test_the_arithmetic_is_recognised(
    tmp_path: Path, values: Floats, digits: int, decimals: int | None, arithmetic: str
) -> None:
    file = io.BytesIO()
    np.save(file, values)
    found = array(hand_in(tmp_path, "q1.npy", file.getvalue()), "q1")
    assert (found.digits, found.decimals, found.arithmetic) == (digits, decimals, arithmetic)


def test_few_digits_do_not_look_like_float32() -> None:
    """A third of all decimals with eight digits are next to a float32 number."""
    assert read_back("q1.csv", "0.12345678,0.33333333,0.77777777").arithmetic == ""


@pytest.mark.parametrize(
    ("text", "digits", "arithmetic"),
    [
        ("32768.33203125,32768.33203125", 13, ""),
        ("32768.33203125,-32768.33203125", 13, ""),
        ("32768.33203125,32769.66796875", 7, "float32"),
        ("524288.3125", 10, ""),
        ("524288.3125,524289.6875,524290.3125", 7, "float32"),
        ("3.276833203125000000e+04,3.276833203125000000e+04", 7, "float32"),
    ],
)
def test_equal_numbers_tell_of_float32_once(text: str, digits: int, arithmetic: str) -> None:
    """One double in 400,000 has such decimals, if all were rounded to the eighth place."""
    found = read_back("q1.csv", text)
    assert (found.digits, found.arithmetic) == (digits, arithmetic)


@pytest.mark.parametrize(
    ("text", "arithmetic"),
    [
        (f"{2.0**126 * 1.5},{2.0**127 * 1.75}", "bfloat16"),
        (f"{2.0**128},{2.0**129 * 1.75}", ""),
        ("1.794182015458288e+308,0.0", ""),
        (f"{np.float32(1 / 3):.18e},1e-300", ""),
        (f"{np.float32(1 / 3):.18e},1e300", ""),
        (f"{np.float32(1 / 3):.18e},{2.0**-148!r}", "float32"),
        (f"{np.float32(1 / 3):.18e},{2.0**-160!r}", ""),
        (f"{np.float32(1 / 3):.18e},0.0,{np.float32(1 / 3):.320f}", "float32"),
        ("65504.00000000000,0.0009765625000000", "float16"),
        ("65536.00000000000,0.0009765625000000", "bfloat16"),
    ],
)
def test_a_number_of_another_range_is_no_float32(text: str, arithmetic: str) -> None:
    assert read_back("q1.csv", text).arithmetic == arithmetic


# Prints


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[0.1 0.2]\n [0.3 0.4]]", [[0.1, 0.2], [0.3, 0.4]]),
        ("array([[0.5, 1. ],\n       [2. , 3. ]], dtype=float32)", [[0.5, 1], [2, 3]]),
        ("tensor([[0.5000, 1.2000]], dtype=torch.float64, grad_fn=<MulBackward0>)", [[0.5, 1.2]]),
        ("tensor([0.5000], device='cuda:0', requires_grad=True)", [0.5]),
        ("Parameter containing:\ntensor([1.5000], requires_grad=True)", [1.5]),
        ("Array([0.5, 2. ], dtype=float32)", [0.5, 2]),
        ("tf.Tensor(\n[[0.1 0.2]\n [0.3 0.4]], shape=(2, 2), dtype=float32)", [[0.1, 0.2], [0.3, 0.4]]),
        ("<tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.1, 0.2], dtype=float32)>", [0.1, 0.2]),
        ("[np.float64(0.25), np.float64(0.123456)]", [0.25, 0.123456]),
        ("np.float64(0.123456)", 0.123456),
        ("[[[1. 2.]\n  [3. 4.]]]", [[[1, 2], [3, 4]]]),
    ],
)  # fmt: skip
def test_printed_arrays_are_read(tmp_path: Path, text: str, value: Any) -> None:
    assert by_question(hand_in(tmp_path, "q3.txt", text)) == {"q3": value}
    indented = text.replace("\n", "\n    ")
    assert by_question(hand_in(tmp_path, "a.yaml", f"q3: |\n    {indented}\n")) == {"q3": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0.1 0.2 ... 0.3]", "dots"),
        ("[[0.1 0.2]\n [0.3]]", "different lengths"),
        ("[[0.1 0.2]", "bracket"),
        ("[0.1, , 0.2]", "missing"),
        ("[" * 9 + "0.5" + "]" * 9, "dimensions"),
        ("[]", "empty"),
    ],
)
def test_broken_prints_are_refused_with_their_question(
    tmp_path: Path, text: str, message: str
) -> None:
    found = refusal(hand_in(tmp_path, "q3.txt", text))
    assert (found.question, message in found.message) == ("q3", True)


def test_rows_without_commas_are_read_in_yaml(tmp_path: Path) -> None:
    text = "answers:\n  q1: [[0.1 0.2]\n       [0.3 0.4]]\n  q2: [1. 2.]\n"
    expected = {"q1": [[0.1, 0.2], [0.3, 0.4]], "q2": [1, 2]}
    assert by_question(hand_in(tmp_path, "a.yaml", text)) == expected


# Quotes


def test_computed_numbers_in_quotes_are_numbers(tmp_path: Path) -> None:
    text = "q1: '0.123456'\nq2: ['0.25', \"-1.23456e-05\"]\nq3: delta\nq4: '0.5'\nq5: '[1, 0.5]'\n"
    found = by_question(hand_in(tmp_path, "a.yaml", text))
    assert found == {
        "q1": 0.123456, "q2": [0.25, -1.23456e-05], "q3": "delta", "q4": "0.5", "q5": "[1, 0.5]",
    }  # fmt: skip


def test_short_numbers_in_quotes_are_numbers_among_computed_ones(tmp_path: Path) -> None:
    text = '{"q1": "0.5", "q2": ["0", "1"], "q3": [0.123456]}'
    expected = {"q1": 0.5, "q2": [0, 1], "q3": [0.123456]}
    assert by_question(hand_in(tmp_path, "a.json", text)) == expected


# Tables


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (",0,1\n0,0.5,1.5\n1,2.5,3.5\n", [[0.5, 1.5], [2.5, 3.5]]),
        (",0\n0,0.5\n1,1.5\n", [0.5, 1.5]),
        ('"","V1","V2"\n"1",0.5,1.5\n"2",2.5,3.5\n', [[0.5, 1.5], [2.5, 3.5]]),
        ("V1,V2\n1,0.5,1.5\n2,2.5,3.5\n", [[0.5, 1.5], [2.5, 3.5]]),
        ("i,j,value\n0,0,5\n0,1,6\n1,0,7\n1,1,8\n", [[5, 6], [7, 8]]),
        ("'0.5','1.5'\n", [0.5, 1.5]),
        ("np.float64(0.5),np.float64(1.5)\n", [0.5, 1.5]),
        ("\u22120.5,1.5\n", [-0.5, 1.5]),
        ("0,5 1,5\n2,5 3,5\n", [[0.5, 1.5], [2.5, 3.5]]),
        ('"0,5","1,5"\n', [0.5, 1.5]),
        ("0,123456789\n0,5\n", [0.123456789, 0.5]),
        ("dW1\n0.5,1.5\n2.5,3.5\n", [[0.5, 1.5], [2.5, 3.5]]),
    ],
)
def test_tables_of_other_programs_are_read(tmp_path: Path, text: str, value: Any) -> None:
    assert by_question(hand_in(tmp_path, "q1.csv", text)) == {"q1": value}


def test_a_table_of_questions_may_have_an_index(tmp_path: Path) -> None:
    by_id = {"q1": 0.5, "q2": [1.5, 2]}
    assert by_question(hand_in(tmp_path, "a.csv", ",0,1\nq1,0.5,\nq2,1.5,2\n")) == by_id
    text = ",id,i,value\n0,q1,0,0.5\n1,q1,1,1.5\n2,q2,0,3\n"
    assert by_question(hand_in(tmp_path, "a.csv", text)) == {"q1": [0.5, 1.5], "q2": [3]}
    assert by_question(hand_in(tmp_path, "a.csv", "id,value\n1,0.5\n2,0.7\n")) == {
        "1": 0.5,
        "2": 0.7,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,234;5,678\n", "decimal point"),
        ("0,5;1.5\n", "decimal point"),
        ("delta*h2[1]\n", "no numbers"),
        ("1,2\n3\n", "first row has 2"),
        (",0.5,1\n0.1,0.2,0.3\n", "missing"),
        ("0.5,1e\n", "not a number"),
    ],
)
def test_what_is_not_certain_is_for_a_human(tmp_path: Path, text: str, message: str) -> None:
    found = refusal(hand_in(tmp_path, "q1.csv", text))
    assert message in f"{found.message} {found.hint}"
    assert found.question == "q1"


# Text files


@pytest.mark.parametrize("text", ["0.5 1.5\n2.5 3.5", "# by numpy\n0.5\n1.5\n", "1"])
@pytest.mark.parametrize("name", ["q3", "3", "dW1", "grad_W1"])
def test_a_text_of_numbers_answers_the_question_in_its_name(
    tmp_path: Path, name: str, text: str
) -> None:
    submission = hand_in(tmp_path, f"{name}.txt", text)
    assert [answer.question for answer in submission.answers] == [name]
    assert submission.papers == ()


@pytest.mark.parametrize(
    "text",
    [
        "1. 0.5\n2. 0.123456\n", "0\n1\n", "# 3\n0.123456\n", "3\n", "so dW = 0.123456\n",
        "1) 0.123456", "q3 = [0.123456 0.5]\n", "$0.123456$",
    ],
)  # fmt: skip
def test_other_texts_stay_papers(tmp_path: Path, text: str) -> None:
    assert hand_in(tmp_path, "ann.txt", text).answers == ()


def test_a_text_of_computed_numbers_is_never_lost(tmp_path: Path) -> None:
    assert by_question(hand_in(tmp_path, "ann.txt", "0.123456 0.5\n")) == {"ann": [0.123456, 0.5]}


@pytest.mark.parametrize("text", ["\n", "# only a comment\n", "\ufeff", "\r\n\r\n"])
def test_an_empty_text_is_empty(tmp_path: Path, text: str) -> None:
    submission = hand_in(tmp_path, "q3.txt", text)
    assert (submission.answers, submission.refusals) == ((), ())


@pytest.mark.sampled
@pytest.mark.parametrize(
    "piece", ["[ ", "1 ", "1,", "a(", "array(", " ", ", ", "dtype=", "0,5\n", "'", "1.", "]\n [", "nan "]
)  # fmt: skip
def test_hostile_numbers_cost_no_more_than_their_length(tmp_path: Path, piece: str) -> None:
    import time

    length = examples(15_000, 60_000)
    text = piece * (length // len(piece))
    start = time.process_time()
    for name in ("q1.txt", "q1.csv", "q1.yaml"):
        hand_in(tmp_path, name, f"q1: [{text}" if name.endswith("yaml") else text)
    assert time.process_time() - start < length / 10_000
    assert len(text) < limits.TEXT_BYTES
