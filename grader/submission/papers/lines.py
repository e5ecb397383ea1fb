"""The markers at the starts of lines."""

import re
from collections.abc import Iterable, Iterator

from grader.submission.papers.labels import Label, label_at
from grader.submission.papers.mathematics import FormulaSpan

_LINE = re.compile(r"[^\n]++")


def line_markers(text: str, spans: Iterable[FormulaSpan]) -> Iterator[tuple[int, Label]]:
    """(offset, marker) for lines that begin outside formulas with a marker."""
    remaining = iter(spans)
    span = next(remaining, None)
    for line in _LINE.finditer(text):
        start, end = line.span()
        while span is not None and span.end <= start:
            span = next(remaining, None)
        if span is not None and span.start <= start:
            continue
        label = label_at(text, start, end if span is None else min(end, span.start))
        if label is not None:
            yield start, label
