"""Markdown and plain text: fences, code, dollars that may be prices, what is struck out."""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from grader.document.assignments import assignments, bound
from grader.document.draft import REACH, Construct
from grader.document.labels import label_at
from grader.document.limits import FORMULA_CHARACTERS
from grader.document.listing import listing
from grader.document.mathematics import Mathematics
from grader.document.nodes import Code, Comment, Formula, Markup, Node
from grader.document.offsets import Range, blanked, end_of_line, trimmed
from grader.document.plain import is_equation
from grader.document.plain_tokens import counted, tokens_in
from grader.document.programs import PLAIN, PYTHON, has_statement
from grader.document.tree import overlaid

_FENCE = re.compile(
    r"[ \t]*+(?:[-*+][ \t]++)?(?P<mark>`{3,}+|~{3,}+)[ \t]*+\{?\.?(?P<language>[\w+-]{0,20})[^`\n]*+$",
    re.MULTILINE,
)
_CLOSER = r"^[ \t]*+(?:[-*+][ \t]++)?(`{3,}+|~{3,}+)[ \t]*+$"
_PARAGRAPH_END = r"\n[ \t]*+(?=\n)|\Z"
_QUOTE = re.compile(r"[ \t]*+(?:>[ \t]?)++")
_LINE = re.compile(r"[^\n]++")
# Languages of mathematics, of documents, and of text; any other is a program, data or a shell.
_MATHEMATICS = {"math", "katex"}
_DOCUMENT = {"latex", "tex", "markdown", "md"}

_ESCAPED_LABEL = re.compile(r"(?<![^\n])\\\((?:[a-h]|[ivx]{1,4}|\d{1,2})\\\)(?!\S)")
_CDATA = re.compile(r"\s*+%\s*+<!\[CDATA\[(?P<body>.*?)%\s*+\]\]>\s*+", re.DOTALL)
_NEARBY = 200  # characters around code in a line
_FRAME = " \t*_-+>.,;:"
_ITEM = re.compile(r"[-*+•][ \t]++\$")
_LINE_START = re.compile(r"\n(?=\S)|\n[ \t]++")
_LOOKS_MATHEMATICAL = re.compile(r"[\\^_=]")
_TYPESET = re.compile(r"[\\^_]")
# A price: a number in a sentence, as in "costs $5 and $6.50".
_PRICE = re.compile(
    r"\$\d++(?:[.,]\d++)*+[kKM]?(?=[\s.,;:!?)]*+(?:\$|\n|\Z)"
    r"|[\s.,;:!?)]++(?!(?:if|for|when|where|else|or)\b)[A-Za-z]{2,}(?![\w(]))"
)
_IN_CODE = re.compile(r"(?<!\$)`[^`\n]*+`")
_STRUCK_END = r"~~(?!~)"


