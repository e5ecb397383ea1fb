import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handing_in import array, by_question, hand_in, refusal

from grader.submission import ArrayAnswer, Place, limits


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(values: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values, **options)
    return file.getvalue()


def archive(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as target:
        for name, data in members:
            target.writestr(name, data)
    return file.getvalue()


def test_npz_is_keyed_by_question(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "a.npz", npz(q1=np.float64(2.5), q2=np.arange(6).reshape(2, 3)))
    assert by_question(submission) == {"q1": 2.5, "q2": [[0, 1, 2], [3, 4, 5]]}
    assert submission.answers[0].place == Place("a.npz", 1, 1)


def test_compressed_npz_is_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, q1=np.eye(2))
    assert by_question(hand_in(tmp_path, "a.npz", file.getvalue())) == {"q1": [[1, 0], [0, 1]]}


def test_npy_is_named_by_its_file(tmp_path: Path) -> None:
    assert by_question(hand_in(tmp_path, "q11.npy", npy([1.5, 2]))) == {"q11": [1.5, 2.0]}


@pytest.mark.parametrize(
    "values",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">f8"),
        np.arange(3, dtype="<i2"),
        np.array([[True, False]]),
        np.array(7, dtype=np.uint8),
        np.zeros((1, 2, 1, 2)),
        np.array([np.nan, np.inf, -np.inf], dtype=np.float32),
        np.frombuffer(b"\x01\x00\x80\x7f", np.float32),  # a signalling NaN
    ],
)
def test_arrays_arrive_as_they_were_saved(tmp_path: Path, values: np.ndarray[Any, Any]) -> None:
    found = array(hand_in(tmp_path, "q1.npy", npy(values)), "q1").array
    np.testing.assert_array_equal(found, values)
    assert found.shape == values.shape


@pytest.mark.parametrize(
    ("values", "digits", "decimals"),
    [
        (np.array([1 / 3, 0.5]), 16, None),
        (np.array([np.pi, 100 / 3], dtype=np.float32), 7, None),
        (np.array([np.pi], dtype=np.float16), 3, None),
        (np.round(np.array([1 / 3, -np.pi]), 5), 6, 5),
        (np.round(np.array([1 / 3, 0.5], dtype=np.float32), 4), 4, 4),
        (np.array([[0.0, 1.0]]), 1, 0),
        (np.array([12, -345]), 3, 0),
        (np.array([True]), 1, 0),
        (np.array([1e-3]), 1, 3),
        (np.array([np.nan]), 0, 0),
    ],
)
def test_precision_is_that_of_the_submission(
    tmp_path: Path, values: np.ndarray[Any, Any], digits: int, decimals: int | None
) -> None:
    found = array(hand_in(tmp_path, "q1.npy", npy(values)), "q1")
    assert (found.digits, found.decimals) == (digits, decimals)


class Explosive:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("unpickled",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([Explosive()], dtype=object), "Python objects"),
        (np.array(["a"]), "text"),
        (np.array([b"a"]), "text"),
        (np.array([1j]), "complex"),
        (np.zeros(2, dtype=[("a", "f8")]), "records"),
        (np.zeros(2, dtype="datetime64[s]"), "something else"),
        (np.zeros((1,) * 9), "dimensions"),
        (np.zeros(limits.NUMBERS + 1, dtype=np.int8), "more than"),
        (np.zeros((3, 0)), "empty"),
    ],
)
def test_other_data_than_plain_numbers_is_refused(
    tmp_path: Path, values: np.ndarray[Any, Any], message: str
) -> None:
    saved = npy(values, allow_pickle=True)
    found = refusal(hand_in(tmp_path, "q1.npy", saved))
    assert message in found.message
    assert found.question == "q1"
    submission = hand_in(tmp_path, "a.npz", archive(("q1.npy", saved), ("q2.npy", npy([1.5]))))
    assert by_question(submission) == {"q2": [1.5]}
    assert message in refusal(submission).message


def header(text: str, data: bytes = b"\0" * 64) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + data


@pytest.mark.parametrize(
    "data",
    [
        b"nothing",
        b"\x93NUMPY",
        npy([1.0, 2.0])[:-1],
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': __import__('os'), }"),
        header("{'descr': '<f8', 'fortran_order': False}"),
        header("{'descr': '<f9999', 'fortran_order': False, 'shape': (1,), }"),
        header("(" * 60_000),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"(" * 100,
    ],
)
def test_a_damaged_array_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refusal(hand_in(tmp_path, "q1.npy", data)).question == "q1"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = archive(("q1.npy", b"\0" * 50_000_000), compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < limits.ARRAY_BYTES
    assert "Unpacked" in refusal(hand_in(tmp_path, "a.npz", bomb)).message


def test_a_member_with_a_false_size_is_refused(tmp_path: Path) -> None:
    data = archive(("q1.npy", b"\0" * 5_000_000), compression=zipfile.ZIP_DEFLATED)
    lie = data.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(hand_in(tmp_path, "a.npz", lie)).question == "q1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no zip", "not a readable"),
        (npz(q1=[1.0])[:-30], "not a readable"),
        (npz(q1=[1.0]).replace(b"NUMPY", b"NUMPX", 1), "damaged"),
        (npz()[:0] + archive(("readme.txt", b"hi")), "not an array"),
        (archive(("q1.npy", npy([1.0])), compression=zipfile.ZIP_BZIP2), "a compression"),
        (archive(*((f"q{i}.npy", b"") for i in range(limits.FILES + 1))), "more than"),
    ],
)
def test_a_strange_archive_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    assert message in refusal(hand_in(tmp_path, "a.npz", data)).message


