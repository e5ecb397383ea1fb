"""Programs mean what Python and NumPy mean, to the bit, or are refused.

Real Python runs the same texts: rules of the language one by one, and random programs. It runs our own
texts only, never a student's.
"""

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from itertools import combinations

import numpy as np
import pytest
from random_programs import (
    SCAFFOLD,
    Space,
    given,
    program,
    refused_program,
    resumed,
    rules,
    run,
    shrunk,
    start,
)
from sampling import examples

from grader.program.errors import ProgramError, Refused
from grader.program.machine import GivenNames, Machine, compiled
from grader.program.values import Instance, Module, Unknown

COUNT = 2000
BY_DAY = 100
REFUSED = 0.07  # measured: a rule of the language in nine programs of a hundred is left to a human


class Draw(GivenNames):
    """The given values of a seed: fresh arrays whenever a name is asked for."""

    def __init__(self, seed: int) -> None:
        self.values = given(seed)

    def value(self, name: str) -> object:
        value = self.values[name]
        return value.copy() if isinstance(value, np.ndarray) else value


def interpreted(text: str, seed: int) -> tuple[dict[str, object], list[ProgramError]]:
    """All names with their values after our own run, and the faults."""
    draw = Draw(seed)
    machine = Machine(compiled(text), draw)
    machine.run()
    return dict(machine.globals), list(machine.faults)


def executed(text: str, seed: int) -> tuple[Space, set[int]]:
    """All names with their values after real Python, and the lines on which it stopped.

    If it stops, the values are those of a Python that passes over every statement that fails.
    """
    space = start(seed)
    lines: set[int] = set()
    try:
        run(text, space)
    except Exception as fault:
        frame = fault.__traceback__
        while frame:
            if frame.tb_frame.f_code.co_filename == "<program>":
                lines.add(frame.tb_lineno)
            frame = frame.tb_next
        space = start(seed)
        run(resumed(text), space)
    return space, lines


def difference(
    ours: object, theirs: object, place: str, seen: frozenset[tuple[int, int]] = frozenset()
) -> Iterator[str]:
    """Where two values differ, down to the bits; NaN equals NaN. `seen` are those around them."""
    if isinstance(ours, Unknown):
        return  # a part of a list, dictionary or object that is for a human
    if (id(ours), id(theirs)) in seen:
        return  # values that hold themselves
    seen |= {(id(ours), id(theirs))}
    if isinstance(ours, Instance) and hasattr(theirs, "__dict__"):
        yield from difference(ours.fields, vars(theirs), place, seen)
    elif callable(theirs) or isinstance(theirs, Iterator):
        pass
    elif isinstance(theirs, KeysView | ValuesView | ItemsView):
        yield from difference([*ours], [*theirs], place, seen)  # type: ignore[misc]
    elif type(ours) is not type(theirs):
        yield f"{place}: {type(ours).__name__} {ours!r:.80} for {type(theirs).__name__} {theirs!r:.80}"
    elif isinstance(theirs, np.ndarray | np.generic):
        assert isinstance(ours, np.ndarray | np.generic)
        if (ours.dtype, ours.shape) != (theirs.dtype, theirs.shape):
            yield f"{place}: {ours.dtype}{ours.shape} for {theirs.dtype}{theirs.shape}"
        elif not _same_bits(ours, theirs):
            yield f"{place}: {ours!r:.200} for {theirs!r:.200}"
    elif isinstance(theirs, float):
        assert isinstance(ours, float)
        if not _same_bits(np.float64(ours), np.float64(theirs)):
            yield f"{place}: {ours!r} for {theirs!r}"
    elif isinstance(theirs, list | tuple):
        assert isinstance(ours, list | tuple)
        if len(ours) != len(theirs):
            yield f"{place}: {len(ours)} parts for {len(theirs)}"
        for at, (our, their) in enumerate(zip(ours, theirs, strict=False)):
            yield from difference(our, their, f"{place}[{at}]", seen)
    elif isinstance(theirs, dict):
        assert isinstance(ours, dict)
        if [*ours] != [*theirs]:
            yield f"{place}: the keys {[*ours]} for {[*theirs]}"
        for key, value in theirs.items():
            if key in ours:
                yield from difference(ours[key], value, f"{place}[{key!r}]", seen)
    elif ours != theirs:
        yield f"{place}: {ours!r:.80} for {theirs!r:.80}"


def _same_bits(ours: np.ndarray | np.generic, theirs: np.ndarray | np.generic) -> bool:
    if ours.dtype.kind != "f":
        return np.array_equal(ours, theirs)
    return bool(
        np.array_equal(ours, theirs, equal_nan=True)
        and np.array_equal(
            np.signbit(ours) & ~np.isnan(ours), np.signbit(theirs) & ~np.isnan(theirs)
        )
    )


