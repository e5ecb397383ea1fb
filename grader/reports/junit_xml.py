"""JUnit XML, for any program that shows test results: a suite for each student, a case for each question.

A wrong or partly right answer is a failure, an answer that waits for a human is an error, a missing answer
is skipped. An override with full points passes.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from grader.reports import wording
from grader.reports.outcome import RunnerOutcome, outcome
from grader.result import QuestionResult, Report

# XML 1.0 cannot hold these characters (section 2.2, production 2).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAGS = {
    RunnerOutcome.FAILED: "failure",
    RunnerOutcome.WAITING: "error",
    RunnerOutcome.SKIPPED: "skipped",
}


def render(report: Report) -> str:
    """One submission."""
    return document([report])


def document(reports: Iterable[Report]) -> str:
    """A whole class."""
    root = Element("testsuites", name="grader")
    for report in reports:
        _suite(root, report)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, report: Report) -> None:
    outcomes = [outcome(question) for question in report.questions]
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(report.submission.id),
        tests=str(len(outcomes)),
        failures=str(outcomes.count(RunnerOutcome.FAILED)),
        errors=str(outcomes.count(RunnerOutcome.WAITING)),
        skipped=str(outcomes.count(RunnerOutcome.SKIPPED)),
        time="0",
    )
    for question in report.questions:
        _case(suite, report, question)


def _case(suite: Element, report: Report, question: QuestionResult) -> None:
    case = SubElement(suite, "testcase", classname=_clean(report.problem),
                      name=_clean(question.id), time="0")  # fmt: skip
    if question.answer and question.answer.path:
        case.set("file", _clean(question.answer.path))
        case.set("line", str(question.answer.line or 1))
    if tag := _TAGS.get(outcome(question)):
        first = question.messages[0].text if question.messages else str(question.verdict)
        result = SubElement(case, tag, message=_clean(first), type=str(question.verdict))
        lines = [wording.out_of(question), *(message.text for message in question.messages)]
        result.text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
