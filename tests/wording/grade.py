"""Grades the answers of this folder and prints how many are accepted, for a human, or zero.

    python tests/wording/grade.py [--only answers] [--list FILE]

A row is a group of answers in one language with the verdict of the careful human. `part` is a score between
the two, `zero` a score of 0 that nobody is asked to look at. FILE gets a line for each answer that is not
as expected.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import grader

HERE = Path(__file__).parent
PROBLEMS = HERE.parents[1] / "problems"
OUTCOMES = ("accepted", "human", "part", "zero")
HOPED = {"correct": "accepted", "incorrect": "zero", "human": "human"}
OF_VERDICT = {"correct": "accepted", "partial": "part", "incorrect": "zero", "missing": "zero"}


class Graded(NamedTuple):
    """One question of one submission: what was expected, and what became of it."""

    id: str
    group: str
    language: str
    expected: str
    outcome: str
    verdict: str


def rows(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8")))


@cache
def problem_of(source: str) -> Any:
    """A problem of the library by its id, or one by its text."""
    if "\n" not in source:
        return grader.load_problem(PROBLEMS / source)
    home = Path(tempfile.mkdtemp())
    (home / "problem.yaml").write_text(source, encoding="utf-8")
    return grader.load_problem(home)


def results(source: str, name: str, text: str) -> dict[str, Any]:
    """The results of a submission by question."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        report = grader.grade(problem_of(source), file)
    return {result.id: result for result in report.questions}


def outcome(result: Any) -> str:
    return OF_VERDICT.get(str(result.verdict), "human")


def answers() -> Iterator[Graded]:
    for row in rows("answers"):
        yield of_answer(row, row["text"], row["id"], "en")


def translations() -> Iterator[Graded]:
    originals = {row["id"]: row for row in rows("answers")}
    for row in rows("translations"):
        yield of_answer(originals[row["of"]], row["text"], row["id"], row["language"])


def of_answer(row: dict[str, Any], text: str, name: str, language: str) -> Graded:
    result = results(row["problem"], f"student.{row['format']}", text)[row["question"]]
    verdict = str(result.verdict)
    return Graded(name, row["group"], language, row["verdict"], outcome(result), verdict)


def papers() -> Iterator[Graded]:
    for row in rows("papers"):
        found = results(row["problem"], row["file"], row["answer"])
        for name, expected in row["expected"].items():
            result = found[name]
            verdict = str(result.verdict)
            yield Graded(
                f"{row['id']}/{name}", row["kind"], "paper", expected, outcome(result), verdict
            )


SETS = {"answers": answers, "translations": translations, "papers": papers}


def table(graded: list[Graded]) -> str:
    """Totals by language and expected verdict, then the groups below them."""
    counts = Counter(
        (one.language, one.expected, group, one.outcome)
        for one in graded
        for group in ("", one.group)
    )
    heads = sorted({key[:3] for key in counts})
    lines = [
        "| set | expected | group | " + " | ".join(OUTCOMES) + " |",
        "|---|---|---|" + "--:|" * 4,
    ]
    for head in heads:
        numbers = " | ".join(str(counts[(*head, outcome)] or "") for outcome in OUTCOMES)
        language, expected, group = head
        lines.append(f"| {language} | {expected} | {group or '**all**'} | {numbers} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=list(SETS), action="append", help="a set; all by default")
    parser.add_argument("--list", type=Path, help="write what is not as expected into this file")
    given = parser.parse_args()
    graded = [one for name in given.only or SETS for one in SETS[name]()]
    sys.stdout.write(table(graded) + "\n")
    if given.list:
        odd = (one for one in graded if one.outcome != HOPED[one.expected])
        given.list.write_text("".join("\t".join(one) + "\n" for one in odd), encoding="utf-8")


if __name__ == "__main__":
    main()
