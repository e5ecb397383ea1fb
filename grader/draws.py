"""Seeded draws of all symbols at once.

Derivatives are compared where they exist: no draw is within a margin of a kink, and none makes a
reference infinite. Every unit occurs on both sides of its kink if it can. Many candidates are drawn and
evaluated at once, and the draws are chosen from them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.errors import AuthorError, Fault
from grader.evaluation import Disturbance, Evaluator, Lower, Values
from grader.expression import Apply, Expression, Index, branches, walk
from grader.primitives import TABLE, Array
from grader.problem.model import Declared, Draw, Scope

POOL = 8  # candidates for each draw
LEAST_POOL = 128
MARGIN = 1e-3  # distance from a kink, as a part of the typical size of what has the kink
EACH_SIDE = 4  # draws on each side of each kink, if there are candidates
NEAREST = 1  # of these, candidates nearest to the kink: they reveal a shifted threshold

Sampler = Callable[[np.random.Generator, tuple[int, ...], Mapping[str, float]], Array]


def _one_hot(rng: np.random.Generator, size: tuple[int, ...], params: Mapping[str, float]) -> Array:
    count, rows, columns = size
    hot = rng.integers(0, max(rows, columns), count)
    flat = np.eye(max(rows, columns))[hot]
    return flat.reshape(size) if 1 in (rows, columns) else _one_hot_rows(rng, size)


def _one_hot_rows(rng: np.random.Generator, size: tuple[int, ...]) -> Array:
    return np.eye(size[2])[rng.integers(0, size[2], size[:2])]


def _simplex(rng: np.random.Generator, size: tuple[int, ...], params: Mapping[str, float]) -> Array:
    count, rows, columns = size
    if 1 in (rows, columns):
        return rng.dirichlet(np.ones(max(rows, columns)), count).reshape(size)
    return rng.dirichlet(np.ones(columns), (count, rows))


def _symmetric(
    rng: np.random.Generator, size: tuple[int, ...], params: Mapping[str, float]
) -> Array:
    square = rng.normal(0.0, params.get("sd", 1.0), size)
    return np.asarray((square + np.swapaxes(square, -1, -2)) / 2)


def _integers(
    rng: np.random.Generator, size: tuple[int, ...], params: Mapping[str, float]
) -> Array:
    low, high = int(params["low"]), int(params["high"])
    return rng.integers(low, high + 1, size).astype(np.float64)


def _mask(rng: np.random.Generator, size: tuple[int, ...], params: Mapping[str, float]) -> Array:
    return (rng.random(size) < params["p"]).astype(np.float64)


SAMPLERS: dict[str, Sampler] = {
    "normal": lambda rng, size, p: rng.normal(p.get("mean", 0.0), p.get("sd", 1.0), size),
    "uniform": lambda rng, size, p: rng.uniform(p["low"], p["high"], size),
    "positive": lambda rng, size, p: rng.uniform(p["low"], p["high"], size),
    "integers": _integers,
    "one_hot": _one_hot,
    "simplex": _simplex,
    "symmetric": _symmetric,
    "mask": _mask,
}


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws of one scope: each symbol and quantity as an array (draws, rows, columns)."""

    values: Mapping[str, Array]
    count: int
    _repeated: dict[int, Mapping[str, Array]] = field(default_factory=dict, repr=False)

    def repeated(self, times: int) -> Mapping[str, Array]:
        """The values with the whole series of draws repeated so many times; cached."""
        if times not in self._repeated:
            tiled = ((name, np.tile(array, (times, 1, 1))) for name, array in self.values.items())
            self._repeated[times] = Values(tiled)
        return self._repeated[times]

    def part(self, chosen: "np.ndarray | slice") -> "Draws":
        """Some of these draws."""
        parts = ((name, np.ascontiguousarray(a[chosen])) for name, a in self.values.items())
        values = Values(parts)
        return Draws(values, len(next(iter(values.values()))) if values else self.count)


def generator(seed: int, *more: str) -> np.random.Generator:
    """Random numbers from a seed and some words: the same on every machine and in every version."""
    text = "\0".join((str(seed), *more))
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def sample(
    scope: Scope, references: Sequence[Expression], count: int, rng: np.random.Generator,
    lower: Lower, where: str,
) -> Draws:  # fmt: skip
    """`count` draws of a scope where all `references` are finite and no kink is near.

    Raises AuthorError if too few candidates are valid; `where` is the file in its message.
    """
    pool = _candidates(scope, max(count * POOL, LEAST_POOL), rng, lower)
    with np.errstate(all="ignore"):
        sides, valid = _sides(scope, references, pool, lower)
        valid &= _finite(references, pool, lower)
    usable = np.flatnonzero(valid)
    if len(usable) < count:
        reason = (
            f"only {len(usable)} of {pool.count} random draws are usable ({count} are needed): on the "
            "others a reference is not finite, or a kink is too near; restrict how symbols are drawn"
        )
        raise AuthorError([Fault(where, 0, 0, "draws", reason)])
    return pool.part(_chosen(sides, usable, count))


def defined(
    scope: Scope,
    references: Sequence[Expression],
    count: int,
    rng: np.random.Generator,
    lower: Lower,
) -> float:
    """The part of random candidates on which the model and all references are finite."""
    pool = _candidates(scope, count, rng, lower)
    with np.errstate(all="ignore"):
        return float(_finite(references, pool, lower).mean())


