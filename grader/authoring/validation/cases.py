"""`cases.yaml`: answers with the verdicts that the author expects, for each question.

q1:
right: ["delta*h2[1]", {latex: '\\delta h^2_1'}]
wrong: [{infix: "h2[1]", verdict: incorrect, codes: [dropped-upstream]}]
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.validation.answers import judged
from grader.authoring.validation.finding import Finding, Level
from grader.key import Key
from grader.result import QuestionResult

FILE = "cases.yaml"
CHECK = "cases"
MAX_BYTES = 2_000_000
NEAR = 1e-3  # points
_KEYS = {"infix", "latex", "verdict", "score", "codes"}


class CasesError(Exception):
    """The file cannot be read, or is not what it should be."""


def read(folder: Path) -> dict[str, dict[str, list[dict[str, Any]]]] | None:
    """The cases by question and kind (`right`, `wrong`); None if there is no such file.

    Raises CasesError.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > MAX_BYTES:
            raise CasesError(f"larger than {MAX_BYTES:,} bytes")
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CasesError(" ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise CasesError("a mapping from questions to `right` and `wrong` is meant")
    return {str(name): _kinds(str(name), kinds) for name, kinds in data.items()}


def _kinds(question: str, kinds: Any) -> dict[str, list[dict[str, Any]]]:
    if not isinstance(kinds, dict) or not set(kinds) <= {"right", "wrong"}:
        raise CasesError(f"{question}: lists called `right` and `wrong` are meant")
    return {
        kind: [_case(question, kind, one) for one in many or ()] for kind, many in kinds.items()
    }


def _case(question: str, kind: str, written: Any) -> dict[str, Any]:
    case = {"infix": written} if isinstance(written, str) else written
    if not isinstance(case, dict) or not set(case) <= _KEYS:
        raise CasesError(
            f"{question}: {written!r} is no case; it may have {', '.join(sorted(_KEYS))}"
        )
    if len({"infix", "latex"} & set(case)) != 1:
        raise CasesError(f"{question}: {written!r} needs one of `infix` and `latex`")
    if kind == "wrong" and case.get("verdict", "correct") == "correct":
        raise CasesError(f"{question}: {written!r} is under `wrong` and needs another `verdict`")
    return case


def findings(key: Key, folder: Path) -> Iterator[Finding]:
    """The cases that do not get what they expect."""
    try:
        cases = read(folder)
    except CasesError as error:
        yield Finding(Level.ERROR, CHECK, "", f"{FILE}: {error}")
        return
    if cases is None:
        text = f"there is no {FILE}"
        advice = "write down right and wrong answers for each question; see docs/problem-yaml.md"
        yield Finding(Level.NOTE, CHECK, "", text, advice)
        return
    known = {question.id for question in key.problem.questions}
    for name in sorted(set(cases) - known):
        yield Finding(Level.ERROR, CHECK, name, f"{FILE}: there is no question {name}")
    for name in known & set(cases):
        for kind, many in cases[name].items():
            for case in many:
                yield from _judged(key, name, case, kind)
    for name in sorted(known - set(cases)):
        yield Finding(Level.NOTE, CHECK, name, f"{FILE} has no case for it")


def _judged(key: Key, question: str, case: dict[str, Any], kind: str) -> Iterator[Finding]:
    notation = "latex" if "latex" in case else "infix"
    text = str(case[notation])
    result = judged(key, question, text, notation)
    reason = misses(result, case, kind)
    if reason:
        yield Finding(Level.ERROR, CHECK, question, f"{FILE}: {kind} answer `{text}` {reason}")


def misses(result: QuestionResult, case: dict[str, Any], kind: str) -> str:
    """What is not as the case expects; empty if all is."""
    wanted = "correct" if kind == "right" else str(case["verdict"])
    if result.verdict != wanted:
        said = f": {result.messages[0].text}" if result.messages else ""
        return f"is graded {result.verdict}, not {wanted}{said}"
    codes = {message.code for message in result.messages}
    missing = [str(code) for code in case.get("codes") or () if code not in codes]
    if missing:
        return f"is not told {', '.join(missing)} but {', '.join(sorted(filter(None, codes))) or 'nothing'}"
    score = case.get("score")
    if score is not None and abs(result.score - float(score)) > NEAR:
        return f"earns {result.score:g}, not {float(score):g}"
    return ""
