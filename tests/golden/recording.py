"""A pytest plugin that records every answer in the tests, for the corpus of answers.

    pytest -p recording tests/grading …    # with tests/golden on PYTHONPATH and GOLDEN_RECORD set

Each is a line of JSON as in `answers.py`. Examples of Hypothesis are left out.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from answers import stored
from hypothesis import currently_in_test_context

import grader.grading
import grader.problem
import grader.submission

HOMEWORK = "cs1678-hw3"  # files that tests only read are answers to it

_problems: dict[str, str] = {}  # the text of a problem by its digest
_files: dict[str, dict[str, str]] = {}  # submitted files by digest


def _remembering_problems(load: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(path: str | Path) -> Any:
        file = Path(path)
        text = (file / "problem.yaml" if file.is_dir() else file).read_text(encoding="utf-8")
        problem = load(path)
        _problems[problem.digest] = text
        return problem

    return wrapped


def _remembering_files(read: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(path: str | Path, **rest: Any) -> Any:
        submission = read(path, **rest)
        if not rest:
            _files[submission.digest] = stored(Path(path))
            if _test().startswith("tests/submission") and not currently_in_test_context():
                _write({"on": HOMEWORK, "files": _files[submission.digest]})
        return submission

    return wrapped


def _recorded(grade: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(key: Any, submission: Any, *rest: Any, **more: Any) -> Any:
        if key.problem.digest in _problems and not currently_in_test_context():
            _record(key.problem, submission)
        return grade(key, submission, *rest, **more)

    return wrapped


def _record(problem: Any, submission: Any) -> None:
    found: list[dict[str, Any]] = [
        {"question": one.question, "notation": one.notation, "text": one.text}
        for one in submission.answers
        if hasattr(one, "text") and one.index_base is None
    ]
    if submission.digest in _files:
        found = [{"files": _files[submission.digest]}]
    for one in found:
        _write({"problem": _problems[problem.digest], **one})


def _write(entry: Mapping[str, Any]) -> None:
    source = "/".join(_test().split("/")[:2])
    with open(os.environ["GOLDEN_RECORD"], "a", encoding="utf-8") as record:
        record.write(json.dumps({**entry, "from": source}) + "\n")


def _test() -> str:
    return os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]


grader.problem.load = _remembering_problems(grader.problem.load)
grader.submission.read = _remembering_files(grader.submission.read)  # type: ignore[assignment]
grader.grading.grade = _recorded(grader.grading.grade)  # type: ignore[assignment]
