"""Grade a folder of public code and compare with the judgements beside this file.

    python tests/code/grade.py FOLDER [--verbose] [--as found|ipynb|py|fence] [NAME …]

FOLDER holds the documents, named like the folders here. Without `--as`, each is graded as it was found and
in all three forms. See README.md.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from documents import FORMS, HERE, Judged, documents, expected, program, written

from grader import key as keys
from grader import load_problem
from grader.grading import grade
from grader.key import Key
from grader.result import QuestionResult
from grader.submission import read

OUTCOMES = ("accepted", "to a human", "silent zero", "accepted", "refused", "to a human")
RIGHT, WRONG = OUTCOMES[:3], OUTCOMES[3:]
FOUND = "found"


@dataclass(frozen=True)
class Answer:
    """One answer: what a human says of it and what the grader gave."""

    document: str
    question: str
    judged: Judged
    result: QuestionResult

    @property
    def outcome(self) -> tuple[str, str]:
        """Whether it is right, wrong or arguable, and what became of it.

        A right answer that loses points without a review is a silent zero, also if it loses some.
        """
        right = self.judged.verdict == "correct"
        if self.result.needs_review:
            became = "to a human"
        elif str(self.result.verdict) == "correct":
            became = "accepted"
        else:
            became = "silent zero" if right else "refused"
        kinds = {"correct": "right", "incorrect": "wrong", "arguable": "arguable"}
        return kinds[self.judged.verdict], became

    @property
    def differs(self) -> bool:
        """Whether the grader said another thing than the human."""
        return self.outcome not in {("right", "accepted"), ("wrong", "refused")}

    def lines(self) -> Iterator[str]:
        """The lines of `--verbose`."""
        kind, became = self.outcome
        yield f"{self.document} {self.question}: {kind}, {became} ({self.result.verdict})"
        yield f"    human: {self.judged.value}: {self.judged.note}"
        if self.result.answer is not None:
            yield f"    line {self.result.answer.line}: {self.result.answer.text}"
        for message in self.result.messages:
            yield f"    {message.kind} {message.code or ''}: {message.text}"


def answers(document: Path, key: Key) -> list[Answer]:
    """Every judged answer of a document. Raises KeyError for a question that the problem lacks."""
    report = grade(key, read(document))
    return [
        Answer(document.stem, question, said, report[question])
        for question, said in expected(document.stem).answers.items()
    ]


def in_form(document: Path, form: str, key: Key) -> list[Answer]:
    """The answers of a document as it was found or in another form."""
    if form == FOUND:
        return answers(document, key)
    with tempfile.TemporaryDirectory() as name:
        return answers(written(Path(name), document.stem, program(document), form), key)


def row(name: str, of: list[Answer]) -> str:
    """A document's line of the table."""
    count = Counter(answer.outcome for answer in of)
    cells = [count["right", became] for became in RIGHT]
    cells += [count["wrong", became] for became in WRONG]
    cells += [sum(answer.judged.verdict == "arguable" for answer in of)]
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
@click.option("--as", "form", type=click.Choice([FOUND, *FORMS]), help="Only this form.")
def main(folder: Path, names: tuple[str, ...], verbose: bool, form: str | None) -> None:
    """Print a table for each form."""
    judged = documents(folder, names)
    by_name = {path.stem: keys.build(load_problem(HERE / path.stem)) for path in judged}
    for of_form in [form] if form else [FOUND, *FORMS]:
        click.echo(f"{'as ' + of_form:24}{'right':^36}{'wrong':^36}")
        click.echo(f"{'document':24}" + "".join(f"{name:>12}" for name in (*OUTCOMES, "arguable")))
        everything: list[Answer] = []
        for document in judged:
            found = in_form(document, of_form, by_name[document.stem])
            click.echo(row(document.stem, found))
            everything += found
        click.echo(row(f"{len(judged)} documents", everything))
        for line in summary(everything):
            click.echo(line)
        for answer in everything if verbose else ():
            if answer.differs:
                click.echo("\n" + "\n".join(answer.lines()))
        click.echo()


if __name__ == "__main__":
    main()
