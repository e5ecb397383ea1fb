"""The common tree of YAML and JSON: scalars, lists and maps, each with its place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf as its source text: `1e-6`, `yes` and `0x10` stay as the student wrote them."""

    text: str
    quoted: bool
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map; its keys are different scalars."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int


Node = Scalar | Items | Pairs
