"""Neighbours get different networks, and handout, draw and grader agree on them."""

from pathlib import Path

import pytest

from grader import key as keys
from grader.errors import AuthorError
from grader.grading import grade
from grader.problem import Problem, load, variants
from grader.submission import Place, Submission, TextAnswer

TEXT = """\
id: varied
dimensions: {n: 3, m: 2}
symbols:
  x: {shape: [n]}
  W: {shape: [m, n]}
functions:
  act: {is: relu}
model:
  h: {is: act(W @ x)}
  l: {is: sum(h**2)}
variants:
  dimensions: {n: [3, 4, 5]}
  functions: {act: [relu, tanh, sigmoid]}
  model: {l: [sum(h**2), sum(h)]}
questions:
  - {id: q1, of: l, wrt: x}
"""
STUDENTS = [f"student-{n}" for n in range(60)]


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    return loaded(tmp_path, TEXT)


def loaded(folder: Path, text: str) -> Problem:
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    return load(folder)


def answered(text: str) -> Submission:
    return Submission("s", "s.yaml", "", answers=(TextAnswer("q1", text, "infix", Place("s", 1)),))


def test_students_get_different_networks_and_all_of_them(problem: Problem) -> None:
    given = {student: variants.for_student(problem, student) for student in STUDENTS}
    assert len({one.variant for one in given.values()}) == 3 * 3 * 2
    assert {one.scope.symbols["x"].shape for one in given.values()} == {(3, 1), (4, 1), (5, 1)}


def test_a_student_gets_the_same_network_every_time_however_the_id_is_encoded(
    problem: Problem,
) -> None:
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    assert composed != decomposed
    one, other = (variants.for_student(problem, name) for name in (composed, decomposed))
    assert one.variant == other.variant


def test_an_answer_is_graded_by_the_network_of_its_student(problem: Problem) -> None:
    key = keys.build(problem)
    right = {
        "sum(h**2)": "W.T @ (2*h*act'(W @ x))",
        "sum(h)": "W.T @ act'(W @ x)",
    }
    for student in STUDENTS[:20]:
        loss = next(c.value for c in variants.chosen(problem, student) if c.name == "l")
        for formula, answer in right.items():
            report = grade(key, answered(answer), student=student)
            assert (report.score == 1) == (formula == loss), (student, answer)
            assert report.messages[0].code == "variant"


def test_the_published_draw_has_the_sizes_of_the_students_network(problem: Problem) -> None:
    key = keys.build(problem)
    for student in STUDENTS[:10]:
        size = next(c.value for c in variants.chosen(problem, student) if c.name == "n")
        assert keys.published_values(key.drawn_for(student))["x"].shape == (size,)


def test_a_problem_without_variants_is_the_same_for_everybody(tmp_path: Path) -> None:
    plain = loaded(
        tmp_path, TEXT.split("variants:")[0] + "questions:\n  - {id: q1, of: l, wrt: x}\n"
    )
    key = keys.build(plain)
    assert key.of("anybody") is key
    assert variants.for_student(plain, "anybody") is plain


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ("{n: [3, 4, 5]}", "{k: [3, 4]}", "12:19: variants.dimensions.k: `k` is not in dimensions"),
        ("tanh, sigmoid", "tanhh", "variants.functions.act[1]: with act = tanhh: functions.act.is: "
         "the grader knows no function `tanhh`; did you mean tanh or tan?"),
        ("sum(h)]", "sum(g)]", "variants.model.l[1]: with l = sum(g): model.l.is: "),
        ("sum(h)]", "h]", "variants.model.l[1]: this has another shape than `l` in the model"),
    ],
)  # fmt: skip
def test_an_invalid_choice_is_an_authors_fault(
    tmp_path: Path, was: str, now: str, reason: str
) -> None:
    with pytest.raises(AuthorError) as error:
        loaded(tmp_path, TEXT.replace(was, now))
    assert any(reason in str(fault) for fault in error.value.faults), error.value
