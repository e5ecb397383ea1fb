"""The site builds without a warning, holds every page, and loads nothing from elsewhere."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


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
    assert found == {page.name for page in DOCS.glob("*.md")}
    assert yaml.safe_load(text)["strict"] is True


def test_it_builds(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    words = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-q",
        "-d",
        str(tmp_path / "site"),
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    foreign = re.findall(r'(?:src|<link[^>]*href)="(https?://[^"]+)"', page)
    assert not foreign
