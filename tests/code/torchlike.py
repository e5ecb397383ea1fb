"""The part of PyTorch that public backward passes use, made of NumPy arrays, for `prove.py`.

`install()` lets `import torch` find this; `dress(space)` makes tensors of the arrays in a name space.
"""

import sys
import types
from collections.abc import MutableMapping
from typing import Any

import numpy as np


class Tensor(np.ndarray):
    """An array with PyTorch's methods."""

    def __new__(cls, data: Any) -> "Tensor":
        """A tensor of the values of `data`."""
        return np.array(data).view(cls)

    def sum(self, *axes: Any, dim: Any = None, keepdim: bool = False, **known: Any) -> Any:
        """The sum, along axes that are named `dim` or come first."""
        return _reduced(np.sum, self, axes, dim, keepdim, known)

    def mean(self, *axes: Any, dim: Any = None, keepdim: bool = False, **known: Any) -> Any:
        """The mean, likewise."""
        return _reduced(np.mean, self, axes, dim, keepdim, known)

    def max(self, *axes: Any, dim: Any = None, keepdim: bool = False, **known: Any) -> Any:
        """The greatest entry; along an axis the pair of values and indices."""
        axis = axes[0] if axes else dim
        if axis is None or known:
            return np.asarray(self).max(**known)
        array = np.asarray(self)
        indices = Tensor(array.argmax(axis=axis, keepdims=keepdim))
        return types.SimpleNamespace(
            values=Tensor(array.max(axis=axis, keepdims=keepdim)), indices=indices
        )

    def view(self, *shape: Any, **known: Any) -> Any:
        """Another shape; a class, as NumPy has it."""
        if known or isinstance(shape[0], type):
            return super().view(*shape, **known)
        return self.reshape(*shape)

    def t(self) -> Any:
        """The transpose."""
        return self.T

    def mm(self, other: Any) -> Any:
        """The matrix product."""
        return self @ other

    def clone(self) -> Any:
        """A copy."""
        return self.copy()

    def pow(self, power: Any) -> Any:
        """A power, entry by entry."""
        return self**power

    def clamp(self, min: Any = None, max: Any = None) -> Any:  # noqa: A002
        """Bounds, entry by entry."""
        return np.clip(self, min, max)

    def exp(self) -> Any:
        """The exponential, entry by entry."""
        return np.exp(self)

    def log(self) -> Any:
        """The logarithm, entry by entry."""
        return np.log(self)

    def sqrt(self) -> Any:
        """The root, entry by entry."""
        return np.sqrt(self)

    def abs(self) -> Any:
        """The absolute value, entry by entry."""
        return np.abs(self)

    def to(self, *where: Any) -> Any:
        """The same tensor: there is one device."""
        return self


def _reduced(function: Any, array: Any, axes: Any, dim: Any, keep: bool, known: Any) -> Any:
    axis = axes[0] if axes else dim
    if known:
        return function(np.asarray(array), **known)
    return Tensor(function(np.asarray(array), axis=axis, keepdims=keep))


def softmax(array: Any, dim: int) -> Any:
    """The softmax along an axis."""
    grown = np.exp(array - np.max(np.asarray(array), axis=dim, keepdims=True))
    return Tensor(grown / np.sum(np.asarray(grown), axis=dim, keepdims=True))


def one_hot(indices: Any, num_classes: int) -> Any:
    """A row of zeros and a one for each index."""
    return Tensor(np.eye(num_classes)[np.asarray(indices)])


def install() -> None:
    """Let `import torch` find this module."""
    found: Any = types.ModuleType("torch")
    functional: Any = types.ModuleType("torch.nn.functional")
    network: Any = types.ModuleType("torch.nn")
    functional.softmax, functional.one_hot = softmax, one_hot
    network.functional, network.Module = functional, object
    found.nn, found.Tensor, found.tensor, found.softmax = network, Tensor, Tensor, softmax
    found.autograd = types.SimpleNamespace(Function=object)
    found.cuda = types.SimpleNamespace(is_available=lambda: False)
    found.device = found.no_grad = lambda *known: None
    for name in ("zeros_like", "ones_like", "tanh", "exp", "log", "matmul", "add", "sqrt"):
        setattr(found, name, getattr(np, name))
    found.transpose = lambda array, one, two: np.swapaxes(array, one, two)
    found.sum = lambda array, *axes, **known: Tensor(array).sum(*axes, **known)
    found.mean = lambda array, *axes, **known: Tensor(array).mean(*axes, **known)
    sys.modules |= {"torch": found, "torch.nn": network, "torch.nn.functional": functional}


def dress(space: MutableMapping[str, Any]) -> None:
    """Make tensors of the arrays in a name space."""
    for name, value in list(space.items()):
        if isinstance(value, np.ndarray):
            space[name] = Tensor(value)
