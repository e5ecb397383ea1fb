"""Words, numbers and safe text, which all renderers share."""

import math
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ATTACK, quiet_report

from grader.reports import figures, plain_text, verdicts, wording
from grader.reports.folder_name import folder_name
from grader.result import AnswerRecord, Counterexample, Kind, Message, Verdict, WorkedExample

DANGEROUS = set(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) | set(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.5, "0.5"),
        (50 / 3, "16.67"),
        (0.125, "0.13"),
        (0.1 + 0.2, "0.3"),
        (-0.001, "0"),
        (100, "100"),
        (1200.0, "1200"),
        (1e22, "10000000000000000000000"),
        (math.nan, "nan"),
    ],
)
def test_points(value: float, text: str) -> None:
    assert figures.points(value) == text


@pytest.mark.parametrize(
    ("expected", "got", "texts"),
    [
        (1.25, 0.75, ("1.25", "0.75")),
        (1.0, 1.00000001, ("1", "1.00000001")),
        (1.0, math.nan, ("1", "no number (NaN)")),
        (-math.inf, math.inf, ("-infinity", "infinity")),
        (math.nan, math.nan, ("no number (NaN)", "no number (NaN)")),
    ],
)
def test_two_values_show_that_they_differ(
    expected: float, got: float, texts: tuple[str, str]
) -> None:
    assert figures.value_pair(expected, got) == texts


def test_counterexample_of_an_entry_and_of_a_scalar() -> None:
    assert wording.counterexample(Counterexample(3, (2, 1), 1.25, 0.75)) == (
        "In draw 3, entry (2, 1): expected 1.25, your answer gives 0.75."
    )
    assert wording.counterexample(Counterexample(1, (), 1.0, 2.0)) == (
        "In draw 1: expected 1, your answer gives 2."
    )


def test_every_verdict_and_kind_has_its_own_look() -> None:
    assert set(verdicts.LOOKS) == set(Verdict)
    assert set(verdicts.KIND_TITLES) == set(Kind)
    for part in ("word", "symbol", "ascii"):
        assert len({getattr(look, part) for look in verdicts.LOOKS.values()}) == len(Verdict)


@pytest.mark.parametrize("verdict", [v for v in Verdict if v.needs_review])
def test_a_question_that_waits_for_a_human_is_never_shown_as_a_zero(verdict: Verdict) -> None:
    report = quiet_report(verdict=verdict)
    assert "it is not a zero" in verdicts.LOOKS[verdict].sentence
    assert wording.out_of(report.questions[0]) == "– of 3 points"
    assert wording.waiting(report) == (
        "A person will look at 1 question (3 points); it is not a zero."
    )


def test_places_name_no_folders_of_the_machine() -> None:
    def place(path: str, line: int | None) -> str:
        return wording.place(AnswerRecord("x", "infix", path, line))

    assert place("part/a.md", 3) == "part/a.md:3"
    assert place("/srv/secret/a.md", None) == "a.md"
    assert place("", 3) == "line 3"
    assert place("", None) == ""


def test_messages_come_grouped_what_matters_first() -> None:
    messages = [Message(kind, kind.value) for kind in (Kind.NOTE, Kind.ERROR, Kind.NOTE)]
    groups = [(title, len(group)) for title, group in wording.grouped(messages)]
    assert groups == [("Problem", 1), ("Note", 2)]


def test_printable_drops_what_drives_a_terminal_and_keeps_the_rest() -> None:
    text = plain_text.printable(ATTACK)
    assert not DANGEROUS & set(text)
    assert "redlink " in text
    assert "title" not in text
    assert "مرحبا עברית 🦊👩‍🔬 é\n# heading\n- item" in text


@given(st.text(st.characters(codec=None), max_size=60) | st.text("\x1b[]\x9b\x07m1;\\a\n\u202e"))
def test_nothing_dangerous_survives_printable(text: str) -> None:
    assert not DANGEROUS & set(plain_text.printable(text))


@pytest.mark.parametrize("bomb", ["\x1b]", "\x1b[", "\x1b[1;", "\x9b", "\x1bP", "\x1b"])
def test_printable_is_linear(bomb: str) -> None:
    start = time.process_time()
    plain_text.printable(bomb * 300_000)
    assert time.process_time() - start < 5


