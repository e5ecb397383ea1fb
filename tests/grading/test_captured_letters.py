r"""A letter that a sum binds again is a letter of its own: `\sum_j` where the question says j.

The oracle is a loop: each formula here is a tree, written in LaTeX or infix for the grader and computed
by Python's loops for every value of every letter.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_grading import REVIEW, graded
from sampling import examples

from grader.api import load_problem
from grader.expression import Index, Item, Number, Sum, Symbol, Tabulate, substitute_all
from grader.grading import grade
from grader.grading.collected import Written, collect
from grader.key import Key, build
from grader.primitives.build import item
from grader.submission import Place, Submission, TextAnswer, read

N = 3
SQUARE = f"""
id: square
dimensions: {{n: {N}}}
symbols:
  V: {{shape: [n, n]}}
  W: {{shape: [n, n]}}
  u: {{shape: [n]}}
  x: {{shape: [n]}}
model:
  z: {{is: W @ x}}
  h: {{is: V @ z}}
questions:
  - {{id: q1, points: 1, of: 'h[i]', wrt: 'x[j]', free: {{i: n, j: n}}, prompt: p}}
"""
OBLONG = """
id: oblong
dimensions: {n0: 4, n1: 3, n2: 2}
symbols:
  V: {shape: [n2, n1]}
  W: {shape: [n1, n0]}
  x: {shape: [n0]}
  g: {shape: [n2]}
model:
  z: {is: W @ x}
  h: {is: V @ z}
  l: {upstream: {h: g}}
questions:
  - {id: q1, points: 1, of: 'h[i]', wrt: 'x[j]', free: {i: n2, j: n0}, prompt: p}
  - {id: q2, points: 1, of: l, wrt: 'W[i,j]', free: {i: n1, j: n0}, prompt: p}
"""
LETTERS = "ijkpq"
DELTA = r"\delta"


@cache
def key_of(problem: str) -> Key:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(problem, encoding="utf-8")
        return build(load_problem(Path(name)))


def paper(text: str) -> Submission:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "paper.md").write_text(text, encoding="utf-8")
        return read(Path(name) / "paper.md")


def verdict(problem: str, question: str, text: str) -> str:
    return str(grade(key_of(problem), paper(text))[question].verdict)


# Examples


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        # any letters
        (r"\frac{\partial h_k}{\partial x_i} = \sum_{j} V_{kj} W_{ji}", "correct"),
        (r"\frac{\partial h_j}{\partial x_i} = \sum_{k} V_{jk} W_{ki}", "correct"),
        (r"\frac{\partial h_k}{\partial x_p} = \sum_{i=1}^{n_1} V_{ki} W_{ip}", "correct"),
        (r"\frac{\partial h_k}{\partial x_p} = \sum_{j \in \{1, 2, 3\}} V_{kj} W_{jp}", "correct"),
        (r"\frac{\partial h_k}{\partial x_p} = 1 \cdot (\sum_j V_{kj} W_{jp})", "correct"),
        # a sum over the wrong letter, and one letter for two
        (r"\frac{\partial h_k}{\partial x_p} = \sum_{i} V_{ki} W_{pi}", "incorrect"),
        (r"\frac{\partial h_k}{\partial x_p} = \sum_{j} V_{jk} W_{jp}", "incorrect"),
        (r"\frac{\partial h_j}{\partial x_i} = \sum_{k} V_{ik} W_{kj}", "incorrect"),
        # the paper uses another name, so the question's own letter has no meaning here
        (r"\frac{\partial h_k}{\partial x_p} = \sum_{q} V_{kq} W_{qj}", "unreadable"),
    ],
)
def test_letters_of_the_paper(equation: str, expected: str) -> None:
    accepted = {expected, *(REVIEW if expected == "incorrect" else ())}
    assert verdict(OBLONG, "q1", f"1. $${equation}$$") in accepted


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (r"\frac{\partial l}{\partial h^1_k} = \delta \sum_{j} W^3_{1j} W^2_{jk}", "correct"),
        (
            r"\frac{\partial l}{\partial h^1_k} = \delta \sum_{j=1}^{n_2} W^3_{1j} W^2_{jk}",
            "correct",
        ),
        (r"\frac{\partial l}{\partial h^1_j} = \delta \sum_{k} W^3_{1k} W^2_{kj}", "correct"),
        (r"\frac{\partial l}{\partial h^1_k} = \sum_{j} W^3_{1j} W^2_{jk}", "incorrect"),
    ],
)
def test_the_homework(tmp_path: Path, equation: str, expected: str) -> None:
    report = graded("cs1678-hw3", tmp_path, f"14. $${equation}$$")
    assert report["q14"].verdict == expected


@pytest.mark.parametrize("letters", ["kpj", "jik", "ijk", "pqi"])
@pytest.mark.parametrize("step", ["kj", "ik", "jp"])
def test_letters_of_a_step(letters: str, step: str) -> None:
    """A step keeps its own letters wherever it is used."""
    a, b, _ = letters
    row, bound = step
    by = r"\frac{\partial l}{\partial %s}"
    step_in_letters = rf"{by % f'z_{row}'} = \sum_{{{bound}}} g_{bound} V_{{{bound}{row}}}"
    answer = rf"{by % f'W_{{{a}{b}}}'} = {by % f'z_{a}'} x_{b}"
    text = f"$${step_in_letters}$$\n\n2. $${answer}$$"
    assert verdict(OBLONG, "q2", text) == "correct"
    wrong = text.replace(f"g_{bound} V", f"g_{bound} g_{bound} V")
    assert verdict(OBLONG, "q2", wrong) == "incorrect"


def test_an_equation_for_the_diagonal_gives_no_other_entries() -> None:
    step = r"$$\frac{\partial h_k}{\partial x_k} = \sum_j V_{kj} W_{jk}$$"
    answer = r"$$\frac{\partial h_i}{\partial z_j} = V_{ij}$$"
    assert verdict(SQUARE, "q1", f"{step}\n\n{answer}") != "correct"


# By brute force


@dataclass(frozen=True)
class Entry:
    """An entry of an array or of Kronecker's delta, with an index letter for each axis."""

    array: str
    letters: str


