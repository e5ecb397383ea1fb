"""The first wrong member of a derivation, and the message about it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from steps_papers import Find

from grader.expression import Apply, Number
from grader.grading.collected import Written, collect
from grader.key import Key
from grader.problem.model import Rules
from grader.result import Kind
from grader.steps import Break, first_break, message_of
from grader.submission import read

D = r"\frac{\partial %s}{\partial %s}"
LEFT = D % ("l", "W^3_{11}")
CHAIN = D % ("l", "h^3") + D % ("h^3", "W^3_{11}")
MATRIX = D % ("l", "W^1")
RIGHT_Z = r"(W^2)^T (W^3)^T \delta \odot \sigma'(z^1)"


def text_of(found: Break | None) -> str:
    return message_of(found).text if found is not None else ""


# Chains


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"1. $${LEFT} = {CHAIN} = \\delta h^2_2$$",
            "the second part of line 1 is right: “∂l/∂h³∂h³/∂W³₁₁”; "
            "the third does not follow from it: “δ h²₂”",
        ),
        (
            f"1.\n$$\\begin{{align}}\n{LEFT} &= {CHAIN} \\\\\n&= \\delta h^2_2\n\\end{{align}}$$",
            "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; line 4 does not follow from it: “δ h²₂”",
        ),
        (
            f"1.\n\n$${LEFT} = {CHAIN}$$\n\nso\n\n$${LEFT} = \\delta h^2_2$$",
            "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; line 7 does not follow from it: “δ h²₂”",
        ),
        (
            f"1.\n\n$${LEFT} = {CHAIN}$$\n\n$$= \\delta h^2_2$$",
            "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; line 5 does not follow from it: “δ h²₂”",
        ),
        (
            f"1.\n\n$${LEFT} = \\delta h^2_2$$\n\n$${LEFT} = \\delta h^2_2 + 1$$",
            "line 3 is not the derivative that the question asks for: “δ h²₂”",
        ),
        (
            f"1. $${LEFT} = \\delta h^2_2 = \\delta h^2_2 + 1$$",
            "the second part of line 1 is not the derivative that the question asks for: “δ h²₂”",
        ),
        # an unreadable member is skipped
        (
            f"1.\n$$\\begin{{align}}\n{LEFT} &= {CHAIN} \\\\\n&= \\foo \\\\\n&= \\delta h^2_2\n"
            "\\end{align}$$",
            "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; line 5 does not follow from it: “δ h²₂”; "
            "the steps between them could not be checked",
        ),
        # repeating the question is right, but no step
        (f"1. $${LEFT} = 1 \\cdot {LEFT} = \\delta h^2_2$$", ""),
        # an entry that does not exist
        (
            f"1. $${LEFT} = \\delta h^2_3 = \\delta h^2_2$$",
            "the second part of line 1 is not the derivative that the question asks for: “δ h²₃” "
            "(index 3 is out of range: it can only be 1 to 2)",
        ),
        # one member and no other equation
        (f"1. $${LEFT} = \\delta h^2_2$$", ""),
        ("1. $$\\delta h^2_2$$", ""),
        (f"1. $${LEFT} = \\foo = \\delta h^2_2$$", ""),
        # the chain rule in another layout
        (
            f"11. $${D % ('l', 'W^2')} = {D % ('h^2', 'W^2')} {D % ('l', 'h^2')} = "
            r"(W^3)^T \delta (z^1)^T$$",
            "",
        ),
    ],
)
def test_a_chain(find: Find, text: str, message: str) -> None:
    question = "q11" if text.startswith("11") else "q1"
    assert text_of(find(question, text)) == message


def test_a_member_may_inherit_the_error_of_another_answer(find: Find) -> None:
    earlier = f"5. $${D % ('l', 'h^2')} = 2 \\delta (W^3)^T$$"
    chain = f"{D % ('l', 'W^2')} = {D % ('l', 'h^2')} (h^1)^T"
    text = f"{earlier}\n\n11. $${chain} = 2 \\delta (W^3)^T (h^1)^T$$"
    assert text_of(find("q11", text)) == (
        "the second part of line 3 is right: “∂l/∂h² (h¹)ᵀ”; the next step, “2 δ (W³)ᵀ (h¹)ᵀ”, uses "
        "“∂l/∂h²” in line 1, which is wrong"
    )
    other = f"{earlier}\n\n11. $${chain} = 3 \\delta (W^3)^T (h^1)^T$$"
    assert "the third does not follow from it" in text_of(find("q11", other))


@pytest.mark.parametrize(
    ("question", "text", "setup", "line"),
    [
        # other letters than the question's
        (
            "q10",
            rf"10. $${D % ('l', 'W^2_{ab}')} = {D % ('l', 'h^2_a')} {D % ('h^2_a', 'W^2_{ab}')} "
            r"= \delta W^3_{1a} z^1_b$$",
            True,
            1,
        ),
        (
            "q14",
            rf"14. $${D % ('l', 'h^1_j')} = \sum_i {D % ('l', 'h^2_i')} {D % ('h^2_i', 'h^1_j')} "
            r"= \sum_i \delta W^3_{1i} W^2_{ij} \sigma'(z^1_j)$$",
            True,
            1,
        ),
        # whole matrices, and entries before the whole
        ("q17", rf"17. $${MATRIX} = {D % ('l', 'z^1')} x^T = (W^2)^T \delta x^T$$", True, 1),
        (
            "q17",
            rf"17. $${MATRIX} = {D % ('l', 'z^1')} x^T = ({RIGHT_Z}) x^T = (W^2)^T (W^3)^T \delta x^T$$",
            True,
            1,
        ),
        (
            "q17",
            f"17.\n$${D % ('l', 'W^1_{ij}')} = {D % ('l', 'z^1_i')} x_j$$\n\n"
            f"$${MATRIX} = (W^2)^T (W^3)^T \\delta x^T$$",
            True,
            4,
        ),
        # plain lines
        ("q11", "11. dW2 = delta * W3.T @ h1.T = delta * W3.T @ z1.T\n", True, 1),
        ("q11", "11.\ndW2 = delta * W3.T @ h1.T\ndW2 = delta * W3.T @ z1.T\n", True, 3),
        ("q11", "11. ∂l/∂W² = δ (W³)ᵀ (z¹)ᵀ = δ (W³)ᵀ (h¹)ᵀ + 1\n", False, 1),
        # an answer that makes no sense
        ("q11", rf"11. $${D % ('l', 'W^2')} = \delta (W^3)^T (h^1)^T = \delta W^3 (h^1)^T$$", True, 1),
    ],
)  # fmt: skip
def test_a_right_set_up(find: Find, question: str, text: str, setup: bool, line: int) -> None:
    found = find(question, text)
    assert found is not None
    assert (found.setup, found.line) == (setup, line)


def test_no_set_up_without_a_right_member(find: Find) -> None:
    found = find("q1", f"1. $${LEFT} = \\delta h^2_2 = \\delta h^2_2 + 1$$")
    assert found is not None
    assert not found.setup


# Intermediate equations


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (["h^2_1", r"\delta", r"\delta h^2_2"], "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; "
         "line 9 does not follow from it: “δ h²₂”"),
        (["h^2_2", r"\delta", r"\delta h^2_2"], "line 5 is wrong: “∂h³/∂W³₁₁” is not “h²₂”"),
        (["h^2_1", "2 \\delta", r"2 \delta h^2_1"], "line 7 is wrong: “∂l/∂h³” is not “2 δ”"),
        (["W^3 h^1 = h^2_2", r"\delta", r"\delta h^2_2"],
         "line 5 is wrong: “∂h³/∂W³₁₁” is not “h²₂”"),
        # an array in place of an entry, and an unreadable side, are not called wrong
        (["h^2", r"\foo", r"\delta h^2_2"], "line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; "
         "line 9 does not follow from it: “δ h²₂”"),
    ],
)  # fmt: skip
def test_an_intermediate_equation(find: Find, steps: list[str], message: str) -> None:
    local, upstream, answer = steps
    text = (
        f"1.\n\n$${LEFT} = {CHAIN}$$\n\n$${D % ('h^3', 'W^3_{11}')} = {local}$$\n\n"
        f"$${D % ('l', 'h^3')} = {upstream}$$\n\n$${LEFT} = {answer}$$\n"
    )
    found = find("q1", text)
    assert text_of(found) == message
    assert found is not None
    assert found.setup


@pytest.mark.parametrize(
    ("equation", "is_true"),
    [
        (r"\frac{\partial h^2_i}{\partial h^1_j} = W^2_{ij}", True),
        (r"\frac{\partial h^2_k}{\partial h^1_m} = W^2_{km}", True),
        (r"\frac{\partial h^2_i}{\partial h^1_j} = W^2_{ij} \sigma'(z^1_j)", False),
        (r"\frac{\partial h^2}{\partial h^1} = W^2", True),
        (r"\frac{\partial h^2}{\partial h^1} = (W^2)^T", True),
        (r"\frac{\partial h^2}{\partial h^1} = 2 W^2", False),
        (r"\frac{\partial h^1}{\partial z^1} = \mathrm{diag}(\sigma'(z^1))", True),
        (r"\frac{\partial h^1}{\partial z^1} = \sigma'(z^1)", True),  # different values, but usual notation
        (r"\frac{\partial l}{\partial h^2} = \delta W^3", True),
        (r"\frac{\partial l}{\partial h^2} = \delta (W^3)^T", True),
        (r"\frac{\partial l}{\partial h^2} = (W^3)^T", False),
        (r"\frac{\partial l}{\partial h^2} \frac{\partial h^2}{\partial h^1} = \delta W^3 W^2", True),
        (r"h^1 = \sigma(z^1)", True),
        (r"h^1 = z^1", False),
        (r"h^2 = \sigma(W^2 h^1)", False),
        (r"h^2_i = \sum_j W^2_{ij} h^1_j", True),
        (r"h^2_i = W^2_{ij} h^1_j", True),
        (r"\delta = 3", True),  # an input may have any value
    ],
)  # fmt: skip
def test_only_wrong_equations_are_breaks(find: Find, equation: str, is_true: bool) -> None:
    answer = r"(W^2)^T \delta x^T"
    found = find("q17", f"17.\n$${equation}$$\n\n$${MATRIX} = {answer}$$\n")
    assert (found is None) == is_true
    if found is not None:
        assert found.line == 2
        assert not found.setup


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_an_answer_that_is_wrong_only_by_a_wrong_step(find: Find, before: bool) -> None:
    step = f"$${D % ('l', 'z^1')} = (W^2)^T (W^3)^T \\delta$$\n\n"
    answer = f"17. $${MATRIX} = {D % ('l', 'z^1')} x^T$$\n\n"
    found = find("q17", step + answer if before else answer + step)
    assert text_of(found) == f"line {1 if before else 3} is wrong: “∂l/∂z¹” is not “(W²)ᵀ (W³)ᵀ δ”"
    assert found is not None
    assert found.setup


def test_equations_of_another_question_are_not_checked(find: Find) -> None:
    text = (
        f"15. $${D % ('l', 'h^1')} = 2 \\delta = 3 \\delta$$\n\n"
        f"$${D % ('h^2', 'h^1')} = 2 W^2$$\n\n"
        f"$${D % ('l', 'W^1_{ij}')} = \\delta x_j = 2 \\delta x_j$$\n\n"
        f"$${D % ('h^1_k', 'z^1_k')} = 2$$\n\n"
        f"$${MATRIX} = \\delta x^T = 2 \\delta x^T$$"
    )
    found = [find(question, text) for question in ("q15", "q16", "q17")]
    assert [one and one.line for one in found] == [1, 5, 7]  # line 3 answers q13


# Places and messages


def test_cells_of_a_notebook(key: Key, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [f"1.\n\n$${LEFT} = {CHAIN}$$\n"]},
        {"cell_type": "markdown", "metadata": {}, "source": [f"$${LEFT} = \\delta h^2_2$$\n"]},
    ]
    path = tmp_path / "paper.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    given = collect(key.problem, read(path)).given["q1"]
    assert isinstance(given, Written)
    assert given.chain is not None
    assert text_of(first_break(key["q1"], given.chain)) == (
        "cell 1, line 3 is right: “∂l/∂h³∂h³/∂W³₁₁”; "
        "cell 2, line 1 does not follow from it: “δ h²₂”"
    )


def test_an_answer_file(find: Find) -> None:
    text = f"answers:\n  q1: {{latex: '{LEFT} = {CHAIN} = \\delta h^2_2'}}\n  q2: delta\n"
    found = find("q1", text, "answers.yaml")
    assert text_of(found).startswith("the second part of line 2 is right")
    assert find("q2", text, "answers.yaml") is None


def test_the_message(find: Find) -> None:
    found = find("q1", f"1. $${LEFT} = {CHAIN} = \\delta h^2_2$$")
    assert found is not None
    message = message_of(found)
    assert (message.kind, message.code) == (Kind.STEP, "step")
    assert message.pointer is not None
    line, mark = message.pointer.splitlines()
    assert line[mark.index("~") : len(mark)] == r"\delta h^2_2"
    assert all("h" not in hint.split() for hint in message.hints)


@pytest.mark.parametrize("number", [9, 40, 300])
def test_long_chains(find: Find, number: int) -> None:
    members = " = ".join(["\\delta h^2_1"] * number)
    found = find("q1", f"1. $${LEFT} = {members} = \\delta h^2_2$$")
    assert found is not None
    assert found.part.text == r"\delta h^2_2"
    assert found.part.number == number + 2


def test_an_answer_that_the_author_accepts_is_right(key: Key, tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    left = D % ("h^2", "h^1")
    path.write_text(f"13. $${left} = (W^2)^T = 3 W^2 = 2 W^2$$", encoding="utf-8")
    given = collect(key.problem, read(path)).given["q13"]
    assert isinstance(given, Written)
    assert given.chain is not None
    found = []
    triple = Apply("mul", (Number(3.0), key.problem.scope.names.symbols["W2"]), (2, 3))
    for rules in (Rules(), Rules(layout="either"), Rules(layout="either", accept=(triple,))):
        ruled = replace(key["q13"], question=replace(key["q13"].question, rules=rules))
        broken = first_break(ruled, given.chain)
        assert broken is not None
        found.append((broken.part.number, broken.setup))
    assert found == [(2, False), (3, True), (4, True)]