class Markdown(Mathematics):
    """A Markdown text."""

    def __init__(self, source: str) -> None:
        self._closing: dict[int, Range] = {}
        self._broken: dict[int, int] = {}
        self._prices: set[int] = set()
        quoted = list(_quotes(source))
        marks = [mark for _, marks in quoted for mark in marks]
        super().__init__(blanked(source, marks))
        self.quotes = [span for span, _ in quoted]
        self.signs = sorted([*self.signs, *marks])

    # Fences and code

    def ticks(self, match: re.Match[str]) -> Node | None:
        """A line that opens or closes a fence; None for code in a line."""
        self.where[match[0]].append(match.start())
        if closing := self._closing.get(match.start()):
            return Markup(*closing)
        if len(match[0]) < 3:
            return None
        near = max(0, match.start() - REACH)
        start = self.source.rfind("\n", near, match.start()) + 1
        fence = _FENCE.match(self.source, start or near)
        return self._fence(fence) if fence and fence.start("mark") == match.start() else None

    def _fence(self, fence: re.Match[str]) -> Node:
        start, left, language = fence.start(), fence.end(), fence["language"].lower()
        closing = self.find(_CLOSER, left, fence["mark"])
        if closing is None and language in _MATHEMATICS:
            closing = self.find(_PARAGRAPH_END, left)
            closing = closing and (closing[0], closing[0])
        if closing is None:
            return Markup(start, left)
        right, end = closing
        if language in _MATHEMATICS:
            return self.formula(start, end, left, right, True)
        code = listing(self.source, start, end, left, right, language=language, where="fence")
        if language in _DOCUMENT or _is_mathematics(code):
            self.fenced += [(left, right)] if language not in _DOCUMENT else []
            self._closing[self.source.index(fence["mark"], right)] = closing
            self.where["blank"].append(start)
            return Markup(start, left)
        children = _program(self.source, left, right) if code.program is not None else ()
        return replace(code, children=tuple(overlaid(code.children, children)))

    def code(self, match: re.Match[str]) -> Node | None:
        """Code in a line: words, unless it is an equation in a sentence."""
        start, left = match.span()
        close = self.next(match[0], left)
        if close >= self.paragraph_end(start):
            return None
        end = self.done = close + len(match[0])
        if self._is_in_sentence(start, end) and is_equation(self.source[left:close]):
            return self.formula(start, end, left, close, False, "code")
        return None

    def _is_in_sentence(self, start: int, end: int) -> bool:
        """Whether there are words around a piece of code, so that it is not a line of its own."""
        after = self.source[end : end_of_line(self.source, end, min(self.end, end + _NEARBY))]
        first = self.source.rfind("\n", max(0, start - _NEARBY), start) + 1
        if after.strip(_FRAME) or (first == 0 and start > _NEARBY):
            return True
        label = label_at(self.source, first, start)
        before = self.source[label.end if label else first : start].rstrip(" *_")
        return bool(before.strip(_FRAME)) and not before.endswith(":")

    # Comments, and what is struck out

    def comment(self, match: re.Match[str]) -> Node | None:
        """An HTML comment, such as the prompt of a template."""
        close = self.find("-->", match.end())
        return Comment(match.start(), close[1]) if close else None

    def script(self, match: re.Match[str]) -> Node | None:
        """`<script type="math/tex">…</script>`, as MathJax wrote pages."""
        close = self.find("</script>", match.end())
        if close is None:
            return None
        start, left = match.span()
        body = _CDATA.fullmatch(self.source, left, close[0])
        left, right = body.span("body") if body else (left, close[0])
        return self.formula(start, close[1], left, right, "display" in match["mode"])

    def tildes(self, match: re.Match[str]) -> Node | None:
        """`~~…~~` within a paragraph."""
        start, left = match.span()
        close = self.find(_STRUCK_END, left)
        if left - start != 2 or close is None or close[0] >= self.paragraph_end(left):
            return None
        if self.source[left : left + 1].isspace():
            return None
        return self.struck(start, left, *close)

    def deleted(self, match: re.Match[str]) -> Node | None:
        """`<del>…</del>`."""
        close = self.find(r"</(del|s|strike)\s*>", match.end(), match["tag"])
        return self.struck(match.start(), match.end(), *close) if close else None

    # Dollars

    def dollar(self, match: re.Match[str]) -> Node | None:
        """A formula, unless it is a price."""
        start = match.start()
        if start in self._prices:
            return None
        if end := self._broken.get(start):
            return self.formula(start, end, start, end, True)
        if self.source.startswith("$`", start):
            close = self.next("`$", start + 2)
            if close < self.paragraph_end(start):
                return self.formula(start, close + 2, start + 2, close, False)
        return super().dollar(match)

    def parentheses(self, match: re.Match[str]) -> Node | None:
        r"""`\(…\)`; in a text from pandoc, which writes dollars, `\(a\)` begins an answer."""
        is_label = self.where["$"] and _ESCAPED_LABEL.match(self.source, match.start())
        return None if is_label else super().parentheses(match)

    def may_hold_blank_lines(self, left: int, close: int) -> bool:
        """Whether a block may go on behind a blank line: an environment, or `$$` alone on its line.

        Some editors export blocks that way. A question marker in between shows that the first one was
        never closed.
        """
        if close > self.end or close - left > FORMULA_CHARACTERS:
            return False
        inner, end = trimmed(self.source, left, close)
        if self.closed.get(inner) == end:
            return True
        before = self.source[max(0, left - REACH) : left - 2].rpartition("\n")[2]
        first, *lines = self.source[left:close].split("\n")
        if before.strip() or first.strip():
            return False
        return not any(line.startswith("#") or label_at(line, 0, len(line)) for line in lines)

    def single_dollar(self, start: int) -> Node | None:
        """`$…$`, if that is mathematics."""
        close = self.next("$", start + 1)
        if close >= self.paragraph_end(start + 1) or not self._is_inline(start + 1, close):
            return None
        return self.formula(start, close + 1, start + 1, close, False)

    def to_end_of_line(self, start: int, left: int) -> Node | None:
        """None: in Markdown an open dollar or bracket is text."""
        return None

    def _is_inline(self, left: int, close: int) -> bool:
        """Whether dollars hold mathematics, not "$5 and $6": pandoc's rule, a little wider.

        Pandoc wants no space inside either dollar and no digit behind the second. Notebooks render
        `$ W^T x $` too, so spaces are forgiven when the text looks like nothing but mathematics.
        """
        if close == left or self.source[close + 1 : close + 2].isdigit():
            return False
        body = self.source[left:close]
        tight = not body[0].isspace() and not body[-1].isspace()
        return (
            tight or bool(_LOOKS_MATHEMATICAL.search(body)) or _is_formula(self.source, left, close)
        )

    def kept_dollars(self, dollars: list[int]) -> list[int]:
        """The dollars without prices. Finds paragraphs with a dollar that is not closed.

        A part ends with its paragraph, or before the next question marker or list item. It is not known
        which dollars open and which close, so all from the first one on is one broken formula.
        """
        text = self.source
        self.where["`$"] = [at - 1 for at in dollars if text[at - 1 : at] == "`"]
        if not dollars:
            return dollars
        self._prices = {
            m.start() for m in _PRICE.finditer(text) if not text.startswith("$", m.end())
        }
        kept = [at for at in dollars if at not in self._prices]
        listed = set()
        if "`" in text:
            listed = {at for code in _IN_CODE.finditer(text) for at in range(*code.span())}
        single = [at for at in _single(kept) if at not in listed]
        if any(len(line) % 2 for line in self._lines(single)):
            ends = sorted([*self.where["blank"], *self._markers(single), len(text)])
            for end, group in itertools.groupby(single, lambda at: ends[bisect_right(ends, at)]):
                self._find_broken(list(group), end)
        return kept

    def _find_broken(self, dollars: list[int], end: int) -> None:
        lines = self._lines(dollars) if len(dollars) % 2 else ()
        if any(self._is_mathematical(line[0], line[-1], end) for line in lines):
            last = dollars[-1] + 1
            self._broken[dollars[0]] = last + len(self.source[last:end].rstrip())

    def _markers(self, dollars: list[int]) -> Iterator[int]:
        """Where lines with a question marker or an item of a list begin, among dollars."""
        for line in _LINE_START.finditer(self.source, dollars[0], dollars[-1]):
            end = end_of_line(self.source, line.end())
            if _ITEM.match(self.source, line.end()) or label_at(self.source, line.end(), end):
                yield line.end()

    def _lines(self, dollars: list[int]) -> Iterator[list[int]]:
        """The dollars of each line."""
        at = 0
        while at < len(dollars):
            after = bisect_left(dollars, end_of_line(self.source, dollars[at]))
            yield dollars[at:after]
            at = after

    def _is_mathematical(self, first: int, last: int, end: int) -> bool:
        """Whether one of a line's dollars is followed by mathematics, up to the end of the line."""
        end = end_of_line(self.source, first, end)
        if _TYPESET.search(self.source, first, end):
            return True
        return any(_is_formula(self.source, at + 1, end, least=2) for at in (first, last))

    constructs: ClassVar[dict[str, Construct]] = {
        **Mathematics.definitions,
        **Mathematics.delimiters,
        "parenthesis": Construct(r"\\\(", read=parentheses),
        "dollar": Construct(r"\$", read=dollar),
        "ticks": Construct(r"`++", take=ticks, read=code),
        "tildes": Construct(r"~~++", take=ticks, read=tildes),
        "comment": Construct(r"<!--", take=comment),
        "script": Construct(
            r"""<script\s{1,9}type=["']math/tex(?P<mode>[^"'<>]{0,40})["']\s{0,9}>""", take=script
        ),
        "deleted": Construct(r"<(?i:(?P<tag>del|s|strike))\s{0,9}>", read=deleted),
    }


