"""Wrong answers that mean the same are one group, in whatever notation they are written."""

import pytest
from library_keys import HOMEWORK, key_of

from grader.course import Gradebook
from grader.course.groups import Group, groups
from grader.grading import grade
from grader.submission import Place, Submission, TextAnswer

KEY = key_of(HOMEWORK)


def found(question: str, *answers: str) -> tuple[Group, ...]:
    reports = []
    for number, text in enumerate(answers):
        notation = "latex" if "\\" in text else "infix"
        answer = TextAnswer(question, text, notation, Place("a", 1))
        reports.append(grade(KEY, Submission(f"s{number}", "a", "", answers=(answer,))))
    return groups(Gradebook.of(reports), question)


def test_the_same_values_are_one_group() -> None:
    (group, other) = found(
        "q11", "delta*W3.T @ h1.T + 1", "delta*W3.T @ z1.T", r"\delta (W^3)^T (z^1)^T",
        "delta*outer(W3.T, z1)", "delta*W3.T @ z1.T",
    )  # fmt: skip
    assert (group.number, group.students) == (1, ("s1", "s2", "s3", "s4"))
    assert group.text == "delta*W3.T @ z1.T"
    assert other.students == ("s0",)


def test_another_factor_is_another_group() -> None:
    assert [g.count for g in found("q1", "2*delta*h2[1]", "h2[1]*2*delta", "3*delta*h2[1]")] == [
        2,
        1,
    ]


def test_unreadable_answers_come_last() -> None:
    *_, last = found("q1", "delta*(", "delta*(", "delta * (", "-delta*h2[1]")
    assert (last.count, last.waits, last.by_value) == (3, True, False)


def test_right_answers_are_in_no_group() -> None:
    assert found("q1", "delta*h2[1]", "h2[1]*delta") == ()


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_rounding_does_not_split_a_group(scale: float) -> None:
    spellings = (
        f"{scale:g}*delta*h2[2]",
        f"(delta*h2[2]*{3 * scale:g})/3",
        f"h2[2]*delta*{scale:g}",
    )
    assert [group.count for group in found("q1", *spellings)] == [3]
