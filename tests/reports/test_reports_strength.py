"""Hints of growing strength: what each level says, and what it must not."""

from dataclasses import replace

from report_samples import quiet_report

from grader.reports import feedback_md, feedback_text
from grader.reports.strength import at_strength
from grader.result import Counterexample, Kind, Message, Report, WorkedExample

MESSAGES = (
    Message(Kind.MISTAKE, "σ′(z¹) is missing", "dropped", None, ("a factor", "look at h¹")),
    Message(Kind.MISTAKE, "the answer is 2×3", "shape-mismatch"),
    Message(Kind.STEP, "line 2 does not follow", "step"),
    Message(Kind.NOTE, "the answer does not depend on x", "dependence"),
    Message(Kind.NOTE, "found by its left side", "found-by-left-side"),
    Message(Kind.ERROR, "cannot be read", "unreadable"),
)


def report() -> Report:
    whole = quiet_report()
    question = replace(
        whole.questions[0],
        messages=MESSAGES,
        counterexample=Counterexample(1, (), 1.0, 2.0),
        example=WorkedExample({"x": [1, 2], "delta": 1}, (2,), 4.0, 2.0),
    )
    return replace(whole, questions=(question,))


def said(level: int) -> list[str]:
    return [message.text for message in at_strength(report(), level).questions[0].messages]


def test_the_weakest_names_the_kind_only():
    assert said(1) == [
        "a factor",
        "something is wrong with it: shape mismatch",
        "found by its left side",
        "cannot be read",
    ]


def test_the_second_tells_where():
    assert said(2) == [
        "look at h¹",
        "the answer is 2×3",
        "line 2 does not follow",
        "the answer does not depend on x",
        "found by its left side",
        "cannot be read",
    ]


def test_the_strongest_is_everything():
    assert at_strength(report(), 3) == report()


def test_numbers_come_last():
    for level in (1, 2):
        question = at_strength(report(), level).questions[0]
        assert question.example is None
        assert question.counterexample is None
    assert at_strength(report(), 1).questions[0].entries is None


def test_a_hint_that_two_mistakes_share_is_given_once():
    whole = report()
    twice = replace(whole.questions[0], messages=(MESSAGES[0], replace(MESSAGES[0], text="other")))
    weak = at_strength(replace(whole, questions=(twice,)), 1)
    assert [message.text for message in weak.questions[0].messages] == ["a factor"]


def test_an_example_stands_in_place_of_a_draw():
    for text in (feedback_text.plain(report()), feedback_md.render(report())):
        assert "x = [1, 2]" in text
        assert "Then entry (2) should be 4; your answer gives 2." in text
        assert "In draw" not in text
