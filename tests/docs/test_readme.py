"""README as a reader types it: each line in a shell, in order, in a clone of this project.

The lines that install and test are left out; `.ci/run` runs them.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks, commands, did_its_work, is_printed

LINES = [
    (block, line.removeprefix("$ "))
    for block in blocks(ROOT / "README.md")
    if block.language in ("console", "sh")
    for line in (block.text.splitlines()[:1] if block.language == "console" else commands(block))
]
CHANGES_OUTPUT = {"NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITLAB_CI"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The problems and submissions of the project, and `grader` on the path."""
    for name in ("problems", "submissions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    grader = tmp_path / "bin" / "grader"
    grader.parent.mkdir()
    call = "from grader.cli import main; main()"
    grader.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{call}' \"$@\"\n")
    grader.chmod(0o755)
    return tmp_path


def run(clone: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in a shell, with `q` typed at each prompt."""
    clean = {name: value for name, value in os.environ.items() if name not in CHANGES_OUTPUT}
    path = f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=clone, input="q\n", capture_output=True, text=True, check=False,
        env={**clean, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
    )  # fmt: skip


def test_each_line_does_its_work_and_prints_what_stands_below_it(clone: Path) -> None:
    for block, line in LINES:
        done = run(clone, line)
        did_its_work(line, done.returncode, done.stdout + done.stderr, block)
        if block.language == "console":
            is_printed(block, done.stdout)


def test_every_way_to_use_it_is_among_them() -> None:
    used = {line.split()[1] for _, line in LINES}
    assert {"show", "check", "draw", "grade", "review", "groups", "regrade"} <= used
    assert {"export", "new", "validate", "handout", "key"} <= used


def test_a_command_that_does_not_do_its_work_is_noticed() -> None:
    """A problem that is not sound, an unreadable paper, an output that differs."""
    block = Block("README.md", 1, "console", "", "$ grader show x\nno such line\n")
    for line, code in {"grader validate x": 4, "grader check x y": 3, "grader show x": 2}.items():
        with pytest.raises(AssertionError, match=f"exit code {code}"):
            did_its_work(line, code, "", block)
    with pytest.raises(AssertionError, match=re.escape("'no such line' is not printed")):
        is_printed(block, "another line\n")
