"""The order of independent claims, sentences about nothing, and a "not" in a paper with several answers."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_grading import graded

SOFTMAX = "softmax-cross-entropy"
CLAIMS = {
    "q1": (r"\frac{\partial p_i}{\partial z_j}", r"p_i (\delta_{ij} - p_j)", r"p_i (1 - p_j)"),
    "q2": (
        r"\frac{\partial p}{\partial z}",
        r"\mathrm{diag}(p) - p p^\top",
        r"\mathrm{diag}(p) + p p^\top",
    ),
    "q3": (r"\frac{\partial l}{\partial p}", r"-y \oslash p", r"y \oslash p"),
    "q4": (r"\frac{\partial l}{\partial z}", "p - y", "y - p"),
    "q5": (r"\frac{\partial l}{\partial W}", r"(p - y) x^\top", r"x (p - y)^\top"),
    "q6": (r"\frac{\partial l}{\partial W_{ij}}", "(p_i - y_i) x_j", "(p_j - y_j) x_i"),
    "q7": (r"\frac{\partial l}{\partial b}", "p - y", "p + y"),
    "q8": (r"\frac{\partial l}{\partial x}", r"W^\top (p - y)", r"W (p - y)"),
}
NOTES = (
    "Here we use the chain rule.",
    "All of this holds for one example.",
    "The bias does not appear.",
    "The labels satisfy $\\sum_i y_i = 1$.",
    "We write $\\mathbf{1}$ for a vector of ones.",
)


@st.composite
def papers(draw: st.DrawFn) -> tuple[list[str], list[str], bool]:
    """The blocks of a paper in two orders, and whether they have numbers; a note is a block of its own."""
    numbered = draw(st.booleans())
    blocks = []
    for question in draw(st.lists(st.sampled_from(sorted(CLAIMS)), min_size=2, unique=True)):
        left, *sides = CLAIMS[question]
        equation = f"{left} = {draw(st.sampled_from(sides))}"
        block = draw(st.sampled_from(["${}$.", "$${}$$", "We get ${}$."])).format(equation)
        blocks.append(f"## Question {question[1:]}\n\n{block}" if numbered else block)
    notes = draw(st.lists(st.sampled_from(NOTES), max_size=3, unique=True))
    if numbered:  # a note belongs to the answer above it
        blocks = [
            "\n\n".join([one, *draw(st.sampled_from([[], notes[at : at + 1]]))])
            for at, one in enumerate(blocks)
        ]
    else:
        blocks += notes
    return blocks, draw(st.permutations(blocks)), numbered


def verdicts(folder: pytest.TempPathFactory, blocks: Sequence[str]) -> Mapping[str, str]:
    report = graded(SOFTMAX, folder.mktemp("paper"), "\n\n".join(blocks) + "\n")
    return {one.id: str(one.verdict) for one in report.questions}


@given(paper=papers())
def test_the_order_of_independent_claims_changes_no_verdict(
    tmp_path_factory: pytest.TempPathFactory, paper: tuple[list[str], list[str], bool]
) -> None:
    blocks, reordered, _ = paper
    assert verdicts(tmp_path_factory, blocks) == verdicts(tmp_path_factory, reordered)


@given(paper=papers(), note=st.sampled_from(NOTES), at=st.integers(0, 8))
def test_a_note_changes_no_verdict(
    tmp_path_factory: pytest.TempPathFactory,
    paper: tuple[list[str], list[str], bool],
    note: str,
    at: int,
) -> None:
    blocks, _, _ = paper
    with_note = [*blocks[:at], note, *blocks[at:]]
    assert verdicts(tmp_path_factory, blocks) == verdicts(tmp_path_factory, with_note)


@given(paper=papers(), at=st.integers(0, 7))
def test_a_denied_claim_is_never_accepted(
    tmp_path_factory: pytest.TempPathFactory, paper: tuple[list[str], list[str], bool], at: int
) -> None:
    """Nor does it change what is said of the other questions."""
    blocks, _, numbered = paper
    question = sorted(CLAIMS)[at]
    left, right, _ = CLAIMS[question]
    heading = f"## Question {question[1:]}\n\n" if numbered else ""
    others = [one for one in blocks if left not in one]
    denied = f"{heading}It is not true that ${left} = {right}$."
    assert verdicts(tmp_path_factory, [*others, denied])[question] != "correct"