@dataclass(frozen=True)
class Both:
    """A product or a sum of two formulas."""

    sign: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Bound:
    """The sum over a letter."""

    letter: str
    body: "Tree"


Tree = Entry | Both | Bound


def trees(scope: str, depth: int = 3) -> st.SearchStrategy[Tree]:
    """Formulas over the letters in scope; a sum may bind any letter, even one in scope."""
    letter = st.sampled_from(scope)
    vectors = st.builds(Entry, st.sampled_from("ux"), letter)
    matrices = st.builds(
        Entry, st.sampled_from(["V", "W", DELTA]), st.builds(lambda a, b: a + b, letter, letter)
    )
    if not depth:
        return vectors | matrices
    inner = trees(scope, depth - 1)
    both = st.builds(Both, st.sampled_from("*+"), inner, inner)
    sums = st.sampled_from(LETTERS).flatmap(
        lambda one: st.builds(Bound, st.just(one), trees("".join(sorted({*scope, one})), depth - 1))
    )
    return matrices | both | sums


def value(tree: Tree, arrays: Mapping[str, np.ndarray], at: Mapping[str, int]) -> np.ndarray:
    """The value of a formula at these values of its letters, counted from 0: (draws,)."""
    if isinstance(tree, Entry):
        row, column = (*(at[letter] for letter in tree.letters), 0)[:2]
        if tree.array == DELTA:
            return np.full(len(arrays["x"]), float(row == column))
        return arrays[tree.array][:, row, column]
    if isinstance(tree, Bound):
        return sum(value(tree.body, arrays, {**at, tree.letter: one}) for one in range(N))
    left, right = (value(side, arrays, at) for side in (tree.left, tree.right))
    return left * right if tree.sign == "*" else left + right


def latex(tree: Tree, open_ranges: bool) -> str:
    match tree:
        case Entry(array, letters):
            return f"{array}_{{{letters}}}"
        case Both("*", left, right):
            return rf"({latex(left, open_ranges)}) \cdot ({latex(right, open_ranges)})"
        case Both(_, left, right):
            return f"({latex(left, open_ranges)} + {latex(right, open_ranges)})"
        case Bound(letter, body):
            is_open = open_ranges and letter in free(body, of_deltas=False)
            limits = f"_{{{letter}}}" if is_open else f"_{{{letter}=1}}^{{n}}"
            return rf"\sum{limits} ({latex(body, open_ranges)})"


def infix(tree: Tree) -> str:
    match tree:
        case Entry(array, letters):
            name = "KroneckerDelta(%s)" if array == DELTA else f"{array}[%s]"
            return name % ",".join(letters)
        case Both(sign, left, right):
            return f"({infix(left)}) {sign} ({infix(right)})"
        case Bound(letter, body):
            return f"Sum({infix(body)}, ({letter}, 1, n))"


def free(tree: Tree, *, of_deltas: bool = True) -> set[str]:
    """The free letters, including those of deltas; a delta alone gives a letter no range."""
    match tree:
        case Entry(array, letters):
            return set(letters) if of_deltas or array != DELTA else set()
        case Both(_, left, right):
            return free(left, of_deltas=of_deltas) | free(right, of_deltas=of_deltas)
        case Bound(letter, body):
            return free(body, of_deltas=of_deltas) - {letter}


def renamed(tree: Tree, names: Mapping[str, str]) -> Tree:
    """The formula with its free letters renamed; a bound letter of the same name is renamed too."""
    match tree:
        case Entry(array, letters):
            return Entry(array, "".join(names.get(letter, letter) for letter in letters))
        case Both(sign, left, right):
            return Both(sign, renamed(left, names), renamed(right, names))
        case Bound(letter, body):
            others = {old: new for old, new in names.items() if old in free(tree)}
            fresh = next(one for one in "rstabcd" if one not in {*names.values(), *free(body)})
            return Bound(fresh, renamed(body, {**others, letter: fresh}))


