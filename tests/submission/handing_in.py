"""Helpers for these tests: write files like a student, and show what was read."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from grader.submission import (
    ArrayAnswer,
    Formula,
    Marker,
    Paper,
    Prose,
    Refusal,
    Submission,
    TextAnswer,
    read,
)


def hand_in(folder: Path, name: str, content: str | bytes) -> Submission:
    """The submission of one file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def paper(folder: Path, name: str, content: str | bytes) -> Paper:
    """The only paper of a file that is read without a refusal."""
    submission = hand_in(folder, name, content)
    assert submission.refusals == ()
    (only,) = submission.papers
    return only


def texts(paper: Paper) -> list[str]:
    """The formulas of a paper."""
    return [item.text for item in paper.items if isinstance(item, Formula)]


def prose(paper: Paper) -> list[str]:
    """The lines of prose of a paper."""
    return [item.text for item in paper.items if isinstance(item, Prose)]


def labels(paper: Paper) -> list[tuple[str, ...]]:
    """The labels of the markers of a paper."""
    return [item.labels for item in paper.items if isinstance(item, Marker)]


def outline(paper: Paper) -> list[str]:
    """The markers, such as `1.b`, and formulas of a paper."""
    shown = []
    for item in paper.items:
        if isinstance(item, Marker):
            shown.append(".".join(item.labels) + ":")
        elif isinstance(item, Formula):
            shown.append(re.sub(r"\s+", " ", item.text))
    return shown


def refusal(submission: Submission) -> Refusal:
    """The only refusal in a submission."""
    (only,) = submission.refusals
    assert only.message.endswith((".", "!", "?"))
    return only


def by_question(submission: Submission) -> dict[str, Any]:
    """Answers by question: text as text, arrays as nested lists."""
    return {answer.question: _plain(answer) for answer in submission.answers}


def array(submission: Submission, question: str) -> ArrayAnswer:
    """The array that answers one question."""
    (only,) = [answer for answer in submission.answers if answer.question == question]
    assert isinstance(only, ArrayAnswer)
    assert only.array.dtype == np.float64
    return only


def _plain(answer: TextAnswer | ArrayAnswer) -> Any:
    return answer.text if isinstance(answer, TextAnswer) else answer.array.tolist()