def test_arrays_without_a_name_are_refused_with_a_hint(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(file, np.eye(2))
    assert "q1=" in str(refusal(hand_in(tmp_path, "a.npz", file.getvalue())).hint)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_arrays_with_one_name_the_first_counts(tmp_path: Path) -> None:
    data = archive(("q1.npy", npy([1.0])), ("q1.npy", npy([2.0])))
    submission = hand_in(tmp_path, "a.npz", data)
    assert by_question(submission) == {"q1": [1.0]}
    assert "Two arrays" in refusal(submission).message


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive(("q1.npy", npy([1.0]))))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    assert "encrypted" in refusal(hand_in(tmp_path, "a.npz", bytes(data))).message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,2,3\n4,5,6\n", [[1, 2, 3], [4, 5, 6]]),
        ("1;2\n3;4", [[1, 2], [3, 4]]),
        ("1\t2\r\n3\t4\r\n", [[1, 2], [3, 4]]),
        ("# by numpy\n1.0e+00 2.5e-01\n\n3 4\n", [[1, 0.25], [3, 4]]),
        ("a,b\n1,2\n3,4", [[1, 2], [3, 4]]),
        ('"1","2"\n"3","4"', [[1, 2], [3, 4]]),
        ("1,2,3", [1, 2, 3]),
        ("1\n2\n3\n", [1, 2, 3]),
        ("0.5", 0.5),
        ("1,2,,\n3,4,,", [[1, 2], [3, 4]]),
    ],
)
def test_a_table_is_a_matrix_named_by_its_file(tmp_path: Path, text: str, value: Any) -> None:
    assert by_question(hand_in(tmp_path, "q11.csv", text)) == {"q11": value}


def test_a_table_of_questions_has_rows_of_numbers(tmp_path: Path) -> None:
    text = "question,answer\nq1,0.5\nq2,1,2,3\nq3,1.5,2\nq3,3,4\nq4,?\nq5,\n"
    submission = hand_in(tmp_path, "ann.csv", text)
    assert by_question(submission) == {"q1": 0.5, "q2": [1, 2, 3], "q3": [[1.5, 2], [3, 4]]}
    assert [answer.place.line for answer in submission.answers] == [2, 3, 4]


@pytest.mark.parametrize("base", [0, 1])
def test_a_table_may_give_one_entry_a_line(tmp_path: Path, base: int) -> None:
    entries = [(i, j, 10 * i + j) for j in range(3) for i in range(2)]
    lines = [f"q11,{i + base},{j + base},{value}" for i, j, value in entries]
    submission = hand_in(tmp_path, "ann.csv", "\n".join(["id,i,j,value", *lines]))
    assert by_question(submission) == {"q11": [[0, 1, 2], [10, 11, 12]]}


def test_the_precision_of_a_table_is_that_of_its_text(tmp_path: Path) -> None:
    found = array(hand_in(tmp_path, "q1.csv", "0.125,10.50\n"), "q1")
    assert isinstance(found, ArrayAnswer)
    assert (found.digits, found.decimals) == (4, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1,1\nq2,x\nq3,3", "'x' is not a number"),
        ("q1;1\nq2;1,234;5,678\nq3;3", "decimal point"),
        ("q1;1.0\nq2;0,5\nq3;3", "decimal point"),
        ("q1,1\nq2,1,2\nq2,3\nq3,3", "1 numbers, but the first row has 2"),
        ("q1,1\nq2,1,,2\nq3,3", "missing"),
        ("q1,1\nq2,1,0.5\nq2,2,0.7\nq3,3", "a line of column names"),
    ],
)
def test_one_bad_row_does_not_hide_the_others(tmp_path: Path, text: str, message: str) -> None:
    submission = hand_in(tmp_path, "ann.csv", text)
    found = refusal(submission)
    assert by_question(submission) == {"q1": 1.0, "q3": 3.0}
    assert (found.question, message in f"{found.message} {found.hint}") == ("q2", True)


@pytest.mark.parametrize(
    "entries", ["q1,0,1\nq1,2,3", "q1,1,2\nq1,1,3", "q1,x,2", "q1,1", "q1,2,3"]
)
def test_every_entry_must_be_there_once(tmp_path: Path, entries: str) -> None:
    submission = hand_in(tmp_path, "ann.csv", f"id,i,value\n{entries}")
    assert refusal(submission).question == "q1"


def test_a_table_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    text = ("1," * 1000 + "\n") * (limits.NUMBERS // 1000 + 1)
    assert "cells" in refusal(hand_in(tmp_path, "q1.csv", text)).message


@pytest.mark.parametrize("text", ["# nothing", ",,,\n", "\n\n"])
def test_an_empty_table_has_no_answers(tmp_path: Path, text: str) -> None:
    submission = hand_in(tmp_path, "q1.csv", text)
    assert (submission.answers, submission.refusals) == ((), ())


def test_a_cell_that_is_too_long_is_refused(tmp_path: Path) -> None:
    text = f'1,"{"2" * 200_000}"\n'
    assert "cannot be read" in refusal(hand_in(tmp_path, "q1.csv", text)).message
