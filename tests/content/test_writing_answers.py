"""Every example in docs/writing-answers.md is graded, and is right."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from array_answers import published
from content_grading import ROOT, judged

from grader.grading import grade
from grader.key import Key
from grader.submission import read

TEXT = (ROOT / "docs/writing-answers.md").read_text(encoding="utf-8")
NOTATIONS = {"text": "infix", "latex": "latex"}
ANSWERS = re.compile(r"^`(q\d+)` asks for .*:\n\n```(text|latex)\n((?:.+\n)+)```$", re.MULTILINE)
EXAMPLES = [
    (question, NOTATIONS[language], line)
    for question, language, lines in ANSWERS.findall(TEXT)
    for line in lines.splitlines()
]
FILES = [
    (match[2], match[3])
    for match in re.finditer(
        r"^(`{3,4})(yaml|json|markdown)\n(.*?)^\1$", TEXT, re.DOTALL | re.MULTILINE
    )
]
REFUSED = re.findall(
    r"^\| `([^`]+)` .*?\| (incorrect|unreadable)(?:, `([\w-]+)`)? \|", TEXT, re.MULTILINE
)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 40
    fences = re.findall(r"^```(?:text|latex)$", TEXT, re.MULTILINE)
    assert len(ANSWERS.findall(TEXT)) == len(fences)
    assert [kind for kind, _ in FILES] == ["yaml", "json", *["markdown"] * 3]
    assert len(REFUSED) == 7


@pytest.mark.parametrize(("question", "notation", "text"), EXAMPLES)
def test_example(key: Key, question: str, notation: str, text: str) -> None:
    assert judged(key, question, text, notation).verdict == "correct"


@pytest.mark.parametrize(("kind", "text"), FILES, ids=[kind for kind, _ in FILES])
def test_file(key: Key, tmp_path: Path, kind: str, text: str) -> None:
    file = tmp_path / f"answers.{'md' if kind == 'markdown' else kind}"
    file.write_text(text, encoding="utf-8")
    verdicts = {q.id: str(q.verdict) for q in grade(key, read(file)).questions if q.answer}
    assert len(verdicts) >= 2
    assert set(verdicts.values()) == {"correct"}


@pytest.mark.parametrize(("text", "verdict", "code"), REFUSED)
def test_refused(key: Key, text: str, verdict: str, code: str) -> None:
    result = judged(key, "q11" if "W" in text else "q1", text)
    assert result.verdict == verdict
    assert not code or code in {message.code for message in result.messages}


def test_program(key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The student's program runs as the page shows it."""
    program = re.search(r"^```python\n(import numpy.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert program is not None
    drawn: dict[str, Any] = published("student-42")
    np.savez(tmp_path / "draw-student-42.npz", allow_pickle=False, **drawn)
    monkeypatch.chdir(tmp_path)
    exec(program[1], {})
    assert grade(key, read(tmp_path / "student-42.npz"))["q11"].verdict == "correct"