def test_a_cut_text_shows_that_it_is_cut() -> None:
    assert plain_text.one_line("a\n  b\tc" * 9, 6) == "a b c…"
    assert plain_text.block("x" * 12, 10) == "x" * 10 + "\n… (2 more characters)"


@pytest.mark.parametrize(
    "name", ["student-07", "Anna Smith", "a.b@c.edu", "smith (1)", "张伟", "é"]
)
def test_a_safe_id_is_its_own_folder(name: str) -> None:
    assert folder_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "a/b", "a\\b", "C:", "x.", "x ", " x", ".git", "-rf", "a\0b"),
        *("CON", "nul.txt", "Aux", "lpt9.md", "com1 .x", "COM¹", "~root", "a~b", "e\u0301"),
        *("x" * 400, "é" * 100, "\udc80", "a\nb", "\u202egnp", ATTACK),
    ],
)
def test_any_other_id_becomes_one_safe_component(name: str) -> None:
    safe = folder_name(name)
    stem = safe.split(".")[0].rstrip().upper()
    assert safe != name
    assert safe == unicodedata.normalize("NFC", safe)
    assert len(safe.encode()) <= 120
    assert not set(safe) & (set('/\\:*?"<>|') | DANGEROUS)
    assert safe.strip(" .-") == safe
    assert stem not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM¹", "LPT9"}


@given(st.lists(st.text("aA./~- é\u0301:"), unique=True, max_size=8))
def test_two_ids_never_share_a_folder(names: list[str]) -> None:
    assert len({folder_name(name) for name in names}) == len(names)
    assert len({folder_name(folder_name(name)) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("shape", "indices", "text"),
    [
        ((), (), "a number"),
        ((), ("i",), "a number for each i"),
        ((), ("i", "j"), "a number for each i and j"),
        ((3, 1), ("b", "i", "j"), "column of 3 for each b, i and j"),
        ((1, 3), (), "row of 3"),
        ((2, 3), (), "2×3"),
        ((3,), (), "3 numbers"),
        ((1,), (), "1 number"),
        ((8, 2, 3), (), "8×2×3"),
        (None, (), ""),
    ],
)
def test_shapes_as_people_say_them(
    shape: tuple[int, ...] | None, indices: tuple[str, ...], text: str
) -> None:
    record = AnswerRecord("x", "infix", shape=shape, indices=indices)
    assert wording.kind(record) == text


def test_an_unreadable_answer_has_no_reading() -> None:
    unread = AnswerRecord("x", "infix")
    numbers = AnswerRecord("[[1, 2]]", "array", shape=(1, 2))
    assert wording.read_as(unread) == ""
    assert wording.read_as(numbers) == "numbers, row of 2"


def test_a_long_matrix_has_a_row_a_line() -> None:
    rows = [[0, -2, 0, 1, 0], [1, 0, 0, 0, -1], [0, 3, 0, 0.5, 0], [0, 0, 0, 0, 1]]
    example = WorkedExample({"x": [1, 2], "W1": rows, "delta": 1 / 8}, (), 1.0, 2.0)
    assert wording.example_values(example) == [
        "x = [1, 2]",
        "W1 = [[0, -2, 0,   1,  0],",
        "      [1,  0, 0,   0, -1],",
        "      [0,  3, 0, 0.5,  0],",
        "      [0,  0, 0,   0,  1]]",
        "delta = 0.125",
    ]
    narrow = wording.example_values(WorkedExample({"W": [[1, 0], [0, -1]]}, (), 1.0, 2.0), 12)
    assert narrow == ["W = [[1,  0],", "     [0, -1]]"]


def test_a_long_vector_goes_on_in_the_next_line() -> None:
    example = WorkedExample({"x": [-1] * 20}, (), 1.0, 2.0)
    first, second = wording.example_values(example)
    assert first == "x = [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,"
    assert second == "     -1, -1, -1, -1, -1, -1]"


@pytest.mark.parametrize(
    "value", [[], [[], []], [[1] * 30, 2], ["x" * 99], "y" * 99, [[1], [2, 3]]]
)
def test_values_of_any_form_are_shown_whole(value: object) -> None:
    for width in (3, 60):
        lines = wording.example_values(WorkedExample({"x": value}, (), 1.0, 2.0), width)
        assert "".join(lines).replace(" ", "") == f"x={value}".replace(" ", "").replace("'", "")