def values_read(submission: Submission) -> np.ndarray:
    """The values of the grader's reading, over the question's i and j: (draws, n, n)."""
    key = key_of(SQUARE)
    answer = collect(key.problem, submission).given["q1"]
    assert isinstance(answer, Written)
    return key["q1"].evaluate(answer.read().node)


def as_paper(tree: Tree, row: str, column: str, open_ranges: bool = False) -> Submission:
    left = rf"\frac{{\partial h_{{{row}}}}}{{\partial x_{{{column}}}}}"
    return paper(f"1. $${left} = {latex(tree, open_ranges)}$$")


def by_loops(tree: Tree, row: str, column: str) -> np.ndarray:
    arrays = key_of(SQUARE)["q1"].draws.values
    grid = [[value(tree, arrays, {row: i, column: j}) for j in range(N)] for i in range(N)]
    return np.moveaxis(np.array(grid), -1, 0)


pairs = st.permutations(LETTERS).map(lambda letters: (letters[0], letters[1]))
rooted = pairs.flatmap(lambda pair: st.tuples(st.just(pair), trees("".join(sorted(pair)))))


@pytest.mark.sampled
@settings(max_examples=examples(20, 100))
@given(rooted, st.booleans())
def test_latex_has_the_values_of_plain_loops(
    answer: tuple[tuple[str, str], Tree], open_ranges: bool
) -> None:
    (row, column), tree = answer
    found = values_read(as_paper(tree, row, column, open_ranges))
    np.testing.assert_allclose(found, by_loops(tree, row, column), rtol=1e-9, atol=1e-9)


@pytest.mark.sampled
@settings(max_examples=examples(20, 100))
@given(trees("ij"))
def test_infix_has_the_values_of_plain_loops(tree: Tree) -> None:
    answer = TextAnswer("q1", infix(tree), "infix", Place("answers.yaml", 1))
    found = values_read(Submission("me", "answers.yaml", "", answers=(answer,)))
    np.testing.assert_allclose(found, by_loops(tree, "i", "j"), rtol=1e-9, atol=1e-9)


@pytest.mark.sampled
@settings(max_examples=examples(20, 100))
@given(rooted, pairs)
def test_renamed_letters_change_nothing(
    answer: tuple[tuple[str, str], Tree], others: tuple[str, str]
) -> None:
    """Free letters are renamed on both sides, or the question's own are swapped; bound ones are new."""
    (row, column), tree = answer
    other = renamed(tree, {row: others[0], column: others[1]})
    one, two = (
        grade(key_of(SQUARE), submission)["q1"].verdict
        for submission in (as_paper(tree, row, column), as_paper(other, *others))
    )
    assert one == two
    np.testing.assert_allclose(
        values_read(as_paper(other, *others)), by_loops(tree, row, column), rtol=1e-9, atol=1e-9
    )


@pytest.mark.sampled
@settings(max_examples=examples(20, 100))
@given(trees("ijkpq", 2), st.sampled_from(list(product(LETTERS, repeat=2))))
def test_no_letter_makes_an_error_of_grading(tree: Tree, left: tuple[str, str]) -> None:
    """If sizes differ, a letter may run past the end of an array, or nothing may bind it."""
    row, column = left
    text = latex(tree, open_ranges=True).replace("^{n}", "^{n_1}").replace("u_", "g_")
    equation = rf"\frac{{\partial h_{{{row}}}}}{{\partial x_{{{column}}}}} = {text}"
    assert verdict(OBLONG, "q1", f"1. $${equation}$$") in ("correct", "incorrect", *REVIEW)


# The function that replaces letters


def test_letters_are_replaced_all_at_once() -> None:
    i, j = Index("i", 1, N), Index("j", 1, N)
    a = Symbol("A", (N, N))
    exchanged = substitute_all(Item(a, i, j, (1, 1)), {"i": j, "j": i})
    assert exchanged == Item(a, j, i, (1, 1))
    table = Tabulate(Item(a, i, j, (1, 1)), i, j, (N, N))
    assert item(table, j, i) == Item(a, j, i, (1, 1))


def test_a_bound_letter_is_renamed_to_avoid_a_clash() -> None:
    i, j = Index("i", 1, N), Index("j", 1, N)
    total = Sum(Item(Symbol("A", (N, N)), i, j, (1, 1)), j, (1, 1))
    moved = substitute_all(total, {"i": j})
    assert isinstance(moved, Sum)
    assert moved.index.name != "j"
    assert moved.body == Item(Symbol("A", (N, N)), j, moved.index, (1, 1))
    assert substitute_all(total, {"j": Number(1.0)}) == total
