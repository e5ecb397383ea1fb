"""`grader export`: where the files go, what is refused, which notes are printed; and `check` in CI."""

from pathlib import Path

import pytest
from cli_runs import PROBLEM, Grader
from junitparser import JUnitXml

CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,HW (4711)\nAnn,7,answers,x,A,\n"


@pytest.fixture
def results(grader: Grader, answers: Path) -> str:
    grader("grade", PROBLEM, str(answers), "--out", "out", "--quiet")
    return "out"


def test_canvas_into_a_copy(grader: Grader, results: str) -> None:
    Path("canvas.csv").write_text(CANVAS)
    words = ("--to", "canvas", "--into", "canvas.csv", "--assignment", "4711", "--out", "new/g.csv")
    run = grader("export", results, *words)
    assert (run.code, run.out) == (0, "new/g.csv\n")
    assert "1 grade in the column 'HW (4711)'" in run.err
    assert Path("new/g.csv").read_text().endswith("Ann,7,answers,x,A,1.00\n")
    assert Path("canvas.csv").read_text() == CANVAS


def test_into_is_only_for_files_that_are_filled_in(grader: Grader, results: str) -> None:
    Path("canvas.csv").write_text(CANVAS)
    run = grader("export", results, "--to", "moodle", "--into", "canvas.csv")
    assert (run.code, run.out) == (2, "")
    assert "--into is only for canvas and moodle-worksheet" in run.err


def test_a_column_that_is_not_there_is_a_usage_error(grader: Grader, results: str) -> None:
    Path("canvas.csv").write_text(CANVAS.replace("HW (4711)", '"HW\x1b[31m (4711)"'))
    run = grader("export", results, "--to", "canvas", "--into", "canvas.csv")
    assert run.code == 2
    assert "--assignment" in run.err
    assert "\x1b" not in run.err


def test_several_files_need_a_folder(grader: Grader, results: str) -> None:
    run = grader("export", results, "--to", "github", "--out", "grades.txt")
    assert (run.code, "name a folder" in run.err) == (2, True)
    assert not Path("grades.txt").exists()
    Path("a.folder").mkdir()
    assert (
        grader("export", results, "--to", "csv", "--out", "a.folder").out == "a.folder/grades.csv\n"
    )


def test_names_in_notes_have_no_escape_sequences(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class/\x1b]0;x\x07 me.yaml").write_text('answers: {q1: "("}')
    grader("grade", PROBLEM, "class", "--out", "out", "--quiet")
    run = grader("export", "out", "--to", "moodle")
    assert "a human must look first" in run.err
    assert "\x1b" not in run.err


def test_errors_are_refused_until_allowed(
    grader: Grader, results: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.course import Standing, StudentStatus

    monkeypatch.setattr(Standing, "status", property(lambda _: StudentStatus.ERROR))
    refused = grader("export", results, "--to", "moodle")
    assert (refused.code, refused.out) == (2, "")
    assert "the grader failed on answers" in refused.err
    allowed = grader("export", results, "--to", "moodle", "--allow-errors")
    assert allowed.code == 0
    assert "a human must look first: answers" in allowed.err
    assert "answers" not in Path("out/export/moodle.csv").read_text()


def test_a_problem_that_has_moved(grader: Grader, answers: Path, tmp_path: Path) -> None:
    place = tmp_path / "moves.yaml"
    place.write_bytes(Path(PROBLEM, "problem.yaml").read_bytes())
    grader("grade", str(place), str(answers), "--out", "out", "--quiet")
    place.rename(tmp_path / "moved.yaml")
    run = grader("export", "out", "--to", "gradescope-autograder")
    assert (run.code, "--problem" in run.err) == (2, True)
    words = ("--to", "gradescope-autograder", "--problem", "moved.yaml")
    assert grader("export", "out", *words).code == 0


def test_github_with_a_file_still_writes_what_github_reads(
    grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    run = grader("check", PROBLEM, str(answers), "--format", "github", "--out", "log.txt")
    assert run.out == ""
    assert Path("log.txt").read_text("utf-8").startswith("::stop-commands::")
    assert (tmp_path / "output").read_text().startswith("result=")


def test_gitlab_gets_no_junit_file_if_a_format_is_given(
    grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "project"))
    (tmp_path / "project").mkdir()
    grader("check", PROBLEM, str(answers), "--format", "text")
    assert not list(tmp_path.rglob("grader-junit.xml"))
    grader("check", PROBLEM, str(answers))
    assert JUnitXml.fromfile(str(tmp_path / "project/grader-junit.xml"))


def test_explain_stops_commands_too(
    grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.write_text('answers:\n  q1: "delta*(\\n::error::owned"\n')
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    first, *_, last = grader("check", PROBLEM, str(answers), "--explain", "q1").out.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == "::" + first.removeprefix("::stop-commands::") + "::"


@pytest.mark.parametrize(
    "words", [("--out", "x"), ("--format", "junit"), ("--format", "gradescope")]
)
def test_explain_has_no_other_formats(
    grader: Grader, answers: Path, words: tuple[str, str]
) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q1", *words)
    assert (run.code, "--explain prints text or JSON" in run.err) == (2, True)
