"""Faulty problem files as authors write them: each gets the right line and a useful sentence."""

from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.problem import load

BASE = """\
id: faulty
title: Faulty
draws: {count: 32, seed: 1}
dimensions: {n: 3, m: 2}
symbols:
  x: {shape: [n]}
  W: {shape: [m, n]}
  y: {shape: [m]}
functions:
  sigma: {is: relu}
model:
  z: {is: W @ x}
  h: {is: sigma(z)}
  l: {is: sum((h - y)**2)}
questions:
  - {id: q1, of: l, wrt: x}
  - {id: q2, of: l, wrt: 'W[i,j]', free: {i: m, j: n}}
"""

# name: (a part of BASE, its replacement, the line, words of the sentence)
FAULTS = {
    "a typo in a key": ("wrt: x}", "wtr: x}", 16, "did you mean 'wrt'?"),
    "a typo in a function": ("is: relu", "is: reluu", 10, "did you mean relu"),
    "a typo in a name": ("is: W @ x}", "is: w @ x}", 12, "`w` is not declared"),
    "an upstream without its quantity": (
        "is: sum((h - y)**2)", "upstream: y", 14, "such as `upstream: {h: y}`",
    ),
    "a typo in a dimension": ("shape: [n]}", "shape: [nn]}", 6, "unknown dimension 'nn'"),
    "a typo in a kind of draw": ("y: {shape: [m]}", "y: {shape: [m], draw: normall}", 8, "normal"),
    "shapes that do not fit": ("is: W @ x", "is: x @ W @ y", 12, "does not exist"),
    "a row against a column": ("(h - y)", "(h - x)", 14, "cannot be combined"),
    "a key twice": ("title: Faulty", "id: again", 2, "given twice, on lines 1 and 2"),
    "a symbol twice": ("  y: {", "  x: {", 8, "given twice, on lines 6 and 8"),
    "an id twice": ("id: q2", "id: q1", 17, "is already an id or a label"),
    "a name with two meanings": ("  z: {is: W @ x}", "  W: {is: W @ x}", 12, "declared twice"),
    "a bomb of aliases": (
        "title: Faulty",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]",
        None,
        "when aliases are written out",
    ),
    "an alias of itself": ("title: Faulty", "title: &t [*t]", 2, "contains it"),
    "a tab": ("  W: {shape", "\tW: {shape", 7, "a tab"),
    "a wrong type": ("draws: {count: 32", "draws: {count: many", 3, "many"),
    "too few draws": ("count: 32", "count: 3", 3, "16"),
    "no points at all": ("{id: q1,", "{id: q1, points: 0,", 16, "0"),
    "a cycle of two": ("is: W @ x}", "is: W @ x + h}", 12, "computed from each other"),
    "a cycle of one": ("is: W @ x}", "is: W @ x + z}", 12, "computed from itself"),
    "a name before it is computed": ("is: W @ x}", "is: W @ x + y2}\n  y2: {is: 2*y}", 12,
                                     "move `y2` above `z`"),
    "an index out of range": ("'W[i,j]', free: {i: m", "'W[3,j]', free: {i: m", 17, "out of range"),
    "an index without a range": (", free: {i: m, j: n}", "", 17, "such as `free: {i: m}`"),
    "a derivative by a sum": ("wrt: x}", "wrt: x + x}", 16, "a symbol, a quantity, or an entry"),
    "a derivative of nothing": ("of: l, wrt: x", "wrt: x", 16, "is missing"),
    "a colon in text": ("title: Faulty", "title: Homework: part 2", 2, "single quotes"),
    "LaTeX in double quotes": ("{shape: [n]}", '{shape: [n], latex: "\\nabla"}', 6, "single quotes"),
    "no questions": (BASE[BASE.index("questions:"):], "questions: []\n", 15, "questions"),
    "an open bracket": ("(h - y)**2)", "(h - y)**2", 14, "never closed"),
    "code for a formula": ("is: W @ x", "is: __import__('os')", 12, ""),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_CACHE_DIR", str(tmp_path / "cache"))


def faults_of(folder: Path, text: str) -> AuthorError:
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        load(folder)
    return caught.value


@pytest.mark.parametrize("name", FAULTS)
def test_fault(tmp_path: Path, name: str) -> None:
    old, new, line, words = FAULTS[name]
    assert BASE.count(old) >= 1
    error = faults_of(tmp_path, BASE.replace(old, new, 1))
    first = [fault for fault in error.faults if words in fault.reason]
    assert first, error
    assert line is None or line in {fault.line for fault in first}, error
    assert len(error.faults) <= 3  # consequences of a fault are not reported again


def test_the_base_has_no_fault(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(BASE, encoding="utf-8")
    assert load(tmp_path).id == "faulty"


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = BASE.replace("title:", "titel:").replace("[n]}", "[k]}").replace("wrt: x}", "wtr: x}")
    lines = {fault.line for fault in faults_of(tmp_path, text).faults}
    assert {2, 6, 16} <= lines


def all_faults(folder: Path, *changes: tuple[str, str]) -> list[tuple[int, str]]:
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        load(folder)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_an_unknown_key_hides_nothing_else(tmp_path: Path) -> None:
    faults = all_faults(tmp_path, ("id: q1, of: l, wrt: x", "id: q1, of: l, wrt: xx, pionts: 2"))
    assert [line for line, _ in faults] == [16, 16]
    assert "`xx` is not declared" in faults[0][1]
    assert "did you mean 'points'?" in faults[1][1]


def test_consequences_of_a_fault_are_not_reported(tmp_path: Path) -> None:
    faults = all_faults(
        tmp_path, ("is: sigma(z)", "is: sigma(zz)"), ("is: sum((h - y)**2)", "upstream: {h: y}")
    )
    assert [line for line, _ in faults] == [13]
