"""A submission never affects another one, whatever it does to its process."""

import json
from pathlib import Path

import pytest
from batch_classes import PROBLEM, a_class, grade_one, sometimes_bad

from grader.batch import FoundSubmission, Job, Limits, discover
from grader.batch.engines.processes import Here
from grader.batch.worker import Graded, key_of
from grader.result import Report


def graded(found: list[FoundSubmission], job: Job, limits: Limits) -> dict[str, Graded]:
    with Here(job, 2, limits) as engine:
        return {one.id: one for done in engine.grade(found) for one in done}


@pytest.mark.parametrize("count", [13, pytest.param(297, marks=pytest.mark.nightly)])
def test_all_but_three_are_right(tmp_path: Path, count: int) -> None:
    """One hangs, one eats memory, one kills its process: each gets its reason, all others are graded."""
    folder = a_class(tmp_path / "handed-in", count)
    for name in ("hang", "eat", "kill"):
        (folder / f"{name}.yaml").write_text("answers: {q1: delta}")
    everybody = discover(folder)
    limits = Limits(seconds=6.0, megabytes=300)
    got = graded(everybody, Job(PROBLEM, sometimes_bad), limits)
    assert len(got) == count + 3
    assert got["hang"].failure == "it took longer than 6 seconds"
    assert got["eat"].failure == "it took more than 300 MB of memory"
    assert got["kill"].failure == "its process died (exit code 9)"
    bad = {"hang", "eat", "kill"}
    key = key_of(Job(PROBLEM))
    for found in everybody:
        if found.id not in bad:
            report = got[found.id].report
            assert report is not None
            assert Report.from_json(json.loads(report)).to_json() == grade_one(key, found).to_json()


def test_a_fault_of_the_grader_is_reported_with_its_reason(tmp_path: Path) -> None:
    folder = a_class(tmp_path / "handed-in", 3)
    (folder / "raise.yaml").write_text("answers: {q1: delta}")
    got = graded(discover(folder), Job(PROBLEM, sometimes_bad), Limits())
    assert got["raise"].failure == "ZeroDivisionError: boom"
    assert [one.report is not None for one in got.values()].count(True) == 3


def test_infinite_values_are_not_a_fault_of_the_grader(tmp_path: Path) -> None:
    answers = ("x[1]**1e149", "1e149*1e149*1e149", "1e149*1e149", "0/0", "log(-1)")
    for name, answer in enumerate(answers):
        text = f'answers: {{q1: "{answer}", q11: "{answer}"}}'
        (tmp_path / f"{name}.yaml").write_text(text)
    got = graded(discover(tmp_path), Job(PROBLEM), Limits())
    assert len(got) == len(answers)
    for one in got.values():
        assert one.failure == ""
        assert one.report is not None
