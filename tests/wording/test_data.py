"""The form of the data: what it names is there, and no verdict is anything but one of three words."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml_data

import grader

HERE = Path(__file__).parent
PROBLEMS = HERE.parents[1] / "problems"
VERDICTS = {"correct", "incorrect", "human"}
FORMULA = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\begin\{(align|equation)\*?\}.*?\\end\{\1\*?\}", re.DOTALL
)


def read(name: str) -> list[dict[str, Any]]:
    return list(yaml_data.load((HERE / name).read_text(encoding="utf-8")))


ANSWERS, TRANSLATIONS, PAPERS = map(read, ("answers.yaml", "translations.yaml", "papers.yaml"))


@cache
def questions(problem: str) -> set[str]:
    return {question.id for question in grader.load_problem(PROBLEMS / problem).questions}


def formulas(text: str) -> set[str]:
    return {found[0] for found in FORMULA.finditer(text)}


@pytest.mark.parametrize("rows", [ANSWERS, TRANSLATIONS, PAPERS])
def test_ids_and_texts_occur_once(rows: list[dict[str, Any]]) -> None:
    for key in ("id", "text", "answer"):
        times = Counter(row[key] for row in rows if key in row)
        assert not [value for value, count in times.items() if count > 1]


def test_answers_name_questions_that_exist() -> None:
    assert len({row["problem"] for row in ANSWERS}) >= 10
    for row in ANSWERS:
        assert row["question"] in questions(row["problem"]), row["id"]
        assert row["format"] in {"md", "tex", "txt"}
        assert row["verdict"] in VERDICTS
        assert row["group"]
        assert row["kind"]
        assert row["text"].strip()


def test_there_are_as_many_right_answers_as_wrong_ones() -> None:
    """What is meant to be wrong may be for a human; what is meant to be right is right."""
    kinds = Counter((row["id"][0], row["verdict"]) for row in ANSWERS)
    assert kinds["r", "correct"] == 400
    assert kinds["w", "incorrect"] + kinds["w", "human"] == 400
    assert kinds["w", "incorrect"] >= 320


def test_translations_keep_the_formulas_of_their_original() -> None:
    originals = {row["id"]: row for row in ANSWERS}
    times = Counter((row["of"][0], row["language"]) for row in TRANSLATIONS)
    assert (
        min(times[side, language] for side in "rw" for language in ("de", "fr", "es", "zh")) >= 60
    )
    for row in TRANSLATIONS:
        assert formulas(row["text"]) == formulas(originals[row["of"]]["text"]), row["id"]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["id"])
def test_papers_have_a_problem_that_loads(paper: dict[str, Any], tmp_path: Path) -> None:
    known = PROBLEMS / paper["problem"].strip() if "\n" not in paper["problem"] else tmp_path
    if known == tmp_path:
        (tmp_path / "problem.yaml").write_text(paper["problem"], encoding="utf-8")
    names = {question.id for question in grader.load_problem(known).questions}
    assert paper["expected"]
    assert set(paper["expected"]) <= names
    assert set(paper["expected"].values()) <= VERDICTS
    assert Path(paper["file"]).suffix in {".md", ".tex", ".txt"}
