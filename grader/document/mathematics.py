r"""Formulas between delimiters, and the definitions of commands, in Markdown as in LaTeX."""

import itertools
import re
from collections.abc import Mapping
from typing import ClassVar

from grader.document.draft import Construct, Draft
from grader.document.limits import FORMULA_CHARACTERS
from grader.document.nodes import Definition, Formula, Markup, Node, Unread
from grader.document.offsets import trimmed

ENVIRONMENTS = frozenset(
    "align alignat aligned alignedat array bmatrix Bmatrix cases displaymath dmath eqnarray equation"
    " flalign gather gathered math matrix multline pmatrix smallmatrix split vmatrix Vmatrix".split()
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*+")
_NAME = re.compile(r"\s{0,20}\\(?:[A-Za-z]++|.)")
_ARGUMENTS = re.compile(r"(?:\s{0,20}\[[^\[\]{}\n]{0,100}\]){0,2}\s{0,20}")
_PARAMETERS = re.compile(r"[^{}\n]{0,100}")


class Mathematics(Draft):
    """The constructs that both formats share."""

    def formula(
        self, start: int, end: int, left: int, right: int, display: bool, notation: str = "latex"
    ) -> Node:
        """A formula from `start` to `end`, whose delimiters leave `left` to `right`."""
        left, right = trimmed(self.text, left, right)
        if not _COMMENT.sub("", self.text[left:right]).strip():
            return Markup(start, end)
        if right - left > FORMULA_CHARACTERS:
            return too_long(start, end)
        return Formula(start, end, self.text[left:right], left, display, notation)

    def unclosed(self, start: int, left: int) -> Node:
        """A formula that is not closed: up to the end of its paragraph."""
        end = self.paragraph_end(left)
        return self.formula(start, end, left, end, True)

    def pair(self, edge: re.Match[str]) -> None:
        r"""Pair each `\begin` with its `\end`, innermost first."""
        name = edge["name"]
        if edge["edge"][1] == "b":
            self._open.setdefault(name, []).append(edge.start())
        elif self._open.get(name):
            self.closed[self._open[name].pop()] = edge.end()

    def environment(self, edge: re.Match[str]) -> Node | None:
        r"""A formula with its `\begin` and `\end`, which say how to read its rows."""
        if edge["edge"][1] == "e" or edge["name"].rstrip("*") not in ENVIRONMENTS:
            return None
        start = edge.start()
        end = self.closed.get(start)
        if end is None or end > self.end:
            return self.unclosed(start, start)
        return self.formula(start, end, start, end, True)

    def dollar(self, match: re.Match[str]) -> Node | None:
        """`$…$` and `$$…$$`."""
        start = match.start()
        if self.source.startswith("$$", start):
            return self.double_dollar(start)
        return self.single_dollar(start)

    def double_dollar(self, start: int) -> Node:
        """`$$…$$`; in Markdown with blank lines, if `$$` is alone on its line."""
        close = self.next("$$", start + 2)
        if close < self.paragraph_end(start + 2) or self.may_hold_blank_lines(start + 2, close):
            return self.formula(start, close + 2, start + 2, close, True)
        return self.unclosed(start, start + 2)

    def may_hold_blank_lines(self, left: int, close: int) -> bool:
        """Whether a block may go on behind a blank line."""
        return False

    def single_dollar(self, start: int) -> Node | None:
        """`$…$`."""
        close = self.next("$", start + 1)
        if close >= self.paragraph_end(start + 1):
            return self.to_end_of_line(start, start + 1)
        return self.formula(start, close + 1, start + 1, close, False)

    def to_end_of_line(self, start: int, left: int) -> Node | None:
        """An inline formula that is not closed."""
        newline = self.source.find("\n", start, self.end)
        end = self.end if newline < 0 else newline
        return self.formula(start, end, left, end, False)

    def brackets(self, match: re.Match[str]) -> Node:
        r"""`\[…\]`."""
        start, left = match.span()
        close = self.next("close_bracket", left)
        if close <= self.end and close < self.next("bracket", left):
            return self.formula(start, close + 2, left, close, True)
        return self.unclosed(start, left)

    def parentheses(self, match: re.Match[str]) -> Node | None:
        r"""`\(…\)`."""
        start, left = match.span()
        close = self.next("close_parenthesis", left)
        if close < min(self.paragraph_end(left), self.next("parenthesis", left)):
            return self.formula(start, close + 2, left, close, False)
        return self.to_end_of_line(start, left)

    def definition(self, match: re.Match[str]) -> Node | None:
        r"""`\newcommand`, `\def`, `\DeclareMathOperator`; None if it is never closed."""
        end = self._after_name(match.end())
        between = _PARAMETERS if match["definition"].endswith("def") else _ARGUMENTS
        body = between.match(self.source, end) if end else None
        close = self.braces.get(body.end()) if body else None
        return None if close is None else Definition(match.start(), close + 1)

    def _after_name(self, offset: int) -> int | None:
        r"""The offset after `\name` or `{\name}`."""
        if name := _NAME.match(self.source, offset):
            return name.end()
        while self.source[offset : offset + 1] == " ":
            offset += 1
        close = self.braces.get(offset)
        return None if close is None else close + 1

    def struck_command(self, match: re.Match[str]) -> Node | None:
        r"""`\sout{…}`, `\st{…}`."""
        close = self.braces.get(match.end() - 1)
        return (close and self.struck(match.start(), match.end(), close, close + 1)) or None

    def _tokenize(self) -> None:
        self._open: dict[str, list[int]] = {}
        self.closed: dict[int, int] = {}
        super()._tokenize()
        dollars = self.where["$"] = self.kept_dollars(self.where["dollar"])
        self.where["$$"] = [a for a, b in itertools.pairwise(dollars) if b == a + 1]

    def kept_dollars(self, dollars: list[int]) -> list[int]:
        """The dollars that may delimit a formula."""
        return dollars

    definitions: ClassVar[Mapping[str, Construct]] = {
        "definition": Construct(
            r"\\(?:(?:(?:re)?newcommand|providecommand|DeclareMathOperator)(?![A-Za-z])\*?"
            r"|[gex]?def(?![A-Za-z]))",
            take=definition,
        ),
        "struck": Construct(r"\\(?:sout|xout|st)\s{0,9}\{", read=struck_command),
    }
    delimiters: ClassVar[Mapping[str, Construct]] = {
        "edge": Construct(
            r"\\(?:begin|end)\s*+\{(?P<name>[A-Za-z]{1,40}\*?)\}", take=pair, read=environment
        ),
        "bracket": Construct(r"\\\[", read=brackets),
        "parenthesis": Construct(r"\\\(", read=parentheses),
        "close_bracket": Construct(r"\\\]"),
        "close_parenthesis": Construct(r"\\\)"),
        "escape": Construct(r"\\[\s\S]"),
        "dollar": Construct(r"\$", read=dollar),
        "blank": Construct(r"\n(?=[ \t]*+\n)"),
    }


def too_long(start: int, end: int) -> Unread:
    """A formula beyond the limit."""
    message = f"A formula is longer than {FORMULA_CHARACTERS} characters."
    return Unread(start, end, message, "Check that its closing delimiter is there.")
