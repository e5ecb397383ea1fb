"""The tables of functions as the machine asks for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from grader.program.values import Builtin, Module, Quiet

Row = Callable[..., Any]

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
    dict_methods: Mapping[str, Row] = field(default_factory=dict)
    str_methods: Mapping[str, Row] = field(default_factory=dict)
    scalar_methods: Mapping[str, Row] = field(default_factory=dict)
    attributes: Mapping[str, Row] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    builtins: Mapping[str, Row] = field(default_factory=dict)
    helpers: Mapping[str, Row] = field(default_factory=dict)
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
    from grader.program import library as tables

    return Library(
        tables.MODULES,
        tables.FUNCTIONS,
        tables.METHODS,
        tables.LIST_METHODS,
        tables.DICT_METHODS,
        tables.STR_METHODS,
        tables.SCALAR_METHODS,
        tables.ATTRIBUTES,
        tables.CONSTANTS,
        tables.BUILTINS,
        tables.HELPERS,
    )
