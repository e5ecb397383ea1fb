"""The workflows of docs/ci.md work: their steps run here, with this grader."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

ROOT = Path(__file__).resolve().parents[2]
GITHUB, GITLAB = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A student's repository. On the path are `grader` and a `pip` that does nothing."""
    (tmp_path / "problem").symlink_to(ROOT / "problems/cs1678-hw3")
    (tmp_path / "answers.yaml").write_text('answers: {q1: "delta*h2[2]"}\n')
    tools = tmp_path / "bin"
    tools.mkdir()
    code = "from grader.cli import main; main()"
    for name, line in {
        "grader": f"exec {sys.executable} -c '{code}' \"$@\"",
        "pip": "exit 0",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    return tmp_path


def run(repository: Path, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{repository / 'bin'}{os.pathsep}{os.environ['PATH']}"
    clean = {k: v for k, v in os.environ.items() if k not in ("GITHUB_ACTIONS", "GITLAB_CI")}
    return subprocess.run(
        ["sh", "-e", "-c", line], cwd=repository, capture_output=True, text=True, check=False,
        env={**clean, "PATH": path, "PYTHONPATH": str(ROOT), **variables},
    )  # fmt: skip


def test_github(repository: Path) -> None:
    steps: list[dict[str, Any]] = yaml.safe_load(GITHUB)["jobs"]["check"]["steps"]
    lines = [step["run"] for step in steps if "run" in step]
    assert run(repository, lines[0]).returncode == 0
    files = {name: str(repository / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    done = run(repository, lines[1], GITHUB_ACTIONS="true", **files)
    assert done.returncode == 1
    assert "\n::error file=answers.yaml,line=1," in done.stdout
    assert (repository / "GITHUB_OUTPUT").read_text().startswith("result=")


def test_gitlab(repository: Path) -> None:
    job = yaml.safe_load(GITLAB)["check"]
    codes = [run(repository, line, GITLAB_CI="true").returncode for line in job["script"]]
    assert codes == [0, 1]
    report = repository / job["artifacts"]["reports"]["junit"]
    (suite,) = JUnitXml.fromfile(str(report))
    assert suite.failures == 1
