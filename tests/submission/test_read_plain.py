"""Formulas in lines without delimiters and in listings, and chains over several blocks."""

from pathlib import Path

import pytest
from handing_in import labels, outline, paper, prose, texts

from grader.submission import Formula, Place, Prose, is_blank

EQUATIONS = [
    "∂l/∂W³₁₁ = δ h²₁",
    "dW2 = dZ2 @ A1.T / m",
    "dW2 = np.outer(W3.T * delta, h1)",
    "dl/dW2[i,j] = delta * W3[1,i] * h1[j]",
    "∇_{W²} l = (W³)ᵀ δ (h¹)ᵀ",
    "grad_W2 = W3.T * delta",
    "W2.grad = np.dot(W3.T, h1.T)",
    "q11 = outer(a1, b1)",
    "dlogits = (pred - y) / m",
    "σ'(x) = 1 if x > 0, 0 otherwise",
    "f(x) = x if x > 0 else 0",
    "softmax(z) = exp(z)/sum(exp(z))",
    "∂l/∂W = \\delta h^2_1",
    "dW ≈ δ xᵀ",
    "x := 3",
    "h[1:3] = z[1:3]",
    "a = b = c",
    "W2 = W2 - eta * dW2",
    "dW2 =",
]


@pytest.mark.parametrize("line", EQUATIONS)
def test_an_equation_without_delimiters_is_a_formula(tmp_path: Path, line: str) -> None:
    (item,) = paper(tmp_path, "p.md", f"\n  {line}\n").items
    assert item == Formula(line, True, Place("p.md", 2, 3), "plain")


@pytest.mark.parametrize("line", EQUATIONS[:3])
@pytest.mark.parametrize("name", ["p.txt", "p.tex"])
def test_the_same_in_plain_text_and_in_tex(tmp_path: Path, line: str, name: str) -> None:
    assert texts(paper(tmp_path, name, f"1. {line}\n")) == [line]


PROSE = [
    "The loss is l = 3 apples",
    "I think that the answer is",
    "so we get",
    "where a = b is the step",
    "If x = 1 then y = 2",
    "f'(x) = don't know",
    "University = Pitt",
    "Total = 25",
    "Name: J. Doe",
    "Email: a1@b2.c",
    "CS-1678 HW3",
    "CS 1678/2078 Homework 3",
    "Time spent = 3 hours",
    "Due 2024-05-12",
    "2024-05-12",
    "See https://a.b/c?d=e",
    "<img src=x width=3>",
    "| a | b = c |",
    "if a == b:",
    "W2 -> W2 - lr * dW2",
    "x = 'a'",
    "a = b(",
    "it costs $5 = five",
    "δ h²₁",
    "0",
    "- δ h²₁",
    "word " * 500 + "= x",
]


@pytest.mark.parametrize("line", PROSE)
def test_a_sentence_is_no_formula(tmp_path: Path, line: str) -> None:
    found = paper(tmp_path, "p.md", f"{line}\n")
    assert texts(found) == []
    assert prose(found) == [" ".join(line.split())]


