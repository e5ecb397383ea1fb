"""Takes the pictures of a feedback page for the start page, in light and in dark.

python docs/picture.py      (needs the extra [dev], and Chromium or Chrome)
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from grader import key
from grader.grading import grade
from grader.problem import load
from grader.reports import feedback_html
from grader.submission import read

DOCS = Path(__file__).parent
PROBLEM = DOCS.parent / "problems/cs1678-hw3"
SUBMISSION = DOCS.parent / "submissions/cs1678-hw3/student-14.md"
QUESTIONS = ["q7"]  # README checks the same submission
WIDTH = 740
FILES = {scheme: DOCS / f"feedback-{scheme}.png" for scheme in ("light", "dark")}


def page() -> str:
    """The feedback as students get it."""
    return feedback_html.render(grade(key.build(load(PROBLEM)), read(SUBMISSION), only=QUESTIONS))


def main() -> None:
    """Write both pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme, file in FILES.items():
            shown = browser.new_page(
                viewport={"width": WIDTH, "height": 600},
                color_scheme=scheme,
                device_scale_factor=1.5,
            )
            shown.set_content(page())
            shown.screenshot(path=file, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
