"""A page links each technical term to the glossary at its first use."""

import re
from pathlib import Path

import pytest
from pages import ROOT

DOCS = ROOT / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^### (.+)$", GLOSSARY, re.MULTILINE)
# Everyday words are in the glossary for their exact meaning; they need no links.
EVERYDAY = {
    "Answer", "Claim", "Gradient", "Group", "Key", "Layout", "Mistake", "Notation", "Override", "Paper",
    "Problem", "Question", "Reading", "Rule", "Sound", "Store", "Submission", "Symbol", "Variant",
}  # fmt: skip
TECHNICAL = sorted(set(TERMS) - EVERYDAY)
PAGES = [page for page in sorted(DOCS.glob("*.md")) if page.name != "glossary.md"]
NOT_PROSE = re.compile(
    r"^(?P<fence>`{3,4})[^\n]*\n.*?^(?P=fence)$"  # blocks
    r"|^(?:#|>|\||\d\.)[^\n]*$"  # headings, quotations, tables, hints
    r"|`[^`\n]*`",
    re.DOTALL | re.MULTILINE,
)


def test_the_everyday_words_are_in_the_glossary() -> None:
    assert set(TERMS) >= EVERYDAY


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_term_is_linked_where_it_is_first_used(page: Path) -> None:
    prose = NOT_PROSE.sub("", page.read_text(encoding="utf-8"))
    assert [term for term in TECHNICAL if not _is_linked(term, prose)] == []


def _is_linked(term: str, prose: str) -> bool:
    word = re.compile(rf"\b{term}(?:s|es)?\b".replace(" ", r"[\s-]"), re.IGNORECASE)
    anchor = term.lower().replace(" ", "-")
    used = word.search(prose)
    linked = re.search(rf"\[[^\]]+\]\(glossary\.md#{anchor}\)", prose)
    return used is None or (linked is not None and linked.start() <= used.start())
