"""Hints of three strengths: what each level shows and what it hides."""

from dataclasses import replace

import pytest
from report_samples import quiet_report

from grader.problem.codes import CODES
from grader.reports import feedback_md, feedback_text, wording
from grader.reports.feedback_level import at_strength
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


def texts(level: int) -> list[str]:
    return [message.text for message in at_strength(report(), level).questions[0].messages]


def test_the_weakest_names_the_kind_only():
    assert texts(1) == [
        "a factor",
        "check rows and columns: does the shape fit what the question asks for?",
        "found by its left side",
        "cannot be read",
    ]


def test_the_second_names_the_place():
    assert texts(2) == [
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


def weak(level: int, *messages: Message) -> list[str]:
    whole = report()
    question = replace(whole.questions[0], messages=messages)
    shown = at_strength(replace(whole, questions=(question,)), level)
    return [message.text for message in shown.questions[0].messages]


def test_another_explanation_is_no_second_mistake():
    other = Message(Kind.MISTAKE, "or else, with the same values: x", "sign", None, ("a sign",))
    assert weak(1, MESSAGES[0], other) == ["a factor", "or else: a sign"]
    assert weak(1, MESSAGES[0], replace(other, hints=MESSAGES[0].hints)) == ["a factor"]


def test_a_hint_on_how_to_write_an_unreadable_answer_stays():
    hint = Message(Kind.HINT, "close the bracket")
    assert weak(1, MESSAGES[5], hint) == ["cannot be read", "close the bracket"]
    assert weak(1, MESSAGES[1], hint) == [texts(1)[1]]


@pytest.mark.parametrize("level", [1, 2])
def test_a_hint_hides_the_reference_even_if_the_author_shows_it(level: int):
    whole = report()
    full = replace(whole.questions[0], reference="W3.T @ h", reference_mathml="<math></math>")
    shown = at_strength(replace(whole, questions=(full,)), level).questions[0]
    assert (shown.reference, shown.reference_mathml) == (None, None)


def test_every_code_has_a_topic():
    unknown = wording.where_to_look(None)
    assert [code for code in sorted(CODES) if wording.where_to_look(code) == unknown] == []
    assert wording.where_to_look("foreseen") == unknown


def test_an_example_replaces_the_counterexample():
    for text in (feedback_text.plain(report()), feedback_md.render(report())):
        assert "x = [1, 2]" in text
        assert "Then entry (2) should be 4; your answer gives 2." in text
        assert "In draw" not in text
