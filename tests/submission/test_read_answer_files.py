from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handing_in import array, by_question, hand_in, refusal

from grader.submission import Place, TextAnswer, limits


def yaml(folder: Path, answers: str) -> dict[str, Any]:
    submission = hand_in(folder, "a.yaml", answers)
    assert submission.refusals == ()
    return by_question(submission)


def json(folder: Path, answers: str) -> dict[str, Any]:
    submission = hand_in(folder, "a.json", answers)
    assert submission.refusals == ()
    return by_question(submission)


def test_text_is_an_infix_answer_with_its_place(tmp_path: Path) -> None:
    text = "index_base: 0\nanswers:\n  q1: delta*h2[1]\n  q2: {latex: '\\frac{a}{b}'}\n"
    assert hand_in(tmp_path, "a.yaml", text).answers == (
        TextAnswer("q1", "delta*h2[1]", "infix", Place("a.yaml", 3, 7), 0),
        TextAnswer("q2", "\\frac{a}{b}", "latex", Place("a.yaml", 4, 7), 0),
    )


def test_json_gives_the_same_answers(tmp_path: Path) -> None:
    text = (
        '{"answers": {"q1": "delta*h2[1]",\n "q2": {"latex": "\\\\frac{a}{b}"}}, "index_base": 1}'
    )
    assert hand_in(tmp_path, "a.json", text).answers == (
        TextAnswer("q1", "delta*h2[1]", "infix", Place("a.json", 1, 20), 1),
        TextAnswer("q2", "\\frac{a}{b}", "latex", Place("a.json", 2, 8), 1),
    )


@pytest.mark.parametrize(
    "text", ["yes", "0x10", "1_000", "2024-01-01", "12:30", "on", "x", "1e", "1 + 2"]
)
def test_a_bare_scalar_stays_as_it_was_written(tmp_path: Path, text: str) -> None:
    assert yaml(tmp_path, f"answers: {{q1: '{text}'}}") == {"q1": text}
    assert yaml(tmp_path, f"answers:\n  q1: {text}\n") == {"q1": text}


@pytest.mark.parametrize("key", ["on", "yes", "no", "y", "1", "=", "<<", "null"])
def test_any_word_can_name_a_question(tmp_path: Path, key: str) -> None:
    assert yaml(tmp_path, f"answers:\n  {key}: h1\n") == {key: "h1"}


@pytest.mark.parametrize("number", ["1e-6", "-2.5", "+3", ".5", "4.", "1E3"])
def test_a_plain_number_is_a_number(tmp_path: Path, number: str) -> None:
    assert yaml(tmp_path, f"answers:\n  q1: {number}\n") == {"q1": float(number)}
    assert yaml(tmp_path, f"answers:\n  q1: '{number}'\n") == {"q1": number}


def test_lists_of_text_become_one_expression(tmp_path: Path) -> None:
    text = "answers:\n  q1: ['W[1,1]', 0]\n  q2: [[a, b], [c, -1.5]]\n  q3:\n  - f(a, b)\n"
    expected = {"q1": "[W[1,1], 0]", "q2": "[[a, b], [c, -1.5]]", "q3": "[f(a, b)]"}
    assert yaml(tmp_path, text) == expected


def test_lists_of_numbers_become_arrays_with_their_precision(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "a.yaml", "answers: {q1: [[0.12345, -2], [3e-2, 10.0]]}")
    found = array(submission, "q1")
    assert found.array.tolist() == [[0.12345, -2.0], [0.03, 10.0]]
    assert (found.digits, found.decimals) == (5, 5)


def test_full_precision_has_no_decimal_places(tmp_path: Path) -> None:
    found = array(hand_in(tmp_path, "a.json", '{"q1": [0.1234567890123456]}'), "q1")
    assert (found.digits, found.decimals) == (16, None)


def test_numbers_of_programs_are_read(tmp_path: Path) -> None:
    found = json(tmp_path, '{"q1": [NaN, Infinity, -Infinity, null, true, false]}')
    np.testing.assert_array_equal(found["q1"], [np.nan, np.inf, -np.inf, np.nan, 1, 0])
    found = yaml(tmp_path, "q1: [.nan, .inf, -.inf, ~, nan]")
    np.testing.assert_array_equal(found["q1"], [np.nan, np.inf, -np.inf, np.nan, np.nan])


