"""Any bytes give a submission, in bounded time."""

import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from handing_in import by_question, hand_in, texts
from hypothesis import given
from hypothesis import strategies as st
from sampling import examples

from grader.submission import Submission, formats, limits

pytestmark = pytest.mark.sampled

SUFFIXES = st.sampled_from([*formats.BY_SUFFIX, ".pdf", ".xyz", ""])

# Pieces that matter to one scanner or another, in any order.
MARKUP = r"""
$ $$ \$ \( \) \[ \] \begin{align} \end{align} \begin{enumerate} \end{enumerate} \item \part{
\section{ } { ` ``` ```math ~~~ $` `$ > # - * ** | 1. (a) Q1: Question \newcommand{\a} \def\b{ %
\verb| \begin{verbatim} <!-- --> x = , : [ ] " ' & ? ! null 1e9 0.5 nan ; \\ \ é ∂ \input{x}
\begin{problem}[ \question \setcounter{enumi}{9} \begin{document} \end{document} answers: q1:
dW2 A1.T @ ( ) ≈ ³ ᵀ so we where and because Answer: ```python ```text # def if 2 TODO
"""
SPACES = ["\n", "\n\n", " ", "  ", "\t", "\r\n", "\x00", "\ufeff", "\u2028", "\n  "]
PIECES = st.sampled_from([*MARKUP.split(), *SPACES])


def read_bytes(suffix: str, data: bytes) -> Submission:
    with tempfile.TemporaryDirectory() as folder:
        return hand_in(Path(folder), f"ann{suffix}", data)


def check(submission: Submission) -> None:
    """Check what holds for every submission."""
    assert str(submission).encode()
    for paper in submission.papers:
        places = [
            (item.place.cell or 0, item.place.line, item.place.column) for item in paper.items
        ]
        assert places == sorted(places)
        assert all(0 < len(text) <= limits.FORMULA_CHARACTERS for text in texts(paper))
    for refusal in submission.refusals:
        assert refusal.message
        assert refusal.place.line >= 1
        assert refusal.place.column >= 1


@given(SUFFIXES, st.binary(max_size=300))
def test_any_bytes_give_a_submission(suffix: str, data: bytes) -> None:
    check(read_bytes(suffix, data))


@given(SUFFIXES, st.lists(PIECES, max_size=60))
def test_any_markup_gives_a_submission(suffix: str, pieces: list[str]) -> None:
    check(read_bytes(suffix, "".join(pieces).encode()))


@given(SUFFIXES, st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_any_text_gives_a_submission(suffix: str, text: str, encoding: str) -> None:
    check(read_bytes(suffix, text.encode(encoding, "replace")))


@given(st.data())
def test_a_damaged_array_gives_a_submission(data: st.DataObject) -> None:
    import io

    file = io.BytesIO()
    np.savez_compressed(file, q1=np.arange(12.0).reshape(3, 4), q2=np.float32(0.5))
    damaged = bytearray(file.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    check(read_bytes(".npz", bytes(damaged[: data.draw(st.integers(0, len(damaged)))])))
    saved = io.BytesIO()
    np.save(saved, np.arange(6.0))
    header = bytearray(saved.getvalue())
    header[data.draw(st.integers(0, len(header) - 1))] = data.draw(st.integers(0, 255))
    check(read_bytes(".npy", bytes(header)))


@given(st.lists(st.lists(st.floats(width=64), min_size=2, max_size=4), min_size=2, max_size=4))
def test_numbers_survive_every_format(rows: list[list[float]]) -> None:
    rows = [row[:2] for row in rows]
    text = [[repr(number) for number in row] for row in rows]
    lists = "[" + ", ".join("[" + ", ".join(row) + "]" for row in text) + "]"
    table = "\n".join(",".join(row) for row in text)
    for suffix, content, question in [
        (".yaml", f"q1: {lists}", "q1"),
        (".json", f'{{"q1": {lists}}}', "q1"),
        (".csv", table, "ann"),
    ]:
        found = by_question(read_bytes(suffix, content.encode()))
        np.testing.assert_array_equal(found[question], rows)


HOSTILE = [
    *("$", "$$", "$ ", "$a ", "\\(", "\\[", "`", "$`", "```\n", "\\begin{align}", "\\item ", "{"),
    *("\\begin{enumerate}", "\\section{", "\\newcommand{\\a}{", "\\def\\a", "\\verb|", "<!--", "%"),
    *("1.\n", "(a)\n", "Question 1\n", "> ", "- ", "[", "{a: ", "(", ": ", "1,", "q,1\n", "\n"),
    *("$$\n\na\n", "~~~ a\n", "\\begin{verbatim}", "\\question", "\\textbf{", "# ", "|", "\t"),
    *(
        "a = b ",
        "so x = ",
        "a = b where ",
        "a, b and ",
        "`a = b` ",
        "Answer: ",
        "a = b. So c = d. ",
    ),
    *(
        "x = (\n",
        "dW = a\n + b\n",
        "= a\n",
        "$$= c$$\n",
        "$= c$ ",
        "1. x = ",
        "```\na = (\n",
        "a        =",
    ),
    *("a``b`", "```math\n", "?", "&a ", "\\begin{problem}", "*"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(tmp_path: Path, piece: str) -> None:
    """Ten thousand characters take less than a second, a quadratic scanner takes minutes."""
    length = examples(6_000, 60_000)
    text = piece * (length // len(piece))
    for suffix in (".md", ".tex", ".yaml", ".json", ".csv"):
        start = time.process_time()
        check(hand_in(tmp_path, f"ann{suffix}", text))
        assert time.process_time() - start < 1 + length / 5_000, suffix
