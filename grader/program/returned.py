"""In which order a function returns: as its description and its callers say, or another."""

import ast
import re
from collections.abc import Iterator

_SAYS_RETURN = re.compile(r"\breturn", re.IGNORECASE)


def misplaced(tree: ast.Module) -> frozenset[tuple[str, str]]:
    """Functions, and names that they return in another order than their description or a caller says."""
    callers = [*_callers(tree)]
    found: set[tuple[str, str]] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        said = _described(function)
        for names in _returns(function):
            used = [targets for called, targets in callers if called == function.name]
            orders = [said, *[targets for targets in used if len(targets) == len(names)]]
            for order in orders:
                found |= {(function.name, name) for name in _differing(names, order)}
    return frozenset(found)


def _returns(function: ast.FunctionDef) -> Iterator[list[str]]:
    """The names of each returned tuple, "" for what is no name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield [one.id if isinstance(one, ast.Name) else "" for one in node.value.elts]


def _described(function: ast.FunctionDef) -> list[str]:
    """The words of a description behind the last "returns", in their order."""
    parts = _SAYS_RETURN.split(ast.get_docstring(function) or "")
    return re.findall(r"\w+", parts[-1]) if len(parts) > 1 else []


def _callers(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """The functions that are called with the names that their results get."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=parts)],
                value=ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)),
            ):
                yield called, [one.id if isinstance(one, ast.Name) else "" for one in parts]


def _differing(names: list[str], order: list[str]) -> set[str]:
    """The names of a tuple that stand in another order elsewhere."""
    places = {name: place for place, name in reversed([*enumerate(order)])}
    both = [name for name in names if name and name in places]
    ordered = sorted(both, key=places.__getitem__)
    return {one for one, other in zip(both, ordered, strict=True) if one != other}
