"""The author's rules are read, and their faults have a place."""

from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.notation import printing
from grader.problem import Problem, load
from grader.problem.describe import describe

BASE = """\
id: rules
dimensions: {n: 3, m: 2}
symbols:
  x: {shape: [n]}
  W: {shape: [m, n]}
  V: {shape: [1, m]}
model:
  h: {is: W @ x}
  y: {is: V @ h}
questions:
  - {id: q1, of: y, wrt: h}
  - {id: q2, of: y, wrt: W}
"""


def problem(folder: Path, extra: str = "", q1: str = "", q2: str = "") -> Problem:
    text = BASE.replace("wrt: h}", f"wrt: h{q1}}}").replace("wrt: W}", f"wrt: W{q2}}}")
    path = folder / "problem.yaml"
    path.write_text(text + extra, "utf-8")
    return load(path)


def test_every_rule_is_read(tmp_path: Path):
    rules = problem(
        tmp_path,
        q2=(
            ", layout: either, transposed: 0.5, form: entries, steps: {credit: 0.3}, follows: q1, "
            "follow_through: 0.8, forbid: h, require: [x], accept: 'V.T @ x.T', "
            "mistakes: [{code: sign, message: Mind the sign, credit: 0.5}]"
        ),
    )["q2"].rules
    assert (rules.layout, rules.transposed, rules.form) == ("either", 0.5, "entries")
    assert (rules.steps_credit, rules.follows, rules.follow_through) == (0.3, ("q1",), 0.8)
    assert (rules.forbid, rules.require) == (("h",), ("x",))
    assert [node.shape for node in rules.accept] == [(2, 3)]
    assert rules.mistakes[0].code == "sign"
    assert rules.mistakes[0].credit == 0.5


def test_a_question_goes_before_the_problem(tmp_path: Path):
    found = problem(tmp_path, extra="layout: numerator\ntransposed: 0.2\n", q2=", layout: gradient")
    assert [q.rules.layout for q in found.questions] == ["numerator", "gradient"]
    assert [q.rules.transposed for q in found.questions] == [0.2, 0.2]


def test_what_is_forbidden_for_all_is_joined_to_what_is_forbidden_for_one(tmp_path: Path):
    found = problem(tmp_path, extra="forbid: [V]\n", q2=", forbid: [h]")
    assert [q.rules.forbid for q in found.questions] == [("V",), ("h", "V")]


def test_a_mistake_for_all_belongs_to_the_questions_whose_shape_it_has(tmp_path: Path):
    extra = "mistakes: [{expression: 'V.T @ x.T + W', message: no}]\n"
    found = problem(tmp_path, extra=extra)
    assert [len(q.rules.mistakes) for q in found.questions] == [0, 1]
    node = found["q2"].rules.mistakes[0].expression
    assert printing.infix(node, found["q2"].names) == "V.T @ x.T + W"


FAULTS = {
    "no such code": (
        "",
        ", mistakes: [{code: sing, message: no}]",
        "12:47: questions[1].mistakes[0].code: 'sing' is not the code of a mistake; did you mean 'sign'?",
    ),
    "neither code nor expression": (
        "",
        ", mistakes: [{message: no}]",
        "12:40: questions[1].mistakes[0]: give 'expression' or 'code'; neither is given",
    ),
    "credit": ("transposed: 2\n", "", "13:13: transposed: transposed is '2'; expected 1 or less"),
    "forbidden name": (
        "",
        ", forbid: [hh]",
        "12:38: questions[1].forbid[0]: there is no symbol or quantity `hh` here; did you mean 'h'?",
    ),
    "forbidden everywhere": (
        "forbid: [hh]\n",
        "",
        "13:10: forbid[0]: there is no symbol or quantity `hh`; did you mean 'h'?",
    ),
    "accepted of another shape": (
        "",
        ", accept: V",
        "12:37: questions[1].accept[0]: this is 1×2, the question asks for 2×3",
    ),
    "a mistake of no shape": (
        "mistakes: [{expression: x, message: no}]\n",
        "",
        "13:25: mistakes[0].expression: no question has an answer of this shape",
    ),
    "layout": (
        "",
        ", layout: sideways",
        "12:37: questions[1].layout: layout is 'sideways'; expected 'gradient', 'numerator' or 'either'",
    ),
    "accepted in the other layout": (
        "",
        ", layout: numerator, accept: [W]",
        "12:57: questions[1].accept[0]: this is 2×3, the question asks for 3×2",
    ),
    "a mistake of another shape": (
        "",
        ", mistakes: [{message: no, expression: x}]",
        "12:66: questions[1].mistakes[0].expression: this is 3×1, the question asks for 2×3",
    ),
    "a mistake that no question can read": (
        "mistakes: [{expression: zz, message: no}]\n",
        "",
        "13:25: mistakes[0].expression: `zz` is not declared in this problem "
        "(declared names: x, W, V, h, y)",
    ),
    "required name": (
        "",
        ", require: v",
        "12:38: questions[1].require[0]: there is no symbol or quantity `v` here; known: x, W, V, h, y",
    ),
    "form": (
        "",
        ", form: matrix",
        "12:35: questions[1].form: form is 'matrix'; expected 'entries', 'index' or 'any'",
    ),
    "credit for steps": (
        "steps: {credit: -1}\n",
        "",
        "13:17: steps.credit: credit is '-1'; expected 0 or more",
    ),
    "follow-through": (
        "follow_through: half\n",
        "",
        "13:17: follow_through: follow_through is 'half'; expected a number",
    ),
    "follows nothing": (
        "",
        ", follows: q9",
        "12:38: questions[1].follows[0]: there is no earlier question `q9`; known: q1, q2",
    ),
    "follows itself": (
        "",
        ", follows: q2",
        "12:38: questions[1].follows[0]: there is no earlier question `q2`; "
        "it must come before this question",
    ),
}


