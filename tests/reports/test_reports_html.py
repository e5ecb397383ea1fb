"""The page and the fragment, parsed with `html.parser` as in a browser."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from report_samples import ATTACK, MATHML, hostile_report, quiet_report

from grader.reports import feedback_html
from grader.reports.plain_text import block, printable
from grader.result import Report, Verdict

VOID = {"meta", "br", "img", "input", "link", "hr"}
TEMPLATES = Path(feedback_html.__file__).with_name("templates")


class Page(HTMLParser):
    """Elements in order, with their attributes and text; fails on a tag that does not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[int] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(len(self.elements))
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.texts[index] += data

    def of(self, tag: str) -> list[str]:
        return [t for (name, _), t in zip(self.elements, self.texts, strict=True) if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [a[attribute] or "" for _, a in self.elements if attribute in a]


@pytest.fixture(params=["page", "fragment"])
def page(request: pytest.FixtureRequest) -> Page:
    render = feedback_html.render if request.param == "page" else feedback_html.fragment
    return Page(render(hostile_report()))


def test_no_untrusted_text_becomes_markup(page: Page) -> None:
    names = {name for name, _ in page.elements}
    attributes = {key for _, attrs in page.elements for key in attrs}
    assert not names & {"script", "img", "iframe", "link", "object", "form", "textarea", "svg"}
    assert not {key for key in attributes if key.startswith("on")} | (attributes & {"src"})
    assert all(href.startswith("#") for href in page.values("href"))
    assert all(re.fullmatch(r"inline-size:[\d.]+%", style) for style in page.values("style"))


def test_the_answer_is_there_to_the_letter(page: Page) -> None:
    assert page.of("pre").count(block(ATTACK)) == len(Verdict)
    assert "{{ 7*7 }}" in page.of("h1")[0]


def test_no_control_character_is_left(page: Page) -> None:
    text = "".join(page.texts)
    assert printable(text) == text


def test_only_our_own_mathml_is_embedded(page: Page) -> None:
    of_prompts = [formula for formula in page.of("math") if formula == "x"]  # `$x$` in the attack
    assert len(of_prompts) == len(Verdict)
    assert len(page.of("math")) == 2 * len(Verdict)
    assert set(page.of("math")) == {"W2⊤", "x"}


def test_headings_are_in_order_and_ids_unique(page: Page) -> None:
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    ids = page.values("id")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_the_page_forbids_scripts_and_resources() -> None:
    page = Page(feedback_html.render(quiet_report()))
    policy = [a["content"] for _, a in page.elements if a.get("http-equiv")]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ]
    assert page.elements[0] == ("html", {"lang": "en"})
    assert not re.search(r"@import|url\(|https?:", page.of("style")[0])
    assert len(page.of("main")) == 1


def test_the_page_has_the_whole_feedback() -> None:
    page = Page(feedback_html.render(quiet_report(verdict=Verdict.PARTIAL)))
    text = " ".join("".join(page.of("body")).split())
    for part in (
        "Feedback for student-07",
        "1 of 3 points",
        "Question 16",
        "Partly correct",
        "What is ∂l/∂W1?",
        "student-07.md:112",
        "2×2",
        "The derivative of the activation is missing.",
        "In draw 3, entry (2, 1): expected 1.25, your answer gives 0.75.",
    ):
        assert part in text
    assert page.of("td") == ["✓right", "✗wrong", "?undecided", "✓right"]
    assert [a["scope"] for n, a in page.elements if n == "th"] == [*("col",) * 3, *("row",) * 2]


def test_a_report_without_questions_still_renders() -> None:
    report = quiet_report()
    empty = Report(**{**{k: getattr(report, k) for k in report.__dict__}, "questions": ()})
    assert "of 0 points" in " ".join("".join(Page(feedback_html.render(empty)).texts).split())


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "<b>x</b>",
        "<math><script>1</script></math>",
        "<math><mtext><img src=x></mtext></math>",
        '<math onclick="x"><mi>x</mi></math>',
        '<math><mi href="http://e.example">x</mi></math>',
        '<math><mi style="position:fixed">x</mi></math>',
        "<math><mi>x</mi></math><script>1</script></math>",
        "<math><!-- x --></math>",
        "<math><meta></math>",
        "<math><mi>" + "<" * 50_000 + "</math>",
    ],
)
def test_only_harmless_mathml_is_trusted(text: str | None) -> None:
    assert feedback_html.mathml(text) is None
    assert feedback_html.mathml(MATHML) == MATHML


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colour_pairs() -> Iterator[tuple[str, str, str]]:
    for sheet in ("style.css", "dark.css"):
        colours = dict(re.findall(r"--([a-z-]+): (#\w{6})", (TEMPLATES / sheet).read_text("utf-8")))
        for ink in ("ink", "soft", "accent"):
            for ground in ("page", "card", "well"):
                yield f"{sheet}: {ink} on {ground}", colours[ink], colours[ground]
        for tone in ("correct", "partial", "incorrect", "review", "missing"):
            yield f"{sheet}: {tone}", colours[tone], colours[f"{tone}-tint"]


@pytest.mark.parametrize(("name", "ink", "ground"), list(colour_pairs()))
def test_contrast_meets_wcag_aa(name: str, ink: str, ground: str) -> None:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_backticks_of_a_message_are_code_and_nothing_else() -> None:
    shown = feedback_html.message("`<b>x</b>` in line 3 is <i>wrong</i>, and so is `")
    assert shown == (
        "<code>&lt;b&gt;x&lt;/b&gt;</code> in line 3 is &lt;i&gt;wrong&lt;/i&gt;, and so is `"
    )