def test_huge_numbers_cost_nothing(tmp_path: Path) -> None:
    assert json(tmp_path, '{"q1": [%s]}' % ("9" * 500)) == {"q1": [np.inf]}
    submission = hand_in(tmp_path, "a.json", '{"q1": [%s]}' % ("9" * 500_000))
    assert refusal(submission)


def test_the_form_can_be_given(tmp_path: Path) -> None:
    text = "q1: {infix: 0}\nq2: {array: [['1', 2]]}\nq3: {infix: [0, 1]}\nq4: {latex: 1}\n"
    assert yaml(tmp_path, text) == {"q1": "0", "q2": [[1.0, 2.0]], "q3": "[0, 1]", "q4": "1"}


@pytest.mark.parametrize(
    "nothing",
    [
        *("", "null", "~", "?", "''", "'?'", "[]", "[null, ~]", "N/A", "idk", "TODO"),
        *("I don't know", "I don’t know.", "I am not sure", "not sure!", "{latex: ''}"),
    ],
)
def test_an_answer_left_open_is_no_answer(tmp_path: Path, nothing: str) -> None:
    assert yaml(tmp_path, f"answers:\n  q1: {nothing}\n  q2: x\n") == {"q2": "x"}


def test_the_level_answers_may_be_left_out(tmp_path: Path) -> None:
    assert yaml(tmp_path, "name: Ann\nq1: x\nindex_base: 1\n") == {"q1": "x"}


@pytest.mark.parametrize("empty", ["", "# nothing\n", "---\n", "answers:\n", "{}", "answers: {}"])
def test_an_empty_file_is_a_submission_without_answers(tmp_path: Path, empty: str) -> None:
    assert yaml(tmp_path, empty) == {}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("answers:\n\tq1: x", 2, "tabs"),
        ("answers:\n  q1: @W", 2, "quotes"),
        ("answers:\n  q1: a: b", 2, "quotes"),
        ("q1: [h[1], h[2]]", 1, "each entry"),
        ('q1: "\\partial x"', 1, "single quotes"),
        ("q1: *x", 1, "reference"),
        ("q1: x\nq2: &x y", 2, "reference"),
        ("q1: &a [&b [*a, *a]]", 1, "reference"),
        ("q1: !!python/object/apply:os.system [ls]", 1, "tag"),
        ("q1: !foo bar", 1, "tag"),
        ("q1: !!binary aGk=", 1, "tag"),
        ("q1: x\nq2: y\nq1: z", 3, "twice"),
        ("answers: {q1: x, q1: y}", 1, "twice"),
        ("q1: x\n---\nq1: y", 2, "second document"),
        ("? [a, b]\n: c", 1, "name"),
        ("- x\n- y", 1, "no map from"),
        ("just text", 1, "no map from"),
        ("answers: [x]", 1, "not a map"),
        ("q1: " + "[" * 30 + "]" * 30, 1, "deep"),
        ("q1: [" + "1, " * limits.NODES + "1]", 1, "entries"),
        ("q1: \x01", 1, "YAML"),
    ],
)
def test_other_text_than_plain_yaml_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    submission = hand_in(tmp_path, "a.yaml", text)
    found = refusal(submission)
    assert submission.answers == ()
    assert found.place.line == line
    assert message in f"{found.message} {found.hint}"
    assert found.whole_file


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ('{"q1": x}', 8, "double quotes"),
        ('{"q1": 1,}', 10, "missing"),
        ('{"q1": "\\partial"}', 9, "twice"),
        ('{"q1": 1 "q2": 2}', 10, "missing"),
        ('{"q1" 1}', 7, "missing"),
        ('{"q1": "a', 8, "JSON"),
        ('{"q1": 1, "q1": 2}', 11, "twice"),
        ('{"q1": }', 8, "missing"),
        ("{", 2, "missing"),
        ('{"q1": 1} {}', 11, "after the end"),
        ("{q1: 1}", 2, "double quotes"),
        ("[1]", 1, "no map from"),
        ('{"q1": 0x10}', 8, "not a JSON value"),
        ('{"q1": ' + "[" * 100_000, 27, "deep"),
        ('{"q1": [' + "1," * limits.NODES + "1]}", None, "entries"),
    ],
)
def test_other_text_than_json_is_refused_with_its_place(
    tmp_path: Path, text: str, column: int | None, message: str
) -> None:
    found = refusal(hand_in(tmp_path, "a.json", text))
    assert column in (None, found.place.column)
    assert message in f"{found.message} {found.hint}"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("['a, b', c]", "one expression"),
        ("['a]', '[b']", "one expression"),
        ("['(a', 'b)']", "one expression"),
        ("['a; b']", "one expression"),
        ("[a, '', b]", "empty"),
        ("[[1, 2], [3]]", "different lengths"),
        ("[1, [2]]", "different lengths"),
        ("[[[[[[[[[1]]]]]]]]]", "dimensions"),
        ("[{a: b}]", "map"),
        ("{sympy: x}", "not an answer"),
        ("{latex: x, infix: y}", "not an answer"),
        ("{latex: [x]}", "one text"),
        ("{array: [x]}", "not a number"),
        ("{array: {a: 1}}", "map"),
        ('"\\frac{a}{b}"', "single quotes"),
        ('["\\nabla", x]', "single quotes"),
        ('{latex: "\\theta"}', "single quotes"),
        ("'" + "x" * (limits.FORMULA_CHARACTERS + 1) + "'", "longer"),
    ],
)
def test_one_bad_answer_does_not_hide_the_others(tmp_path: Path, value: str, message: str) -> None:
    submission = hand_in(tmp_path, "a.yaml", f"q1: x\nq2: {value}\nq3: y\n")
    found = refusal(submission)
    assert by_question(submission) == {"q1": "x", "q3": "y"}
    assert (found.question, found.place.line, found.whole_file) == ("q2", 2, False)
    assert message in f"{found.message} {found.hint}"


