"""docs/conformance.md says what the grader does today, and no wrong input is accepted."""

from collections import Counter

import page
import pytest

ROWS = [row for section in page.data()["sections"] for row in page.inputs(section)]


def test_the_page_is_up_to_date() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run tests/conformance/page.py"


def test_nothing_is_accepted_that_a_human_calls_wrong(subtests: pytest.Subtests) -> None:
    for row in ROWS:
        if row.human == "incorrect":
            with subtests.test(row.id):
                assert row.verdict != "correct", row.text


def test_every_input_is_judged_once_by_a_human_and_by_each_peer() -> None:
    assert max(Counter(row.id for row in ROWS).values()) == 1
    assert max(Counter((row.problem, row.question, row.text) for row in ROWS).values()) == 1
    assert {row.human for row in ROWS} == {"correct", "incorrect", "human"}
    names, said = page.peers()
    assert list(said) == [row.id for row in ROWS], "run benchmarks/peers.py"
    assert {word for of in said.values() for word in of} <= {
        "correct",
        "incorrect",
        "unreadable",
        "–",
    }
    assert all(len(of) == len(names) for of in said.values())
