"""`autograder.zip` works on a machine with the folders of Gradescope."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from export_samples import gradebook

from grader.reports.exports import gradescope_autograder
from grader.reports.exports.problem_files import problem_files
from grader.reports.exports.protocol import ExportError, ExportOptions

ROOT = Path(__file__).resolve().parents[2]
PROBLEM = ROOT / "problems/cs1678-hw3"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Gradescope runs Linux")


def unpacked(folder: Path, problem: Path = PROBLEM) -> Path:
    """The folder `autograder` as on Gradescope, but with all paths below `folder`."""
    exported = gradescope_autograder.export(
        gradebook(), ExportOptions(problem=problem_files(problem))
    )
    data = exported.files["autograder.zip"]
    assert isinstance(data, bytes)
    place = folder / "autograder"
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        zipped.extractall(place / "source")
    for name in ("setup.sh", "run_autograder"):
        script = place / "source" / name
        text = (
            script.read_text()
            .replace("/autograder/", f"{place}/")
            .replace("/opt/", f"{folder}/opt/")
        )
        script.write_text(text)
    (place / "submission").mkdir()
    return place


def tool(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(place: Path, grader: str) -> dict[str, object]:
    tool(place.parent / "opt/grader/bin/grader", grader)
    done = subprocess.run(
        ["bash", str(place / "source/run_autograder")], cwd=place, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0
    found = json.loads((place / "results/results.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


GRADER = f"exec {sys.executable} -c 'from grader.cli import main; main()' \"$@\""


def test_a_submission_is_graded(tmp_path: Path) -> None:
    place = unpacked(tmp_path)
    (place / "submission/answers.yaml").write_text('answers: {q1: "delta*h2[1]"}\n')
    found = run(place, GRADER)
    assert (found["score"], found["output_format"]) == (1.0, "md")


def test_arrays_belong_to_the_draw_of_the_address(tmp_path: Path) -> None:
    place = unpacked(tmp_path)
    (place / "submission_metadata.json").write_text('{"users": [{"email": "ann$(x)@uni.edu"}]}')
    tool(tmp_path / "opt/grader/bin/python", f'exec {sys.executable} "$@"')
    run(place, f'printf "%s\\n" "$@" > {tmp_path}/words; exit 1')
    words = (tmp_path / "words").read_text().splitlines()
    assert words[3:5] == ["--student", "ann$(x)"]


def test_the_grader_travels_with_the_zip(tmp_path: Path) -> None:
    """Its wheel runs by itself, outside of the clone."""
    place = unpacked(tmp_path)
    (wheel,) = (place / "source").glob("*.whl")
    done = subprocess.run(
        [sys.executable, "-c", "import grader; print(grader.__file__); from grader.cli import main; main()",
         "new", "homework", "--from", "lstm-cell"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unzipped(wheel, tmp_path / "site"))},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert str(tmp_path / "site") in done.stdout
    assert (tmp_path / "homework/problem.yaml").is_file()
    names = {
        line.partition("==")[0]
        for line in (place / "source/constraints.txt").read_text().splitlines()
    }
    assert {"numpy", "sympy", "click"} <= names


def unzipped(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(folder)
    return folder


@pytest.mark.parametrize("crash", ["exit 70", "kill -9 $$", 'exec no-such-program "$@"'])
def test_a_crash_is_never_a_grade(tmp_path: Path, crash: str) -> None:
    found = run(unpacked(tmp_path), crash)
    assert found["extra_data"] == {"unfinished": True}
    assert "not a zero" in str(found["output"])


@pytest.mark.parametrize(("has", "version"), [("3.11", "3.11"), ("3.11 3.12", "3.12"), ("", None)])
def test_setup_takes_the_newest_python(tmp_path: Path, has: str, version: str | None) -> None:
    place = unpacked(tmp_path)
    bin_ = tmp_path / "bin"
    tool(
        bin_ / "apt-get",
        f'[ "$1" = update ] || case " {has} " in *" ${{3#python}} "*);; *) exit 100;; esac',
    )
    for known in has.split():
        venv = f'mkdir -p "$3/bin"; printf "#!/bin/sh\\necho {known} \\$@ >{tmp_path}/pip" >"$3/bin/pip"'
        tool(bin_ / f"python{known}", f'{venv}; chmod +x "$3/bin/pip"')
    path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(place / "source/setup.sh")], env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if version is None:
        assert done.returncode == 1
        assert "Python 3.11 or newer" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        installed = (tmp_path / "pip").read_text()
        assert installed.startswith(f"{version} install --constraint ")
        assert "source/gradient_grader-" in installed


def test_the_zip_is_the_same_every_time() -> None:
    options = ExportOptions(problem=problem_files(PROBLEM))
    first, second = (gradescope_autograder.export(gradebook(), options).files for _ in range(2))
    assert first == second


def test_a_problem_of_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "hw3.yaml").write_bytes((PROBLEM / "problem.yaml").read_bytes())
    (folder / "reference.py").write_text("x = 1\n")
    (folder / "roster.csv").write_text("id\n")
    assert set(problem_files(folder / "hw3.yaml")) == {"problem.yaml", "reference.py"}
    place = unpacked(tmp_path, folder / "hw3.yaml")
    (place / "submission/answers.yaml").write_text('answers: {q1: "delta*h2[1]"}\n')
    assert run(place, GRADER)["score"] == 1.0


def test_hidden_files_and_results_are_left_out(tmp_path: Path) -> None:
    for name in ("problem.yaml", "data/x.csv", ".git/config", "__pycache__/a.pyc", "results/hw3/students",
                 "results/hw3/results.sqlite"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link").symlink_to("/etc")
    assert set(problem_files(tmp_path / "problem.yaml")) == {"problem.yaml", "data/x.csv"}
    assert problem_files(tmp_path) == problem_files(tmp_path / "problem.yaml")


def test_without_the_problem_nothing_in_its_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    assert problem_files(tmp_path / "problem.yaml") == {}
    assert problem_files(tmp_path) == {}


def test_a_folder_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "problem.yaml").write_text("12345")
    monkeypatch.setattr("grader.reports.exports.problem_files.MOST_BYTES", 4)
    with pytest.raises(ExportError, match="its own folder"):
        problem_files(tmp_path)
