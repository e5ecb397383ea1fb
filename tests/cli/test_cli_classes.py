"""Whole classes: folders as learning platforms export them, with the names that students choose."""

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_runs import PROBLEM, SUBMISSIONS, Grader

RIGHT = 'answers: {q1: "delta*h2[1]"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "class"
    place.mkdir()
    return place


def scores(out: Path) -> dict[str, str]:
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row["score"] for row in csv.DictReader(file)}


def test_the_output_folder(grader: Grader, tmp_path: Path) -> None:
    grader("grade", PROBLEM, SUBMISSIONS)
    out = tmp_path / "results/cs1678-hw3"
    assert {"gradebook.csv", "needs-review.csv", "submissions"} <= {p.name for p in out.iterdir()}
    result = out / "submissions/student-01"
    assert {p.name for p in result.iterdir()} == {"result.json", "feedback.md", "feedback.html"}
    assert json.loads((result / "result.json").read_text("utf-8"))["score"] == 17.0


def test_an_empty_folder(grader: Grader, folder: Path) -> None:
    run = grader("grade", PROBLEM, str(folder))
    assert run.code == 2
    assert "has no submissions: it is empty" in run.err


def test_files_of_the_system_are_no_submissions(grader: Grader, folder: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "me.yaml"):
        (folder / name).write_text(RIGHT)
    (folder / "__MACOSX").mkdir()
    grader("grade", PROBLEM, str(folder), "--out", "out")
    assert list(scores(Path("out"))) == ["me"]


def test_one_file_is_a_class_of_one(grader: Grader) -> None:
    assert grader("grade", PROBLEM, f"{SUBMISSIONS}/student-04.yaml", "--out", "out").code == 0
    assert scores(Path("out")) == {"student-04": "25"}


NAMES = [
    "two words.yaml", "Łukasz Żółć.yaml", "王小明.yaml", "-rf.yaml", "--out.yaml", "a.b.c.yaml",
    "[red]x[bold].yaml", "=1+1.yaml", "con.yaml", "ends with dot..yaml", "'\"`$(id).yaml",
]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="these names cannot exist there")
def test_names_of_files(grader: Grader, folder: Path) -> None:
    for name in NAMES:
        (folder / name).write_text(RIGHT)
    run = grader("grade", PROBLEM, str(folder), "--out", "out")
    assert run.code == 0, run.err
    assert len(scores(Path("out"))) == len(NAMES)
    assert len(list(Path("out/submissions").iterdir())) == len(NAMES)
    for word in ("two words", "Łukasz Żółć", "王小明", "-rf", "[red]x[bold]"):
        assert word in run.out


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes there")
def test_a_name_that_is_not_unicode(grader: Grader, folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/M\xfcller.yaml"))).write_text(RIGHT)
    for form in ("text", "json"):
        run = grader("grade", PROBLEM, str(folder), "--out", "out", "--format", form)
        assert run.code == 0, run.err
        assert "ller" in run.out


def test_a_leading_dash_after_two_dashes(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "-me.yaml").write_text(RIGHT)
    assert grader("check", "-q", "q1", PROBLEM, "--", "-me.yaml").code == 0
    assert grader("check", "-q", "q1", PROBLEM, "./-me.yaml").code == 0


def test_two_submissions_of_one_student(grader: Grader, folder: Path) -> None:
    (folder / "me.yaml").write_text(RIGHT)
    (folder / "me.md").write_text("")
    os.utime(folder / "me.md", (1e9, 1e9))
    assert grader("grade", PROBLEM, str(folder), "--out", "out").code == 0
    assert scores(Path("out")) == {"me": "1"}
    assert "handed in 2 times" in Path("out/submissions/me/feedback.md").read_text("utf-8")


def test_two_submissions_of_the_same_time_need_a_human(grader: Grader, folder: Path) -> None:
    for name in ("me.yaml", "me.md"):
        (folder / name).write_text(RIGHT)
        os.utime(folder / name, (1e9, 1e9))
    assert grader("grade", PROBLEM, str(folder), "--out", "out").code == 5
    assert "two have the same time" in Path("out/needs-review.csv").read_text("utf-8")


@pytest.mark.parametrize("out", [".", "inner", "../class/results"])
def test_results_do_not_become_submissions(grader: Grader, folder: Path, out: str) -> None:
    (folder / "me.yaml").write_text(RIGHT)
    run = grader("grade", PROBLEM, str(folder), "--out", str(folder / out))
    assert run.code == 2
    assert "among the submissions" in run.err
    assert [path.name for path in folder.iterdir()] == ["me.yaml"]


def test_again_into_the_same_folder(grader: Grader, folder: Path) -> None:
    (folder / "me.yaml").write_text(RIGHT)
    first = grader("grade", PROBLEM, str(folder))
    again = grader("grade", PROBLEM, str(folder))
    assert again == first._replace(err="1 of 1 were graded before and have not changed\n")


def test_quiet(grader: Grader, folder: Path) -> None:
    (folder / "me.yaml").write_text(RIGHT)
    run = grader("grade", PROBLEM, str(folder), "--quiet")
    assert (run.code, run.out, run.err) == (0, "", "")
    assert scores(Path("results/cs1678-hw3")) == {"me": "1"}


@pytest.mark.parametrize(
    ("count", "right"), [(100, 15), pytest.param(1000, 143, marks=pytest.mark.nightly)]
)
def test_a_large_class(grader: Grader, folder: Path, count: int, right: int) -> None:
    for at in range(count):
        (folder / f"student-{at:04}.yaml").write_text(
            f'answers: {{q1: "{at % 7}*delta*h2[1]", q3: "delta*h2", q10: "delta*W3[1,i]*h1[j]"}}'
        )
    before = _worked()
    run = grader("grade", PROBLEM, str(folder), "--out", "out")
    assert _worked() - before < 0.06 * count + 10  # processor seconds, however busy it is
    assert run.code == 0
    assert f"{count} submissions" in run.out
    assert sum(score == "4" for score in scores(Path("out")).values()) == right


def _worked() -> float:
    """The processor seconds of all child processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def test_arrays_for_a_published_draw(grader: Grader, tmp_path: Path) -> None:
    """All steps of a student who computes arrays: draw, program, hand in, check."""
    assert grader("draw", PROBLEM, "--student", "Ada L.", "--count", "4").code == 0
    with np.load(_only(tmp_path)) as drawn:
        layer = np.maximum(0, np.einsum("dij,dj->di", drawn["W1"], drawn["x"]))
        second = np.einsum("dij,dj->di", drawn["W2"], layer)
        np.savez(tmp_path / "mine.npz", allow_pickle=False, q3=drawn["delta"][:, None] * second)
    words = ["check", PROBLEM, "mine.npz", "-q", "q3"]
    assert grader(*words, "--student", "Ada L.").code == 0
    assert grader(*words, "--student", "Bob").code == 1


def _only(folder: Path) -> Path:
    (file,) = folder.glob("draw-*.npz")
    return file


def test_a_draw_is_the_same_every_time_and_nobody_elses(grader: Grader) -> None:
    first = grader("draw", PROBLEM, "--student", "a", "--format", "json").json["values"]
    assert grader("draw", PROBLEM, "--student", "a", "--format", "json").json["values"] == first
    assert grader("draw", PROBLEM, "--student", "b", "--format", "json").json["values"] != first


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_cannot_be_written(grader: Grader, folder: Path) -> None:
    (folder / "me.yaml").write_text(RIGHT)
    Path("locked").mkdir(mode=0o500)
    run = grader("grade", PROBLEM, str(folder), "--out", "locked/out")
    assert run.code == 2
    assert "Permission denied" in run.err
