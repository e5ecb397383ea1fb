"""Finds the formulas of a paper in one pass, in linear time for any text.

One regular expression finds each delimiter once. The rest is a search in sorted lists of offsets, so
100,000 opening dollars cost no more than 100,000 letters.
"""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from grader.submission import limits
from grader.submission.papers.labels import label_at
from grader.submission.papers.plain import is_equation
from grader.submission.papers.plain_tokens import counted, tokens_in

_TOKEN = re.compile(
    r"""\\(?P<edge>begin|end)\s*+\{(?P<name>[A-Za-z]{1,20}\*?)\}
      | \\[\s\S]
      | \$
      | (?P<blank>\n(?=[ \t]*+\n))
      | (?P<ticks>`++)
    """,
    re.VERBOSE,
)
ENVIRONMENTS = frozenset(
    [
        "align",
        "alignat",
        "aligned",
        "alignedat",
        "array",
        "bmatrix",
        "Bmatrix",
        "cases",
        "displaymath",
        "dmath",
        "eqnarray",
        "equation",
        "flalign",
        "gather",
        "gathered",
        "math",
        "matrix",
        "multline",
        "pmatrix",
        "smallmatrix",
        "split",
        "vmatrix",
        "Vmatrix",
    ]
)

# Characters around a formula in backticks on its own line, and how far to look for them.
_NEARBY = 200
_FRAME = " \t*_-+>.,;:"
_ITEM = re.compile(r"[-*+•][ \t]++\$")
_LINE_START = re.compile(r"\n(?=\S)|\n[ \t]++")
_LOOKS_MATHEMATICAL = re.compile(r"[\\^_=]")
_TYPESET = re.compile(r"[\\^_]")
# A price: a number in a sentence, as in "costs $5 and $6.50".
_PRICE = re.compile(
    r"\$\d++(?:[.,]\d++)*+[kKM]?(?=[\s.,;:!?)]*+(?:\$|\n|\Z|(?!(?:if|for|when|where|else|or)\b)[A-Za-z]{2,}(?![\w(])))"
)
_IN_CODE = re.compile(r"(?<!\$)`[^`\n]*+`")


@dataclass(frozen=True, slots=True)
class FormulaSpan:
    """A formula with its delimiters, `start` to `end`, and without, `left` to `right`."""

    start: int
    end: int
    left: int
    right: int
    display: bool
    notation: str = "latex"


def formulas(text: str, *, markdown: bool) -> list[FormulaSpan]:
    """The formulas of a text in reading order.

    Args:
        text: the paper, with code and comments blanked.
        markdown: whether a dollar may be a price, and backticks code; not so in TeX.

    """
    return list(_Scanner(text, markdown).spans())


def _single(dollars: list[int]) -> Iterator[int]:
    """The dollars that are not half of a double one."""
    at = 0
    while at < len(dollars):
        if dollars[at + 1 : at + 2] == [dollars[at] + 1]:
            at += 2
        else:
            yield dollars[at]
            at += 1


def _is_formula(text: str, start: int, end: int) -> bool:
    """Whether a range holds only words and numbers of mathematics."""
    if end - start > limits.FORMULA_CHARACTERS:
        return False
    tokens = tokens_in(text, start, end)
    words, numbers, ordinary = counted(tokens)
    return not ordinary and words + numbers > 0 and all(token.kind != "other" for token in tokens)


