"""Handout and key in every format: complete, safe, and no reference where students look."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from library_keys import key_of

from grader import key as keys
from grader.authoring.reference_text import in_answer_file
from grader.authoring.sheets import FORMATS, handout, worked_key
from grader.authoring.sheets.backward import ReferenceDerivation, derivation
from grader.authoring.sheets.inline import PieceKind, pieces
from grader.authoring.validation.answers import judged
from grader.cli.group import group
from grader.evaluation import Evaluator
from grader.expression import Expression, Index, Item, Symbol, transform, walk
from grader.key import Key
from grader.primitives.build import derivative
from grader.problem import load

ROOT = Path(__file__).parents[2]
NAMES = [
    "cs1678-hw3", "batch-norm", "conv1d", "lstm-cell", "matrix-calculus", "rnn", "softmax-cross-entropy",
    "residual-block",
]  # fmt: skip


@pytest.fixture(params=NAMES)
def key(request: pytest.FixtureRequest) -> Key:
    return key_of(request.param)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_sheet_names_every_question_and_symbol(key: Key, format_: str) -> None:
    text = FORMATS[format_](handout(key.problem, "problem"))
    for question in key.problem.questions:
        assert question.id in text
    for name in key.problem.scope.symbols:
        assert name.replace("_", r"\_") in text or name in text


def test_the_handout_has_no_reference(key: Key) -> None:
    """No step of a derivation is in the handout."""
    text = FORMATS["md"](handout(key.problem, "problem"))
    assert "In an answer file:" not in text
    assert "Worked key" not in text
    for own in key.questions.values():
        assert f"`{own.reference}`" not in text


def test_the_steps_of_a_derivation_lead_to_the_reference(key: Key) -> None:
    """With the adjoints of the steps substituted, the last line has the values of the reference."""
    for own in key.questions.values():
        found = derivation(own)
        if found is None or own.question.free or own.question.wrt is None:
            continue
        if isinstance(own.question.wrt, Item):
            continue
        known = dict(adjoints(found))
        whole = found.last
        for _ in found.steps:
            whole = transform(whole, lambda node, known=known: known.get(node, node))
        letters = tuple(part for part in walk(found.numerator) if isinstance(part, Index))
        value = Evaluator(own.draws.values, own.backprop.lower, letters)(whole)
        by_draw = np.moveaxis(value, -3, 0)  # the axes of letters come before the draws
        expected = own.expected.reshape(len(own.expected), -1)
        assert abs(by_draw.reshape(len(by_draw), -1) - expected).max() < 1e-9, own.question.id
        assert not letters or found.unfolded is not None or found.steps


def adjoints(found: ReferenceDerivation) -> Iterator[tuple[Expression, Expression]]:
    """Each named adjoint with its formula in the steps."""
    for step in found.steps:
        yield derivative(found.numerator, Symbol(step.name, step.shape)), step.adjoint


def test_the_answer_of_a_worked_key_is_correct(key: Key) -> None:
    """The answer under "In an answer file" earns all points for every kind of question."""
    for own in key.questions.values():
        if own.reference is not None:
            text = in_answer_file(own, own.reference)
            assert judged(key, own.question.id, text).verdict == "correct", text


def test_every_formula_of_a_page_is_typeset(key: Key) -> None:
    page = FORMATS["html"](worked_key(key))
    codes = re.findall(r"<code>(.*?)</code>", page)
    assert not [code for code in codes if "\\frac" in code]


def test_what_authors_write_is_escaped(tmp_path: Path) -> None:
    text = (
        "id: evil\ntitle: '<script>alert(1)</script> & 50% _x_'\n"
        "description: '<img src=x onerror=alert(1)> $\\frac{<b>}{2}$ \\input{/etc/passwd}'\n"
        "symbols: {x: {shape: []}}\nmodel: {l: {is: x**2}}\n"
        "questions: [{id: q1, of: l, wrt: x, prompt: '<b>bold</b> ${\\bad}$'}]\n"
    )
    (tmp_path / "problem.yaml").write_text(text, encoding="utf-8")
    key = keys.build(load(tmp_path))
    for sheet in (handout(key.problem, "p"), worked_key(key)):
        page = FORMATS["html"](sheet)
        assert "<script" not in page
        assert "<img" not in page
        assert "<b>bold" not in page
        tex = FORMATS["tex"](sheet)
        assert r"50\%" in tex
        assert r"\input{/etc" not in tex


def test_pieces_of_text() -> None:
    found = list(pieces("a $x_1$ b `c_d` **e** $$f$$"))
    assert [kind for kind, _ in found if kind is not PieceKind.PROSE] == [
        PieceKind.MATH, PieceKind.CODE, PieceKind.BOLD, PieceKind.MATH,
    ]  # fmt: skip


def test_braces_and_environments_of_the_document_balance(key: Key) -> None:
    tex = FORMATS["tex"](worked_key(key))
    for name in set(re.findall(r"\\begin\{(\w+)\}", tex)):
        assert tex.count(f"\\begin{{{name}}}") == tex.count(f"\\end{{{name}}}")
    plain = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", tex, flags=re.DOTALL)
    plain = plain.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert tex.count(r"\left") == tex.count(r"\right")


def test_the_commands(tmp_path: Path) -> None:
    problem = str(ROOT / "problems" / "tanh-mlp")
    for name in ("handout", "key"):
        for format_ in FORMATS:
            out = tmp_path / f"{name}.{format_}"
            words = [name, problem, "--format", format_, "--out", str(out)]
            assert CliRunner().invoke(group, words).exit_code == 0
            assert "tanh network" in out.read_text("utf-8")
    shown = CliRunner().invoke(group, ["handout", problem]).output
    assert shown == (tmp_path / "handout.md").read_text("utf-8")


def test_the_handout_of_a_student_has_the_students_network(tmp_path: Path) -> None:
    text = (ROOT / "problems" / "tanh-mlp" / "problem.yaml").read_text("utf-8")
    varied = text.replace("questions:", "variants: {dimensions: {n0: [6, 7]}}\n\nquestions:", 1)
    (tmp_path / "problem.yaml").write_text(varied, encoding="utf-8")
    sheets = {
        CliRunner().invoke(group, ["handout", str(tmp_path), "--student", f"s{n}"]).output
        for n in range(12)
    }
    assert len(sheets) == 2
    assert all(("column of 6" in sheet) != ("column of 7" in sheet) for sheet in sheets)
