"""A regrade only grades what a change can affect; the result is that of a full grading."""

import shutil
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch import Store
from grader.batch.affected import affected

TEXT = (PROBLEM / "problem.yaml").read_text("utf-8")
Q1 = "  - id: q1\n    points: 1\n"


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("new", "ids"),
    [
        (changed(Q1, "  - id: q1\n    points: 3\n"), {"q1"}),
        (changed(Q1, Q1 + "    accept: delta*h2[2]\n"), {"q1"}),
        (changed(Q1, "  - id: q1b\n    points: 1\n"), None),
        (changed("wrt: W3[1,1]", "wrt: W3[1,2]"), None),
        (changed("seed: 1678", "seed: 1679"), None),
        (TEXT + "\n# a comment\n", None),
        (TEXT.replace("questions:", "reference: {python: x.py:f}\nquestions:", 1), None),
    ],
)
def test_what_a_change_can_affect(new: str, ids: set[str] | None) -> None:
    assert affected(TEXT, new) == ids


def test_followers_are_affected() -> None:
    old = "questions: [{id: a, points: 1}, {id: b, follows: a}, {id: c, follows: [b]}, {id: d}]"
    assert affected(old, old.replace("points: 1", "points: 2")) == {"a", "b", "c"}


def test_a_regrade_gives_the_results_of_a_full_grading(tmp_path: Path) -> None:
    shutil.copytree(PROBLEM, tmp_path / "problem")
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name in ("student-01.md", "student-04.yaml", "student-10.yaml", "student-14.md"):
        shutil.copy(PROBLEM.parents[1] / "submissions/cs1678-hw3" / name, folder)
    again, anew = tmp_path / "again", tmp_path / "anew"
    run("grade", tmp_path / "problem", folder, "--out", again, "--quiet")
    file = tmp_path / "problem/problem.yaml"
    q17 = "  - id: q17\n"
    text = TEXT.replace(Q1, "  - id: q1\n    points: 3\n    forbid: h2\n", 1)
    assert q17 in text
    file.write_text(
        text.replace(q17, q17 + "    follows: q15\n    steps: {credit: 0.5}\n"), "utf-8"
    )
    assert run("regrade", again, "--apply", "--quiet").returncode == 0
    run("grade", tmp_path / "problem", folder, "--out", anew, "--quiet")
    with Store.open(again) as one, Store.open(anew) as other:
        reports = [
            [r.to_json(instructor=True) for r in s.gradebook().reports] for s in (one, other)
        ]
    assert reports[0] == reports[1]
    assert (again / "gradebook.csv").read_bytes() == (anew / "gradebook.csv").read_bytes()
