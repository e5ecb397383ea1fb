"""Handout and key in a real browser: accessible by axe, and readable on a narrow screen."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from library_keys import key_of

from grader.authoring.sheets import handout, html, worked_key


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    key = key_of("batch-norm")
    folder = tmp_path_factory.mktemp("sheets")
    sheets = {"handout": handout(key.problem, "problem"), "key": worked_key(key)}
    for name, sheet in sheets.items():
        (folder / f"{name}.html").write_text(html.render(sheet), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in sheets}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("handout", "light"),
        ("key", "dark"),
        pytest.param("handout", "dark", marks=pytest.mark.nightly),
        pytest.param("key", "light", marks=pytest.mark.nightly),
    ],
)
def test_nothing_serious_that_axe_would_find(
    browser: Any, pages: dict[str, Path], name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(color_scheme=scheme)
    page.goto(pages[name].as_uri())
    found = axe.Axe().run(page).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    page.close()
    assert not serious


@pytest.mark.parametrize("name", ["handout", "key"])
def test_a_narrow_screen_needs_no_scrolling_sideways(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(pages[name].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
