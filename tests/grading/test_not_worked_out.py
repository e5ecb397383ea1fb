"""Answers that name the asked derivative, have it as a factor, or leave another one open."""

from pathlib import Path

from grader import api

PROBLEM = """\
id: small
symbols:
  x: {shape: [3]}
  s: {shape: []}
model:
  h: {is: 'tanh(x)*x'}
  l: {is: sum(h)}
questions:
  - {id: q1, of: log(sum(exp(x))), wrt: x}
  - {id: q2, of: tanh(s), wrt: s}
  - {id: q3, of: l, wrt: x}
  - {id: q4, of: tanh(x), wrt: x}
"""


def graded(tmp_path: Path, **answers: str):
    path = tmp_path / "problem.yaml"
    path.write_text(PROBLEM, "utf-8")
    return api.grade(path, answers)


def test_the_derivative_of_the_outer_function_is_a_factor(tmp_path: Path):
    assert graded(tmp_path, q1="log'(sum(exp(x)))*exp(x)")["q1"].verdict == "correct"


def test_the_name_of_the_asked_derivative_is_no_answer(tmp_path: Path):
    result = graded(tmp_path, q2="tanh'(s)")["q2"]
    assert result.verdict == "incorrect"
    assert "not-worked-out" in [message.code for message in result.messages]


def test_a_jacobian_with_the_derivative_of_its_function_is_for_a_human(tmp_path: Path):
    assert graded(tmp_path, q4="diag(tanh'(x))")["q4"].verdict == "undecided"
    assert graded(tmp_path, q4="diag(tanh'(2*x))")["q4"].verdict == "incorrect"


def test_a_right_answer_with_another_derivative_in_it_is_for_a_human(tmp_path: Path):
    factor = "(tanh(x) + x*(1 - tanh(x)**2))"
    assert graded(tmp_path, q3=f"Derivative(l, h)*{factor}")["q3"].verdict == "undecided"
    assert graded(tmp_path, q3=f"Derivative(l, h)*2*{factor}")["q3"].verdict == "incorrect"
