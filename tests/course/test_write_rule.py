"""A rule is added to problem.yaml, and nothing else in it changes."""

from pathlib import Path

import pytest

from grader.course.write_rule import ForeseenMistake, RuleError, write_rule
from grader.errors import AuthorError
from grader.problem import load

HEAD = """\
id: p   # a comment that stays
symbols: {x:   {shape: [3]}, w: {shape: [3]}}
model: {z: {is: sum(w*x)}}
questions:
"""
RULE = ForeseenMistake("2*x", 'You wrote "2x": why twice?', 0.5)
STYLES = {
    "flow": "  - {id: q1, points: 2, of: z, wrt: w}  # here\n",
    "block": "  - id: q1  # first\n    points: 2\n    of: z\n    wrt: w\n",
    "indented less": "- id: q1\n  points: 2\n  of: z\n  wrt: w\n",
    "flow list": "  - {id: q1, points: 2, of: z, wrt: w, mistakes: [{code: sign, message: m}]}\n",
    "empty list": "  - {id: q1, points: 2, of: z, wrt: w, mistakes: []}\n",
    "block list": "  - id: q1\n    of: z\n    wrt: w\n    points: 2\n    mistakes:\n"
    "      - code: sign\n        message: m   # kept\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style(tmp_path: Path, style: str, newline: str) -> None:
    file = tmp_path / "problem.yaml"
    before = (HEAD + STYLES[style]).replace("\n", newline)
    file.write_bytes(before.encode())
    known = len(load(file)["q1"].rules.mistakes)
    line = write_rule(file, "q1", RULE)
    after = file.read_bytes().decode()
    assert str(RULE) in after.split(newline)[line - 1]
    (first, *others) = load(file)["q1"].rules.mistakes
    assert (first.message, first.credit, len(others)) == (RULE.message, 0.5, known)
    rest = iter(after)
    assert all(character in rest for character in before), "something else changed"


def test_an_invalid_rule_does_not_change_the_file(tmp_path: Path) -> None:
    file = tmp_path / "problem.yaml"
    file.write_text(HEAD + STYLES["flow"])
    with pytest.raises(AuthorError):
        write_rule(file, "q1", ForeseenMistake("2*(", "m"))
    assert file.read_text() == HEAD + STYLES["flow"]
    assert [path.name for path in tmp_path.iterdir()] == ["problem.yaml"]


def test_no_such_question(tmp_path: Path) -> None:
    file = tmp_path / "problem.yaml"
    file.write_text(HEAD + STYLES["flow"])
    with pytest.raises(RuleError, match="q9 is not written out"):
        write_rule(file, "q9", RULE)