def shared(space: dict[str, object]) -> set[tuple[str, str]]:
    """Names of arrays that share numbers, and of lists and dictionaries that are one."""
    names = sorted(n for n, v in space.items() if isinstance(v, np.ndarray | list | dict))
    return {
        (one, other)
        for one, other in combinations(names, 2)
        if space[one] is space[other]
        or (
            isinstance(space[one], np.ndarray)
            and isinstance(space[other], np.ndarray)
            and np.shares_memory(space[one], space[other])
        )
    }


def compare(text: str, seed: int) -> bool:
    """Compare both runs; whether ours refused something that Python does. Raises AssertionError."""
    try:
        ours, faults = interpreted(text, seed)
    except Refused:
        return True
    if any("too long" in str(fault) for fault in faults):
        return True  # Python would go on
    theirs, lines = executed(text, seed)
    refused = bool(faults) and isinstance(faults[0], Refused)  # others may follow from the first
    names = [name for name in theirs if name not in SCAFFOLD and not name.startswith("__")]
    untouched = {name for name, value in given(seed).items() if name not in ours}
    known = {n: v for n, v in ours.items() if not isinstance(v, Unknown | Module)}
    if lines:
        assert faults, f"Python stops on line {lines}, ours did not"
        assert faults[0].line in lines or refused, f"{faults[0]} on {faults[0].line}, not {lines}"
    elif not refused:
        assert not faults, f"{faults[0]} on line {faults[0].line}"
        missing = [
            n for n in names if n not in known and n not in untouched and not _module(theirs[n])
        ]
        assert not missing, f"{missing} are not there"
    extra = [n for n in known if n not in theirs]
    assert not extra or faults, f"{extra} are not there in Python"
    both = {name: value for name, value in known.items() if name in theirs}
    found = [d for name, value in both.items() for d in difference(value, theirs[name], name)]
    assert not found, "; ".join(found[:5])
    assert shared(both) == {p for p in shared(theirs) if p[0] in both and p[1] in both}
    return refused


def _module(value: object) -> bool:
    return type(value).__name__ == "module"


def failure(text: str, seed: int, stops: bool = False) -> str | None:
    """How both runs differ, or None; also None if Python stops early in what should go on."""
    try:
        compare(text, seed)
        return None
    except AssertionError as fault:
        found = str(fault)
    return found if bool(executed(text, seed)[1]) == stops else None


def check(text: str, seed: int) -> bool:
    """Whether a program was refused; fails with the shortest program that shows a difference."""
    try:
        return compare(text, seed)
    except AssertionError:
        stops = bool(executed(text, seed)[1])
        short = shrunk(text, lambda text: failure(text, seed, stops) is not None)
        pytest.fail(f"seed {seed}: {failure(short, seed, stops)}\n{short}", pytrace=False)


# Rules that the grader leaves to a human.
LEFT_TO_A_HUMAN = {
    "max and min of Python", "stacking", "einsum", "flags of kinds", "nditer by hand",
}  # fmt: skip


def test_a_rule_of_the_language(subtests: pytest.Subtests) -> None:
    for name, text in rules().items():
        with subtests.test(name):
            assert not check(text, 0) or name in LEFT_TO_A_HUMAN


def test_random_programs_by_day() -> None:
    refused = [seed for seed in range(BY_DAY) if check(program(seed).text, seed)]
    assert len(refused) <= 2 * REFUSED * BY_DAY, refused


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(0, COUNT, 100))
def test_random_programs(first: int) -> None:
    refused = [seed for seed in range(first, first + 100) if check(program(seed).text, seed)]
    assert len(refused) <= 2 * REFUSED * 100, refused


@pytest.mark.sampled
def test_what_is_known_after_a_refusal_is_right() -> None:
    """What a statement might have changed that was not run is not known, under all its names."""
    for seed in range(10_000, 10_000 + examples(60, 1000)):
        check(refused_program(seed).text, seed)


def test_the_generator_makes_what_it_says() -> None:
    """Python stops where it should only, and all programs are made of many constructs."""
    for seed in range(30):
        made = program(seed)
        _, lines = executed(made.text, seed)
        assert bool(lines) == made.stops
        assert program(seed) == made


def test_a_difference_is_seen() -> None:
    for ours, theirs in [
        (1, True), (1.0, np.float64(1)), (0.0, -0.0), (np.zeros(2), np.zeros((1, 2))), ([1], (1,)),
        (np.zeros(2), -np.zeros(2)), (np.zeros(2, np.float32), np.zeros(2)), ({"a": 1}, {"a": 2}),
        ({"a": 1, "b": 1}, {"b": 1, "a": 1}), (np.nextafter(1.0, 2), np.float64(1)), ("a", "b"),
    ]:  # fmt: skip
        assert [*difference(ours, theirs, "x")], (ours, theirs)
        assert not [*difference(theirs, theirs, "x")]
    nan = float("nan")
    assert not [*difference([nan, np.array([nan])], [nan, np.array([-nan])], "x")]
