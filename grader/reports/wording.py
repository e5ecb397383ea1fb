"""Sentences that all renderers share."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import PurePath
from textwrap import wrap
from typing import TypeGuard

from grader.reports.figures import number, points, value_pair
from grader.reports.plain_text import one_line
from grader.reports.verdicts import KIND_TITLES
from grader.result import (
    AnswerRecord,
    Counterexample,
    Message,
    QuestionResult,
    Report,
    WorkedExample,
)

LINE = 60  # characters in a line of values, in text
NARROW_LINE = 36  # and on a page, for phones

# The sentences with which everything that is not decided is announced.
_ALL_WAITING = re.compile(r"A person will look at (?P<what>[^;]*); (?:it is|they are) not .*")
_WILL_LOOK = re.compile(
    r"(?P<a>A|a) person will look at (?P<it>it|them|this one|this)(?:; it is not a zero)?"
)
_CHANGE = {"A": "Change", "a": "change"}


def title(report: Report) -> str:
    """The title of the problem, or its id."""
    return one_line(report.title) or one_line(report.problem)


def question_name(question: QuestionResult) -> str:
    """`Question 3` for the id `q3`, `Question chain-rule` for any other."""
    number = question.id.removeprefix("q")
    return f"Question {number if number.isdecimal() else one_line(question.id)}"


def place(answer: AnswerRecord) -> str:
    """`paper.md:112`, `hw.ipynb, cell 3, line 4`, without the folders of the machine that graded."""
    path = PurePath(answer.path)
    return line_of(path.name if path.is_absolute() else answer.path, answer.cell, answer.line)


def line_of(path: str, cell: int | None, line: int | None) -> str:
    """A line of a file or of a notebook's cell, as in `place`."""
    name = one_line(path)
    if line is None:
        return name
    if cell is not None:
        return f"{name}, cell {cell}, line {line}"
    return f"{name}:{line}" if name else f"line {line}"


def read_as(answer: AnswerRecord, limit: int | None = None) -> str:
    """`delta*W3, row of 2`; empty if the answer could not be read. An array has only a shape."""
    if not answer.reading and answer.shape is None:
        return ""
    if answer.reading:
        return ", ".join(part for part in (one_line(answer.reading, limit), kind(answer)) if part)
    is_array = answer.notation != "code" and len(answer.shape or ()) > 1
    return f"numbers, {kind(answer)}" if is_array else kind(answer)


def read_title(answer: AnswerRecord) -> str:
    """What `read_as` says: a program has a value."""
    return "Its value" if answer.notation == "code" else "Read as"


def kind(answer: AnswerRecord) -> str:
    """The shape in words: `2×3`, `a number for each i and j`; empty if it is unknown."""
    if answer.shape is None:
        return ""
    each = f" for each {listed(answer.indices)}" if answer.indices else ""
    return size(answer.shape) + each