def _candidates(scope: Scope, count: int, rng: np.random.Generator, lower: Lower) -> Draws:
    symbols = {symbol.name: draw(symbol, count, rng) for symbol in scope.symbols.values()}
    return modelled(scope, symbols, count, lower)


def modelled(
    scope: Scope,
    symbols: Mapping[str, Array],
    count: int,
    lower: Lower,
    disturb: Disturbance | None = None,
) -> Draws:
    """Draws of the symbols, (count, rows, columns) each, with the model's quantities computed."""
    values = dict(symbols)
    evaluate = Evaluator(values, lower, disturb=disturb)
    with np.errstate(all="ignore"):
        for quantity in scope.model.values():
            if quantity.definition is not None:
                value = evaluate(quantity.definition)
                values[quantity.name] = np.broadcast_to(value, (count, *quantity.shape))
    return Draws(values, count)


def draw(symbol: Declared, count: int, rng: np.random.Generator) -> Array:
    """`count` draws of one symbol, as (draws, rows, columns)."""
    how: Draw = symbol.draw
    return SAMPLERS[how.kind](rng, (count, *symbol.shape), how.params)


def kinks(nodes: Sequence[Expression]) -> list[Expression]:
    """The expressions whose zeros are kinks of `nodes`, each once."""
    found: dict[Expression, None] = {}
    for node in nodes:
        for part in walk(node) if _has_kink(node) else ():
            if isinstance(part, Apply):
                kink = TABLE[part.function].kink
                if kink is not None:
                    found[kink(part)] = None
    return list(found)


def _has_kink(node: Expression) -> bool:
    if isinstance(node, Apply) and TABLE[node.function].kink is not None:
        return True
    return any(_has_kink(branch) for branch in branches(node))


def _sides(
    scope: Scope, references: Sequence[Expression], pool: Draws, lower: Lower
) -> tuple[Array, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """The signed distances (candidates, units) from kinks, and which candidates keep the margin."""
    definitions = [q.definition for q in scope.model.values() if q.definition is not None]
    sides = [np.zeros((pool.count, 0))]
    valid = np.ones(pool.count, dtype=np.bool_)
    for kink in kinks([*definitions, *references]):
        units = per_draw(kink, pool, lower)
        if units.shape[1] == 0:
            continue
        typical = _typical(np.abs(units))
        valid &= (np.abs(units) > MARGIN * typical).all(axis=1)
        sides.append(units)
    return np.concatenate(sides, axis=1), valid


def _typical(sizes: Array) -> Array:
    """The median of the finite sizes of each unit; 0 if there are none."""
    known = np.isfinite(sizes)
    return np.array([
        _median(column[ok]) if ok.any() else 0.0 for column, ok in zip(sizes.T, known.T, strict=True)
    ])  # fmt: skip


def _median(values: Array) -> float:
    """The median. NumPy's own imports the package for masked arrays, which takes 7 ms."""
    ordered = np.sort(values)
    return float((ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2)


def per_draw(node: Expression, pool: Draws, lower: Lower) -> Array:
    """An expression's values as (draws, units): all entries, for all values of its index variables."""
    indices = tuple({part.name: part for part in walk(node) if isinstance(part, Index)}.values())
    value = Evaluator(pool.values, lower, indices)(node)
    value = np.broadcast_to(value, (*value.shape[:-3], pool.count, *node.shape))
    return np.moveaxis(value, -3, 0).reshape(pool.count, -1)


def _finite(
    references: Sequence[Expression], pool: Draws, lower: Lower
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    valid = np.ones(pool.count, dtype=np.bool_)
    for name, value in pool.values.items():
        if name:
            valid &= np.isfinite(value).all(axis=(1, 2))
    for reference in references:
        valid &= np.isfinite(per_draw(reference, pool, lower)).all(axis=1)
    return valid


def _chosen(sides: Array, usable: "np.ndarray", count: int) -> "np.ndarray":
    """`count` of the usable candidates, with `EACH_SIDE` on each side of each kink if there are so many."""
    if count < 2 * EACH_SIDE:  # too few for every side: prefer draws with units on both sides
        balance = (
            np.abs(np.sign(sides[usable]).mean(axis=1)) if sides.shape[1] else np.zeros(len(usable))
        )
        usable = usable[np.argsort(balance, kind="stable")]
        return np.sort(usable[:count])
    chosen: list[int] = []
    taken = np.zeros(len(sides), dtype=np.bool_)
    for unit in range(sides.shape[1]):
        for side in (-1.0, 1.0):
            hits = usable[np.sign(sides[usable, unit]) == side]
            order = np.argsort(np.abs(sides[hits, unit]), kind="stable")
            order[NEAREST:].sort()
            hits = hits[order]
            missing = EACH_SIDE - int(taken[hits].sum())
            new = [at for at in hits if not taken[at]][: max(0, missing)]
            new = new[: count - len(chosen)]
            chosen.extend(new)
            taken[new] = True
    rest = [at for at in usable if not taken[at]]
    chosen.extend(rest[: count - len(chosen)])
    return np.sort(np.array(chosen, dtype=np.intp))
