"""The closing rule: a question is missing only if nothing is left over in the submission."""

import json
from pathlib import Path

import pytest
from library_keys import NAMES, PROBLEMS, key_of
from paper_grading import graded

from grader.claims.notes import is_printed
from grader.grading import grade
from grader.reports import needs_review
from grader.result import QuestionResult, Report
from grader.submission import read

PROBLEM = "linear-regression"


def graded_folder(folder: Path, **files: str | bytes) -> Report:
    """The report of a folder; `answers_py` is the file `answers.py`."""
    student = folder / "ann"
    student.mkdir()
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (student / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return grade(key_of(PROBLEM), read(student))


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps({"cells": [{"cell_type": kind, "source": text} for kind, text in cells]})


def text_of(result: QuestionResult) -> str:
    return " ".join(message.text for message in result.messages)


LEFT = [
    ("hw_py", "answers(X, r) / N", "hw.py: code"),
    ("hw_R", "dw <- t(X) %*% r / N", "hw.R: code"),
    ("hw_m", "dw = X' * r / N", "hw.m: code"),
    ("hw_ipynb", notebook(("markdown", "# HW"), ("code", "g = X.T @ r")), "hw.ipynb, cell 2: code"),
    ("hw_md", "```python\nfor i in range(N):\n    out[i] = f(i)\n```\n", "hw.md, line 2: code"),
    ("hw_md", "# HW\n\n![my answers](scan.jpg)\n", "hw.md, line 3: a picture `scan.jpg`"),
    ("hw_md", "See [my answers](https://x.org/a).\n", "a link to `https://x.org/a`"),
    ("hw_md", "Everything is in answers.pdf\n", "a link to `answers.pdf`"),
    ("hw_tex", "\\includegraphics[width=3cm]{scan}", "a picture `scan`"),
    ("hw_tex", "\\begin{verbatim}\ndw = X.T @ r\n\\end{verbatim}", "code"),
    ("hw_tex", "\\item \\verb|X.T @ r / N|", "code"),
    ("hw_md", "I gave the answers to the TA on Monday.\n", "the words “I gave the answers"),
    ("hw_md", "|wrt|answer|\n|---|---|\n|weights|the mean of r x|\n", "the table “|weights"),
    ("hw_md", "I hope that $r_i x_{ij} + w_j$ will do.\n", "the formula `r_i"),
    ("hw_yaml", "answers: {}\nnotes: see my other file\n", "the entry `notes`"),
]


@pytest.mark.parametrize(("name", "content", "found"), LEFT)
def test_a_leftover_is_for_a_human(tmp_path: Path, name: str, content: str, found: str) -> None:
    report = graded_folder(tmp_path, **{name: content})
    assert {question.verdict for question in report.questions} == {"undecided"}
    assert report.needs_review
    assert all(question.needs_review for question in report.questions)
    assert found in text_of(report["q3"])
    assert "a person will look at them" in text_of(report["q3"])


@pytest.mark.parametrize("name", ["scan_jpg", "paper_pdf", "all_zip", "hw_docx", "hw_xyz"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    report = graded_folder(tmp_path, **{name: b"\x00\x01"}, answers_yaml="answers: {q5: mean(r)}")
    assert report["q5"].verdict == "correct"
    assert report["q3"].verdict == "unreadable"
    assert name.replace("_", ".") in text_of(report["q3"])


def test_the_review_list_gives_the_reason(tmp_path: Path) -> None:
    report = graded_folder(tmp_path, hw_py="answers(X, r) / N")
    waits = needs_review.reason(report["q3"])
    assert "hw.py: code" in waits


EMPTY = [
    ("hw_md", ""),
    ("hw_md", "# Homework 1\n\nJane Doe, November 12, 2026\n"),
    ("hw_md", "Homework 1\nName: jane doe\nStudent ID: 42\n\nDear Prof. Smith,\n\n1.\n\n2.\n"),
    ("hw_md", "1. I don't know\n\n2. no time\n\n3. TODO\n\n4. ?\n"),
    ("hw_md", "I did not do this, sorry.\n"),
    ("hw_ipynb", notebook(("markdown", "# HW 1"), ("code", "import numpy as np\n%pylab\n"))),
    ("hw_tex", "\\begin{document}\n\\maketitle\n\\section{Homework}\n\\end{document}"),
    ("hw_yaml", "name: Jane\nanswers: {q1: '?', q2: }\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), EMPTY)
def test_a_submission_without_content_is_missing(tmp_path: Path, name: str, content: str) -> None:
    report = graded_folder(tmp_path, **{name: content})
    assert {question.verdict for question in report.questions} == {"missing"}
    assert not report.needs_review


@pytest.mark.parametrize("problem", NAMES)
def test_the_handout_itself_is_missing(tmp_path: Path, problem: str) -> None:
    """Its formulas, tables, prompts and examples of code are no answers."""
    text = (PROBLEMS / problem / "handout.md").read_text("utf-8")
    report = graded(problem, tmp_path, text)
    assert {question.verdict for question in report.questions} == {"missing"}


def test_a_handout_that_was_filled_in_is_graded(tmp_path: Path) -> None:
    text = (PROBLEMS / PROBLEM / "handout.md").read_text("utf-8")
    before, mark, after = text.partition("\n6. **q6**")
    report = graded(PROBLEM, tmp_path, f"{before}\n\n$\\frac{{1}}{{N}} \\sum_i r_i$\n{mark}{after}")
    assert report["q5"].verdict == "correct"
    assert {q.verdict for q in report.questions if q.id != "q5"} == {"missing"}


RIGHT = "5. $\\frac{1}{N} \\sum_i r_i$"


@pytest.mark.parametrize(
    "beside",
    [
        "Sorry, the bus is leaving.\n\n" + RIGHT,
        RIGHT + "\n\n6. no idea",
        "5. Since $r = \\hat{y} - y$, we get $\\frac{\\partial l}{\\partial b} = \\frac{1}{N} \\sum_i r_i$",
        RIGHT + ", where $r = \\hat{y} - y$",
    ],
)
def test_steps_and_remarks_beside_an_answer_are_no_leftovers(tmp_path: Path, beside: str) -> None:
    report = graded(PROBLEM, tmp_path, beside)
    assert report["q5"].verdict == "correct"
    assert report["q6"].verdict == "missing"


@pytest.mark.parametrize(
    "beside",
    [
        RIGHT + "\n\nFor question 6 I have a drawing.",
        RIGHT + "\n\nThe rest is on paper.",
        RIGHT + "\n\nThen comes $\\frac{1}{N} r w^T$",
        RIGHT + "\n\n![six](six.png)",
        RIGHT + "\n\n6. on the back of the page",
    ],
)
def test_other_leftovers_beside_an_answer_are_for_a_human(tmp_path: Path, beside: str) -> None:
    report = graded(PROBLEM, tmp_path, beside)
    assert report["q5"].verdict == "correct"
    assert report["q6"].verdict == "undecided"


def test_words_below_a_number_are_about_that_question_alone(tmp_path: Path) -> None:
    report = graded(PROBLEM, tmp_path, RIGHT + "\n\n6. on the back of the page\n\n7. no idea")
    assert [report[name].verdict for name in ("q6", "q7")] == ["undecided", "missing"]


def test_a_link_to_a_submitted_file_is_no_leftover(tmp_path: Path) -> None:
    report = graded_folder(tmp_path, hw_md="The rest is in `more.yaml`.\n\n" + RIGHT,
                           more_yaml="answers: {q3: X.T @ r / N + lam * w}")  # fmt: skip
    assert report["q3"].verdict == "correct"
    assert report["q6"].verdict == "missing"


ARRAY = "[[-0.81022468 -1.58248231]\n [-0.85069207 -1.34703959]]"


@pytest.mark.parametrize("ending", ["txt", "md"])
@pytest.mark.parametrize(
    "text",
    [
        f"q2 =\n{ARRAY}",
        f"dW2\n{ARRAY}",
        f"```\n{ARRAY}\n```",
        "-8.1e-01 -1.58e+00\n-8.5e-01 -1.34e+00",
        f"q1: (Yhat-Y)/N\n\nq2 =\n{ARRAY}",
        "array([[-0.81022468, -1.58248231]], dtype=float32)",
    ],
)
def test_printed_numbers_may_be_an_answer(tmp_path: Path, text: str, ending: str) -> None:
    paper = tmp_path / f"paper.{ending}"
    paper.write_text(text, encoding="utf-8")
    assert grade(key_of("mlp-batch"), read(paper))["q2"].verdict.needs_review


@pytest.mark.parametrize("text", ["We trained with rates of 0.01 and 0.9.", "(1) (2)", "3.14"])
def test_numbers_among_words_are_none(text: str) -> None:
    assert not is_printed(text)
