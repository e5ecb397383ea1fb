"""A `cases.yaml` that was read before is not parsed again, and says the same."""

from pathlib import Path

import pytest

from grader.authoring.validation import cases_schema, validate
from grader.authoring.validation.cases import CasesFile
from grader.errors import AuthorError

PROBLEM = """\
id: small
dimensions: {n: 3}
symbols:
  x: {shape: [n], latex: x}
  y: {shape: [n], latex: y}
model:
  l: {is: sum((x - y)**2)/2, latex: l}
questions:
  - {id: q1, of: l, wrt: x}
"""
CASES = """\
q1:
  right: ["x - y", {latex: 'x - y'}]
  wrong:
    - "y - x"
    - {infix: "x + y", verdict: incorrect, score: 0, codes: [sign]}
    - "x - y"
"""


@pytest.fixture
def never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(document: object) -> None:
        raise AssertionError("parsed again")

    CasesFile(CASES.encode()).cases()
    monkeypatch.setattr(cases_schema, "validated", refuse)


def test_the_same_cases(never_parsed: None) -> None:
    own = CasesFile(CASES.encode()).cases()["q1"]
    assert [(one.text, one.notation, one.verdict) for one in own["right"]] == [
        ("x - y", "infix", None),
        ("x - y", "latex", None),
    ]
    assert [(one.verdict, one.score, list(one.codes)) for one in own["wrong"]] == [
        ("incorrect", None, []),
        ("incorrect", 0.0, ["sign"]),
        ("incorrect", None, []),
    ]


def test_what_does_not_hold_still_has_its_place(tmp_path: Path, never_parsed: None) -> None:
    (tmp_path / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    (found,) = [one for one in validate(tmp_path).findings if one.check == "cases"]
    assert (found.line, found.column) == (6, 7)
    assert "gets the verdict correct, not incorrect" in found.text


def test_a_file_with_faults_is_never_kept() -> None:
    for _ in range(2):
        with pytest.raises(AuthorError, match="did you mean"):
            CasesFile(CASES.replace("latex:", "latxe:").encode()).cases()
