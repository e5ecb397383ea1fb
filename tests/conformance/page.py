"""Writes docs/conformance.md from inputs.yaml, what the grader says today, and peers.tsv.

python tests/conformance/page.py
"""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from grader import key as keys
from grader.grading import grade
from grader.key import Key
from grader.problem import load
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer, read

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "conformance.md"
FORMULAS = ("latex", "infix")
PAPERS = ("md", "tex", "txt", "ipynb")
HUMAN = {Verdict.UNREADABLE, Verdict.UNDECIDED}
NOTATIONS = {
    "latex": "LaTeX", "infix": "answer file", "md": "Markdown", "tex": "TeX", "txt": "text",
    "ipynb": "notebook",
}  # fmt: skip

TOP = """\
# Conformance

*Made by `tests/conformance/page.py` from inputs that are graded in the tests.* A list of what is read, in
which notation and wording, and what is not read today. Each input answers one question of a small problem.
A careful human wrote down its meaning and their [verdict](glossary.md#verdict) before the grader saw it:
*human* is what they cannot decide without asking its author.

{counts}

**Bold** are the failures: a right answer that is not accepted, a wrong one that is, or a verdict where a
human would ask. What is *unreadable* or *undecided* goes to a human, and is no zero. A wrong answer may go
there too.

Two other systems were given the same inputs and the right answer in their own notation, by
`benchmarks/peers.py`. [Math-Verify](https://github.com/huggingface/Math-Verify) finds a formula in any text
and compares it symbolically; it knows neither shapes nor what the names of a problem stand for.
[mitxgraders](https://github.com/mitodl/mitx-grading-library) compares the values of formulas as text, whose
names are declared to it; it reads neither LaTeX nor papers. *unreadable* is a message about syntax, names
or shapes, or that no formula was found. "–" stands where a system cannot express the input or the right
answer.

{peers}

"""


@dataclass(frozen=True)
class Input:
    """One input: what was written, what it means, and what a human gives."""

    id: str
    problem: str
    question: str
    notation: str
    text: str
    means: str
    human: str

    @property
    def verdict(self) -> Verdict:
        """What the grader gives."""
        return grade(key_of(self.problem), self._submission(), only=[self.question])[
            self.question
        ].verdict

    def _submission(self) -> Submission:
        if self.notation in FORMULAS:
            answer = TextAnswer(self.question, self.text, self.notation, Place("answer", 1))
            return Submission("somebody", "answer", "", answers=(answer,))
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / f"paper.{self.notation}"
            file.write_text(self.text, encoding="utf-8")
            return read(file)


@cache
def data() -> dict[str, Any]:
    """The problems and the sections of inputs.yaml."""
    return dict(yaml.safe_load((HERE / "inputs.yaml").read_text(encoding="utf-8")))


@cache
def key_of(problem: str) -> Key:
    """The key of one of the small problems."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(data()["problems"][problem]["problem"], "utf-8")
        return keys.build(load(Path(name)))


def inputs(section: dict[str, Any]) -> list[Input]:
    """The inputs of a section."""
    found = []
    for row in section["inputs"]:
        (notation,) = set(row) & {*FORMULAS, *PAPERS}
        text = row[notation]
        if notation == "ipynb":
            cells = [{"cell_type": "markdown", "metadata": {}, "source": cell} for cell in text]
            text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        found.append(
            Input(
                row["id"], section["problem"], row["question"], notation, text, row["means"],
                row["human"],
            )
        )  # fmt: skip
    return found


def peers() -> tuple[list[str], dict[str, list[str]]]:
    """The names of the other systems, and their verdicts by input."""
    lines = (HERE / "peers.tsv").read_text(encoding="utf-8").splitlines()
    (_, *names), *rows = (line.split("\t") for line in lines)
    return names, {row[0]: row[1:] for row in rows}


def page() -> str:
    """The page."""
    names, of_peers = peers()
    verdicts: dict[Input, Verdict] = {}
    tables = []
    for section in data()["sections"]:
        rows = inputs(section)
        verdicts |= {row: row.verdict for row in rows}
        tables.append("\n".join(_table(section, rows, verdicts, names, of_peers)))
    compared = "\n".join(_compared(verdicts, names, of_peers))
    top = TOP.format(counts="\n".join(_counts(verdicts)), peers=compared)
    return top + "\n".join(tables)


def _counts(verdicts: dict[Input, Verdict]) -> Iterator[str]:
    yield "| a human gives | inputs | accepted | refused | for a human |"
    yield "| --- | --- | --- | --- | --- |"
    for human in ("correct", "incorrect", "human"):
        of = [verdict for row, verdict in verdicts.items() if row.human == human]
        became = Counter(
            "accepted" if v == "correct" else "human" if v in HUMAN else "refused" for v in of
        )
        yield (
            f"| {human} | {len(of)} | {became['accepted']} | {became['refused']} | "
            f"{became['human']} |"
        )


def _compared(
    verdicts: dict[Input, Verdict], names: list[str], of_peers: dict[str, list[str]]
) -> Iterator[str]:
    """What each system does with the inputs that it can express."""
    yield "| system | right: accepted | right: not accepted | wrong: accepted | wrong: not accepted |"
    yield "| --- | --- | --- | --- | --- |"
    said = [("gradient-grader", {row.id: str(verdict) for row, verdict in verdicts.items()})]
    said += [(name, {row: of[at] for row, of in of_peers.items()}) for at, name in enumerate(names)]
    for name, given in said:
        count = Counter(
            (row.human, given[row.id] == "correct") for row in verdicts if given[row.id] != "–"
        )
        cells = [count[human, ok] for human in ("correct", "incorrect") for ok in (True, False)]
        yield f"| {name} | {' | '.join(map(str, cells))} |"


def _table(
    section: dict[str, Any],
    rows: list[Input],
    verdicts: dict[Input, Verdict],
    names: list[str],
    of_peers: dict[str, list[str]],
) -> Iterator[str]:
    yield f"## {section['title']}\n"
    if section["about"]:
        yield f"{section['about']}\n"
    yield f"| input | in | means | human | grader | {' | '.join(names)} |"
    yield "| --- " * (5 + len(names)) + "|"
    for row, written in zip(rows, section["inputs"], strict=True):
        cells = [
            _code(written[row.notation]), NOTATIONS[row.notation], row.means, row.human,
            _marked(row, verdicts[row]), *of_peers[row.id],
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield ""


def as_human(row: Input, verdict: Verdict) -> bool:
    """Whether a verdict does what a human does; a wrong answer may also go to a human."""
    if row.human == "correct":
        return verdict is Verdict.CORRECT
    if row.human == "incorrect":
        return verdict is not Verdict.CORRECT
    return verdict in HUMAN


def _marked(row: Input, verdict: Verdict) -> str:
    return str(verdict) if as_human(row, verdict) else f"**{verdict}**"


def _code(text: str | list[str]) -> str:
    """An input in a cell of a table: ⏎ stands for the end of a line."""
    shown = " ⏎⏎ ".join([text] if isinstance(text, str) else text).strip().replace("\n", " ⏎ ")
    if (
        "|" in shown or "](" in shown
    ):  # would end the cell, or be a link for those who look for links
        return f"<code>{re.sub('[!-/:-@[-`{-~]', lambda sign: f'&#{ord(sign[0])};', shown)}</code>"
    longest = max((len(found) for found in re.findall("`+", shown)), default=0)
    fence, blank = "`" * (longest + 1), " " * bool(longest)
    return f"{fence}{blank}{shown}{blank}{fence}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
