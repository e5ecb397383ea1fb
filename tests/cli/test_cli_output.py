"""The output: only JSON with `--format json`, colours only on a terminal."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import PATIENCE, PROBLEM, START, SUBMISSIONS, Grader, environment, process
from click.testing import CliRunner

from grader.cli.group import COMMANDS, group

ESCAPE = "\x1b"
PERFECT = f"{SUBMISSIONS}/student-04.yaml"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_shows_an_example(command: str, flag: str) -> None:
    run = CliRunner().invoke(group, [command, flag])
    assert run.exit_code == 0
    assert re.search(r"Examples?:", run.output)
    assert re.search(
        rf"\n    grader {command} (problems/|results/|my-homework|--out|--format)", run.output
    )


def test_help_of_all(grader: Grader) -> None:
    run = grader("--help")
    assert run.code == 0
    for command, text in COMMANDS.items():
        assert re.search(rf"  {command} +{re.escape(text)}\n", run.out)


def test_version(grader: Grader) -> None:
    from grader.version import __version__

    assert grader("--version").out == f"grader, version {__version__}\n"


def test_the_shell_can_complete() -> None:
    run = process(_GRADER_COMPLETE="bash_source")
    assert run.returncode == 0
    assert "_GRADER_COMPLETE=bash_complete" in run.stdout


def test_check_prints_result_json(grader: Grader) -> None:
    run = grader("check", PROBLEM, PERFECT, "--format", "json")
    assert run.json["schema_version"] == 1
    assert run.json["score"] == 25.0
    assert [question["id"] for question in run.json["questions"]][:2] == ["q1", "q2"]


def test_check_of_some_questions(grader: Grader) -> None:
    run = grader("check", PROBLEM, PERFECT, "-q", "q11", "-q", "q3", "--format=json")
    assert {question["id"] for question in run.json["questions"]} == {"q3", "q11"}


def test_grade_prints_a_summary_as_json(grader: Grader, tmp_path: Path) -> None:
    run = grader("grade", PROBLEM, SUBMISSIONS, "--format", "json", "--out", "out")
    assert run.code == 5
    assert run.json["out"] == "out"
    by_id = {row["id"]: row for row in run.json["submissions"]}
    assert by_id["student-04"] == {
        "id": "student-04", "score": 25.0, "max_score": 25.0, "needs_review": False, "pending": 0.0,
        "status": "graded",
    }  # fmt: skip
    assert by_id["student-11"]["needs_review"]


def test_show_and_draw_as_json(grader: Grader) -> None:
    assert grader("show", PROBLEM, "--format", "json").json["id"] == "cs1678-hw3"
    drawn = grader("draw", PROBLEM, "--student", "me", "--count", "3", "--format", "json").json
    assert (drawn["student"], drawn["count"], drawn["file"]) == ("me", 3, "draw-me.npz")
    assert len(drawn["values"]["W1"]) == 3


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["check", PROBLEM, "nix.md", "--format", "json"], 2, "usage"),
        (["check", PROBLEM, PERFECT, "-q", "q99", "--format", "json"], 2, "usage"),
        (["grade", PROBLEM, "--format=json"], 2, "usage"),
        (["show", ".", "--format", "json"], 4, "problem"),
        (["draw", PROBLEM, "--student", "me.md", "--format", "json"], 2, "usage"),
    ],
)
def test_errors_are_json_too(grader: Grader, words: list[str], code: int, kind: str) -> None:
    run = grader(*words)
    assert run.code == code
    assert run.json["error"]["kind"] == kind
    assert run.json["error"]["message"]
    assert not run.err


def test_faults_of_a_problem_as_json(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text("id: bad\nsymbol: {}\nquestions: 3\n")
    run = grader("check", str(tmp_path), PERFECT, "--format", "json")
    faults = run.json["error"]["faults"]
    assert len(faults) > 1
    assert {"file", "line", "column", "path", "reason"} == set(faults[0])


@pytest.mark.parametrize(
    ("raised", "code", "kind"),
    [("ValueError('no')", 70, "fault"), ("KeyboardInterrupt", 130, "interrupted")],
)
def test_our_faults_as_json(raised: str, code: int, kind: str) -> None:
    before = f"import grader.problem as p\ndef load(path): raise {raised}\np.load = load"
    run = process("show", PROBLEM, "--format", "json", before=before)
    assert run.returncode == code
    assert json.loads(run.stdout)["error"]["kind"] == kind
    assert not run.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["check", PROBLEM, f"{SUBMISSIONS}/student-11.yaml"],
        ["grade", PROBLEM, SUBMISSIONS, "--out", "out"],
        ["show", PROBLEM],
        ["draw", PROBLEM, "--student", "me"],
        ["show", "."],
        ["frobnicate"],
    ],
)
def test_no_escape_codes_where_there_is_no_terminal(grader: Grader, words: list[str]) -> None:
    run = grader(*words)
    assert ESCAPE not in run.out + run.err
    assert "Grading" not in run.err


def test_no_escape_codes_in_a_pipe(tmp_path: Path) -> None:
    run = process("check", PROBLEM, f"{SUBMISSIONS}/student-11.yaml", cwd=tmp_path)
    assert run.stdout
    assert ESCAPE not in run.stdout + run.stderr


def in_terminal(tmp_path: Path, *words: str, **env: str) -> str:
    """The output of a command on a terminal, with standard error."""
    pty = pytest.importorskip("pty")
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(tmp_path)
        everything = environment(TERM="xterm-256color", COLUMNS="100", **env)
        os.execve(sys.executable, [sys.executable, "-c", START, *words], everything)
    seen = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # on Linux, the end of the child
            break
        if not chunk:
            break
        seen += chunk
    os.close(terminal)
    os.waitpid(pid, 0)
    return seen.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_colours_and_progress_on_a_terminal(tmp_path: Path) -> None:
    seen = in_terminal(tmp_path, "grade", PROBLEM, SUBMISSIONS)
    assert "Grading" in seen
    assert f"{ESCAPE}[3" in seen
    assert "Grading" not in in_terminal(tmp_path, "grade", PROBLEM, SUBMISSIONS, "--quiet")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize(
    "words", [["check", PROBLEM, f"{SUBMISSIONS}/student-01.md"], ["show", "."]]
)
def test_no_color(tmp_path: Path, words: list[str]) -> None:
    colours = f"{ESCAPE}[3"
    assert colours in in_terminal(tmp_path, *words)
    assert colours not in in_terminal(tmp_path, *words, NO_COLOR="1")


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("ascii", ["show", PROBLEM]),
        ("ascii", ["draw", PROBLEM, "--student=Ł"]),
        ("latin-1", ["check", PROBLEM, PERFECT]),
    ],
)
def test_a_terminal_that_knows_few_characters(
    tmp_path: Path, encoding: str, words: list[str]
) -> None:
    """A `?` is better than a crash."""
    command = [sys.executable, "-c", START, *words]
    env = environment(PYTHONIOENCODING=encoding)
    run = subprocess.run(command, capture_output=True, cwd=tmp_path, env=env, timeout=PATIENCE)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout
