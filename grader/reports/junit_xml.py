"""JUnit XML: a test suite a student, a test case a question, for whatever shows test results.

Wrong and partly right answers are failures, what waits for a person is an error (nobody has decided),
a missing answer is skipped.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from grader.reports.figures import points
from grader.result import QuestionResult, Report, Verdict

# What XML 1.0 has no way to write (section 2.2, production 2).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    verdicts = [question.verdict for question in report.questions]
    suite = SubElement(
        root,
        "testsuite",
        name=_clean(report.submission.id),
        tests=str(len(verdicts)),
        failures=str(sum(v in (Verdict.INCORRECT, Verdict.PARTIAL) for v in verdicts)),
        errors=str(sum(verdict.needs_review for verdict in verdicts)),
        skipped=str(verdicts.count(Verdict.MISSING)),
        time="0",
    )
    for question in report.questions:
        _case(suite, report, question)


def _case(suite: Element, report: Report, question: QuestionResult) -> None:
    got = f"{points(question.score)} of {points(question.max_score)} points"
    case = SubElement(suite, "testcase", classname=_clean(report.problem),
                      name=_clean(question.id), time="0")  # fmt: skip
    if question.answer and question.answer.path:
        case.set("file", _clean(question.answer.path))
        case.set("line", str(question.answer.line or 1))
    tag = _tag(question.verdict)
    if tag:
        first = question.messages[0].text if question.messages else str(question.verdict)
        outcome = SubElement(case, tag, message=_clean(first), type=str(question.verdict))
        outcome.text = _clean("\n".join([got, *(message.text for message in question.messages)]))


def _tag(verdict: Verdict) -> str:
    if verdict.needs_review:
        return "error"
    return {Verdict.CORRECT: "", Verdict.MISSING: "skipped"}.get(verdict, "failure")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