@pytest.mark.parametrize(
    ("line", "formulas"),
    [
        ("so we get dW2 = dZ2 @ A1.T.", ["dW2 = dZ2 @ A1.T"]),
        ("Thus, by the chain rule, dW = δ x, where m is the size.", ["dW = δ x"]),
        ("dW = a b by the chain rule", ["dW = a b"]),
        ("dW = a g where g = W3.T * delta", ["dW = a g", "g = W3.T * delta"]),
        ("Let g = W3ᵀ δ", ["g = W3ᵀ δ"]),
        ("Chain rule: dl/dW = dl/dh * dh/dW", ["dl/dW = dl/dh * dh/dW"]),
        ("The gradient of l by W2 is dl/dW2 = W3.T @ h1.T", ["dl/dW2 = W3.T @ h1.T"]),
        ("dW1 = δ W3[1]   # chain rule", ["dW1 = δ W3[1]"]),
        ("∂h/∂W = σ(z)   (j = 1, 2, 3)", ["∂h/∂W = σ(z)"]),
        ("dW[i,j] = a[i] b[j] for all i, j", ["dW[i,j] = a[i] b[j]"]),
        ("h³ = W³ h², so", ["h³ = W³ h²"]),
        ("δ is a layer's. δ = ∂l/∂h³. Then dW = δ x.", ["δ = ∂l/∂h³", "dW = δ x"]),
        ("dh = W.T @ d and dW = d @ x.T", ["dh = W.T @ d", "dW = d @ x.T"]),
        ("- dW2 = dZ2 @ A1.T", ["dW2 = dZ2 @ A1.T"]),
        ("**dW2 = dZ2 @ A1.T**", ["dW2 = dZ2 @ A1.T"]),
        ("`dW2 = dZ2 @ A1.T`", ["dW2 = dZ2 @ A1.T"]),
        ("> dW2 = dZ2 @ A1.T", ["dW2 = dZ2 @ A1.T"]),
    ],
)
def test_words_around_an_equation_are_cut_off(
    tmp_path: Path, line: str, formulas: list[str]
) -> None:
    found = paper(tmp_path, "p.md", line)
    assert texts(found) == formulas
    for item in found.items:
        assert line[item.place.column - 1 :].startswith(getattr(item, "text", ""))


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("3) delta*h2[1]", ["delta*h2[1]"]),
        ("5. (W²)ᵀ δ ⊙ σ′(z¹)", ["(W²)ᵀ δ ⊙ σ′(z¹)"]),
        ("2.\n\nδ h²₁\n", ["δ h²₁"]),
        ("2. What is it?\nδ h²₁\n", ["δ h²₁"]),
        ("2. = δ h²₁", ["= δ h²₁"]),
        ("2. Answer: δ h²₁", ["δ h²₁"]),
        ("2. **Answer:** 0", ["0"]),
        ("2. `delta*h2[1]`", ["delta*h2[1]"]),
        ("7. h1", ["h1"]),
        ("6. -1", ["-1"]),
        ("6. it is zero", []),
        ("6. [5]", []),
        ("6. (2 points)", []),
        ("6. n/a", []),
        ("6. TODO", []),
        ("6. ∂l/∂W³₁₁", []),
        ("6. δ h²₁ (see notes)", []),
        ("6. What is it?\n2\n", []),
    ],
)
def test_below_a_marker_no_equals_sign_is_needed(
    tmp_path: Path, text: str, formulas: list[str]
) -> None:
    assert texts(paper(tmp_path, "p.md", text)) == formulas


def test_a_chain_goes_on_in_the_next_lines(tmp_path: Path) -> None:
    text = "1. ∂l/∂W = δ ∂h/∂W\n     = δ x\n     ≈ 3 x\nand more\n"
    found = paper(tmp_path, "p.md", text)
    assert texts(found) == ["∂l/∂W = δ ∂h/∂W\n     = δ x\n     ≈ 3 x"]
    assert prose(found) == ["and more"]


@pytest.mark.parametrize(
    "text",
    ["dW2 = np.outer(\n  W3.T * delta,\n  h1)", "dW = δ * W3[1]\n     + δ * W3[2]"],
)
def test_a_formula_may_take_several_lines(tmp_path: Path, text: str) -> None:
    assert texts(paper(tmp_path, "p.md", f"{text}\n\nend")) == [text]


def test_brackets_that_never_close_swallow_nothing(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "a = (b\nc = d\n\n$x$\n")
    assert texts(found) == ["c = d", "x"]


# Listings


def code(found: object) -> list[str]:
    assert hasattr(found, "items")
    return [item.text for item in found.items if getattr(item, "notation", "") == "code"]


