"""The class page in a real browser: sorting, filtering, links, and accessibility as axe checks it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from report_samples import hostile_report, quiet_report

from grader.course import Gradebook, Standing, Student
from grader.reports import class_html, feedback_html
from grader.reports.write import submission_folder, write_class, write_submission

NAMES = ["ann", "Bob 🦊", "أحمد", "<b>x</b>", "zoe"]


def gradebook() -> Gradebook:
    quiet = (quiet_report(name) for name in NAMES if "<" not in name)
    book = Gradebook.of([hostile_report(NAMES[3]), *quiet])
    return replace(book, standings=(*book.standings, Standing(Student("nobody", "No Body"))))


def test_nothing_of_a_student_becomes_markup() -> None:
    page = class_html.render(gradebook())
    assert "<b>x</b>" not in page
    assert page.count("<script>") == 1


def test_without_links_there_are_none() -> None:
    assert "href=" not in class_html.render(gradebook(), linked=False)


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book = gradebook()
    for report in book.reports:
        write_submission(report, tmp_path)
    write_class(book, tmp_path)
    return tmp_path


@pytest.fixture
def page(browser: Any, folder: Path) -> Iterator[Any]:
    opened = browser.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto((folder / "class.html").as_uri())
    yield opened
    assert faults == []
    opened.close()


def students(page: Any) -> list[str]:
    shown = page.locator(
        "#grid tbody tr:visible th bdi:first-child, #grid tbody tr:visible th a bdi"
    )
    return list(dict.fromkeys(shown.all_inner_texts()))


def test_sorting_with_the_keyboard(page: Any) -> None:
    score = page.get_by_role("button", name="Score")
    score.focus()
    page.keyboard.press("Enter")
    assert students(page)[0] == "nobody"
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Score"
    page.keyboard.press("Enter")
    assert students(page)[-1] == "nobody"
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_filtering(page: Any) -> None:
    page.get_by_label("Find a student").fill("BOB")
    assert students(page) == ["Bob 🦊"]
    assert page.get_by_role("status").inner_text() == "1 of 6 students"
    page.get_by_label("Find a student").fill("")
    page.get_by_label("Status").select_option("missing")
    assert students(page) == ["nobody"]


def test_links_lead_to_the_students_pages(page: Any, folder: Path) -> None:
    for name in NAMES:
        page.goto((folder / "class.html").as_uri())
        page.get_by_role("link", name=name, exact=True).click()
        assert page.url == (submission_folder(name, folder) / "feedback.html").as_uri()
        assert name in page.locator(".gr-who").inner_text()


def test_it_can_be_read_without_scripts(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((folder / "class.html").as_uri())
    assert not opened.get_by_label("Find a student").is_visible()
    assert opened.locator("#grid tbody tr").count() == 6
    context.close()


BY_DAY = (
    ("light", 340, "class"),
    ("dark", 1300, "class"),
    ("light", 1300, "feedback"),
    ("dark", 340, "feedback"),
)


@pytest.mark.parametrize(
    ("scheme", "width", "which"),
    [
        pytest.param(*view, marks=() if view in BY_DAY else pytest.mark.nightly)
        for view in product(("light", "dark"), (340, 1300), ("class", "feedback"))
    ],
)
def test_no_serious_barrier(
    browser: Any, tmp_path: Path, scheme: str, width: int, which: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    pages = {
        "class": class_html.render(gradebook()),
        "feedback": feedback_html.render(hostile_report("a")),
    }
    (tmp_path / "page.html").write_text(pages[which], "utf-8", "backslashreplace")
    viewport = {"width": width, "height": 800}
    context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True)
    opened = context.new_page()
    opened.goto((tmp_path / "page.html").as_uri())
    found = axe.run(opened).response["violations"]
    serious = [
        (v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("scale", [1.25, 1.5])
def test_no_line_beside_a_formula_without_more_to_scroll_to(browser: Any, scale: float) -> None:
    """A picture of each edge equals a picture of the blank card between them."""
    opened = browser.new_page(viewport={"width": 740, "height": 900}, device_scale_factor=scale)
    opened.set_content(feedback_html.render(quiet_report()))
    parts = opened.locator(".gr-scroll").all()
    assert len(parts) == 2
    for part in parts:
        box = part.bounding_box()
        right = box["x"] + box["width"]
        left_edge, blank, right_edge = (
            opened.screenshot(full_page=True, clip=_whole_pixels(x, box["y"] + 8))
            for x in (box["x"], (box["x"] + right) / 2, right)
        )
        assert left_edge == blank == right_edge
    opened.close()


def _whole_pixels(x: float, y: float) -> dict[str, float]:
    """A clip around `x` of whole device pixels: at these scales, multiples of 4."""
    return {"x": x // 4 * 4 - 4, "y": y // 4 * 4, "width": 8, "height": 4}
