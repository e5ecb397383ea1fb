"""The site builds without warnings, has the text of its sources, and loads nothing from other hosts."""

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from pages import ROOT

DOCS = ROOT / "docs"
SOURCES = sorted(DOCS.glob("*.md"))
EXPECTED = [
    "INFO    -  Cleaning site directory",
    "INFO    -  Building documentation to directory: SITE",
    "INFO    -  Documentation built in # seconds",
]


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of the site, and the output of MkDocs."""
    site = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(site)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},  # an advertisement of the theme
    )  # fmt: skip
    return site, done


def test_it_builds_without_warnings(
    built: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    site, done = built
    printed = re.sub(r"\d+\.\d+", "#", (done.stdout + done.stderr).replace(str(site), "SITE"))
    assert [line for line in printed.splitlines() if line] == EXPECTED
    assert done.returncode == 0


def test_nothing_is_loaded_from_elsewhere(
    built: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    for file in built[0].glob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|<link[^>]*href)="(https?://[^"]+)"', page), file.name


@pytest.mark.parametrize("source", [ROOT / "README.md", *SOURCES], ids=lambda page: page.stem)
def test_pictures_are_there_and_small_and_described(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    for name in re.findall(r'src(?:set)?="([^"]+)"', text):
        assert (source.parent / name).stat().st_size < 200_000, name
    assert text.count("<img ") == len(re.findall(r'<img [^>]*alt="[^"]{20,}"', text))


def test_pages_that_are_made_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    for name, page in reference.PAGES.items():
        assert (DOCS / name).read_text(encoding="utf-8") == page(), "run docs/reference.py"


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    found = set(re.findall(r"[\w-]+\.md", text))
    assert found == {page.name for page in SOURCES}
    assert yaml.safe_load(text)["strict"] is True


class Words(HTMLParser):
    """The text of a part of a page, in order: all words, the headings, and the code blocks.

    The part is the article of a page, its table of contents, or the whole page. Additions of the theme (the
    sign that links to a heading, the title of a code block) are left out.
    """

    VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "path", "wbr"})
    ADDED = frozenset({"headerlink", "filename"})

    def __init__(self, part: str = "") -> None:
        super().__init__()
        self.part = part
        self.open: list[tuple[str, bool, bool]] = []
        self.text: list[str] = []
        self.headings: list[str] = []
        self.blocks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            return
        classes = set((dict(attrs).get("class") or "").split())
        _, inside, added = self.open[-1] if self.open else ("", not self.part, False)
        self.open.append((tag, inside or self.part in classes, added or bool(classes & self.ADDED)))
        if self._seen() and re.fullmatch(r"h[1-6]", tag):
            self.headings.append("")
        if self._seen() and tag == "pre":
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._seen():
            return
        tags = {tag for tag, *_ in self.open}
        self.text.append(data)
        if "pre" in tags:
            self.blocks[-1] += data
        elif tags & {f"h{level}" for level in range(1, 7)}:
            self.headings[-1] += data

    def _seen(self) -> bool:
        _, inside, added = self.open[-1] if self.open else ("", not self.part, False)
        return inside and not added


def words(html: str, part: str = "") -> Words:
    found = Words(part)
    found.feed(html)
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda page: page.stem)
def test_the_site_says_what_the_source_says(
    source: Path, built: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    """GitHub and the site show the same: an independent reader of CommonMark decides."""
    as_on_github = words(MarkdownIt().enable("table").render(source.read_text(encoding="utf-8")))
    page = (built[0] / f"{source.stem}.html").read_text(encoding="utf-8")
    on_the_site = words(page, "md-content__inner")
    assert on_the_site.headings == as_on_github.headings
    assert [block.strip("\n") for block in on_the_site.blocks] == [
        block.strip("\n") for block in as_on_github.blocks
    ]
    assert "".join(on_the_site.text).split() == "".join(as_on_github.text).split()
    contents = "".join(words(page, "md-nav--secondary").text)
    for heading in as_on_github.headings[1:]:
        assert heading in contents


@pytest.mark.parametrize("source", SOURCES, ids=lambda page: page.stem)
def test_no_markup_is_left_over(
    source: Path, built: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    page = (built[0] / f"{source.stem}.html").read_text(encoding="utf-8")
    prose = words(re.sub(r"<(code|pre)\b.*?</\1>", "", page, flags=re.DOTALL), "md-content__inner")
    assert not re.findall(r"`|\*\*|\$|^\s*#+ |\]\(|&\w+;", "".join(prose.text), re.MULTILINE)