def test_the_assignments_of_a_program_are_read_and_nothing_is_run(tmp_path: Path) -> None:
    text = """```python
import numpy as np
dZ2 = A2 - Y  # the last layer
dW2 = np.outer(
    dZ2,
    A1)
for i in range(3):
    dW1 = dW1 + 1
def backward(x):
    db2 = dZ2.sum()
    return db2
if x == 3:
    y = 4
print(dW2)
name = 'a'
w += 3
f = lambda x: x
open("p", "w")
```
"""
    found = paper(tmp_path, "p.md", text)
    assert code(found) == [
        "dZ2 = A2 - Y",
        "dW2 = np.outer(\n    dZ2,\n    A1)",
        "db2 = dZ2.sum()",
        "w += 3",
    ]
    assert prose(found) == []
    assert found.items[0].place == Place("p.md", 3, 1)


@pytest.mark.parametrize("fence", ["```", "```text", "~~~"])
def test_plain_fences_hold_lines_and_markers(tmp_path: Path, fence: str) -> None:
    text = f"{fence}\nQ3: dW3 = delta*h2.T\n# 7 is a comment\n4) delta*h2[1]\n{fence[:3]}\n"
    found = paper(tmp_path, "p.md", text)
    assert outline(found) == ["3:", "dW3 = delta*h2.T", "3.4:", "delta*h2[1]"]
    assert code(found) == []


def test_comments_of_programs_may_be_markers(tmp_path: Path) -> None:
    text = "```python\n# Q9: the same row\na = b\n# 10 rows\nc = d\n```\nQ12: $x$\n"
    assert outline(paper(tmp_path, "p.md", text)) == ["9:", "a = b", "c = d", "12:", "x"]


def test_other_listings_are_not_read(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.md", "hi\n```bash\na = b\n```\n```json\nc = d\n```\n")) == []


def test_backticks_in_a_sentence_may_hold_an_equation(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "so we set `dW = d @ x.T` with `numpy` and `f(x)` here")
    assert code(found) == texts(found) == ["dW = d @ x.T"]


# Chains over several blocks


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("$$A = B$$\n\nwhich becomes\n\n$$= C$$", ["A = B", "= C"]),
        ("$$A = B,$$\nthen\n$$= C$$ and $$= D$$", ["A = B", "= C", "= D"]),
        ("$A = B$ which is $= C$", ["A = B", "= C"]),
        ("$$A =$$\n\n$$= C$$", ["A", "= C"]),
        ("\\[A = B\\] so, since $x = 2$, \\[\\approx C\\]", ["A = B", "\\approx C"]),
        ("$$A = B$$ hence\n\\begin{align} &= C \\end{align}", ["A = B", "\\begin{align} &= C"]),
    ],
)
def test_a_broken_chain_is_one_formula(tmp_path: Path, text: str, members: list[str]) -> None:
    found = paper(tmp_path, "p.md", text)
    first = found.items[0]
    assert isinstance(first, Formula)
    assert first.display is not text.startswith("$A")
    at = text.index("A")
    for member in members:  # each has its place in the paper
        offset = text.index(member)
        assert first.text[offset - at :].startswith(member)


def test_a_chain_ends_with_its_question(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "1. $$A = B$$\n\n2. $$= C$$\n")
    assert outline(found) == ["1:", "A = B", "2:", "= C"]


def test_words_before_are_no_chain(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "The weights $W$ have the gradient $= C$")
    assert texts(found) == ["W", "= C"]


def test_words_between_are_still_prose(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "$$A = B$$\nwhich becomes\n$$= C$$")
    assert found.items[1] == Prose("which becomes", Place("p.md", 2, 1))


# No answer


@pytest.mark.parametrize(
    "text",
    [
        *("I am not sure", "I don’t know how", "idk", "?", "???", "TODO", "Skipped, no time left"),
        *("no idea", "n/a", "N/A", "keine Ahnung!", "-", "je ne sais pas", "no sé", "none"),
        *("Hier bin ich mir leider nicht sicher, was gemeint ist.", "I'm stuck", "(left blank)"),
    ],
)
def test_texts_for_a_missing_answer(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    "text",
    ["it is zero", "the same as in 3", "not sure, but it is zero", "zero", "I don't know, maybe h"],
)
def test_a_possible_answer_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_labels_are_not_lost_around_plain_lines(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "Q1: dW = x\nQ2: db = y\n(a) = z\n")
    assert labels(found) == [("1",), ("2",)]