@pytest.mark.parametrize(("extra", "q2", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_has_its_place(tmp_path: Path, extra: str, q2: str, fault: str):
    with pytest.raises(AuthorError) as caught:
        problem(tmp_path, extra=extra, q2=q2)
    assert [str(one).removeprefix("problem.yaml:") for one in caught.value.faults] == [fault]


@pytest.mark.parametrize(
    ("q1", "reason"),
    [
        (", reference: {expression: V.T}", "both questions must ask for a derivative"),
        (", symbols: {u: {shape: [n]}}", "have different symbols"),
    ],
)
def test_what_cannot_be_followed(tmp_path: Path, q1: str, reason: str):
    with pytest.raises(AuthorError, match=reason):
        problem(tmp_path, q1=q1, q2=", follows: q1")


def test_one_entry_and_another_branch_cannot_be_followed(tmp_path: Path):
    text = BASE.replace("wrt: h}", "wrt: 'h[1]'}").replace("wrt: W}", "wrt: W, follows: q1}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorError, match="asks only for some entries"):
        load(path)
    path.write_text(text.replace("'h[1]'", "V"), "utf-8")
    with pytest.raises(AuthorError, match="does not go through that of `q1`"):
        load(path)


PARTS = {
    "each unit by its own weights": "of: 'h[i]', wrt: 'W[i,j]', free: {i: m, j: n}",
    "a diagonal": "of: y, wrt: 'W[i,i]', free: {i: m}",
    "a range that ends early": "of: y, wrt: 'h[i]', free: {i: 1}",
    "a row": "of: y, wrt: 'W[1,j]', free: {j: n}",
}


@pytest.mark.parametrize("asked", PARTS.values(), ids=PARTS)
def test_what_follows_needs_all_entries(tmp_path: Path, asked: str):
    text = BASE.replace("of: y, wrt: h}", f"{asked}}}").replace("wrt: W}", "wrt: W, follows: q1}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorError, match="asks only for some entries"):
        load(path)


@pytest.mark.parametrize(
    "asked",
    [
        "of: 'h[j]', wrt: 'x[i]', free: {i: n, j: m}",
        "of: y, wrt: 'h[i]', free: {i: m}",
        "of: y, wrt: 'V[1,i]', free: {i: m}",  # V has one row
    ],
)
def test_entries_over_all_indices_are_the_whole(tmp_path: Path, asked: str):
    text = BASE.replace("of: y, wrt: h}", f"{asked}}}")
    last = asked.split("wrt: '")[1][0]
    text = text.replace("wrt: W}", f"wrt: {last if last != 'h' else 'W'}, follows: q1}}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    assert load(path)["q2"].rules.follows == ("q1",)


def test_what_differentiates_an_expression_cannot_be_followed(tmp_path: Path):
    text = BASE.replace("of: y, wrt: h}", "of: sum(x**2), wrt: x}")
    text = text.replace("of: y, wrt: W}", "of: sum(x**3), wrt: x, follows: q1}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorError, match="differentiates an expression; name it"):
        load(path)


def test_what_is_accepted_has_the_layout_that_is_asked_for(tmp_path: Path):
    rules = problem(tmp_path, q2=", layout: numerator, accept: x @ V")["q2"].rules
    assert [node.shape for node in rules.accept] == [(3, 2)]


def test_what_is_accepted_over_indices_is_an_entry_or_the_whole(tmp_path: Path):
    asked = "of: y, wrt: 'W[i,j]', free: {i: m, j: n}, accept: ['2*V[1,i]*x[j]', V.T @ x.T]}"
    text = BASE.replace("of: y, wrt: W}", asked)
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    assert [node.shape for node in load(path)["q2"].rules.accept] == [(1, 1), (2, 3)]
    path.write_text(text.replace("V.T @ x.T", "x @ V"), "utf-8")
    with pytest.raises(AuthorError, match=r"accept\[1\]: this is 3×2, the question asks for 2×3"):
        load(path)


def test_an_index_form_needs_an_index(tmp_path: Path):
    text = BASE.replace("of: y, wrt: W}", "reference: {expression: W}, form: index}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorError, match="form: an index form needs `free`, or `of` and `wrt`"):
        load(path)
    path.write_text(text.replace("reference: {expression: W}", "of: y, wrt: 'W[1,1]'"), "utf-8")
    with pytest.raises(AuthorError, match="form: the answer is one number"):
        load(path)


def test_rules_come_from_the_cache_as_they_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GRADER_CACHE_DIR", str(tmp_path / "cache"))
    extra = "forbid: [V]\nmistakes: [{code: sign, message: no, credit: 0.5}]\n"
    first = problem(tmp_path, extra=extra, q2=", follows: q1, accept: V.T @ x.T")
    again = load(tmp_path / "problem.yaml")
    assert [q.rules for q in again.questions] == [q.rules for q in first.questions]


def test_all_faults_come_at_once(tmp_path: Path):
    with pytest.raises(AuthorError) as caught:
        problem(tmp_path, extra="forbid: [yy]\n", q1=", accept: W", q2=", require: zz, follows: q9")
    assert {fault.path for fault in caught.value.faults} == {
        "questions[0].accept[0]",
        "forbid[0]",
        "questions[1].require[0]",
        "questions[1].follows[0]",
    }


def test_a_student_is_shown_what_an_answer_must_keep(tmp_path: Path):
    q2 = ", forbid: [h], require: [x], form: entries, layout: numerator, follows: q1"
    shown = describe(problem(tmp_path, q2=q2))
    wanted = "[without h; in terms of x; every entry written out; numerator layout]"
    assert wanted in shown
    assert "q1" in shown
    assert shown.count("without") == 1