def size(shape: Sequence[int]) -> str:
    """`a number`, `column of 3`, `row of 3`, `2×3`; with one axis `3 numbers`."""
    match list(shape):
        case [] | [1, 1]:
            return "a number"
        case [count]:
            return _count(count, "number")
        case [rows, 1]:
            return f"column of {rows}"
        case [1, columns]:
            return f"row of {columns}"
        case sizes:
            return "×".join(map(str, sizes))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a, b and c`."""
    *most, last = map(one_line, names)
    return f"{', '.join(most)} and {last}" if most else last


def earned(question: QuestionResult) -> str:
    """The points of a question, or a dash while it waits for a human: it is not a zero."""
    return "–" if question.needs_review else points(question.score)


def out_of(question: QuestionResult) -> str:
    """`2 of 3 points`."""
    return f"{earned(question)} of {_count(question.max_score, 'point')}"


def ratio(question: QuestionResult) -> str:
    """`2 / 3`, for tables."""
    return f"{earned(question)} / {points(question.max_score)}"


def total(report: Report) -> str:
    """`19 of 25 points`, `5 of 25 points (12 pending)`, `– of 25 points (25 pending)`."""
    return f"{so_far(report)} of {out_of_all(report)}{pending(report)}"


def so_far(report: Report) -> str:
    """The points that are decided; a dash if there are none and some are pending: that is no zero."""
    return points(report.score) if report.score or not report.pending else "–"


def pending(report: Report) -> str:
    """` (12 pending)`; empty if everything is decided."""
    return f" ({points(report.pending)} pending)" if report.pending else ""


def out_of_all(report: Report) -> str:
    """`25 points`."""
    return _count(report.max_score, "point")


def share(part: float, whole: float) -> str:
    """`part` of `whole` in percent, between 0 and 100, for a bar."""
    return points(100 * min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0)


def waiting(report: Report) -> str:
    """How many questions wait for a human; empty if none."""
    number = sum(question.needs_review for question in report.questions)
    if not number:
        return ""
    no_zero = "it is not a zero" if number == 1 else "they are not zeros"
    worth = _count(report.pending, "point")
    return f"A person will look at {_count(number, 'question')} ({worth}); {no_zero}."


def before_handing_in(text: str) -> str:
    """What a sentence says to a student who checks a paper: nobody will look at it."""
    if match := _ALL_WAITING.fullmatch(text):
        them = "it" if match["what"].startswith("1 ") else "them"
        return f"The grader cannot decide {match['what']}: change {them} before you hand in."
    return _WILL_LOOK.sub(
        lambda match: f"{_CHANGE[match['a']]} {match['it']} before you hand in", text
    )


def counterexample(example: Counterexample) -> str:
    """For example: In draw 3, entry (2, 1): expected 1.25, your answer gives 0.75."""
    entry = f", entry ({', '.join(map(str, example.entry))})" if example.entry else ""
    if example.expected is None:
        return f"In draw {example.draw}{entry}: your answer gives {number(example.got)}, which is wrong."
    expected, got = value_pair(example.expected, example.got)
    return f"In draw {example.draw}{entry}: expected {expected}, your answer gives {got}."


def example_values(example: WorkedExample, width: int = LINE) -> list[str]:
    """The symbols of an example as lines: `x = [1, 0, 2]`. A wide matrix has a line for each row."""
    symbols = example.values.items()
    return [line for name, value in symbols for line in _assigned(one_line(name), value, width)]


def _assigned(name: str, value: object, width: int) -> list[str]:
    line = f"{name} = {_nested(value)}"
    if len(line) <= width:
        return [line]
    if value and _is_table(value):
        return _rows(name, value)
    margin = " " * len(f"{name} = [")
    return wrap(
        line, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _rows(name: str, value: Sequence[Sequence[object]]) -> list[str]:
    """A matrix with aligned columns."""
    cells = [[_nested(cell) for cell in row] for row in value]
    widest = [max(map(len, column)) for column in zip_longest(*cells, fillvalue="")]
    rows = [f"[{', '.join(map(str.rjust, row, widest))}]" for row in cells]
    margin = " " * len(f"{name} = [")
    ends = [*[","] * (len(rows) - 1), "]"]
    starts = [f"{name} = [", *[margin] * (len(rows) - 1)]
    return [f"{start}{row}{end}" for start, row, end in zip(starts, rows, ends, strict=True)]


def _is_table(value: object) -> TypeGuard[Sequence[Sequence[object]]]:
    """Whether it is a list of lists that are not empty."""
    return isinstance(value, list | tuple) and all(
        isinstance(row, list | tuple) and row for row in value
    )


def _nested(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_nested, value))}]"
    return f"{value:.12g}" if isinstance(value, int | float) else one_line(str(value))


def example(example: WorkedExample) -> str:
    """For example: Then entry (2, 1) should be 4; your answer gives 2."""
    what = f"entry ({', '.join(map(str, example.entry))})" if example.entry else "it"
    expected, got = value_pair(example.expected, example.got)
    return f"Then {what} should be {expected}; your answer gives {got}."


def grouped(messages: Iterable[Message]) -> list[tuple[str, list[Message]]]:
    """The messages with the title of their kind, the most important kind first."""
    all_messages = list(messages)
    groups = (
        (heading, [message for message in all_messages if message.kind == kind])
        for kind, heading in KIND_TITLES.items()
    )
    return [(heading, group) for heading, group in groups if group]


def _count(number: float, noun: str) -> str:
    text = points(number)
    return f"{text} {noun}" if text == "1" else f"{text} {noun}s"


def where_to_look(code: str | None) -> str:
    """The topic of a mistake by its code, for a hint that does not name the mistake."""
    for topic, codes in _TOPICS.items():
        if code in codes:
            return topic
    return "something in this answer is wrong"


_TOPICS = {
    "check the local derivatives: is each of them there, is it the right one, at the right point?": {
        "activation-for-derivative",
        "derivative-at-wrong-point",
        "derivative-for-activation",
        "dropped-activation-derivative",
        "dropped-local-derivative",
    },
    "check the factors of the chain rule: are all of them there, and no others?": {
        "dropped-input",
        "dropped-upstream",
        "dropped-weight",
        "extra-factor",
        "repeated-factor",
    },
    "check the quantities: does each come from the right layer?": {"pre-activation", "wrong-layer"},
    "check rows and columns: does the shape fit what the question asks for?": {
        "shape-mismatch",
        "transposed",
    },
    "check the indices: is each the right one, and in its range?": {
        "index-out-of-range",
        "wrong-index",
    },
    "check the sums: does each add up all terms that belong to it, and no others?": {
        "missing-sum",
        "missing-term",
        "summed-instead-of-selected",
    },
    "check the products: which are matrix products, and which are entry by entry?": {
        "diagonal-jacobian",
        "elementwise-for-matmul",
        "matmul-for-elementwise",
    },
    "check the constants and signs": {"constant-factor", "missing-batch-mean", "sign"},
    "check the question: what do you differentiate, and by what?": {
        "left-side-mismatch",
        "wrong-variable",
    },
    "a derivative is not worked out: differentiate it": {"not-worked-out"},
    "check the names: which ones does the question ask for or forbid?": {
        "forbidden-symbol",
        "required-symbol",
        "unknown-symbol",
    },
    "check the form: which one does the question ask for?": {"wrong-form"},
}
