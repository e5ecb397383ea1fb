"""A batch that is killed at any moment goes on where it was."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from batch_classes import PROBLEM, a_class, command, environment, run

from grader.batch import Store, StoreError

pytestmark = pytest.mark.nightly

CLASS = 400


def rows(out: Path) -> dict[str, int]:
    """Where in the store the result of each student is: another place if it was filed again."""
    if not (out / "results.sqlite").exists():
        return {}
    with closing(sqlite3.connect(out / "results.sqlite", timeout=30)) as database:
        try:
            return dict(
                database.execute("SELECT student, max(rowid) FROM results GROUP BY student")
            )
        except sqlite3.OperationalError:  # the tables are not there yet
            return {}


def texts(out: Path) -> dict[str, bytes]:
    files = [*out.rglob("*.csv"), *out.rglob("*.json"), *out.rglob("*.html"), *out.rglob("*.md")]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def killed_at(out: Path, folder: Path, results: int) -> None:
    """Start a batch and kill it as soon as so many results are filed, or a bit before the end."""
    process = subprocess.Popen(
        command("grade", PROBLEM, folder, "--out", out, "--quiet"), env=environment()
    )
    end = time.monotonic() + 60
    while len(rows(out)) < results and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_killed_ten_times(tmp_path: Path) -> None:
    folder = a_class(tmp_path / "handed-in", CLASS)
    chance = random.Random(1678)
    out, undisturbed = tmp_path / "out", tmp_path / "undisturbed"
    known: dict[str, int] = {}
    for moment in sorted(chance.sample(range(CLASS), 10)):
        killed_at(out, folder, moment)
        found = rows(out)
        assert {name: found[name] for name in known} == known, "graded twice"
        known = found
    assert run("grade", PROBLEM, folder, "--out", out, "--quiet").returncode == 5
    assert {name: row for name, row in rows(out).items() if name in known} == known
    assert run("grade", PROBLEM, folder, "--out", undisturbed, "--quiet").returncode == 5
    assert texts(out) == texts(undisturbed)


def test_what_has_not_changed_is_not_graded_again(tmp_path: Path) -> None:
    folder, out = a_class(tmp_path / "handed-in", 4), tmp_path / "out"
    run("grade", PROBLEM, folder, "--out", out)
    before = rows(out)
    (folder / "s0001.yaml").write_text('answers: {q1: "delta*h2[1]"}')
    told = run("grade", PROBLEM, folder, "--out", out).stderr
    assert "3 of 4 were graded before and have not changed" in told
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


def test_a_batch_that_was_cut_off_has_no_gradebook(tmp_path: Path) -> None:
    out = tmp_path / "out"
    killed_at(out, a_class(tmp_path / "handed-in", CLASS), 1)
    with Store.open(out) as store, pytest.raises(StoreError, match="was cut off"):
        store.gradebook()


def test_only_one_writes(tmp_path: Path) -> None:
    folder, out = a_class(tmp_path / "handed-in", 1), tmp_path / "out"
    with Store.writing(out):
        second = run("grade", PROBLEM, folder, "--out", out)
    assert second.returncode == 2
    assert "another grader is writing" in second.stderr


def test_ctrl_c_stops_and_says_how_to_go_on(tmp_path: Path) -> None:
    folder, out = a_class(tmp_path / "handed-in", CLASS), tmp_path / "out"
    process = subprocess.Popen(command("grade", PROBLEM, folder, "--out", out), env=environment(),
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    while not rows(out) and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "goes on where it was" in told
    assert run("grade", PROBLEM, folder, "--out", out, "--quiet").returncode == 5


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit for the size of files")
def test_a_full_disk_stops_and_the_batch_goes_on_later(tmp_path: Path) -> None:
    """The kernel refuses to let any file grow past a limit, as a full disk would."""
    folder, out = a_class(tmp_path / "handed-in", CLASS), tmp_path / "out"
    script = "ulimit -f 64; trap '' XFSZ; exec \"$@\""
    words = command("grade", PROBLEM, folder, "--out", out, "--quiet")
    full = subprocess.run(["bash", "-c", script, "-", *words], env=environment(),
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert full.returncode == 130
    assert "make room and start again" in full.stderr
    known = rows(out)
    assert run("grade", PROBLEM, folder, "--out", out, "--quiet").returncode == 5
    after = rows(out)
    assert len(after) == CLASS
    assert {name: after[name] for name in known} == known
