"""Index lists: `1,j`, `(1,j)`, `11`, `ij`, `i+1`, `:`."""

from collections.abc import Sequence

from grader.errors import Span
from grader.expression import SCALAR, Expression, Slice
from grader.notation.builder import NONSENSE
from grader.notation.latex.reader import LatexReader
from grader.notation.latex.scripts import digits, split, without_brackets
from grader.notation.latex_tokens import Token

WHOLE_AXIS = frozenset({":", "\\cdot", "\\odot", "*"})  # X_{:,2}, X_{\cdot 2}, X_{\bullet 2}


class IndexReader(LatexReader):
    """Reads the subscripts of arrays."""

    def entry_of_bracket(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        """`(A x)_i` is an entry, `[p_i y_j]_{ij}` the array of these entries."""
        if node.shape != SCALAR or node is NONSENSE:
            return self.entry(node, script, first)
        array = self._array_over(node, script)
        if array is None:
            hint = "write an index at the array itself, a clipped value with \\min and \\max"
            self.build.fail(
                "brackets with a number in them cannot have a subscript", self.span(first), hint
            )
        return array

    def _array_over(self, node: Expression, script: Sequence[Token]) -> Expression | None:
        """The array over the letters of a subscript; None for any other subscript."""
        said = split(without_brackets(script), "=")
        if len(said) > 1 and self.take("^"):
            self.group()  # [y_i]_{i=1}^{n}
        tokens = said[0] if len(said) > 1 else without_brackets(script)
        letters = [self.build.index(token.text) for token in tokens if token.text != ","]
        return self.build.array_over(node, letters)

    def selectors(self, script: Sequence[Token], base: Expression) -> list[Expression | Slice]:
        """The indices in a script: `1,j`, `(1,j)`, `11`, `ij`, `i+1`, `:`."""
        script = without_brackets(script)
        parts = split(script, ",")
        if len(parts) == 1 and len(split(script, "|")) == 2:
            parts = self.build.given(split(script, "|"))
        elif len(parts) == 1 and len(script) >= 1:
            parts = self.undivided(script, base)
        alone = len(parts) == 1
        return [self.one_selector(part, base, axis, alone) for axis, part in enumerate(parts)]

    def undivided(self, script: Sequence[Token], base: Expression) -> list[Sequence[Token]]:
        """`ij` and `11` are two indices of a matrix; `i+1` is one, and so is 12 of a long vector."""
        if any(token.kind == "sign" and token.text in "+-" for token in script):
            return [script]
        if len(script) == 1 and 1 in base.shape:
            token = script[0]
            if (
                token.kind == "number"
                and len(token.text) == 2
                and float(token.text) > max(base.shape)
            ):
                return [[part] for part in digits(token)]
            return [script]
        parts: list[Sequence[Token]] = []
        for token in script:
            if token.kind == "number" and len(token.text) > 1:
                parts.extend([part] for part in digits(token))
            else:
                parts.append([token])
        return parts

    def one_selector(
        self, part: Sequence[Token], base: Expression, axis: int, alone: bool
    ) -> Expression | Slice:
        if not part:
            here = self.tokens[max(0, self.at - 1)].span
            self.build.fail("an index is missing", here)
        first = part[0]
        if len(part) == 1 and first.text in WHOLE_AXIS:
            thin_row = base.shape[0] == 1 and base.shape[1] > 1
            size = base.shape[1] if thin_row and alone else base.shape[min(axis, 1)]
            return Slice(1, size)
        if any(token.text == ":" for token in part):
            return self._slice(part, base.shape[min(axis, 1)])
        if len(part) == 1 and first.kind in ("letter", "word", "command", "accent"):
            index = self.build.selecting(first.text)
            if index is not None:
                return index
            self._no_such_index(first)
        if len(part) == 1 and first.kind == "number":
            return self.build.shifted(self.build.number(first.text, first.span))
        return self.build.shifted(self.within(part, self.sum))

    def _slice(self, part: Sequence[Token], size: int) -> Slice:
        """`2:3`, with both ends if the text counts from 1; a missing end is that of the array."""
        low, high, *more = split(part, ":")
        if more:
            self.build.fail("a slice needs two ends", part[0].span)
        start, stop = (self.within(end, self.sum) if end else None for end in (low, high))
        return self.build.slice(start, stop, size, Span(part[0].start, part[-1].end))

    def _no_such_index(self, token: Token) -> None:
        names = self.build.names
        if token.text in names.dimensions:
            return
        known = ", ".join(names.indices) or "none"
        hint = f"index variables here: {known}; a sum declares its own"
        self.build.fail(f"the index `{token.text}` is not declared", token.span, hint)
