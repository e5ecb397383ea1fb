"""`grader` as a fixture, and a folder to work in."""

from pathlib import Path

import pytest
from cli_runs import CI, Grader


@pytest.fixture
def grader(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Grader:
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "GRADER_TRACEBACK", *CI):
        monkeypatch.delenv(name, raising=False)
    return Grader(capsys)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """One answer, right."""
    file = tmp_path / "answers.yaml"
    file.write_text('answers:\n  q1: "delta*h2[1]"\n')
    return file
