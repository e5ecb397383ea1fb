"""What an author wants of answers beyond their value: read, and its faults told with their places."""

from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.notation import printing
from grader.problem import Problem, load

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
        "12:40: questions[1].mistakes[0]: one of 'expression' and 'code' is meant; neither is given",
    ),
    "credit": ("transposed: 2\n", "", "13:13: transposed: transposed is '2'; 1 or less is meant"),
    "forbidden name": (
        "",
        ", forbid: [hh]",
        "12:38: questions[1].forbid[0]: `hh` is no symbol or quantity here; did you mean 'h'?",
    ),
    "forbidden everywhere": (
        "forbid: [hh]\n",
        "",
        "13:10: forbid[0]: `hh` is no symbol or quantity; did you mean 'h'?",
    ),
    "accepted of another shape": (
        "",
        ", accept: V",
        "12:37: questions[1].accept[0]: this is 1×2, the question asks for 2×3",
    ),
    "a mistake of no shape": (
        "mistakes: [{expression: x, message: no}]\n",
        "",
        "13:25: mistakes[0].expression: this is the shape of no question's answer",
    ),
    "layout": (
        "",
        ", layout: sideways",
        "12:37: questions[1].layout: layout is 'sideways'; 'gradient', 'numerator' or 'either' is meant",
    ),
    "follows nothing": (
        "",
        ", follows: q9",
        "12:38: questions[1].follows[0]: there is no earlier question `q9`; there is q1, q2",
    ),
    "follows itself": (
        "",
        ", follows: q2",
        "12:38: questions[1].follows[0]: there is no earlier question `q2`; "
        "it must stand before this question",
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
        (", symbols: {u: {shape: [n]}}", "has symbols of its own"),
    ],
)
def test_what_cannot_be_followed(tmp_path: Path, q1: str, reason: str):
    with pytest.raises(AuthorError, match=reason):
        problem(tmp_path, q1=q1, q2=", follows: q1")


def test_one_entry_and_another_branch_cannot_be_followed(tmp_path: Path):
    text = BASE.replace("wrt: h}", "wrt: 'h[1]'}").replace("wrt: W}", "wrt: W, follows: q1}")
    path = tmp_path / "problem.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorError, match="asks for one entry"):
        load(path)
    path.write_text(text.replace("'h[1]'", "V"), "utf-8")
    with pytest.raises(AuthorError, match="is not on the way"):
        load(path)
