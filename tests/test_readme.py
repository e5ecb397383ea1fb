"""What README and the guide to answers show is what the programs print; Python says the rest."""

import doctest
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ANSWERS = (ROOT / "docs/writing-answers.md").read_text(encoding="utf-8")
SHOWN = [
    (match[1], match[2])
    for page in (README, ANSWERS)
    for match in re.finditer(r"```console\n\$ (grader [^\n]*)\n(.*?)```", page, re.DOTALL)
]
NUMBERS = re.compile(r"-?\d+\.\d+(?:e-?\d+)?|draw \d+| +")


@pytest.fixture
def _clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with what the commands need, so that none writes into the repository."""
    for name in ("problems", "submissions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(os.environ, "COLUMNS", "100")


def masked(line: str) -> str:
    """Without the digits that another draw would change."""
    return NUMBERS.sub(lambda match: " " if match[0].isspace() else "#", line.rstrip())


@pytest.mark.usefixtures("_clone")
@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=[command for command, _ in SHOWN])
def test_output(command: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line but `…` is printed, in this order."""
    from grader.cli import main

    with pytest.raises(SystemExit):
        main(shlex.split(command)[1:])
    printed = iter([masked(line) for line in capsys.readouterr().out.splitlines()])
    for line in shown.splitlines():
        if line != "…":
            assert masked(line) in printed, line


def test_each_command_is_shown() -> None:
    shown = {command.split()[1] for command, _ in SHOWN}
    assert shown == {"show", "check", "draw", "grade"}


@pytest.mark.usefixtures("_clone")
def test_python() -> None:
    examples = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", "README.md", 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0
