"""How the functions of a program pack what another one unpacks: `cache = (x, w, b)`."""

import ast
import re
from functools import cached_property

FORWARD = re.compile(r"forward|fprop|feed|__call__", re.IGNORECASE)
_BACKWARD = re.compile(r"backward|backprop|bprop|gradients?|grad", re.IGNORECASE)


def stem_of(function: str) -> str:
    """The name of a function without the direction: `affine_` for `affine_forward`."""
    return _BACKWARD.sub("", FORWARD.sub("", function))


class Packed:
    """The tuples of names that functions of a program make."""

    def __init__(self, tree: ast.Module | None = None) -> None:
        self._tree = tree

    @cached_property
    def _tuples(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """By the name of a tuple, the functions that make one and what it holds."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for function in ast.walk(self._tree) if self._tree is not None else ():
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                match node:
                    case ast.Assign(
                        targets=[ast.Name(id=name) | ast.Attribute(attr=name)],
                        value=ast.Tuple(elts=parts),
                    ):
                        items = tuple([_name(part) for part in parts])
                        found.setdefault(name, []).append((function.name, items))
        return found

    def order(self, name: str, function: str = "") -> tuple[str, ...] | None:
        """What a tuple holds that a function gets; None if nobody makes one, () if it is not sure which."""
        made = self._tuples.get(name, [])
        stem = stem_of(function.rpartition(".")[2])
        own = [items for maker, items in made if function and stem_of(maker) == stem]
        different = set(own or [items for _, items in made])
        if not different:
            return None
        return different.pop() if len(different) == 1 else ()


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
