"""The exit codes of each command, on which scripts and CI rely (DESIGN.md, section 6)."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import PATIENCE, PROBLEM, START, SUBMISSIONS, Grader, environment, process

COMMANDS = {
    "grade": ["grade", PROBLEM, SUBMISSIONS, "--out", "out"],
    "check": ["check", PROBLEM, f"{SUBMISSIONS}/student-04.yaml"],
    "show": ["show", PROBLEM],
    "draw": ["draw", PROBLEM, "--student", "somebody"],
}


@pytest.mark.parametrize(
    ("command", "code"), [("grade", 5), ("check", 0), ("show", 0), ("draw", 0)]
)
def test_done(grader: Grader, command: str, code: int) -> None:
    run = grader(*COMMANDS[command])
    assert run.code == code
    assert run.out
    assert not run.err


def test_grade_ends_with_0_whatever_the_scores_are(grader: Grader, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "wrong.yaml").write_text('answers: {q1: "0"}')
    (folder / "empty.md").write_text("")
    run = grader("grade", PROBLEM, str(folder))
    assert run.code == 0
    assert "Review" not in run.out


def test_check_below_full_marks(grader: Grader, answers: Path) -> None:
    assert grader("check", PROBLEM, str(answers)).code == 1
    assert grader("check", PROBLEM, str(answers), "-q", "q1").code == 0


@pytest.mark.parametrize(("goal", "code"), [("0", 0), ("1", 0), ("1.01", 1), ("25", 1), ("nan", 1)])
def test_check_fail_under(grader: Grader, answers: Path, goal: str, code: int) -> None:
    assert grader("check", PROBLEM, str(answers), "--fail-under", goal).code == code


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("more", [["--nonsense"], ["a", "b", "c"]])
def test_usage(grader: Grader, command: str, more: list[str]) -> None:
    run = grader(*COMMANDS[command], *more)
    assert run.code == 2
    assert "Usage: grader" in run.err
    assert not run.out


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["check", PROBLEM],
        ["check", PROBLEM, "no-such-file.md"],
        ["check", PROBLEM, SUBMISSIONS, "-q", "q99"],
        ["check", PROBLEM, SUBMISSIONS, "--fail-under", "much"],
        ["grade", "no-such-problem", SUBMISSIONS],
        ["draw", PROBLEM],
        ["draw", PROBLEM, "--student", ""],
        ["draw", PROBLEM, "--student", "a/b"],
        ["draw", PROBLEM, "--student", "me.npz"],
        ["draw", PROBLEM, "--student", "me", "--count", "0"],
    ],
)
def test_usage_of_one_option(grader: Grader, words: list[str]) -> None:
    run = grader(*words)
    assert run.code == 2
    assert "Error: " in run.err


def test_for_an_unknown_question_the_message_lists_the_known_ones(grader: Grader) -> None:
    run = grader("check", PROBLEM, SUBMISSIONS, "-q", "q1", "-q", "q99")
    assert run.code == 2
    assert "no question 'q99'" in run.err
    assert "q1, q2, q3" in run.err


@pytest.mark.parametrize("text", ['answers: {q1: "delta*(h2[1]"}', "answers: {q1: [}", "\0\1\2"])
def test_check_of_an_unreadable_submission(grader: Grader, tmp_path: Path, text: str) -> None:
    file = tmp_path / "me.yaml"
    file.write_text(text)
    run = grader("check", PROBLEM, str(file))
    assert run.code == 3
    assert "me.yaml" in run.out


def test_check_of_a_word_file(grader: Grader, tmp_path: Path) -> None:
    file = tmp_path / "me.docx"
    file.write_bytes(b"PK\3\4")
    assert grader("check", PROBLEM, str(file)).code == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_invalid_problem(grader: Grader, tmp_path: Path, command: str) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "problem.yaml").write_text("id: bad\nsymbol: {}\nquestions: 3\n")
    words = [str(bad) if word == PROBLEM else word for word in COMMANDS[command]]
    run = grader(*words)
    assert run.code == 4
    assert "problem.yaml:2:1" in run.err
    assert "nothing was graded" in run.err
    assert not run.out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_without_a_problem(grader: Grader, tmp_path: Path, command: str) -> None:
    words = [str(tmp_path) if word == PROBLEM else word for word in COMMANDS[command]]
    assert grader(*words).code == 4


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make each load of a problem fail with this error."""

    def load(path: Path) -> None:
        raise error

    monkeypatch.setattr("grader.problem.load", load)


@pytest.mark.parametrize("command", COMMANDS)
def test_our_fault(grader: Grader, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    broken(monkeypatch, ZeroDivisionError("boom"))
    run = grader(*COMMANDS[command])
    assert run.code == 70
    assert "internal fault: ZeroDivisionError: boom" in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize("command", COMMANDS)
def test_interrupted(grader: Grader, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    broken(monkeypatch, KeyboardInterrupt())
    run = grader(*COMMANDS[command])
    assert run.code == 130
    assert "interrupted" in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("error", "code"), [("ZeroDivisionError('boom')", 70), ("KeyboardInterrupt", 130)]
)
def test_a_process_leaves_with_the_code(tmp_path: Path, error: str, code: int) -> None:
    before = f"import grader.problem as p\ndef load(path): raise {error}\np.load = load"
    run = process(*COMMANDS["show"], before=before, cwd=tmp_path)
    assert run.returncode == code
    assert "Traceback" not in run.stderr


def test_a_traceback_on_request(tmp_path: Path) -> None:
    before = "import grader.problem as p\ndef load(path): raise ValueError\np.load = load"
    run = process(*COMMANDS["show"], before=before, cwd=tmp_path, GRADER_TRACEBACK="1")
    assert "Traceback" in run.stderr


def test_a_closed_pipe_has_its_own_exit_code(tmp_path: Path) -> None:
    """`grader check … | head -1` must not end with 0 or with the 1 of "below full marks"."""
    grading = subprocess.Popen(
        [sys.executable, "-c", START, "check", PROBLEM, f"{SUBMISSIONS}/student-01.md"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert grading.stdout is not None
    assert grading.stderr is not None
    grading.stdout.close()
    err = grading.stderr.read()
    grading.stderr.close()
    assert grading.wait(PATIENCE) == 141
    assert err == b""
