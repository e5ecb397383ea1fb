"""What a program may use of NumPy, SciPy, PyTorch, JAX and Python: tables, a row a function.

A row is called as `row(budget, *arguments, **keywords)`. `FUNCTIONS` are looked up by path, such as
`numpy.add.at`. `METHODS` of arrays get the array after the budget, and so do `LIST_METHODS` and the
like; `ATTRIBUTES` too. A `Type` is a value: as an argument it stands for a
dtype, and it can be called like a row. What a program cannot do raises Refused; what NumPy or Python
would raise is raised as it is.

`METHODS` are NumPy's where both NumPy and PyTorch have one, `TORCH_METHODS` PyTorch's. `MIXED_METHODS` are
for a program that imports both: they refuse what the two mean differently.
"""

from grader.program.library.dtypes import Type
from grader.program.library.jax import At, Place
from grader.program.library.python import items
from grader.program.library.tables import (
    ATTRIBUTES,
    BUILTINS,
    CONSTANTS,
    DICT_METHODS,
    FUNCTIONS,
    HELPERS,
    LIST_METHODS,
    METHODS,
    MIXED_METHODS,
    MODULES,
    PLACE_METHODS,
    SCALAR_METHODS,
    STR_METHODS,
    TORCH_METHODS,
    TUPLE_METHODS,
)

__all__ = [
    "ATTRIBUTES",
    "BUILTINS",
    "CONSTANTS",
    "DICT_METHODS",
    "FUNCTIONS",
    "HELPERS",
    "LIST_METHODS",
    "METHODS",
    "MIXED_METHODS",
    "MODULES",
    "PLACE_METHODS",
    "SCALAR_METHODS",
    "STR_METHODS",
    "TORCH_METHODS",
    "TUPLE_METHODS",
    "At",
    "Place",
    "Type",
    "items",
]
