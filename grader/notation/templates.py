"""Parses and evaluates cells of a matrix that differ only in their entries once.

Students write `[[d*h[1], d*h[2]], …]` by copy and paste. A template is a tree with its entries in the order
of the text. A cell with the same text around its entries is the same tree over other entries.
"""

from collections.abc import Iterator, Sequence

from grader.expression import Apply, Cells, Expression, Instance, Item, Number, Symbol

Cell = Expression | Instance


class Templates:
    """The templates of one text, by the text around their entries."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Expression | None] = {}

    def instance(self, key: tuple[str, ...], entries: Sequence[Expression]) -> Instance | None:
        """A cell like an earlier one, over these entries; None if there was none."""
        node = self._known.get(key)
        if node is None or not all(_is_entry(entry) for entry in entries):
            return None
        return Instance(node, tuple(entries))  # type: ignore[arg-type]

    def learned(
        self, key: tuple[str, ...], node: Expression, entries: Sequence[Expression]
    ) -> Cell:
        """A parsed cell, kept as a template if its entries are in the order of the text.

        Case distinctions have another order than their text, and binders rename variables, so both are
        no templates.
        """
        found = list(_items(node))
        if len(found) != len(entries) or any(
            a is not b for a, b in zip(found, entries, strict=True)
        ):
            return node
        self._known[key] = node
        return Instance(node, tuple(entries))  # type: ignore[arg-type]


def rows_of(cells: Sequence[Sequence[Cell]]) -> "Sequence[Sequence[Expression]]":
    """The rows of a matrix; one template over a grid of entries if all cells share it."""
    first = cells[0][0] if cells and cells[0] else None
    if isinstance(first, Instance) and all(
        isinstance(cell, Instance) and cell.template is first.template
        for row in cells
        for cell in row
    ):
        grid = tuple(tuple(cell.entries for cell in row) for row in cells)  # type: ignore[union-attr]
        return Cells(first.template, grid)
    return [
        [cell.expanded() if isinstance(cell, Instance) else cell for cell in row] for row in cells
    ]


def _is_entry(node: Expression) -> bool:
    return isinstance(node, Item) and isinstance(node.base, Symbol) and node.shape == (1, 1)


def _items(node: Expression) -> Iterator[Expression | None]:
    """The entries of a tree in its order; None for a part that forbids a template."""
    if isinstance(node, Apply) and node.function != "where":
        for arg in node.args:
            yield from _items(arg)
    elif _is_entry(node):
        yield node
    elif not isinstance(node, Number | Symbol):
        yield None
