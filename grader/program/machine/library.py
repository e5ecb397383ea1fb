"""The tables of functions as the machine asks for them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from grader.program import library as tables
from grader.program.errors import Refused
from grader.program.values import Builtin, Module, Quiet

Row = Callable[..., Any]

_TORCH = frozenset(("torch", "F", "nn"))
_NUMPY = frozenset(("np", "numpy"))
_TWO_MEANINGS = ("std", "var", "repeat")


def _either(name: str) -> Row:
    def refuse(*_: Any, **__: Any) -> Any:
        raise Refused(f"`.{name}` means one thing in NumPy and another in PyTorch", hint=
                      "Say which one it is, as in `np.std(x)`.")  # fmt: skip

    return refuse


QUIET = frozenset("""matplotlib mpl_toolkits seaborn plotly bokeh IPython tqdm time datetime sys os warnings logging
    pprint timeit gc traceback argparse pathlib typing abc __future__ tensorboard tensorboardX wandb
    torchvision_utils jedi pdb""".split())  # fmt: skip
"""Modules that draw, print, measure time, or say types: nothing of theirs changes an array."""


@dataclass(frozen=True, slots=True)
class Library:
    """The tables. A row is called as `row(budget, *arguments, **keywords)`."""

    modules: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, Row] = field(default_factory=dict)
    methods: Mapping[str, Row] = field(default_factory=dict)
    list_methods: Mapping[str, Row] = field(default_factory=dict)
    tuple_methods: Mapping[str, Row] = field(default_factory=dict)
    dict_methods: Mapping[str, Row] = field(default_factory=dict)
    str_methods: Mapping[str, Row] = field(default_factory=dict)
    scalar_methods: Mapping[str, Row] = field(default_factory=dict)
    attributes: Mapping[str, Row] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    builtins: Mapping[str, Row] = field(default_factory=dict)
    helpers: Mapping[str, Row] = field(default_factory=dict)
    torch_methods: Mapping[str, Row] = field(default_factory=dict)
    place_methods: Mapping[str, Row] = field(default_factory=dict)
    tensors: bool = True
    _modules: dict[str, Module] = field(default_factory=dict, repr=False, compare=False)

    def module(self, path: str) -> Module:
        """The module of a path; always the same object."""
        return self._modules.setdefault(path, Module(path))

    def imported(self, path: str) -> Module | Quiet | None:
        """What `import path` binds; None for a module that nobody knows."""
        if path in self.modules:
            return self.module(self.modules[path])
        if path in self.modules.values() or any(name.startswith(f"{path}.") for name in self.known):
            return self.module(path)
        return Quiet(path) if path.split(".")[0] in QUIET else None

    def spoken(self, names: Collection[str]) -> "Library":
        """The tables for a program that uses these names.

        Arrays of a program that uses PyTorch alone have PyTorch's methods. Where it uses NumPy too,
        nobody knows what an array would be, and a method that means two things is refused.
        """
        torch, numpy = not _TORCH.isdisjoint(names), not _NUMPY.isdisjoint(names)
        if not torch:
            return replace(self, tensors=not numpy)
        if not numpy:
            return replace(self, methods=self.torch_methods)
        either = {name: _either(name) for name in _TWO_MEANINGS if name in self.methods}
        return replace(self, methods={**self.methods, **either})

    @property
    def known(self) -> set[str]:
        """The paths of all functions and constants."""
        return {*self.functions, *self.constants}

    def member(self, module: str, name: str) -> Any:
        """What `module.name` is: a constant, a function or a module. Raises KeyError."""
        path = f"{module}.{name}"
        if path in self.constants:
            return self.constants[path]
        if path in self.functions:
            return Builtin(path, self.functions[path])
        found = self.imported(path)
        if found is None:
            raise KeyError(name)
        return found


@cache
def standard() -> Library:
    """The tables of `grader.program.library`."""
    return Library(
        tables.MODULES,
        tables.FUNCTIONS,
        tables.METHODS,
        tables.LIST_METHODS,
        tables.TUPLE_METHODS,
        tables.DICT_METHODS,
        tables.STR_METHODS,
        tables.SCALAR_METHODS,
        tables.ATTRIBUTES,
        tables.CONSTANTS,
        tables.BUILTINS,
        tables.HELPERS,
        tables.TORCH_METHODS,
        tables.PLACE_METHODS,
    )
