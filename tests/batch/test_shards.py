"""Shards that were graded separately merge to the whole class."""

from pathlib import Path

from batch_classes import PROBLEM, a_class, run

from grader.batch import discover
from grader.batch.merge import shard


def test_every_submission_is_in_one_part(tmp_path: Path) -> None:
    found = discover(a_class(tmp_path / "handed-in", 11))
    parts = [shard(list(reversed(found)), number, 3) for number in (1, 2, 3)]
    assert sorted(one.id for part in parts for one in part) == [one.id for one in found]


def test_merged_parts_are_the_class(tmp_path: Path) -> None:
    folder = a_class(tmp_path / "handed-in", 11)
    parts = [tmp_path / f"part-{number}" for number in (1, 2, 3)]
    for number, part in enumerate(parts, 1):
        run("grade", PROBLEM, folder, "--shard", f"{number}/3", "--out", part, "--quiet")
        assert not (part / "gradebook.csv").exists()
    assert run("merge", tmp_path / "merged", *parts).returncode == 0
    run("grade", PROBLEM, folder, "--out", tmp_path / "whole", "--quiet")
    for name in ("gradebook.csv", "needs-review.csv", "submissions/s0001/result.json"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_parts_of_different_problems_are_refused(tmp_path: Path) -> None:
    folder = a_class(tmp_path / "handed-in", 2)
    for number, problem in enumerate((PROBLEM, _other(tmp_path)), 1):
        run("grade", problem, folder, "--shard", f"{number}/2", "--out", tmp_path / f"{number}")
    refused = run("merge", tmp_path / "merged", tmp_path / "1", tmp_path / "2")
    assert refused.returncode == 2
    assert "another problem or version" in refused.stderr


def _other(folder: Path) -> Path:
    text = (PROBLEM / "problem.yaml").read_text().replace("points: 1\n", "points: 3\n", 1)
    (folder / "other").mkdir()
    (folder / "other/problem.yaml").write_text(text)
    return folder / "other"
