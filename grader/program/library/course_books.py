"""Functions of "Deep Learning from Scratch", `common/functions.py` and `common/util.py`."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library import special
from grader.program.library.course_images import SCRATCH as IMAGES
from grader.program.library.course_rows import course
from grader.program.library.elementwise import broadcasts
from grader.program.library.rows import Row, charge, row, shape, size


def identity_function(x: Any) -> Any:
    """Deep Learning from Scratch: `x` itself."""
    return x


def step_function(x: Any) -> Any:
    """Deep Learning from Scratch: 1 where `x` is positive, else 0."""
    return np.array(np.greater(x, 0), dtype=int)


def sigmoid_grad(x: Any) -> Any:
    """Deep Learning from Scratch: the derivative of the logistic function at `x`, not at its value."""
    return (1.0 - special.expit(x)) * special.expit(x)


def relu_grad(x: Any) -> Any:
    """Deep Learning from Scratch: 1 where `x` is zero or more, else 0."""
    return np.greater_equal(x, 0).astype(np.asarray(x).dtype)


@course
def softmax(budget: Budget, x: Any) -> Any:
    """Deep Learning from Scratch: the softmax of a vector, or of each row of a matrix.

    Raises Refused for more axes: one edition takes the last, others take all.
    """
    if len(shape(x)) > 2:
        raise Refused("`softmax` of more than two axes, by the last one or by all")
    charge(budget, size(x))
    return special.softmax(np.asarray(x), axis=-1)


def sum_squared_error(y: Any, t: Any) -> Any:
    """Deep Learning from Scratch: half the sum of the squares, by this name and `mean_squared_error`."""
    return 0.5 * np.sum(np.subtract(y, t) ** 2)


@course
def cross_entropy_error(budget: Budget, y: Any, t: Any) -> Any:
    """Deep Learning from Scratch: the mean over rows of `-log(y + 1e-7)` at the labels.

    The labels are numbers, or rows of which the largest entry counts.
    """
    y, t = np.asarray(y), np.asarray(t)
    if y.ndim == 1:
        y, t = y.reshape(1, -1), t.reshape(1, -1)
    labels = np.argmax(t, axis=1) if t.size == y.size else t
    charge(budget, len(y) * labels.size)
    return -np.sum(np.log(y[np.arange(len(y)), labels] + 1e-7)) / len(y)


@course
def softmax_loss(budget: Budget, X: Any, t: Any) -> Any:
    """Deep Learning from Scratch: `cross_entropy_error` of the `softmax`, a number alone."""
    return cross_entropy_error(budget, softmax(budget, X), t)


def conv_output_size(input_size: Any, filter_size: Any, stride: Any = 1, pad: Any = 0) -> Any:
    """Deep Learning from Scratch: the places of a window along a side, not rounded."""
    return (input_size + 2 * pad - filter_size) / stride + 1


SCRATCH: dict[str, Row] = {
    "identity_function": row(identity_function),
    "step_function": row(step_function),
    "sigmoid": row(special.expit),
    "sigmoid_grad": row(sigmoid_grad),
    "relu": row(lambda x: np.maximum(0, x)),
    "relu_grad": row(relu_grad),
    "softmax": softmax,
    "mean_squared_error": row(sum_squared_error, broadcasts),
    "sum_squared_error": row(sum_squared_error, broadcasts),
    "cross_entropy_error": cross_entropy_error,
    "softmax_loss": softmax_loss,
    "conv_output_size": row(conv_output_size, broadcasts),
    **IMAGES,
}
