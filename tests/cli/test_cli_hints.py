"""`check --hint` and `check --instructor`, and the instructor's pages of `grade`."""

from pathlib import Path

import pytest
from cli_runs import PROBLEM, Grader


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text("answers: {q17: '(W2.T @ (W3.T*delta)) @ x.T'}\n", "utf-8")
    return str(path)


def test_hints_grow_stronger(grader: Grader, wrong: str):
    kind, place, everything = (
        grader("check", PROBLEM, wrong, "-q", "q17", "--hint", level).out for level in "123"
    )
    assert "a factor of the chain rule is missing" in kind
    assert "sigma" not in kind.split("Read as")[1]
    assert "look at the step from h1 back to z1" in place
    assert "sigma'(z1) is missing" in everything
    assert "Try it by hand" in everything
    assert "Try it by hand" not in place


def test_the_strongest_hint_is_the_default(grader: Grader, wrong: str):
    assert grader("check", PROBLEM, wrong).out == grader("check", PROBLEM, wrong, "--hint", "3").out


def test_hints_in_json(grader: Grader, wrong: str):
    run = grader("check", PROBLEM, wrong, "-q", "q17", "--hint", "1", "--format", "json")
    (question,) = run.json["questions"]
    assert [m["kind"] for m in question["messages"]] == ["hint"]
    assert "example" not in question


def test_a_hint_has_three_strengths(grader: Grader, wrong: str):
    assert grader("check", PROBLEM, wrong, "--hint", "4").code == 2


def test_the_reference_is_for_the_instructor(grader: Grader, wrong: str):
    words = ("check", PROBLEM, wrong, "-q", "q17")
    assert "For the instructor" not in grader(*words).out
    shown = grader(*words, "--instructor").out
    assert "Reference: W2.T @ (delta*W3.T)*sigma'(z1) @ x.T" in shown
    (question,) = grader(*words, "--instructor", "--format", "json").json["questions"]
    assert question["instructor"]["candidates"][0]["code"] == "dropped-activation-derivative"
    assert "instructor" not in grader(*words, "--format", "json").json["questions"][0]


def test_a_class_has_pages_for_the_instructor(grader: Grader, wrong: str, tmp_path: Path):
    run = grader("grade", PROBLEM, wrong, "--out", str(tmp_path / "out"))
    assert "instructor" in run.out
    page = tmp_path / "out" / "instructor" / "answers.html"
    assert "Mistakes that fit" in page.read_text("utf-8")
