"""`check` in CI, and `export` for a class."""

import base64
import json
from pathlib import Path

import pytest
from cli_runs import PROBLEM, Grader
from junitparser import JUnitXml


def test_junit(grader: Grader, answers: Path) -> None:
    grader("check", PROBLEM, str(answers), "--format", "junit", "--out", "junit.xml")
    (suite,) = JUnitXml.fromfile("junit.xml")
    assert (suite.name, suite.tests, suite.failures, suite.skipped) == ("answers", 17, 0, 16)


def test_github_by_itself(
    grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers.write_text(
        'answers: {q1: "delta*h2[1]", q3: "::error::owned", q11: "-delta*W3.T @ h1.T"}'
    )
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    run = grader("check", PROBLEM, str(answers))
    assert run.out.startswith("::stop-commands::")
    (line,) = (
        line for line in run.out.splitlines() if line.startswith("::error file=") and "q11" in line
    )
    assert line.startswith(f"::error file={answers.as_posix()},line=1,")
    assert "answers" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    name, _, value = (tmp_path / "GITHUB_OUTPUT").read_text("utf-8").strip().partition("=")
    assert name == "result"
    assert json.loads(base64.b64decode(value))["max_score"] == 25.0


def test_gitlab_by_itself(grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    assert "1 of 25" in grader("check", PROBLEM, str(answers)).out
    assert JUnitXml.fromfile("grader-junit.xml")


def test_gradescope_has_a_placeholder_until_it_is_done(grader: Grader, answers: Path) -> None:
    Path("problem.yaml").write_text("id: [")
    grader("check", "problem.yaml", str(answers), "--format", "gradescope", "--out", "results.json")
    assert json.loads(Path("results.json").read_text())["extra_data"] == {"unfinished": True}
    grader("check", PROBLEM, str(answers), "--format", "gradescope", "--out", "results.json")
    assert json.loads(Path("results.json").read_text())["score"] == 1.0


def test_export(grader: Grader, answers: Path) -> None:
    grader("grade", PROBLEM, str(answers), "--out", "out", "--quiet")
    run = grader("export", "out", "--to", "moodle")
    assert run.code == 0
    assert run.out == "out/export/moodle.csv\n"
    assert "answers,1.00," in Path("out/export/moodle.csv").read_text()
    autograder = grader("export", "out", "--to", "gradescope-autograder")
    assert autograder.out == "out/export/autograder.zip\n"
    assert grader("export", "out", "--to", "moodle-worksheet").code == 2


def test_export_before_anything_was_graded(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = grader("export", "empty", "--to", "csv")
    assert (run.code, "run `grader grade` first" in run.err) == (2, True)


def test_review_walks_through_what_waits(
    grader: Grader, answers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.write_text('answers: {q1: "delta*(", q2: "[", q3: "]"}')
    grader("grade", PROBLEM, str(answers), "--out", "out", "--quiet")
    typed = iter(["7", "0.5", "read it as h2", "s", "q"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(typed))
    run = grader("review", "out")
    assert "Type a number from 0 to 1" in run.out
    assert run.out.endswith("1 decided, 2 left.\n")
    assert "read it as h2" in Path("out/submissions/answers/feedback.md").read_text("utf-8")


def test_missing_and_late(grader: Grader, tmp_path: Path) -> None:
    export = tmp_path / "export"
    (export / "submission_1").mkdir(parents=True)
    (export / "submission_1/hw.yaml").write_text('answers: {q1: "delta*h2[1]"}')
    (export / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :sid: u1\n  :created_at: 2026-11-20 12:00:00 Z\n"
    )
    Path("roster.csv").write_text("id,name\nu1,Ann\nu2,Bo\n")
    Path("late.yaml").write_text("deadline: 2026-11-20 10:00Z\ncredit: {1 d: 0.5}\n")
    words = ("--roster", "roster.csv", "--late", "late.yaml", "--out", "out", "--quiet")
    assert grader("grade", PROBLEM, str(export), *words).code == 0
    header, ann, bo = (
        line.split(",") for line in Path("out/gradebook.csv").read_text().splitlines()
    )
    assert dict(zip(header, ann, strict=True))["score"] == "1"
    assert ann[-4:] == ["2026-11-20 12:00:00+00:00", "2 h", "0.5", "0.5"]
    assert dict(zip(header, bo, strict=True))["status"] == "missing"
    assert "u2" in Path("out/class.html").read_text("utf-8")


def test_groups_write_a_rule_and_regrade_gives_its_credit(grader: Grader, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(PROBLEM, tmp_path / "problem")
    folder = tmp_path / "class"
    folder.mkdir()
    for name, text in {"a": "2*delta*h2[1]", "b": "h2[1]*2*delta", "c": "-delta*h2[1]"}.items():
        (folder / f"{name}.yaml").write_text(f'answers: {{q1: "{text}"}}')
    grader("grade", str(tmp_path / "problem"), str(folder), "--out", "out", "--quiet")
    assert grader("groups", "out", "q1").out.startswith("1. 2 students · 0 of 1\n")
    rule = ("--write-rule", "1", "--credit", "0.5", "--message", "Twice?")
    assert "To see what it changes: grader regrade out" in grader("groups", "out", "q1", *rule).out
    applied = grader("regrade", "out", "--apply").out
    assert "2 of 3 students change: 2 answers up, 0 down." in applied
    assert "did you mean 'q1'?" in grader("groups", "out", "q1l").err
