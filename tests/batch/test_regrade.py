"""A regrade shows whose points change, by how much and why; decisions of people stay."""

import json
import shutil
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch import Store

FIX = ("  - id: q1\n", "  - id: q1\n    accept: delta*h2[2]\n")


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """Results of three students, beside a copy of the problem that may be changed."""
    shutil.copytree(PROBLEM, tmp_path / "problem")
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name, answer in {"ann": "delta*h2[1]", "bob": "delta*h2[2]", "cy": "delta*("}.items():
        (folder / f"{name}.yaml").write_text(f'answers: {{q1: "{answer}"}}')
    out = tmp_path / "out"
    words = ("--out", out, "--workers", 1, "--quiet")
    assert run("grade", tmp_path / "problem", folder, *words).returncode == 5
    return out


def score(out: Path, student: str) -> float | None:
    with Store.open(out) as store:
        return store.standing(student).score


def fix_the_problem(out: Path) -> None:
    file = out.parent / "problem/problem.yaml"
    text = file.read_text()
    assert FIX[0] in text
    file.write_text(text.replace(*FIX))


def test_nothing_changes_until_it_is_applied(graded: Path) -> None:
    fix_the_problem(graded)
    before = (graded / "gradebook.csv").read_bytes()
    shown = run("regrade", graded).stdout
    assert "bob  q1  0 → 1  incorrect → correct" in shown
    assert "1 of 3 students change: 1 answers up, 0 down." in shown
    assert (graded / "gradebook.csv").read_bytes() == before
    assert score(graded, "bob") == 0.0


def test_applied_it_counts_and_is_kept_in_the_history(graded: Path) -> None:
    fix_the_problem(graded)
    moves = json.loads(run("regrade", graded, "--apply", "--format", "json").stdout)["moves"]
    assert [(move["student"], move["after"]) for move in moves] == [("bob", 1.0)]
    assert score(graded, "bob") == 1.0
    assert b"bob,1," in (graded / "gradebook.csv").read_bytes()
    page = (graded / "submissions/bob/feedback.md").read_text()
    assert "1 of 25" in page
    with Store.open(graded) as store:
        (entry,) = store.history()
    assert entry[1:6] == ("regrade", "bob", "q1", 0.0, 1.0)


def test_a_decision_is_never_overwritten(graded: Path) -> None:
    decision = ("override", graded, "bob", "q1", "--points", "0.5", "--comment", "agreed by mail")
    assert run(*decision).returncode == 0
    fix_the_problem(graded)
    assert "(overridden: stays)" in run("regrade", graded, "--apply").stdout
    assert score(graded, "bob") == 0.5
    assert "agreed by mail" in (graded / "submissions/bob/feedback.md").read_text()
    run("grade", graded.parent / "problem", graded.parent / "handed-in", "--out", graded, "--fresh")
    assert score(graded, "bob") == 0.5
    assert run("override", graded, "bob", "q1", "--remove").returncode == 0
    assert score(graded, "bob") == 1.0


def test_a_decision_about_another_submission_is_flagged(graded: Path) -> None:
    run("override", graded, "bob", "q1", "--points", "0.5")
    (graded.parent / "handed-in/bob.yaml").write_text('answers: {q1: "delta*h2[1] + 0"}')
    run("grade", graded.parent / "problem", graded.parent / "handed-in", "--out", graded)
    assert score(graded, "bob") == 0.5
    assert "bob,q1" in (graded / "needs-review.csv").read_text()


def test_an_invalid_decision_is_refused(graded: Path) -> None:
    for words, reason in {
        ("bob", "q1", "--points", "2"): "q1 is worth 1 points, not 2",
        ("bop", "q1", "--points", "1"): "did you mean 'bob'?",
        ("bob", "q111", "--points", "1"): "there is no question 'q111'",
        ("bob", "q1"): "give either --points or --remove",
        ("bob", "q1", "--remove"): "nobody has decided on q1 of bob",
    }.items():
        refused = run("override", graded, *words)
        assert refused.returncode == 2
        assert reason in refused.stderr
