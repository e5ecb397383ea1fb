"""Grade a folder of public documents and compare with the judgements beside this file.

    python tests/field/grade.py FOLDER [--verbose] [NAME …]

FOLDER holds the documents, named like the folders here. See README.md.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from grader import key as keys
from grader import load_problem
from grader.grading import grade
from grader.result import QuestionResult
from grader.submission import read

HERE = Path(__file__).parent
OUTCOMES = ("accepted", "to a human", "silent zero", "accepted", "refused", "to a human")
RIGHT, WRONG = OUTCOMES[:3], OUTCOMES[3:]


@dataclass(frozen=True)
class Answer:
    """One answer of a document: what a human says of it and what the grader gave."""

    document: str
    question: str
    judged: str
    arguable: bool
    note: str
    result: QuestionResult

    @property
    def outcome(self) -> tuple[str, str]:
        """Whether it is right, wrong or arguable, and what became of it.

        A right answer that loses points without a review is a silent zero, also if it loses some.
        """
        verdict = str(self.result.verdict)
        if self.result.needs_review:
            became = "to a human"
        elif verdict == "correct":
            became = "accepted"
        else:
            became = "silent zero" if self.judged == "correct" else "refused"
        kind = "right" if self.judged == "correct" else "wrong"
        return ("arguable" if self.arguable else kind), became

    @property
    def differs(self) -> bool:
        """Whether the grader said another thing than the human."""
        return self.outcome not in {("right", "accepted"), ("wrong", "refused")}

    def lines(self) -> Iterator[str]:
        """The lines of `--verbose`."""
        kind, became = self.outcome
        yield f"{self.document} {self.question}: {kind}, {became} ({self.result.verdict})"
        yield f"    human: {self.note}"
        if self.result.answer is not None:
            yield f"    line {self.result.answer.line}: {self.result.answer.text}"
        for message in self.result.messages:
            yield f"    {message.kind} {message.code or ''}: {message.text}"


def documents(folder: Path, names: Collection[str] = ()) -> list[Path]:
    """The documents in a folder that have a judgement here; with `names`, just these."""
    return sorted(
        path
        for path in folder.iterdir()
        if (HERE / path.stem / "judgement.yaml").is_file() and (not names or path.stem in names)
    )


def answers(document: Path) -> list[Answer]:
    """Every judged answer of a document. Raises KeyError for a question that the problem lacks."""
    folder = HERE / document.stem
    judged: dict[str, Any] = yaml.safe_load((folder / "judgement.yaml").read_text())["answers"]
    report = grade(keys.build(load_problem(folder)), read(document))
    return [
        Answer(
            document.stem,
            question,
            said["verdict"],
            said.get("arguable", False),
            said["note"],
            report[question],
        )
        for question, said in judged.items()
    ]


def row(name: str, of: list[Answer]) -> str:
    """A document's line of the table."""
    count = Counter(answer.outcome for answer in of)
    cells = [count["right", became] for became in RIGHT]
    cells += [count["wrong", became] for became in WRONG]
    cells += [sum(answer.arguable for answer in of)]
    return f"{name:24}" + "".join(f"{cell or '·':>12}" for cell in cells)


def summary(of: list[Answer]) -> Iterator[str]:
    """The rates that count."""
    count = Counter(answer.outcome for answer in of)
    for kind, outcomes in (("right", RIGHT), ("wrong", WRONG), ("arguable", OUTCOMES)):
        total = sum(n for (of_kind, _), n in count.items() if of_kind == kind)
        if total:
            shares = (
                f"{became} {count[kind, became]} ({count[kind, became] / total:.0%})"
                for became in dict.fromkeys(outcomes)
            )
            yield f"{total} {kind}: " + ", ".join(shares)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("names", nargs=-1)
@click.option("--verbose", is_flag=True, help="Show each answer that differs.")
def main(folder: Path, names: tuple[str, ...], verbose: bool) -> None:
    """Print the table."""
    judged = documents(folder, names)
    click.echo(f"{'':24}{'right':^36}{'wrong or missing':^36}")
    click.echo(f"{'document':24}" + "".join(f"{name:>12}" for name in (*OUTCOMES, "arguable")))
    everything: list[Answer] = []
    for document in judged:
        found = answers(document)
        click.echo(row(document.stem, found))
        everything += found
    click.echo(row(f"{len(judged)} documents", everything))
    for line in summary(everything):
        click.echo(line)
    if verbose:
        for answer in everything:
            if answer.differs:
                click.echo("\n" + "\n".join(answer.lines()))


if __name__ == "__main__":
    main()
