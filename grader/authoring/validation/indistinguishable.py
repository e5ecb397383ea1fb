"""Why a mistake has the values of the reference, and which change to the problem makes them differ."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from typing import Any

from grader import key as keys
from grader.authoring.validation.mistakes import Attempt, Attempts, Identity, Wrong
from grader.errors import GraderError
from grader.key import Key
from grader.problem.build import build
from grader.problem.source import ProblemSource

Named = tuple[str, Identity]  # a question and the identity of a mistake
MANY = 512  # draws that show all that the problem can show
_NORMAL = {"kind": "normal", "mean": 0.0, "sd": 1.0}
_KIND = {
    "symmetric": "symmetric", "positive": "positive", "one_hot": "one-hot", "simplex": "a distribution",
    "mask": "0 or 1", "integers": "whole numbers", "uniform": "drawn between bounds",
}  # fmt: skip

_MEANT = frozenset({"positive", "one_hot", "simplex", "mask", "bernoulli"})


@dataclass(frozen=True, slots=True)
class Change:
    """A change to the problem that may make a mistake differ from the reference.

    `reason` says why they are equal without it. More draws alone give the `same_problem`: then the draws
    are at fault. If the author draws a symbol like this on purpose (`meant`), such as a positive
    threshold, the advice is optional.
    """

    reason: str
    advice: str
    data: dict[str, Any] = field(repr=False, compare=False)
    draws: int = 16
    same_problem: bool = False
    meant: bool = False


def reasons(
    source: ProblemSource, coincident: Mapping[str, Sequence[Attempt]], attempts: Attempts
) -> dict[Named, Change]:
    """For each mistake, by question and identity, the first change that makes it differ.

    `attempts` are those that checked the questions.
    """
    open_ = {(q, one.identity) for q, many in coincident.items() for one in many}
    found: dict[Named, Change] = {}
    for change in _changes(source.data):
        if not open_:
            break
        key = _key(source, change)
        if key is None:
            continue
        for parted in _parted(key, change, open_, attempts):
            found[parted] = change
            open_.discard(parted)
    return found


def _key(source: ProblemSource, change: Change) -> Key | None:
    try:
        problem = build(replace(source, data=change.data))
        return keys.build(replace(problem, source=None, draws=change.draws))
    except GraderError:
        return None


def _parted(key: Key, change: Change, open_: set[Named], attempts: Attempts) -> set[Named]:
    """The mistakes that no longer have the values of the reference.

    A mistake that cannot be made in the changed problem counts as different. In the same problem with
    more draws, it only has no finite value on some draws, which proves nothing.
    """
    caught: set[Named] = set()
    same: set[Named] = set()
    for name in {question for question, _ in open_}:
        identities = {identity for question, identity in open_ if question == name}
        for attempt in attempts.on(key[name], partial(_is_among, identities)):
            (caught if attempt.caught else same).add((name, attempt.identity))
    return open_ & caught - same if change.same_problem else open_ - same


def _is_among(identities: set[Identity], wrong: Wrong) -> bool:
    return any(code == wrong.code for code, _, _ in identities) and wrong.identity in identities


def _changes(data: dict[str, Any]) -> Iterator[Change]:
    """One change at a time, the smallest first; at last all at once."""
    reason = "these draws do not happen to show the difference"
    yield Change(reason, "take more draws, or another seed", data, MANY, same_problem=True)
    yield from _relaxed(data)
    yield from _resized(data)
    everything = copy.deepcopy(data)
    for symbol in everything["symbols"].values():
        symbol["draw"] = dict(_NORMAL)
    _spread(everything["dimensions"])
    reason = "several sizes and draws together make them equal here"
    yield Change(reason, "give every dimension its own size above 1", everything)


def _relaxed(data: dict[str, Any]) -> Iterator[Change]:
    for name, symbol in data["symbols"].items():
        kind = symbol["draw"]["kind"]
        off = kind == "normal" and symbol["draw"] != _NORMAL
        if kind in _KIND or off:
            changed = copy.deepcopy(data)
            changed["symbols"][name]["draw"] = dict(_NORMAL)
            drawn = f"drawn around {symbol['draw']['mean']:g}" if off else _KIND[kind]
            reason = f"{name} is {drawn}"
            advice = f"draw {name} as plain `normal`, if any value makes sense"
            yield Change(reason, advice, changed, meant=kind in _MEANT)


def _resized(data: dict[str, Any]) -> Iterator[Change]:
    sizes: dict[str, int] = data["dimensions"]
    new = max(sizes.values(), default=1) + 1
    for name, size in sizes.items():
        if size == 1:
            yield _with_size(data, name, new, f"{name} is 1", f"give {name} a size above 1")
    for one, other in combinations(sizes, 2):
        if sizes[one] == sizes[other] > 1:
            reason = f"{one} and {other} are both {sizes[one]}"
            yield _with_size(data, one, new, reason, f"give {one} another size than {other}")


def _with_size(data: dict[str, Any], name: str, size: int, reason: str, advice: str) -> Change:
    changed = copy.deepcopy(data)
    changed["dimensions"][name] = size
    return Change(reason, advice, changed)


def _spread(sizes: dict[str, int]) -> None:
    """All sizes different, and above 1."""
    used: set[int] = set()
    for name, size in sizes.items():
        fresh = max(size, 2)
        while fresh in used:
            fresh += 1
        sizes[name] = fresh
        used.add(fresh)
