"""Dask: a scheduler and two workers over TCP on this machine, one of them killed midway."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_classes import PROBLEM, a_class, environment, run, slow

from grader.batch import Job, Limits, discover
from grader.batch.engines.processes import Here

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # warnings of Dask are not ours

from grader.batch.engines.cluster import Cluster, ClusterError  # noqa: E402

HERE = Path(__file__).parent


class Processes:
    """A scheduler and two workers."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        scheduler = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.scheduler = self._start(*scheduler)
        self.address()  # workers read its file as well
        worker = ("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")
        self.workers = [self._start(*worker, "--local-directory", str(folder)) for _ in range(2)]

    def address(self) -> str:
        import json

        # The file is there before it is written.
        while not (self.file.exists() and self.file.read_text().rstrip().endswith("}")):
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        return str(json.loads(self.file.read_text())["address"])

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        module = f"distributed.cli.dask_{what}"
        path = os.pathsep.join([environment()["PYTHONPATH"], str(HERE)])
        return subprocess.Popen(
            [sys.executable, "-m", module, *words, "--scheduler-file", str(self.file)],
            env={**environment(), "PYTHONPATH": path},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    started = Processes(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


def test_from_the_command_line(processes: Processes, tmp_path: Path) -> None:
    folder = a_class(tmp_path / "handed-in", 5)
    there = ("--engine", "dask", "--scheduler", processes.address(), "--quiet")
    assert run("grade", PROBLEM, folder, "--out", tmp_path / "there", *there).returncode == 5
    assert run("grade", PROBLEM, folder, "--out", tmp_path / "here", "--quiet").returncode == 5
    books = [(tmp_path / out / "gradebook.csv").read_bytes() for out in ("there", "here")]
    assert books[0] == books[1]


@pytest.mark.parametrize("count", [64, pytest.param(400, marks=pytest.mark.nightly)])
def test_a_worker_killed_midway_changes_nothing(
    processes: Processes, tmp_path: Path, count: int
) -> None:
    found = discover(a_class(tmp_path / "handed-in", count))
    job = Job(PROBLEM, slow)
    got = {}
    with Cluster(job, processes.address(), Limits()) as cluster:
        for done in cluster.grade(found):
            if not got:
                processes.workers[0].send_signal(signal.SIGKILL)
            got.update({one.id: one for one in done})
    with Here(job, 2, Limits()) as here:
        assert got == {one.id: one for done in here.grade(found) for one in done}
    assert len(got) == count


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.batch.engines.cluster.CONNECT", "200ms")
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        Cluster(Job(PROBLEM), "tcp://127.0.0.1:9", Limits())
