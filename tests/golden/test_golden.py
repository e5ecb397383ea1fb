"""The verdicts are the committed ones: for a sample in every run, for the whole corpus at night."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import answers
import pytest
from answers import Entry
from compare import ACCEPT, moves, of_entries, report
from grade import ROOT, SUMMARY, VERDICTS, Row, all_graded, as_text, parsed, summary

GRADE, COMPARE = (str(answers.HERE / name) for name in ("grade.py", "compare.py"))


class Corpus(NamedTuple):
    """The problems, the entries, and the committed verdicts."""

    problems: dict[str, str]
    entries: list[Entry]
    of_digest: dict[str, Entry]
    text: str
    golden: dict[str, Row]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The corpus, read once and only if needed."""
    problems, entries = answers.load()
    text = VERDICTS.read_text(encoding="utf-8")
    return Corpus(problems, entries, {entry.digest: entry for entry in entries}, text, parsed(text))


def test_a_sample_has_the_verdicts_that_are_committed(corpus: Corpus) -> None:
    chosen = answers.sample(corpus.entries)
    new = parsed(as_text(all_graded(corpus.problems, chosen)))
    moved = moves(of_entries(corpus.golden, {entry.digest for entry in chosen}), new)
    assert not moved, "\n".join([*report(moved, corpus.of_digest), "", ACCEPT])


@pytest.mark.nightly
def test_all_answers_have_the_verdicts_that_are_committed(corpus: Corpus, tmp_path: Path) -> None:
    """The file is equal to the byte, with another hash seed."""
    out = tmp_path / "verdicts.tsv"
    environment = {**os.environ, "PYTHONHASHSEED": "1678"}
    subprocess.run([sys.executable, GRADE, "--out", str(out)], check=True, env=environment)
    text = out.read_text(encoding="utf-8")
    moved = moves(corpus.golden, parsed(text))
    assert not moved, "\n".join([*report(moved, corpus.of_digest), "", ACCEPT])
    is_same = text == corpus.text  # pytest would search three megabytes for differences
    assert is_same, "the headings or the order differ"


@pytest.mark.nightly
def test_two_processes_give_the_verdicts_of_one(tmp_path: Path) -> None:
    said = set()
    for jobs, seed in (("1", "0"), ("2", "1")):
        out = tmp_path / jobs
        command = [sys.executable, GRADE, "--sample", "--out", str(out), "--jobs", jobs]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        said.add(out.read_bytes())
    assert len(said) == 1


@pytest.mark.nightly
def test_a_revision_is_graded_in_a_checkout_of_its_own() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git here")
    command = [sys.executable, COMPARE, "--sample", "HEAD", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.splitlines()[0].endswith("moved")


def test_answers_and_verdicts_belong_together(corpus: Corpus) -> None:
    assert len(corpus.of_digest) == len(corpus.entries)
    assert {name.partition("/")[0] for name in corpus.golden} == set(corpus.of_digest)
    assert SUMMARY.read_text(encoding="utf-8") == summary(corpus.text)


def test_the_corpus_holds_what_it_should(corpus: Corpus) -> None:
    sources = {entry.source.partition(" ")[0] for entry in corpus.entries}
    assert sources >= {
        "cases",
        "styles",
        "submissions",
        "hostile",
        "docs",
        "formulas",
        "papers",
        "generated",
    }
    assert (
        sum(entry.source in ("generated right", "generated wrong") for entry in corpus.entries)
        >= 19_000
    )


def test_moves_are_grouped_and_shown_with_their_texts(corpus: Corpus) -> None:
    entry = next(
        one for one in corpus.entries if one.source == "cases right" and one.question == "q1"
    )
    old = corpus.golden[entry.digest]
    new = old._replace(verdict="incorrect", score="0")
    (moved,) = moves({old.name: old}, {new.name: new})
    shown = "\n".join(report([moved], corpus.of_digest))
    assert moved.group == "correct → incorrect"
    assert "      1  correct → incorrect" in shown
    assert entry.text in shown


def test_right_answers_that_are_lost_come_first() -> None:
    was = {name: Row(name, "correct" if name == "c" else "missing") for name in "abc"}
    now = {
        "a": Row("a", "missing", reading="x"),
        "b": Row("b", "correct"),
        "c": Row("c", "missing"),
    }
    groups = [line for line in report(moves(was, now), {}) if line.startswith("\n== ")]
    assert [line[4:].partition(" (")[0] for line in groups] == [
        "correct → missing: 1", "missing → correct: 1", "another reading: 1",
    ]  # fmt: skip


def test_a_paper_is_shown_once_for_all_its_answers(corpus: Corpus) -> None:
    paper = next(one for one in corpus.entries if one.source == "styles")
    names = [f"{paper.digest}/q{number}" for number in (1, 2, 3)]
    was, now = ({name: Row(name, verdict) for name in names} for verdict in ("correct", "missing"))
    lines = list(report(moves(was, now), corpus.of_digest))
    assert sum(line.startswith("\n-- ") for line in lines) == 1
    assert lines[-1] == "   q1 q2 q3 verdict: correct → missing"


def test_a_bug_of_the_grader_is_a_verdict(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("grader.grade", broken, raising=False)
    entries = [one for one in corpus.entries if one.source == "styles" or one.source == "docs"][:60]
    rows = [row for _, some in all_graded(corpus.problems, entries) for row in some]
    assert {(row.verdict, row.codes) for row in rows} == {("error", "RecursionError")}
    assert sum("/" in row.name for row in rows) >= 17


def test_text_of_students_does_not_control_the_terminal(corpus: Corpus) -> None:
    entry = next(one for one in corpus.entries if "\x1b[31m" in one.text)
    (moved,) = moves({entry.digest: Row(entry.digest, "missing")}, {})
    assert "\x1b" not in "\n".join(report([moved], corpus.of_digest))
