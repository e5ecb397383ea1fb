"""JAX's functions: NumPy's without those that change an array, and `x.at[index].add(y)`."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library import special, torch
from grader.program.library.indexing import at, chosen, index
from grader.program.library.rows import Row, charge, plain, row, size


@dataclass(frozen=True, slots=True, eq=False)
class At:
    """`x.at`, which is good for an index alone."""

    array: Any


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """`x.at[index]`: what `set`, `add` and the like are called of. It gives a new array."""

    array: Any
    index: Any


def _changed(ufunc: np.ufunc) -> Row:
    change = at(ufunc)

    def call(budget: Budget, place: Place, values: Any, **_: Any) -> Any:
        array = _copied(budget, place)
        change(budget, array, place.index, values)
        return array

    return call


def _copied(budget: Budget, place: Place) -> Any:
    array = np.array(plain(place.array))
    charge(budget, array.size + chosen(array, index(place.index)))
    return array


def _set(budget: Budget, place: Place, values: Any, **_: Any) -> Any:
    array = _copied(budget, place)
    array[index(place.index)] = plain(values)
    return array


def _get(budget: Budget, place: Place, **_: Any) -> Any:
    return _copied(budget, place)[index(place.index)]


PLACE_METHODS: dict[str, Row] = {
    "set": _set,
    "get": _get,
    "add": _changed(np.add),
    "subtract": _changed(np.subtract),
    "multiply": _changed(np.multiply),
    "mul": _changed(np.multiply),
    "divide": _changed(np.divide),
    "power": _changed(np.power),
    "min": _changed(np.minimum),
    "max": _changed(np.maximum),
}


def _one_hot(x: Any, num_classes: Any, *, dtype: Any = np.float64, axis: Any = -1) -> Any:
    """Rows of zeros for labels that are no class, as JAX has it."""
    return np.equal.outer(x, np.arange(num_classes)).astype(dtype)


NEURAL: dict[str, Row] = {
    "relu": row(torch.relu),
    "sigmoid": row(special.expit),
    "softmax": row(lambda x, axis=-1: special.softmax(x, axis)),
    "log_softmax": row(lambda x, axis=-1: special.log_softmax(x, axis)),
    "softplus": row(lambda x: np.logaddexp(x, 0.0)),
    "log_sigmoid": row(lambda x: -np.logaddexp(0.0, np.negative(x))),
    "logsumexp": special.SCIPY["logsumexp"],
    "one_hot": row(_one_hot, lambda budget, x, n, **_: charge(budget, size(x) * max(1, int(n)))),
    "silu": torch.FUNCTIONAL["silu"],
    "swish": torch.FUNCTIONAL["silu"],
    "tanh": row(np.tanh),
}

CHANGING = {"copyto", "putmask", "place", "put", "fill_diagonal", "put_along_axis"}


def of_numpy(table: dict[str, Row]) -> dict[str, Row]:
    """Rows of NumPy under the names of `jax.numpy`; those that change an array are left out."""
    return {
        "jax.numpy" + path.removeprefix("numpy"): function
        for path, function in table.items()
        if path.startswith("numpy.")
        and path.split(".")[-1] not in CHANGING
        and not path.endswith((".at", "float32", "float16"))
    }


TABLE: dict[str, Row] = {
    **{f"jax.nn.{name}": function for name, function in NEURAL.items()},
    **{f"jax.scipy.special.{name}": function for name, function in special.SCIPY.items()},
    **{
        f"jax.{name}": torch._no_derivation
        for name in "grad value_and_grad vjp jvp jacobian".split()
    },
    **{f"jax.{name}": torch._no_derivation for name in "jacfwd jacrev hessian".split()},
}
