"""Entries, slices and literals of arrays in infix text."""

import re
from dataclasses import replace

from grader.errors import Span
from grader.expression import Expression, Item, Number, Slice
from grader.notation.infix.calls import CallReader
from grader.notation.infix.tokens import InfixToken
from grader.notation.templates import Cell, rows_of

_NEW_AXIS = re.compile(
    r"(?:(?P<column>:,(?:np\.|numpy\.)?(?:None|newaxis))|(?:np\.|numpy\.)?(?:None|newaxis),:)\]"
)


class ArrayReader(CallReader):
    """Reads subscripts, methods and literals."""

    def subscript(self, base: Expression, first: int) -> Expression:
        turned = self._new_axis(base, first)
        if turned is not None:
            return turned
        opened = self.next()
        again = self.tokens[self.at - 2].text.endswith("]")
        self.build.deeper(opened.span)
        selectors: list[Expression | Slice] = []
        while True:
            axis = len(selectors)
            selectors.append(self.selector(base, axis))
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        if again and len(selectors) == 1 and isinstance(base, Item) and base.shape[0] == 1:
            selectors = [Number(1.0), *selectors]  # W[1][2]: entry 2 of row 1
        return self.build.item(base, selectors, self.span(first), row_first=True)

    def _new_axis(self, base: Expression, first: int) -> Expression | None:
        """`x[:, None]` makes a column of a vector, `x[None, :]` a row; None for any other subscript."""
        inside = "".join(token.text for token in self.tokens[self.at + 1 : self.at + 7])
        match = _NEW_AXIS.match(inside)
        if match is None or 1 not in base.shape:
            return None
        while self.next().text != "]":
            pass
        return self.given_axes(base, match["column"] is not None, self.span(first))

    def given_axes(self, base: Expression, stands: bool, span: Span) -> Expression:
        """A vector as a column or a row, marked as having two axes."""
        self.build.two_axes.add(span)
        if (base.shape[1] == 1) == stands:
            return replace(base, span=span)
        return self.build.apply("transpose", base, span=span)

    def selector(self, base: Expression, axis: int) -> Expression | Slice:
        token = self.tokens[self.at]
        following = self.tokens[self.at + 1] if token.kind != "end" else token
        if following.text in ("]", ",") and token.kind in ("name", "number"):
            quick = self.quick_selector(token)
            if quick is not None:
                self.at += 1
                return quick
        size = base.shape[axis] if axis < 2 else 1
        if base.shape[0] == 1 and base.shape[1] > 1 and axis == 0:
            size = base.shape[0]
        first = self.at
        low = None if self.peek().text == ":" else self.expression()
        if not self.take(":"):
            assert low is not None
            return self.build.shifted(low)
        high = None if self.peek().text in ("]", ",") else self.expression()
        return self.build.slice(low, high, size, self.span(first))

    def quick_selector(self, token: InfixToken) -> Expression | None:
        """A plain number or index variable, the most common selectors."""
        if token.kind == "number":
            value = float(token.text) + (1 - self.build.names.base)
            return Number(value, token.span) if value.is_integer() else None
        return self.build.index(token.text)

    def literal(self) -> Expression:
        """`[a, b]` is a column, `[[a, b], [c, d]]` a matrix."""
        first = self.at
        opened = self.expect("[")
        self.build.deeper(opened.span)
        rows: list[list[Cell]] = []
        nested = self.peek().text == "[" and self._opens_row()
        while self.peek().text != "]":
            rows.append(self.row() if nested else [self.cell()])
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        return self.build.matrix(rows_of(rows), self.span(first))

    def _opens_row(self) -> bool:
        """Whether the next `[` opens a row of a matrix, not an array in an expression."""
        depth = 0
        for at in range(self.at, len(self.tokens)):
            text = self.tokens[at].text
            if text == "[":
                depth += 1
            elif text == "]":
                depth -= 1
                if depth == 0:
                    return self.tokens[at + 1].text in (",", "]")
        return True

    def row(self) -> list[Cell]:
        opened = self.expect("[")
        self.build.deeper(opened.span)
        entries: list[Cell] = []
        while self.peek().text != "]":
            entries.append(self.cell())
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        return entries

    def cell(self) -> Cell:
        """An entry of a matrix; an entry like an earlier one is not parsed again."""
        end, key, given = self._ahead(self.at)
        if len(given) < 2:
            return self.expression()
        known = self.build.names.entries
        entries = [known.get(token.text) or self.entry(token) for token in given]
        alike = self.templates.instance(key, entries)
        if alike is not None:
            self.at = end
            self.build.count(len(key))
            return alike
        node = self.expression()
        return self.templates.learned(key, node, entries) if self.at == end else node

    def _ahead(self, at: int) -> tuple[int, tuple[str, ...], list[InfixToken]]:
        """The cell that begins at a token: its end, its text around the entries, its entries."""
        depth = 0
        key: list[str] = []
        given: list[InfixToken] = []
        for at in range(at, len(self.tokens)):  # noqa: B020 - from here on
            token = self.tokens[at]
            kind, text, _ = token
            if kind == "entry":
                key.append("")
                given.append(token)
                continue
            if kind == "sign":
                if text in "([":
                    depth += 1
                elif depth == 0 and text in "),]":
                    break
                elif text in ")]":
                    depth -= 1
            elif kind == "end":
                break
            key.append(text)
        return at, tuple(key), given
