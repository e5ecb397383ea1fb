"""Functions that set how to compute or print, or test what was computed: they have no value."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Origin
from grader.program.library.dtypes import unwrapped
from grader.program.library.rows import Row, plain
from grader.program.values import Instance, Unknown

IGNORED = """numpy.set_printoptions numpy.seterr numpy.errstate torch.no_grad torch.enable_grad
    torch.inference_mode torch.set_grad_enabled torch.set_default_dtype torch.set_printoptions
    torch.set_default_tensor_type torch.autograd.set_detect_anomaly""".split()
TESTING = """assert_allclose assert_almost_equal assert_array_equal assert_array_almost_equal assert_equal
    assert_""".split()

FILE = Unknown("files are not read", origin=Origin.OUTSIDE)
FILES = {f"numpy.{name}": FILE for name in "load loadtxt genfromtxt fromfile memmap".split()}


def _nothing(budget: Budget, *args: Any, **kwargs: Any) -> None:
    return None


def _finfo(budget: Budget, dtype: Any) -> Instance:
    """`np.finfo(float).eps` and the like."""
    info = np.finfo(plain(unwrapped(dtype)))
    return Instance("finfo", {name: getattr(info, name) for name in ("eps", "max", "min", "tiny")})


TABLE: dict[str, Row] = {
    **dict.fromkeys(IGNORED, _nothing),
    **{f"numpy.testing.{name}": _nothing for name in TESTING},
    "numpy.finfo": _finfo,
    "torch.finfo": _finfo,
    "dataclasses.dataclass": _nothing,  # as a decorator
    "torch.device": lambda budget, *args: "cpu",
    "torch.cuda.is_available": lambda budget: False,
}
