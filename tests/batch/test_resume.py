"""A batch that is killed at any moment continues where it stopped."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from batch_classes import PATIENCE, PROBLEM, Finished, a_class, command, environment, run

from grader.batch import Store, StoreError

CLASS = 48  # three chunks
LARGE = 400

# The grader gets a signal after the first results (`run.graded`) or the first pages
# (`pages.write_pages`).
SIGNALLED = """
import os, signal
from grader.batch import {module}
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
begun = {module}.{function}
def signalled(*given):
    for done in begun(*given):
        yield done
        os.kill(os.getpid(), signal.{signal})
{module}.{function} = signalled
"""


def rows(out: Path) -> dict[str, int]:
    """The row of each student's result: another row if it was filed again."""
    if not (out / "results.sqlite").exists():
        return {}
    with closing(sqlite3.connect(out / "results.sqlite", timeout=PATIENCE)) as database:
        try:
            return dict(
                database.execute("SELECT student, max(rowid) FROM results GROUP BY student")
            )
        except sqlite3.OperationalError:  # there are no tables yet
            return {}


def texts(out: Path) -> dict[str, bytes]:
    files = [*out.rglob("*.csv"), *out.rglob("*.json"), *out.rglob("*.html"), *out.rglob("*.md")]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def stopped(where: str, name: str, folder: Path, out: Path) -> Finished:
    """A batch that got a signal at a certain moment."""
    module, _, function = where.partition(".")
    before = SIGNALLED.format(module=module, function=function, signal=name)
    done = subprocess.run(
        command("grade", PROBLEM, folder, "--out", out, before=before), env=environment(),
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    if name == "SIGINT":
        assert (done.returncode, done.stdout) == (130, "")
        assert "interrupted" in done.stderr
        assert "Traceback" not in done.stderr
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_class(tmp_path_factory.mktemp("class") / "handed-in", CLASS)


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path) -> dict[str, bytes]:
    out = handed_in.parent / "undisturbed"
    assert run("grade", PROBLEM, handed_in, "--out", out, "--quiet").returncode == 5
    return texts(out)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_a_stopped_batch_continues_where_it_was(
    handed_in: Path, undisturbed: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    """Until the end there is no gradebook; then nothing is missing, and nothing was graded twice."""
    out = tmp_path / "out"
    done = stopped("run.graded", name, handed_in, out)
    assert ("continue where it stopped" in done.stderr) == (name == "SIGINT")
    known = rows(out)
    assert 0 < len(known) < CLASS
    with Store.open(out) as store, pytest.raises(StoreError, match="was interrupted"):
        store.gradebook()
    assert run("grade", PROBLEM, handed_in, "--out", out, "--quiet").returncode == 5
    assert {student: rows(out)[student] for student in known} == known, "graded twice"
    assert texts(out) == undisturbed


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_stopped_while_pages_are_written(
    handed_in: Path, undisturbed: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    stopped("pages.write_pages", name, handed_in, out)
    known = rows(out)
    assert len(known) == CLASS
    assert run("grade", PROBLEM, handed_in, "--out", out, "--quiet").returncode == 5
    assert rows(out) == known
    assert texts(out) == undisturbed


@pytest.mark.nightly
def test_killed_ten_times(tmp_path: Path) -> None:
    """At any moment, even while it writes."""
    folder = a_class(tmp_path / "handed-in", LARGE)
    chance = random.Random(1678)
    out, undisturbed = tmp_path / "out", tmp_path / "undisturbed"
    known: dict[str, int] = {}
    for moment in sorted(chance.sample(range(LARGE), 10)):
        killed_at(out, folder, moment)
        found = rows(out)
        assert {name: found[name] for name in known} == known, "graded twice"
        known = found
    assert run("grade", PROBLEM, folder, "--out", out, "--quiet").returncode == 5
    assert {name: row for name, row in rows(out).items() if name in known} == known
    assert run("grade", PROBLEM, folder, "--out", undisturbed, "--quiet").returncode == 5
    assert texts(out) == texts(undisturbed)


def killed_at(out: Path, folder: Path, results: int) -> None:
    """Start a batch and kill it when so many results are filed, or when it ends."""
    words = command("grade", PROBLEM, folder, "--out", out, "--quiet")
    with subprocess.Popen(words, env=environment()) as process:
        while len(rows(out)) < results and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)


def test_unchanged_submissions_are_not_graded_again(tmp_path: Path) -> None:
    folder, out = a_class(tmp_path / "handed-in", 4), tmp_path / "out"
    run("grade", PROBLEM, folder, "--out", out)
    before = rows(out)
    (folder / "s0001.yaml").write_text('answers: {q1: "delta*h2[1]"}')
    shown = run("grade", PROBLEM, folder, "--out", out).stderr
    assert "3 of 4 were graded before and have not changed" in shown
    after = rows(out)
    assert [name for name in after if after[name] != before[name]] == ["s0001"]
    with Store.open(out) as store:
        report = store.standing("s0001").report
    assert report is not None
    assert report.score == 1.0


def test_fresh_starts_over(tmp_path: Path) -> None:
    folder, out = a_class(tmp_path / "handed-in", 3), tmp_path / "out"
    run("grade", PROBLEM, folder, "--out", out)
    before = rows(out)
    run("grade", PROBLEM, folder, "--out", out, "--fresh")
    assert not set(before.values()) & set(rows(out).values())


def test_only_one_writes(tmp_path: Path) -> None:
    """While one process writes, another one is refused."""
    folder, out = a_class(tmp_path / "handed-in", 1), tmp_path / "out"
    words = command("grade", PROBLEM, folder, "--out", out)
    with Store.writing(out):
        second = subprocess.run(
            words, env=environment(), capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    assert second.returncode == 2
    assert "another grader is writing" in second.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit for the size of files")
def test_a_full_disk_stops_a_batch_which_continues_later(handed_in: Path, tmp_path: Path) -> None:
    """The kernel refuses to let any file grow past a limit, as a full disk would."""
    out = tmp_path / "out"
    script = "ulimit -f 64; trap '' XFSZ; exec \"$@\""
    words = command("grade", PROBLEM, handed_in, "--out", out, "--quiet")
    full = subprocess.run(["bash", "-c", script, "-", *words], env=environment(),
                          capture_output=True, text=True, timeout=PATIENCE, check=False)  # fmt: skip
    assert full.returncode == 130
    assert "free some disk space and start the same command again" in full.stderr
    known = rows(out)
    assert run("grade", PROBLEM, handed_in, "--out", out, "--quiet").returncode == 5
    after = rows(out)
    assert len(after) == CLASS
    assert {name: after[name] for name in known} == known