def _quotes(text: str) -> Iterator[tuple[Range, list[Range]]]:
    """The quoted paragraphs, each with its `>` marks, but not those that begin a line of a formula."""
    start, after = 0, -1
    marks: list[Range] | None = None
    for line in _LINE.finditer(text) if ">" in text else ():
        mark = _QUOTE.match(text, line.start(), line.end())
        if line.start() != after:
            if marks:
                yield (start, after - 1), marks
            start, marks = line.start(), [] if mark else None
        after = line.end() + 1
        if mark and marks is not None:
            marks.append(mark.span())
    if marks:
        yield (start, after - 1), marks


def _is_mathematics(code: Code) -> bool:
    """Whether a listing is formulas in lines, which are read as text."""
    return code.language in PLAIN | PYTHON and code.program is None and not has_statement(code.text)


def _program(text: str, start: int, end: int) -> list[Node]:
    """The assignments of a program, and the names that it binds."""
    found: list[Node] = [
        Formula(*span, text[slice(*span)], span[0], True, notation)
        for notation, spans in (("code", assignments), ("bound", bound))
        for span in spans(text, start, end)
    ]
    return overlaid(sorted(found, key=lambda node: node.start), ())


def _single(dollars: list[int]) -> Iterator[int]:
    """The dollars that are not half of a double one."""
    at = 0
    while at < len(dollars):
        if dollars[at + 1 : at + 2] == [dollars[at] + 1]:
            at += 2
        else:
            yield dollars[at]
            at += 1


def _is_formula(text: str, start: int, end: int, least: int = 1) -> bool:
    """Whether a range holds only words and numbers of mathematics, and at least so many tokens."""
    if end - start > FORMULA_CHARACTERS:
        return False
    tokens = tokens_in(text, start, end)
    words, numbers, ordinary = counted(tokens)
    is_known = len(tokens) >= least and all(token.kind != "other" for token in tokens)
    return is_known and not ordinary and words + numbers > 0
