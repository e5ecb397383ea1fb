"""Every row of `grader.program.library` means what NumPy, SciPy, PyTorch, JAX or Python mean by it."""

from typing import Any

import library_calls
import library_python
import library_torch
import numpy as np
import pytest
from library_spelling import arrays, close, ours, same, theirs

from grader.program import library
from grader.program.budget import Budget
from grader.program.library.elementwise import BINARY, UNARY

SEEDS = (1, 2)
OPERANDS = (
    "A", "I", "mask", "v", "one", "x", "q", "k", "True", "[[1.5], [2]]", "T", "empty", "np.float32(2)",
    "(1, 2)", "A.T",
)  # fmt: skip


def test_a_function_of_each_entry(subtests: pytest.Subtests) -> None:
    for name in UNARY:
        with subtests.test(name):
            for operand in OPERANDS:
                _is_numpy(f"np.{name}({operand})")


@pytest.mark.parametrize("name", BINARY)
def test_a_function_of_two_arrays(name: str) -> None:
    for a in OPERANDS:
        for b in ("A", "I", "R", "C", "2", "0.5", "mask", "q", "[1, 2]"):
            _is_numpy(f"np.{name}({a}, {b})", seeds=(1,))
        _is_numpy(f"np.{name}({a}, out=B)", seeds=(1,))


CALLS = {
    "reductions": library_calls.REDUCTIONS,
    "other functions": library_calls.TEXTS,
    "methods": library_calls.METHODS,
    "Python": library_python.BUILTINS,
}


@pytest.mark.parametrize("table", CALLS)
def test_a_call(table: str, subtests: pytest.Subtests) -> None:
    for call in CALLS[table]:
        with subtests.test(call):
            _is_numpy(call)


def test_what_changes_an_array(subtests: pytest.Subtests) -> None:
    for call in library_calls.CHANGES:
        with subtests.test(call):
            for seed in SEEDS:
                mine, numpys = arrays(seed), arrays(seed)
                assert same(ours(call, mine), theirs(call, numpys))
                assert all(same(mine[name], numpys[name]) for name in mine)


def _is_numpy(call: str, seeds: tuple[int, ...] = SEEDS) -> None:
    for seed in seeds:
        mine, numpys = ours(call, arrays(seed)), theirs(call, arrays(seed))
        assert same(mine, numpys), (call, mine, numpys)


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [tuple(line.split(" -> ", 1)) for line in lines]  # type: ignore[misc]


def test_pytorch_and_jax(subtests: pytest.Subtests) -> None:
    for call, numpys in _pairs(library_torch.PAIRS):
        with subtests.test(call):
            for seed in SEEDS:
                _is_close(ours(call, arrays(seed)), theirs(numpys, arrays(seed)))


def test_a_method_of_a_tensor(subtests: pytest.Subtests) -> None:
    for call, numpys in _pairs(library_torch.TENSORS):
        with subtests.test(call):
            for seed in SEEDS:
                mine = ours(call, arrays(seed), library.TORCH_METHODS)
                _is_close(mine, theirs(numpys, arrays(seed)))


def test_what_changes_a_tensor(subtests: pytest.Subtests) -> None:
    for call, numpys in _pairs(library_torch.CHANGES):
        with subtests.test(call):
            values = arrays(3)
            wanted = theirs(numpys, values)
            returned = ours(call, values)
            assert returned is values["A"]
            _is_close(returned, wanted)


def _is_close(mine: Any, wanted: Any) -> None:
    assert close(mine, wanted) or (mine is None and wanted is None), (mine, wanted)
    if not isinstance(wanted, Exception | tuple):
        assert np.asarray(mine).dtype == np.asarray(wanted).dtype


def test_a_tensor_has_the_functions_of_each_entry(subtests: pytest.Subtests) -> None:
    for name in UNARY + BINARY:
        if name in library.TORCH_METHODS and f"torch.{name}" in library.FUNCTIONS:
            with subtests.test(name):
                _tensor_has(name, "P" if name in UNARY else "P, Q")


def _tensor_has(name: str, arguments: str) -> None:
    values = arrays(4)
    if name.startswith(("bitwise", "logical")):
        values["P"], values["Q"] = values["P"] > 0.5, values["Q"] > 0.5
    first, _, rest = arguments.partition(", ")
    wanted = theirs(f"np.{name}({arguments})", values)
    assert close(ours(f"torch.{name}({arguments})", values), wanted)
    assert close(ours(f"{first}.{name}({rest})", values, library.TORCH_METHODS), wanted)


def test_what_changes_a_list(subtests: pytest.Subtests) -> None:
    for held, name, arguments, wanted in library_python.CHANGES:
        with subtests.test(f"{name} of {held}"):
            table = library.LIST_METHODS if isinstance(held, list) else library.DICT_METHODS
            value = held.copy()
            table[name](Budget(), value, *arguments)
            assert value == wanted
