"""Run the command line for tests: in its own process, or in this one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PROBLEM = str(ROOT / "problems/cs1678-hw3")
SUBMISSIONS = str(ROOT / "submissions/cs1678-hw3")

CI = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITLAB_CI", "CI_PROJECT_DIR")
"""The variables by which `check` knows that it runs in CI. The tests may run in CI, so they remove them."""

PATIENCE = 300
"""Seconds after which a process counts as hanging: far more than it needs on a busy machine."""

START = "from grader.cli import main; main()"


def environment(**more: str) -> dict[str, str]:
    """This environment, with the clone importable, and without the variables of colours and CI."""
    kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR", *CI)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


def process(
    *words: str, before: str = "", cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """`grader WORDS…` as a process; `before` is Python that runs first."""
    command = [sys.executable, "-c", f"{before}\n{START}", *words]
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment(**env),
        timeout=PATIENCE,
    )


class Run(NamedTuple):
    """The exit code and the output of a run in this process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Grader:
    """`grader` in this process: its output and its exit code."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Run:
        from grader.cli import main

        with pytest.raises(SystemExit) as leaving:
            main(words)
        assert isinstance(leaving.value.code, int)
        return Run(leaving.value.code, *self._capsys.readouterr())
