"""Details for the instructor: on the instructor's pages, and nowhere else."""

import json
from dataclasses import replace
from pathlib import Path

from report_samples import quiet_report

from grader.reports import feedback_html, feedback_md, feedback_text, write
from grader.result import Instructor, Kind, Message, Report

SECRET = "W3.T @ secret"


def report() -> Report:
    whole = quiet_report()
    seen = Instructor(SECRET, None, (Message(Kind.MISTAKE, "or else", "sign"),), "half, because")
    return replace(whole, questions=(replace(whole.questions[0], instructor=seen),))


def test_students_never_get_it():
    for text in (
        feedback_text.plain(report()),
        feedback_md.render(report()),
        feedback_html.render(report()),
        feedback_html.fragment(report()),
        json.dumps(report().to_json()),
    ):
        assert "secret" not in text
        assert "half, because" not in text
        assert "or else" not in text


def test_the_instructor_gets_all_of_it():
    for text in (
        feedback_text.plain(report(), 80, instructor=True),
        feedback_html.for_instructor(report()),
        json.dumps(report().to_json(instructor=True)),
    ):
        assert SECRET in text
        assert "half, because" in text
        assert "or else" in text


def test_a_candidate_without_a_code():
    whole = report()
    seen = Instructor(None, None, (Message(Kind.MISTAKE, "something"),))
    bare = replace(whole, questions=(replace(whole.questions[0], instructor=seen),))
    for text in (
        feedback_text.plain(bare, 80, instructor=True),
        feedback_html.for_instructor(bare),
    ):
        assert "something" in text
        assert "None" not in text


def test_it_is_not_in_the_folder_for_students(tmp_path: Path):
    handed_out = write.write_submission(report(), tmp_path)
    page = write.instructor_page("student-07", tmp_path)
    assert SECRET in page.read_text("utf-8")
    assert handed_out not in page.parents
    assert not any(SECRET in file.read_text("utf-8") for file in handed_out.iterdir())


def test_no_page_without_details_for_the_instructor(tmp_path: Path):
    write.write_submission(report(), tmp_path)
    write.write_submission(quiet_report(), tmp_path)
    assert not write.instructor_page("student-07", tmp_path).exists()
