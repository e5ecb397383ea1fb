"""`grader new` writes a sound problem, and all of its files work."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from grader import key as keys
from grader.authoring.scaffold import Network, write
from grader.authoring.scaffold.network import NetworkError
from grader.authoring.validation import Level, ValidationOptions, validate
from grader.cli.group import group
from grader.grading import grade
from grader.problem import load
from grader.result import Verdict
from grader.submission import read

NETWORKS = [
    Network(),
    Network((3, 1), loss="logistic", bias=False),
    Network((4, 3, 2), "tanh", "cross-entropy", batch=5),
    Network((3, 2), loss="squared-error", batch=4),
    Network((4, 3, 2), "sigmoid", "upstream", bias=False),
    Network((2, 3, 4, 5), "softplus", "upstream", batch=6),
    Network((3, 2, 1), "leaky_relu", "logistic", batch=4),
]


@pytest.fixture(scope="module")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homework of `grader new` without options; tests only read it."""
    folder = tmp_path_factory.mktemp("new") / "mine"
    write(folder, "", Network())
    return folder


@pytest.mark.nightly
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_it_is_sound_as_written(tmp_path: Path, network: Network) -> None:
    write(tmp_path / "mine", "", network)
    validation = validate(tmp_path / "mine", ValidationOptions())
    assert validation.sound, validation.findings
    assert not [f for f in validation.findings if f.check == "cases"]
    kinds = {f.check for f in validation.findings if f.level is Level.WARNING}
    assert kinds <= {"mistakes"}


@pytest.mark.parametrize("network", NETWORKS[:3], ids=str)
def test_the_templates_have_a_place_for_every_answer_and_none_is_filled(
    tmp_path: Path, network: Network
) -> None:
    write(tmp_path / "mine", "", network)
    key = keys.build(load(tmp_path / "mine"))
    for name in ("answers.md", "answers.yaml"):
        report = grade(key, read(tmp_path / "mine" / "template" / name))
        assert {question.verdict for question in report.questions} == {Verdict.MISSING}
        assert not report.needs_review


def test_a_template_that_is_filled_in_is_graded(homework: Path, tmp_path: Path) -> None:
    key = keys.build(load(homework))
    text = (homework / "template" / "answers.md").read_text("utf-8")
    file = tmp_path / "answers.md"
    filled = text.replace("{\\partial z^{2}} = ", "{\\partial z^{2}} = z^2 - y")
    file.write_text(filled, encoding="utf-8")
    assert grade(key, read(file))["q1"].verdict == Verdict.CORRECT


def test_there_are_four_right_and_four_wrong_cases_a_question(homework: Path) -> None:
    cases = yaml.safe_load((homework / "cases.yaml").read_text("utf-8"))
    for kinds in cases.values():
        assert len(kinds["right"]) >= 4
        assert len(kinds["wrong"]) >= 4


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"sizes": (3,)}, "2 to 7 sizes"),
        ({"sizes": (3, 0)}, "a size must be"),
        ({"sizes": (3, 1), "loss": "cross-entropy"}, "at least two outputs"),
        ({"sizes": (3, 2), "loss": "logistic"}, "exactly one output"),
    ],
)
def test_choices_that_do_not_fit_together(choices: dict, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        Network(**choices)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(group, ["new", str(tmp_path)], catch_exceptions=True)
    assert isinstance(result.exception, NetworkError)
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]


def test_a_folder_name_that_gives_no_id(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no letter or digit"):
        write(tmp_path / "¿?", "", Network())


def test_odd_titles_and_names_are_written_safely(tmp_path: Path) -> None:
    write(tmp_path / "Übung 4: backprop", "It's: a #title\n{x}", Network())
    problem = load(tmp_path / "Übung 4: backprop")
    assert problem.id == "bung-4-backprop"
    assert problem.title == "It's: a #title {x}"


def test_on_a_pipe_nothing_is_asked(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["new", str(tmp_path / "hw"), "--layers", "3,2"])
    assert result.exit_code == 0
    assert "Next: run `grader validate" in result.output


def test_sizes_that_are_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["new", str(tmp_path / "hw"), "--layers", "3,two"])
    assert result.exit_code == 2
    assert "is not a list of sizes" in result.output


def test_the_workflows_run(tmp_path: Path) -> None:
    """Run each `run:` step except the installation, in the folder of the checkout."""
    write(tmp_path / "mine", "", Network((3, 2)))
    _steps_run(tmp_path / "mine", ".github/workflows/validate.yml", 0)
    for place in ("mine/.github", "mine/template/.github"):
        (wheel,) = (tmp_path / place).glob("*.whl")
        assert wheel.stat().st_size < 4_000_000, "what the step `Install` installs"
    students = tmp_path / "students"
    shutil.copytree(tmp_path / "mine" / "template", students)
    shutil.copy(tmp_path / "mine" / "problem.yaml", students)
    _steps_run(students, ".github/workflows/check.yml", 1)  # nothing is answered yet


def _steps_run(folder: Path, workflow: str, code: int) -> None:
    steps = yaml.safe_load((folder / workflow).read_text("utf-8"))["jobs"]
    (job,) = steps.values()
    commands = [step["run"] for step in job["steps"] if step.get("name") not in (None, "Install")]
    (command,) = commands
    code_text = "import sys; from grader.cli import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", code_text, *command.split()[1:]]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "GITHUB_ACTIONS": ""}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == code, done.stdout + done.stderr