class _Scanner:
    def __init__(self, text: str, markdown: bool) -> None:
        self._text = text
        self._markdown = markdown
        self._where: dict[str, list[int]] = defaultdict(list)
        self._openers: list[tuple[int, str]] = []
        self._matching: dict[int, int] = {}
        self._broken: dict[int, int] = {}
        self._tokenize()
        self._handlers = {
            "$": self._dollar,
            "\\[": self._brackets,
            "\\(": self._parentheses,
            "begin": self._environment,
            "`": self._code,
        }

    def spans(self) -> Iterator[FormulaSpan]:
        done = 0
        for offset, kind in self._openers:
            if offset < done:
                continue
            span = self._handlers[kind](offset)
            if span is not None:
                done = span.end
                if span.right > span.left or span.display:
                    yield span

    def _tokenize(self) -> None:
        open_environments: dict[str, list[int]] = defaultdict(list)
        for match in _TOKEN.finditer(self._text):
            start = match.start()
            if match["edge"]:
                self._edge(match, open_environments)
            elif match["blank"]:
                self._where["blank"].append(start)
            elif match["ticks"]:
                self._where[match["ticks"]].append(start)
                self._opener(start, "`")
            elif match[0] in ("\\]", "\\)"):
                self._where[match[0]].append(start)
            elif match[0] in ("$", "\\[", "\\("):
                self._where[match[0]].append(start)
                self._opener(start, match[0])
        if self._markdown and self._where["$"]:
            self._balance()
        dollars = self._where["$"]
        self._where["$$"] = [a for a, b in itertools.pairwise(dollars) if b == a + 1]
        self._where["`$"] = [dollar - 1 for dollar in dollars if self._text[dollar - 1] == "`"]

    def _balance(self) -> None:
        """Leave out prices, and find the parts of the text with a dollar that is not closed.

        A part ends with its paragraph, or before the next question marker or list item. It is not known
        which dollars open and which close, so all from the first one on is one broken formula.
        """
        text = self._text
        prices = {m.start() for m in _PRICE.finditer(text) if not text.startswith("$", m.end())}
        listed = {at for code in _IN_CODE.finditer(text) for at in range(*code.span())}
        kept = [dollar for dollar in self._where["$"] if dollar not in prices]
        self._where["$"] = kept
        self._openers = [one for one in self._openers if one[0] not in prices]
        single = [at for at in _single(kept) if at not in listed]
        ends = sorted([*self._where["blank"], *self._markers(single), len(text)])
        for end, group in itertools.groupby(single, lambda at: ends[bisect_right(ends, at)]):
            dollars = list(group)
            if len(dollars) % 2 and any(self._is_mathematical(at + 1, end) for at in dollars):
                self._broken[dollars[0]] = len(text[:end].rstrip())

    def _markers(self, dollars: list[int]) -> Iterator[int]:
        """Where lines with a question marker or an item of a list begin, among the dollars."""
        if not dollars:
            return
        for line in _LINE_START.finditer(self._text, dollars[0], dollars[-1]):
            end = self._text.find("\n", line.end())
            end = len(self._text) if end < 0 else end
            if _ITEM.match(self._text, line.end()) or label_at(self._text, line.end(), end):
                yield line.end()

    def _is_mathematical(self, start: int, end: int) -> bool:
        """Whether a dollar is followed by mathematics, up to the end of its line."""
        newline = self._text.find("\n", start, end)
        end = newline if newline >= 0 else end
        if _TYPESET.search(self._text, start, end):
            return True
        return len(tokens_in(self._text, start, end)) > 1 and _is_formula(self._text, start, end)

    def _opener(self, start: int, kind: str) -> None:
        self._openers.append((start, kind))

    def _edge(self, match: re.Match[str], open_environments: dict[str, list[int]]) -> None:
        r"""Pairs each `\begin` with its `\end`, innermost first."""
        name = match["name"]
        if name.rstrip("*") not in ENVIRONMENTS:
            return
        if match["edge"] == "begin":
            open_environments[name].append(match.start())
            self._opener(match.start(), "begin")
        elif open_environments[name]:
            self._matching[open_environments[name].pop()] = match.end()

    def _next(self, kind: str, offset: int) -> int:
        """The offset of the next token of a kind; past the end of the text if there is none."""
        where = self._where[kind]
        index = bisect_left(where, offset)
        return where[index] if index < len(where) else len(self._text) + 1

    def _blank(self, offset: int) -> int:
        """Where the paragraph ends."""
        return min(self._next("blank", offset), len(self._text))

    def _unclosed(self, start: int, left: int) -> FormulaSpan:
        """A formula that is not closed: up to the end of its paragraph."""
        end = self._blank(left)
        return FormulaSpan(start, end, left, end, True)

    def _dollar(self, start: int) -> FormulaSpan | None:
        if end := self._broken.get(start):
            return FormulaSpan(start, end, start, end, True)
        if self._text.startswith("$$", start):
            return self._double_dollar(start)
        if self._markdown and self._text.startswith("$`", start):
            close = self._next("`$", start + 2)
            if close < self._blank(start):
                return FormulaSpan(start, close + 2, start + 2, close, False)
        return self._single_dollar(start)

    def _double_dollar(self, start: int) -> FormulaSpan:
        left = start + 2
        close = self._next("$$", left)
        if close < self._blank(left) or self._is_block_with_blank_lines(left, close):
            return FormulaSpan(start, close + 2, left, close, True)
        return self._unclosed(start, left)

    def _is_block_with_blank_lines(self, left: int, close: int) -> bool:
        """Whether `$$` alone on its line and `close` are one block with blank lines inside.

        Some editors export blocks that way. A question marker in between shows that the first one was
        never closed.
        """
        if close > len(self._text) or close - left > limits.FORMULA_CHARACTERS:
            return False
        lines = self._text[left:close].split("\n")
        if lines[0].strip():
            return False
        return not any(line.startswith("#") or label_at(line, 0, len(line)) for line in lines)

    def _single_dollar(self, start: int) -> FormulaSpan | None:
        left = start + 1
        close = self._next("$", left)
        if close >= self._blank(left):
            return None if self._markdown else self._to_end_of_line(start, left)
        if self._markdown and not self._is_inline(left, close):
            return None
        return FormulaSpan(start, close + 1, left, close, False)

    def _is_inline(self, left: int, close: int) -> bool:
        """Whether dollars hold mathematics, not "$5 and $6": pandoc's rule, a little wider.

        Pandoc wants no space inside either dollar and no digit behind the second. Notebooks render
        `$ W^T x $` too, so spaces are forgiven when the text looks like nothing but mathematics.
        """
        if close == left or self._text[close + 1 : close + 2].isdigit():
            return False
        body = self._text[left:close]
        tight = not body[0].isspace() and not body[-1].isspace()
        return (
            tight or bool(_LOOKS_MATHEMATICAL.search(body)) or _is_formula(self._text, left, close)
        )

    def _to_end_of_line(self, start: int, left: int) -> FormulaSpan:
        newline = self._text.find("\n", start)
        end = len(self._text) if newline < 0 else newline
        return FormulaSpan(start, end, left, end, False)

    def _brackets(self, start: int) -> FormulaSpan:
        left = start + 2
        close = self._next("\\]", left)
        if close <= len(self._text) and close < self._next("\\[", left):
            return FormulaSpan(start, close + 2, left, close, True)
        return self._unclosed(start, left)

    def _parentheses(self, start: int) -> FormulaSpan | None:
        left = start + 2
        close = self._next("\\)", left)
        if close < min(self._blank(left), self._next("\\(", left)):
            return FormulaSpan(start, close + 2, left, close, False)
        return None if self._markdown else self._to_end_of_line(start, left)

    def _environment(self, start: int) -> FormulaSpan:
        r"""An environment with its `\begin` and `\end`, which say how to read its rows."""
        end = self._matching.get(start)
        if end is None:
            return self._unclosed(start, start)
        return FormulaSpan(start, end, start, end, True)

    def _code(self, start: int) -> FormulaSpan | None:
        """Skip code between backticks, unless it is an equation."""
        if not self._markdown:
            return None
        ticks = re.compile("`+").match(self._text, start)
        width = len(ticks[0]) if ticks else 1
        close = self._next("`" * width, start + width)
        if close >= self._blank(start):
            return None
        end = close + width
        if self._is_in_sentence(start, end) and is_equation(self._text[start + width : close]):
            return FormulaSpan(start, end, start + width, close, False, "code")
        return FormulaSpan(start, end, end, end, False)

    def _is_in_sentence(self, start: int, end: int) -> bool:
        """Whether there are words around a piece of code, so that it is not a line of its own."""
        newline = self._text.find("\n", end, end + _NEARBY)
        after = self._text[end : newline if newline >= 0 else end + _NEARBY]
        first = self._text.rfind("\n", max(0, start - _NEARBY), start) + 1
        if after.strip(_FRAME) or (first == 0 and start > _NEARBY):
            return True
        label = label_at(self._text, first, start)
        before = self._text[label.end if label else first : start].rstrip(" *_")
        return bool(before.strip(_FRAME)) and not before.endswith(":")
