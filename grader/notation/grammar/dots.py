"""Lists, sums and matrices with dots: `[a_1, a_2, \\dots, a_n]`, `a_1 + \\dots + a_n`, diagonal matrices.

Dots lead from the entry before them to the one behind: both must be the same formula but for whole numbers
that all grow by the same. Everything that is written stays as it is, and an entry of the same form that is
out of step makes the dots unreadable.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple, NoReturn

from grader.errors import Span
from grader.expression import (
    Apply,
    Derivative,
    Expression,
    Index,
    Number,
    children,
    walk,
    with_children,
)
from grader.notation import products
from grader.notation.builder import NONSENSE, SIZE_LIMIT, constant
from grader.notation.grammar import syntax
from grader.notation.grammar.reading import Reader
from grader.notation.grammar.syntax import Node
from grader.primitives import TABLE
from grader.primitives.build import ONE

Leaf = Number | Index
Sizes = Mapping[str, set[int]]  # the axes that each undeclared letter counts


class _Entry(NamedTuple):
    """An entry: the formula around its whole numbers and letters, and these in order."""

    node: Expression
    around: Any
    leaves: Sequence[Leaf]


Cell = _Entry | str  # a sign of dots, or "" for a blank


def has_dots(nodes: Iterable[Node]) -> bool:
    """Whether something is left out."""
    return any(isinstance(node, syntax.Omitted) for node in nodes)


def listed(reader: Reader, nodes: Sequence[Node], span: Span) -> list[Expression]:
    """The entries of a list. Raises Unreadable."""
    if not has_dots(nodes):
        return [reader.read(node) for node in nodes]
    fill = _Filling(reader, [nodes], span)
    return fill.known(fill.line(fill.rows[0]))


def repeated(nodes: Sequence[Node]) -> syntax.Literal | None:
    """The number of a list with dots that holds nothing else."""
    written = [node for node in nodes if not isinstance(node, syntax.Omitted)]
    numbers = {node.text: node for node in written if isinstance(node, syntax.Literal)}
    alone = has_dots(nodes) and len(numbers) == 1
    alike = all(isinstance(node, syntax.Literal) for node in written)
    return next(iter(numbers.values())) if alone and alike else None


def matrix(reader: Reader, node: syntax.MatrixOf) -> Sequence[Sequence[Expression]]:
    """The rows of a matrix. Raises Unreadable."""
    if not any(map(has_dots, node.rows)):
        return [[reader.read(cell) for cell in row] for row in node.rows]
    fill = _Filling(reader, node.rows, node.span)
    return [fill.known(row) for row in fill.grid()]


def total(reader: Reader, node: syntax.Terms) -> Expression:
    """The sum of terms with dots between them, which have the sign of the terms around them.

    Raises Unreadable.
    """
    fill = _Filling(reader, [node.terms], node.span)
    signs = ["-" if isinstance(node.terms[0], syntax.Negated) else "+", *node.signs]
    cells: list[Cell] = []
    for at, cell in enumerate(fill.rows[0]):
        if isinstance(cell, str) and len(set(signs[max(0, at - 1) : at + 2])) > 1:
            fill.fail()
        elif at and signs[at] == "-" and not isinstance(cell, str):
            cell = _entry(reader.build.apply("neg", cell.node))
        cells.append(cell)
    return products.total(reader.build, fill.known(fill.line(cells)), node.span)


# Entries


def _entry(node: Expression) -> _Entry:
    leaves: list[Leaf] = []
    return _Entry(node, _around(node, leaves), leaves)


def _leaf(node: Expression) -> Leaf | None:
    value = constant(node)
    if value is not None and value == int(value):
        return Number(value, node.span, node.name if isinstance(node, Number) else "")
    return node if isinstance(node, Index) else None


def _around(node: Expression, leaves: list[Leaf]) -> Any:
    """A tree without its whole numbers and letters, which are added to `leaves` in order."""
    leaf = _leaf(node)
    if leaf is not None:
        leaves.append(leaf)
        return ONE
    parts = children(node)
    return with_children(node, (ONE,) * len(parts)), *(_around(part, leaves) for part in parts)


def _rebuilt(node: Expression, leaves: Iterator[Leaf]) -> Expression:
    """A tree with other numbers and letters, in the order of `_around`."""
    if _leaf(node) is not None:
        return next(leaves)
    return with_children(node, tuple(_rebuilt(part, leaves) for part in children(node)))


def _with(entry: _Entry, leaves: Sequence[Leaf]) -> _Entry:
    return _Entry(_rebuilt(entry.node, iter(leaves)), entry.around, leaves)


def _counted(leaf: Leaf, sizes: Sizes) -> Leaf:
    """A leaf; an undeclared letter is the last index of the axis that it counts."""
    axes = sizes.get(leaf.name, ()) if isinstance(leaf, Index) else ()
    return Number(float(*axes), leaf.span, leaf.name) if len(axes) == 1 else leaf


class _Steps(NamedTuple):
    """The general entry between two: the leaves of the first that grow, and the steps to the last."""

    first: _Entry
    growing: Sequence[int]
    far: int
    sizes: Sizes

    def at(self, step: int) -> _Entry:
        """The entry some steps behind the first one."""
        leaves = [*self.first.leaves]
        for place in self.growing:
            leaves[place] = Number(self._number(leaves[place]) + step)
        return _with(self.first, leaves)

    def step(self, entry: _Entry) -> float | None:
        """How many steps an entry is behind the first one; None if it is not the general one there."""
        grown = {
            self._number(entry.leaves[x]) - self._number(self.first.leaves[x]) for x in self.growing
        }
        return (
            grown.pop() if len(grown) == 1 and self._rest(entry) == self._rest(self.first) else None
        )

    def holds(self, entry: _Entry) -> bool:
        """Whether an entry with a letter is the general one: the a_k of `a_1, …, a_k, …, a_n`."""
        if entry.around != self.first.around or self._rest(entry) != self._rest(self.first):
            return False
        letters, numbers = ({one.leaves[x] for x in self.growing} for one in (entry, self.first))
        return len(letters) == len(numbers) == 1 and isinstance(letters.pop(), Index)

    def _number(self, leaf: Leaf) -> float:
        counted = _counted(leaf, self.sizes)
        return counted.value if isinstance(counted, Number) else float("nan")

    def _rest(self, entry: _Entry) -> list[Leaf]:
        return [leaf for at, leaf in enumerate(entry.leaves) if at not in self.growing]


def _steps(first: _Entry, last: _Entry, sizes: Sizes) -> _Steps | None:
    """The steps between two entries; None if nothing grows, or not all by the same."""
    if first.around != last.around:
        return None
    growing = []
    for at, (one, other) in enumerate(zip(first.leaves, last.leaves, strict=True)):
        end = _counted(other, sizes) if isinstance(one, Number) else other
        named = isinstance(end, Number) and end.name and isinstance(one, Number) and not one.name
        if one != end or named:
            growing.append(at)
    steps = _Steps(first, growing, 0, sizes)
    far = steps.step(last)
    return None if far is None else steps._replace(far=int(far))


# Dots


class _Filling:
    """Cells as they are written, and what dots and blanks between them stand for."""

    def __init__(self, reader: Reader, rows: Sequence[Sequence[Node]], span: Span) -> None:
        self.build, self.span = reader.build, span
        self.sizes: dict[str, set[int]] = {}
        known = len(self.build.derivatives), len(self.build.kinked)
        with self.build.to_the_end(self.sizes):
            read = [[cell.sign if isinstance(cell, syntax.Omitted) else reader.read(cell) for cell in row]
                    for row in rows]  # fmt: skip
        if any(cell is NONSENSE for row in read for cell in row):
            self.fail()  # it may make sense in a longer list
        self.rows: list[list[Cell]] = [
            [cell if isinstance(cell, str) else _entry(cell) for cell in row] for row in read
        ]
        del self.build.derivatives[known[0] :], self.build.kinked[known[1] :]

    def fail(self) -> NoReturn:
        """Refuse dots that do not say what they stand for."""
        hint = "write every entry, or a formula with indices"
        self.build.fail("dots in a matrix do not say what the entries are", self.span, hint)

    def known(self, entries: Iterable[_Entry]) -> list[Expression]:
        """The expressions of entries; what they contain is kept. Letters without a meaning are refused."""
        nodes = [entry.node for entry in entries]
        for part in (part for node in nodes for part in walk(node)):
            self.build.count(1)
            if isinstance(part, Index) and part.name in self.sizes:
                self.fail()
            if isinstance(part, Derivative) or (
                isinstance(part, Apply) and part.function.endswith("'")
            ):
                self.build.derivatives.append(part)
            if isinstance(part, Apply) and TABLE[part.function].kink is not None:
                self.build.kinked.append(part)
        return nodes

    def line(self, cells: Sequence[Cell]) -> list[_Entry]:
        """A list with its dots filled in; what stands alone between dots must be the general entry."""
        runs: list[list[_Entry]] = [[]]
        for cell in cells:
            if isinstance(cell, _Entry):
                runs[-1].append(cell)
            elif cell:
                runs.append([])
            else:
                self.fail()
        if len(runs) == 1:
            return runs[0]
        before, *between, after = runs
        steps = _steps(before[-1], after[0], self.sizes) if before and after else None
        if steps is None or not all(len(run) == 1 and steps.holds(run[0]) for run in between):
            self.fail()
        begin = 1 - self._in_step(steps, before[::-1], 0, -1)
        end = steps.far + self._in_step(steps, after, steps.far, 1)
        if end < 1 or end - begin > SIZE_LIMIT:
            self.fail()  # it goes backwards, or is too long
        made = [steps.at(step) for step in range(begin, end)]
        return [*before[: begin - 1 + len(before)], *made, *after[end - steps.far :]]

    def _in_step(self, steps: _Steps, run: Sequence[_Entry], first: int, by: int) -> int:
        """How many entries at the dots have their form. One out of step is refused: a_1, a_3, …, a_n."""
        alike = list(takewhile(lambda entry: entry.around == steps.first.around, run))
        if any(steps.step(entry) != first + by * at for at, entry in enumerate(alike)):
            self.fail()
        return len(alike)

    def grid(self) -> Sequence[Sequence[_Entry]]:
        """A matrix, whose rows and columns are lists, or whose diagonal is one."""
        rows = self.rows
        if len({len(row) for row in rows}) != 1:
            self.fail()
        across = [_is_left_out(row) for row in rows]
        down = [_is_left_out(column) for column in zip(*rows, strict=True)]
        inside = [[cell for cell, gone in zip(row, down, strict=True) if not gone]
                  for row, gone in zip(rows, across, strict=True) if not gone]  # fmt: skip
        if across == down and sum(across) == 1 and _has_diagonal(inside):
            return self._diagonal(inside, across.index(True))
        full = iter([self.line(row) for row, gone in zip(rows, across, strict=True) if not gone])
        lines = [None if gone else next(full) for gone in across]
        width = max(len(line or ()) for line in lines)
        dots: list[Cell] = ["\\vdots"] * width
        laid = [dots if line is None else line for line in lines]
        if any(len(line) != width for line in laid):
            self.fail()
        return list(zip(*map(self.line, zip(*laid, strict=True)), strict=True))

    def _diagonal(self, inside: Sequence[Sequence[Cell]], at: int) -> list[list[_Entry]]:
        """A square matrix with a list on its diagonal, and zeros or entries of one form beside it."""
        diagonal = [row[place] for place, row in enumerate(inside)]
        found = self.line([*diagonal[:at], "\\ddots", *diagonal[at:]])
        size = len(found)
        places = [*range(at), *range(size + at - len(inside), size)]
        beside = [(places[i], places[j], cell) for i, row in enumerate(inside)
                  for j, cell in enumerate(row) if i != j]  # fmt: skip
        written = [(i, j, cell) for i, j, cell in beside if isinstance(cell, _Entry)]
        if all(_is_zero(cell) for _, _, cell in written):
            zero = _entry(Number(0.0))
            return [[found[i] if i == j else zero for j in range(size)] for i in range(size)]
        first = written[0][2]
        if len(written) < len(beside) or any(cell.around != first.around for _, _, cell in written):
            self.fail()
        leaves = [self._rule(written, leaf) for leaf in range(len(first.leaves))]
        return [[found[i] if i == j else _with(first, [leaf.at(i, j) for leaf in leaves])
                 for j in range(size)] for i in range(size)]  # fmt: skip

    def _rule(self, written: Sequence[tuple[int, int, _Entry]], at: int) -> "_Rule":
        """How a leaf depends on the row or the column."""
        leaves = [(i, j, _counted(cell.leaves[at], self.sizes)) for i, j, cell in written]
        i, j, first = leaves[0]
        rules = (_Rule(first, i, j, *by) for by in ((0, 0), (1, 0), (0, 1)))
        fits = (rule for rule in rules if all(rule.at(x, y) == leaf for x, y, leaf in leaves))
        return next(fits, None) or self.fail()


class _Rule(NamedTuple):
    """A leaf that is `first` at one place, and grows with the row or the column."""

    first: Leaf
    row: int
    column: int
    by_row: int
    by_column: int

    def at(self, row: int, column: int) -> Leaf:
        """The leaf at a place."""
        step = self.by_row * (row - self.row) + self.by_column * (column - self.column)
        return Number(self.first.value + step) if isinstance(self.first, Number) else self.first


def _is_left_out(line: Sequence[Cell]) -> bool:
    """Whether a row or column is only dots, or zeros around diagonal ones."""
    signs = [cell for cell in line if isinstance(cell, str)]
    return any(signs) and (
        len(signs) == len(line)
        or ("\\ddots" in signs and all(isinstance(x, str) or _is_zero(x) for x in line))
    )


def _is_zero(cell: _Entry) -> bool:
    return cell.node == Number(0.0)


def _has_diagonal(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row is no list of entries of one form."""
    first, *others = rows[0]
    return any(
        isinstance(x, str) or isinstance(first, str) or x.around != first.around for x in others
    )
