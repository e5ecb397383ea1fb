"""The tables that the machine looks things up in."""

import math
from typing import Any

import numpy as np

from grader.program.library import (
    arrays,
    courses,
    creation,
    elementwise,
    indexing,
    jax,
    linalg,
    methods,
    products,
    python,
    randomness,
    reductions,
    settings,
    shapes,
    special,
    torch,
)  # fmt: skip
from grader.program.library.dtypes import Type
from grader.program.library.rows import Row

NUMPY: dict[str, Row] = {
    **elementwise.TABLE, **reductions.TABLE, **products.TABLE, **shapes.TABLE, **creation.TABLE,
    **indexing.TABLE, **linalg.TABLE,
}  # fmt: skip

# What NumPy called these before version 2; `np.float` and `np.int` were Python's.
_OLD = {
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "row_stack": "vstack",
    "round_": "round", "float_": "float64",
}  # fmt: skip
NUMPY |= {f"numpy.{old}": NUMPY[f"numpy.{new}"] for old, new in _OLD.items()}
NUMPY |= {f"numpy.{name}": python.BUILTINS[name] for name in ("float", "int")}

FUNCTIONS: dict[str, Row] = {
    **NUMPY, **special.TABLE, **torch.TABLE, **jax.of_numpy(NUMPY), **jax.TABLE, **python.TABLE,
    **courses.TABLE, **randomness.TABLE, **settings.TABLE,
}  # fmt: skip

METHODS: dict[str, Row] = {**torch.METHODS, **methods.either(arrays.METHODS, torch.METHODS)}
TORCH_METHODS: dict[str, Row] = {**arrays.METHODS, **torch.METHODS}
MIXED_METHODS: dict[str, Row] = {**METHODS, **methods.agreed(arrays.METHODS, torch.METHODS)}

ATTRIBUTES: dict[str, Row] = {**arrays.ATTRIBUTES, "at": lambda budget, array: jax.At(array)}

_NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
CONSTANTS: dict[str, Any] = {
    **{f"{module}.{name}": value for module in ("numpy", "jax.numpy", "math", "torch")
       for name, value in _NUMBERS.items()},
    "math.tau": math.tau,
    "numpy.euler_gamma": np.euler_gamma,
    "numpy.newaxis": None,
    "jax.numpy.newaxis": None,
    **{path: value for path, value in FUNCTIONS.items() if isinstance(value, Type)},
    **creation.ABSTRACT,
    **settings.FILES,
    "torch.Tensor": Type("torch.Tensor", None, (np.ndarray,)),
    "jax.numpy.ndarray": creation.ABSTRACT["numpy.ndarray"],
    "jax.numpy.float32": creation.TYPES["numpy.float64"],
}  # fmt: skip

MODULES: dict[str, str] = {
    "np": "numpy", "numpy": "numpy", "xp": "numpy", "cp": "numpy",
    "numpy.linalg": "numpy.linalg", "numpy.random": "numpy.random",
    "numpy.testing": "numpy.testing",
    "torch": "torch", "torch.nn": "torch.nn", "torch.nn.functional": "torch.nn.functional",
    "torch.linalg": "torch.linalg", "torch.autograd": "torch.autograd", "torch.cuda": "torch.cuda",
    "F": "torch.nn.functional", "nn": "torch.nn",
    "jax": "jax", "jax.numpy": "jax.numpy", "jnp": "jax.numpy", "jax.nn": "jax.nn",
    "jax.numpy.linalg": "jax.numpy.linalg", "jax.random": "jax.random", "jax.scipy": "jax.scipy",
    "jax.scipy.special": "jax.scipy.special",
    "autograd": "autograd", "autograd.numpy": "numpy", "cupy": "numpy",
    "scipy": "scipy", "scipy.special": "scipy.special",
    "dataclasses": "dataclasses",
    "math": "math", "copy": "copy", "random": "random",
    **courses.IMPORTS,
    **{path: path for path in courses.MODULES},
}  # fmt: skip

SCALAR_METHODS = methods.of_numbers(METHODS)
LIST_METHODS = python.LIST_METHODS
TUPLE_METHODS = python.TUPLE_METHODS
DICT_METHODS = python.DICT_METHODS
STR_METHODS = python.STR_METHODS
PLACE_METHODS = jax.PLACE_METHODS
BUILTINS = python.BUILTINS
HELPERS = courses.HELPERS
