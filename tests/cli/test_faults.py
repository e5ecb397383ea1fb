"""Closed and full outputs, few open files, damaged results, Ctrl-C: a sentence and the right exit code."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cli_runs import PATIENCE, PROBLEM, START, Grader, environment

from grader.cli import failures

PAPER = 'answers: {q1: "delta*h2[1]"}'


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for name in ("ann", "bob"):
        (folder / f"{name}.yaml").write_text(PAPER)
    return folder


@pytest.fixture(scope="module")
def graded(class_folder: Path) -> Path:
    out = class_folder.parent / "graded"
    shell("grade", PROBLEM, str(class_folder), "--out", str(out), "--workers", "1")
    return out


@pytest.fixture
def results(graded: Path, tmp_path: Path) -> Path:
    """A copy of the results, to be damaged."""
    shutil.copytree(graded, tmp_path / "results")
    return tmp_path / "results"


def shell(*words: str, redirect: str = "", before: str = "") -> subprocess.CompletedProcess[str]:
    """`grader WORDS… REDIRECT` as a shell runs it."""
    script = f'{before} exec "$@" {redirect}'
    command = ["bash", "-c", script, "-", sys.executable, "-c", START, *words]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment(), timeout=PATIENCE
    )


# Standard output.

COMMANDS = {
    "show": ["show", PROBLEM],
    "version": ["--version"],
    "help": ["--help"],
    "json": ["check", PROBLEM, "{paper}", "--format", "json"],
    "schema": ["schema"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("unbuffered", ["", "PYTHONUNBUFFERED=1"])
def test_a_full_output(class_folder: Path, command: str, unbuffered: str) -> None:
    words = [word.format(paper=class_folder / "ann.yaml") for word in COMMANDS[command]]
    done = shell(*words, redirect="> /dev/full", before=f"export X=1 {unbuffered};")
    assert done.returncode == 2
    assert done.stderr == "grader: could not write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", PROBLEM], 0),
        (["check", PROBLEM, "{paper}"], 1),
        (["check", PROBLEM, "{paper}", "--fail-under", "1"], 0),
        (["--version"], 0),
        (["show", "no-such-problem"], 2),
    ],
)
@pytest.mark.parametrize("redirect", [">&-", ">&- 2>&-", "2>&-", "2> /dev/full"])
def test_closed_outputs_change_no_exit_code(
    class_folder: Path, words: list[str], code: int, redirect: str
) -> None:
    words = [word.format(paper=class_folder / "ann.yaml") for word in words]
    done = shell(*words, redirect=redirect)
    assert done.returncode == code
    assert "fault" not in done.stderr


def test_a_closed_output_is_no_file_of_ours(class_folder: Path, tmp_path: Path) -> None:
    """Else what is printed would land in the first file that is opened: the store."""
    done = shell(
        "grade", PROBLEM, str(class_folder), "--out", str(tmp_path / "out"), redirect=">&- 2>&-"
    )
    assert done.returncode == 0
    assert shell("report", str(tmp_path / "out")).returncode == 0


def test_a_full_output_after_an_error_as_json() -> None:
    done = shell("show", "no-such-problem", "--format", "json", redirect="> /dev/full 2> /dev/full")
    assert done.returncode == 2


# Open files.


@pytest.mark.parametrize("limit", [20, 40])
def test_few_open_files(class_folder: Path, tmp_path: Path, limit: int) -> None:
    done = shell("grade", PROBLEM, str(class_folder), "--out", str(tmp_path / "out"),
                 before=f"ulimit -n {limit};")  # fmt: skip
    assert done.returncode == 2
    assert "open files" in done.stderr
    assert "ulimit -n 1024" in done.stderr


def test_more_open_files_are_asked_for(class_folder: Path, tmp_path: Path) -> None:
    done = shell("grade", PROBLEM, str(class_folder), "--out", str(tmp_path / "out"),
                 "--workers", "1", before="ulimit -S -n 40;")  # fmt: skip
    assert done.returncode == 0, done.stderr


# The store.

DAMAGE = {
    "report of another kind": "UPDATE results SET report = 'abc'",
    "report that ends early": "UPDATE results SET report = x'00'",
    "report of another shape": (
        "UPDATE results SET report = ?",
        zlib.compress(b'{"questions": 5}'),
    ),
    "submission that is no JSON": "UPDATE hand_ins SET data = 'x'",
    "submission of another shape": "UPDATE hand_ins SET data = '{}'",
    "student of another shape": "UPDATE students SET data = '[]'",
    "problem of another shape": "UPDATE problems SET data = '{}'",
    "missing table": "DROP TABLE standings",
}


@pytest.mark.parametrize("command", ["report", "export", "review", "groups"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_store(grader: Grader, results: Path, command: str, damage: str) -> None:
    statement = DAMAGE[damage]
    with closing(sqlite3.connect(results / "results.sqlite", isolation_level=None)) as store:
        store.execute(
            *((statement,) if isinstance(statement, str) else (statement[0], statement[1:]))
        )
    more = {"export": ["--to", "csv"], "groups": ["q1"]}.get(command, [])
    run = grader(command, str(results), *more)
    assert run.code == 2
    assert "damaged" in run.err


def test_a_damaged_report_is_graded_again(
    grader: Grader, class_folder: Path, results: Path
) -> None:
    with closing(sqlite3.connect(results / "results.sqlite", isolation_level=None)) as store:
        store.execute("UPDATE results SET report = x'00'")
    run = grader("report", str(results))
    assert "the stored result of ann" in run.err
    assert "--fresh" in run.err
    words = ("grade", PROBLEM, str(class_folder), "--out", str(results), "--workers", "1")
    assert grader(*words, "--fresh").code == 0


def test_overwritten_pages(grader: Grader, results: Path) -> None:
    file = results / "results.sqlite"
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(data)
    run = grader("report", str(results))
    assert run.code == 2
    assert "the results are damaged" in run.err


def read_only(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        store.execute("DELETE FROM results")


def locked(file: Path) -> None:
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as one,
        closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other,
    ):
        one.execute("BEGIN EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")


def nowhere(file: Path) -> None:
    sqlite3.connect(file / "below")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (read_only, "the results cannot be written"),
        (locked, "another program is using the results"),
        (nowhere, "the results cannot be opened"),
    ],
)
def test_what_sqlite_says_is_said_in_words(
    results: Path, capsys: pytest.CaptureFixture[str], what: Callable[[Path], None], sentence: str
) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        what(results / "results.sqlite")
    assert failures.report_failure(caught.value, as_json=False) == 2
    assert sentence in capsys.readouterr().err


# Ctrl-C.

BEFORE_MAIN = """Traceback (most recent call last):
  File "<string>", line 1, in <module>
KeyboardInterrupt
"""


def test_ctrl_c_at_any_moment_prints_no_traceback(class_folder: Path, tmp_path: Path) -> None:
    """From the moment at which our first module is imported; before that, it is Python's."""
    code = "from grader.cli import main; print('!', flush=True); main()"
    words = ("grade", PROBLEM, str(class_folder), "--out", str(tmp_path / "out"), "--fresh")
    for moment in (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2):
        run = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment(),
        )
        assert run.stdout is not None
        assert run.stdout.read(1) == b"!"
        time.sleep(moment)
        os.killpg(run.pid, signal.SIGINT)
        errors = run.communicate(timeout=PATIENCE)[1].decode()
        assert run.returncode in (-signal.SIGINT, 130, 0)
        assert "Traceback" not in errors.replace(BEFORE_MAIN, "")


def test_ctrl_c_inside_of_another_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Python wraps what a descriptor raises while its class is made."""
    wrapped = RuntimeError("Error calling __set_name__")
    wrapped.__cause__ = KeyboardInterrupt()
    assert failures.report_failure(wrapped, as_json=False) == 130
    assert capsys.readouterr().err == "grader: interrupted\n"
