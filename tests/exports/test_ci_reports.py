"""What test runners and CI systems read: after overrides, with hostile text, and when it is cut."""

import base64
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from export_samples import HOSTILE, gradebook, question, report
from junitparser import Error, Failure, JUnitXml, Skipped

from grader.course import Standing
from grader.reports import github_actions, gradescope_json, junit_xml
from grader.reports.exports.formats import FORMATS
from grader.reports.exports.protocol import ExportOptions
from grader.reports.outcome import RunnerOutcome, outcome
from grader.result import Kind, Message, Override, QuestionResult, Verdict


def decided(verdict: Verdict, points: float, outdated: bool = False) -> QuestionResult:
    return replace(question("q1", verdict, points), override=Override(points, outdated=outdated))


OUTCOMES = [
    (question("q1", Verdict.CORRECT, 2.0), RunnerOutcome.PASSED),
    (replace(question("q1", Verdict.CORRECT, 0.0), max_score=0.0), RunnerOutcome.PASSED),
    (question("q1", Verdict.PARTIAL, 1.0), RunnerOutcome.FAILED),
    (question("q1", Verdict.INCORRECT, 0.0), RunnerOutcome.FAILED),
    (replace(question("q1", Verdict.INCORRECT, 0.0), max_score=0.0), RunnerOutcome.FAILED),
    (question("q1", Verdict.MISSING, 0.0), RunnerOutcome.SKIPPED),
    (question("q1", Verdict.UNREADABLE, 0.0), RunnerOutcome.WAITING),
    (question("q1", Verdict.ERROR, 0.0), RunnerOutcome.WAITING),
    (decided(Verdict.UNREADABLE, 2.0), RunnerOutcome.PASSED),
    (decided(Verdict.MISSING, 2.0), RunnerOutcome.PASSED),
    (decided(Verdict.UNDECIDED, 0.5), RunnerOutcome.FAILED),
    (decided(Verdict.CORRECT, 1.0), RunnerOutcome.FAILED),
    (decided(Verdict.CORRECT, 2.0, outdated=True), RunnerOutcome.WAITING),
]


@pytest.mark.parametrize(("result", "expected"), OUTCOMES)
def test_outcomes_are_the_same_everywhere(result: QuestionResult, expected: RunnerOutcome) -> None:
    assert outcome(result) is expected
    graded = report("u", result)
    (suite,) = JUnitXml.fromstring(junit_xml.render(graded).encode())
    kinds = {RunnerOutcome.PASSED: [], RunnerOutcome.FAILED: [Failure], RunnerOutcome.WAITING: [Error],
             RunnerOutcome.SKIPPED: [Skipped]}  # fmt: skip
    (case,) = suite
    assert [type(found) for found in case.result] == kinds[expected]
    assert (suite.failures, suite.errors, suite.skipped) == tuple(
        int(expected is counted)
        for counted in (RunnerOutcome.FAILED, RunnerOutcome.WAITING, RunnerOutcome.SKIPPED)
    )
    commands = github_actions.annotations(graded)
    level = {RunnerOutcome.PASSED: "", RunnerOutcome.WAITING: "::warning "}.get(
        expected, "::error "
    )
    assert commands.startswith(level)
    assert bool(commands) == bool(level)
    status = json.loads(base64.b64decode(github_actions.classroom(graded)))["tests"][0]["status"]
    assert status == {RunnerOutcome.PASSED: "pass", RunnerOutcome.WAITING: "error"}.get(
        expected, "fail"
    )
    shown = json.loads(gradescope_json.render(graded))["tests"][0].get("status")
    assert shown == {RunnerOutcome.PASSED: "passed", RunnerOutcome.WAITING: None}.get(
        expected, "failed"
    )


def test_what_waits_is_never_called_zero() -> None:
    waits = report("u", question("q1", Verdict.UNREADABLE, 0.0))
    assert (
        json.loads(gradescope_json.render(waits))["tests"][0]["name"]
        == "q1: unreadable, – of 2 points"
    )
    assert "0 of 2" not in junit_xml.render(waits) + github_actions.annotations(waits)


ATTACKS = "".join(map(chr, range(32))) + '\x7f\ufffe\uffff\ud800]]>&<x a="b">\'\u202e' + HOSTILE


def test_junit_holds_any_text() -> None:
    result = replace(question("q<1>\x00", Verdict.INCORRECT, 0.0, ATTACKS), answer=None)
    root = ElementTree.fromstring(junit_xml.render(report(ATTACKS, result)).encode())
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert "]]>&<x a=" in str(failure.get("message"))
    assert failure.text is not None
    assert HOSTILE.splitlines()[0] in failure.text
    assert root.find("testsuite/x") is None


def test_annotations_hold_any_text() -> None:
    result = question("q1,file=x::y", Verdict.INCORRECT, 0.0, ATTACKS)
    result = replace(result, answer=replace(result.answer, path="a,b:c\n::error::d%2C"))  # type: ignore[type-var]
    (line,) = github_actions.annotations(report("u", result)).splitlines()
    assert re.fullmatch(r"::error file=[^,:\n]+,line=12,title=[^,:]+,col=3::.+", line)
    assert "%252C" in line


def test_missing_answers_do_not_hide_wrong_ones() -> None:
    missing = [question(f"m{at}", Verdict.MISSING, 0.0) for at in range(12)]
    wrong = question("w", Verdict.INCORRECT, 0.0)
    lines = github_actions.annotations(report("u", *missing, wrong)).splitlines()
    assert len(lines) == 10
    assert "title=w%3A" in lines[0]


COMMAND = re.compile(r"\s*::|.*##\[")


def test_no_line_is_a_legacy_command_while_commands_are_stopped() -> None:
    first, *shown, last = github_actions.without_commands(HOSTILE).splitlines()
    assert first.startswith("::stop-commands::")
    assert last == "::" + first.removeprefix("::stop-commands::") + "::"
    assert not any("##[" in line for line in shown)
    assert github_actions.stop_commands() != github_actions.stop_commands()


def test_a_summary_that_github_shows() -> None:
    assert github_actions.summary(report("u", question("q1", Verdict.CORRECT, 2.0))).startswith(
        "# "
    )
    long = Message(Kind.NOTE, "🦊 " * 100_000)
    text = github_actions.summary(
        report("u", *[replace(question("q", Verdict.INCORRECT, 0.0), messages=(long,))] * 5)
    )
    assert 100 < len(text.encode()) < 1_048_576
    assert text.endswith("(The rest is too long for GitHub.)\n")


@pytest.mark.parametrize("name", ["junit", "github", "gradescope"])
def test_a_student_on_whom_the_grader_failed_is_left_out_with_a_note(name: str) -> None:
    book = gradebook()
    failed = Standing(
        book.standings[0].student, report("u1", question("q1", Verdict.ERROR, 0.0, "no memory"))
    )
    found = FORMATS[name].export(
        replace(book, standings=(failed, *book.standings[1:])), ExportOptions()
    )
    assert not any("u1" in f"{path}{content!r}" for path, content in found.files.items())
    assert "no grade yet, a human must look first: u1, u3" in found.notes


def test_a_note_says_that_gradescope_applies_its_own_penalty() -> None:
    notes = FORMATS["gradescope"].export(gradebook(), ExportOptions(late_credit=True)).notes
    assert "the scores have no penalty for late work: Gradescope applies its own" in notes