def test_an_answer_without_a_question_is_refused(tmp_path: Path) -> None:
    assert refusal(hand_in(tmp_path, "a.yaml", "'': x")).question is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("anwsers: {q1: x}", "answers"),
        ("answers: {q1: x}\nindexbase: 0", "index_base"),
        ("q1: x\nindex-base: 0", "index_base"),
        ("answers: {q1: x}\nq2: y", "q1"),
    ],
)
def test_unknown_keys_are_refused_with_a_guess(tmp_path: Path, text: str, hint: str) -> None:
    assert hint in str(refusal(hand_in(tmp_path, "a.yaml", text)).hint)


@pytest.mark.parametrize("base", ["2", "one", "[0]", "true"])
def test_a_strange_index_base_is_ignored(tmp_path: Path, base: str) -> None:
    submission = hand_in(tmp_path, "a.yaml", f"index_base: {base}\nq1: x\n")
    (answer,) = submission.answers
    assert isinstance(answer, TextAnswer)
    assert answer.index_base is None
    assert "0 or 1" in refusal(submission).message


def test_lone_surrogates_can_be_printed(tmp_path: Path) -> None:
    (answer,) = hand_in(tmp_path, "a.json", '{"q1": "x \\ud800 y"}').answers
    assert str(answer).encode()


def test_empty_lists_and_maps_in_json_are_read(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "a.json", ' {"q1": [], "q2": {}, "q3": [[], 1], "q4": "x"}')
    assert by_question(submission) == {"q4": "x"}
    assert [refusal.question for refusal in submission.refusals] == ["q2", "q3"]
    assert hand_in(tmp_path, "b.json", b"\xef\xbb\xbf  ").answers == ()


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_answers_that_are_not_indented_are_read(tmp_path: Path, name: str) -> None:
    text = (
        "answers:\nq1: h1\nq2: 2\n"
        if name == "a.yaml"
        else '{"answers": null, "q1": "h1", "q2": 2}'
    )
    submission = hand_in(tmp_path, name, text)
    assert by_question(submission) == {"q1": "h1", "q2": 2.0}
    assert (submission.refusals, submission.leftovers) == ((), ())
