"""Makes `docs/mistakes.md` from the catalogue: `python tests/diagnosis/mistakes_page.py`."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mistakes.md"
NETWORKS = Path(__file__).parent / "problems"

HEAD = """\
# Mistakes that the grader names

Each mistake is a [faulty backward pass](glossary.md#faulty-backward-pass): the chain rule through the model
of the homework, with an error at one place. A wrong answer has the mistake if it has the values of that
pass on every [draw](glossary.md#draw). The grader also finds two mistakes at once, three if each leaves
something out, and any of them times a constant. If an answer has the values of several, the feedback names
the simplest as alternatives.

Words in italics stand for names of the homework. `check --hint 1` gives the first of the two hints, `--hint
2` the second. The examples are wrong answers, in infix, to "what is the derivative of *of* by *wrt*" in one
of the networks at the end.

This page is made from `grader/diagnosis/catalogue/`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_codes(), *_networks()])


def _codes() -> Iterator[str]:
    from grader.diagnosis.catalogue import CATALOGUE

    rows = sorted(CATALOGUE, key=lambda row: row.code)
    for code, group in groupby(rows, key=lambda row: row.code):
        yield f"## `{code}`\n"
        for row in group:
            yield f"> {_plain(row.sentence)}\n"
            yield f"1. {_plain(row.nudge)}\n2. {_plain(row.hint)}\n"
            yield "| of | wrt | wrong answer | network |\n| --- | --- | --- | --- |"
            yield from (
                f"| `{e.of}` | `{e.wrt}` | `{e.answer}` | {e.network} |" for e in row.examples
            )
            yield ""


def _plain(text: str) -> str:
    return text.replace("{", "*").replace("}", "*")


def _networks() -> Iterator[str]:
    from grader.diagnosis.catalogue import CATALOGUE

    yield "## The networks of the examples\n"
    for name in sorted({e.network for row in CATALOGUE for e in row.examples}):
        text = (NETWORKS / f"{name}.yaml").read_text("utf-8")
        yield f"### {name}\n\n```yaml\n{text[: text.index('questions:')].rstrip()}\n```\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page().rstrip() + "\n", "utf-8")
