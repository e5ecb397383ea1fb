"""One student of a class, standard input, the nearest command, the problems that come with the grader."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cli_runs import PATIENCE, PROBLEM, ROOT, START, Grader, environment

from grader.authoring import library

RIGHT = 'answers: {q1: "delta*h2[1]"}\n'


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("ann", "bo", "cy"):
        (folder / f"{name}.yaml").write_text(RIGHT)
    return folder


def graded(grader: Grader, folder: Path, *more: str) -> dict[str, str]:
    """The status of each student after a run."""
    out = folder.parent / "out"
    run = grader("grade", PROBLEM, str(folder), "--out", str(out), "--workers", "1", *more)
    assert run.code == 0, run.err
    rows = csv.DictReader((out / "gradebook.csv").read_text().splitlines())
    return {row["id"]: f"{row['score']} {row['status']}" for row in rows}


def test_only_one_student_is_graded_and_the_others_stay(grader: Grader, class_folder: Path) -> None:
    assert graded(grader, class_folder, "--only", "bo") == {"bo": "1 graded"}
    everybody = {"ann": "1 graded", "bo": "1 graded", "cy": "1 graded"}
    assert graded(grader, class_folder) == everybody
    (class_folder / "bo.yaml").write_text("answers: {q1: x}\n")
    assert graded(grader, class_folder, "--only", "bo") == {**everybody, "bo": "0 graded"}


def test_nobody_is_missing_because_they_were_not_graded_yet(
    grader: Grader, class_folder: Path
) -> None:
    (class_folder.parent / "roster.csv").write_text("id,name\nann,Ann\nbo,Bo\ndi,Di\n")
    found = graded(
        grader, class_folder, "--roster", str(class_folder.parent / "roster.csv"), "--only", "bo"
    )
    assert found == {"bo": "1 graded", "di": " missing"}


def test_a_student_is_left_out(grader: Grader, class_folder: Path) -> None:
    assert list(graded(grader, class_folder, "--exclude", "bo", "--exclude", "cy")) == ["ann"]


@pytest.mark.parametrize("option", ["--only", "--exclude"])
def test_an_unknown_student(grader: Grader, class_folder: Path, option: str) -> None:
    run = grader("grade", PROBLEM, str(class_folder), option, "anne")
    assert run.code == 2
    assert "did you mean 'ann'?" in run.err


@pytest.mark.parametrize(
    "text", [RIGHT, "## Question 1\n\n$\\delta h^2_1$\n", '{"answers": {"q1": "delta*h2[1]"}}']
)
def test_check_reads_standard_input(text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, "check", PROBLEM, "-", "-q", "q1"],
        input=text, capture_output=True, encoding="utf-8", env=environment(), timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "1 of 1 point" in done.stdout


@pytest.mark.parametrize(
    ("word", "meant"), [("chek", "check"), ("Grade", "grade"), ("exprot", "export")]
)
def test_the_nearest_command(grader: Grader, word: str, meant: str) -> None:
    run = grader(word)
    assert run.code == 2
    assert f"No such command '{word}'. Did you mean '{meant}'?" in run.err


def test_the_library_is_listed_and_copied(grader: Grader, tmp_path: Path) -> None:
    listed = grader("problems", "--format", "json").json
    assert [row["name"] for row in listed] == sorted(
        p.parent.name for p in ROOT.glob("problems/*/problem.yaml")
    )
    assert "lstm-cell" in grader("problems").out
    assert grader("new", str(tmp_path / "hw"), "--from", "lstm-cell").code == 0
    assert grader("show", str(tmp_path / "hw")).code == 0
    again = grader("new", str(tmp_path / "hw"), "--from", "lstm-cell")
    assert (again.code, "not empty" in again.err) == (2, True)
    unknown = grader("new", str(tmp_path / "x"), "--from", "lstm")
    assert (unknown.code, "did you mean 'lstm-cell'" in unknown.err) == (2, True)
    both = grader("new", str(tmp_path / "x"), "--from", "rnn", "--layers", "3,2")
    assert (both.code, "leave out the other options" in both.err) == (2, True)


@pytest.mark.nightly
def test_the_library_travels_in_the_wheel(tmp_path: Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    if subprocess.run([*pip[:3], "--version"], capture_output=True).returncode != 0:
        pytest.skip("there is no pip in this environment")
    subprocess.run(pip, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as zipped:
        inside = zipped.namelist()
    for name in library.names():
        assert f"grader/library/{name}/problem.yaml" in inside
