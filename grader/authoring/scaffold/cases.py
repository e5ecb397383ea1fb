"""`cases.yaml` of a new problem: right answers in several notations, and common mistakes.

Each wrong answer comes with the verdict that it gets today. The author checks that this is the verdict
it should get.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from grader.authoring.reference_text import entries, printed
from grader.authoring.sheets.backward import derivation
from grader.authoring.validation.answers import judged
from grader.authoring.validation.mistakes import evaluated
from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty_pass import mutant, traced
from grader.diagnosis.mistake import faults
from grader.diagnosis.mutants import same
from grader.expression import Expression
from grader.key import Key, QuestionKey
from grader.notation import printing
from grader.result import Kind, Verdict

LEAST = 4
MOST_WRONG = 6
LONGEST = 300

_OURS = re.compile(r"\b(?:table|place)\(")  # nodes that print like this have no notation
_HEAD = """\
# Answers with the verdicts that they must get. `grader validate` checks them.
#
# right: each entry must be `correct`. A plain string is infix; {latex: …} is LaTeX.
# wrong: {infix: …} or {latex: …} with the expected verdict, the score if it is `partial`, and `codes` that
#        the feedback must contain. These come from common mistakes: read them, and add the ones that
#        you have seen.
"""


def cases_yaml(key: Key) -> str:
    """The text of `cases.yaml`."""
    parts = [_HEAD]
    for own in key.questions.values():
        lines = [f"{own.question.id}:", "  right:"]
        lines += [f"    - {_written(case)}" for case in right(key, own)]
        lines += ["  wrong:", *(f"    - {_written(case)}" for case in wrong(key, own))]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _written(case: "dict[str, Any] | str") -> str:
    """A case in YAML's flow style. JSON strings are valid YAML strings."""
    if isinstance(case, str):
        return json.dumps(case, ensure_ascii=False)
    pairs = [f"{name}: {_value(value)}" for name, value in case.items()]
    return "{" + ", ".join(pairs) + "}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, Verdict):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def right(key: Key, own: QuestionKey) -> "list[dict[str, Any] | str]":
    """The reference in each notation, and rewritten without a change in value."""
    names, name = own.question.names, own.question.id
    found = [(text.strip(), notation) for _, text, notation in printed(own)]
    steps = derivation(own)
    if steps is not None and not own.question.free and steps.last.shape == own.grid:
        found.append((printing.infix(steps.last, names), "infix"))
    if own.reference is not None:
        plain = _text(own, own.reference)
        found += [
            (f"2*({plain})/2", "infix"),
            (f"({plain}) + 0", "infix"),
            (f"-(-({plain}))", "infix"),
        ]
    kept = [
        (text, notation)
        for text, notation in dict.fromkeys(found)
        if len(text) <= LONGEST and judged(key, name, text, notation).verdict == Verdict.CORRECT
    ]
    return [text if notation == "infix" else {"latex": text} for text, notation in kept]


def wrong(key: Key, own: QuestionKey) -> list[dict[str, Any]]:
    """Mistakes of different kinds, the simplest first, and an answer that cannot be read."""
    found: list[dict[str, Any]] = []
    codes: set[str] = set()
    for code, expression in _mistaken(own):
        if len(found) == MOST_WRONG:
            break
        text = "" if code in codes else _different(own, expression)
        case = _judged(key, own, text) if 0 < len(text) <= LONGEST else None
        if case is not None:
            found.append(case)
            codes.add(code)
    plain = _text(own, own.reference) if own.reference is not None else "1"
    for text in (f"-({plain})", f"2*({plain})", f"({plain}) + 1", f"({plain}", f"({plain})*eta"):
        case = _judged(key, own, text)
        if case is not None and all(case["infix"] != one["infix"] for one in found):
            found.append(case)
    return found


def _mistaken(own: QuestionKey) -> Iterator[tuple[str, Expression]]:
    """(code, derivative) of each mistake."""
    if own.reference is None:
        return
    passed = traced(own.question, own.reference)
    for fault in faults(CATALOGUE, passed):
        expression = mutant(passed, [fault.way.changes])
        if expression is not None:
            yield fault.mistake.code, expression


def _different(own: QuestionKey, expression: Expression) -> str:
    """The text of an expression; empty if it has the values of the reference."""
    value = evaluated(own, expression)
    return "" if value is None or same(value, own.expected) else _text(own, expression)


def _text(own: QuestionKey, expression: Expression) -> str:
    """An expression as a student could write it; empty if no notation can."""
    return _in_infix(own, expression) or _in_infix(own, entries(own, expression))


def _in_infix(own: QuestionKey, node: Expression | None) -> str:
    text = "" if node is None else printing.infix(node, own.question.names)
    return "" if _OURS.search(text) else text


def _judged(key: Key, own: QuestionKey, text: str) -> dict[str, Any] | None:
    """A wrong answer with its verdict; None if the verdict is `correct`."""
    result = judged(key, own.question.id, text)
    if result.verdict == Verdict.CORRECT:
        return None
    case: dict[str, Any] = {"infix": text, "verdict": result.verdict}
    if result.verdict == Verdict.PARTIAL:
        case["score"] = round(result.score, 4)
    named = [
        message.code for message in result.messages if message.kind is Kind.MISTAKE and message.code
    ]
    if named:
        case["codes"] = named[:1]
    return case
