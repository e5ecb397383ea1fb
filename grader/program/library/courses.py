"""What well-known courses give to their students, and a file imports without holding it.

`sigmoid` of one course gives an array, that of another the array and a cache. So each module has its
own rows, and a bare name is a row only if all courses mean the same by it.
"""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library import special
from grader.program.library.course_books import SCRATCH
from grader.program.library.course_images import CONVOLUTION
from grader.program.library.course_layers import NORMALIZATION, SEQUENCES, STEPS
from grader.program.library.course_rows import course, fits
from grader.program.library.elementwise import TABLE as ELEMENTWISE
from grader.program.library.elementwise import broadcasts
from grader.program.library.products import TABLE as PRODUCTS
from grader.program.library.rows import Row, charge, plain, row, shape, size

# CS231n: `cs231n/layers.py`, `layer_utils.py`


@course
def affine_forward(budget: Budget, x: Any, w: Any, b: Any) -> Any:
    """CS231n: rows of `x`, flattened, times `w`, plus `b`; with the cache `(x, w, b)`."""
    rows = np.reshape(x, (np.shape(x)[0], -1))
    out = ELEMENTWISE["numpy.add"](budget, PRODUCTS["numpy.dot"](budget, rows, w), b)
    return out, (x, w, b)


@course
def affine_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dw, db)` of `affine_forward`."""
    x, w, _ = cache
    rows = np.reshape(x, (np.shape(x)[0], -1))
    dx = np.reshape(PRODUCTS["numpy.dot"](budget, dout, np.transpose(w)), np.shape(x))
    return dx, PRODUCTS["numpy.dot"](budget, rows.T, dout), np.sum(dout, axis=0)


@course
def relu_forward(budget: Budget, x: Any) -> Any:
    """CS231n: the positive part, with the cache `x`."""
    return ELEMENTWISE["numpy.maximum"](budget, 0, x), x


@course
def relu_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n and deeplearning.ai: `dout` where the input was positive."""
    return ELEMENTWISE["numpy.where"](budget, np.greater(cache, 0), dout, 0.0)


@course
def affine_relu_forward(budget: Budget, x: Any, w: Any, b: Any) -> Any:
    """CS231n: `affine_forward`, then `relu_forward`; with both caches."""
    scores, affine = affine_forward(budget, x, w, b)
    out, relu = relu_forward(budget, scores)
    return out, (affine, relu)


@course
def affine_relu_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dw, db)` of `affine_relu_forward`."""
    affine, relu = cache
    return affine_backward(budget, relu_backward(budget, dout, relu), affine)


def _labels(x: Any, y: Any) -> tuple[Any, Any]:
    scores, labels = np.asarray(x), np.asarray(y)
    if scores.ndim != 2 or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise TypeError("rows of scores and a vector of labels are expected")
    return scores, labels


@course
def softmax_loss(budget: Budget, x: Any, y: Any) -> Any:
    """CS231n: the mean cross entropy of rows of scores with labels `y`, and its gradient."""
    scores, labels = _labels(x, y)
    charge(budget, 2 * scores.size)
    n = scores.shape[0]
    low = special.log_softmax(scores, axis=1)
    dx = np.exp(low)
    dx[np.arange(n), labels] -= 1
    return -np.sum(low[np.arange(n), labels]) / n, dx / n


@course
def svm_loss(budget: Budget, x: Any, y: Any) -> Any:
    """CS231n: the mean hinge loss with margin one, and its gradient."""
    scores, labels = _labels(x, y)
    charge(budget, 2 * scores.size)
    n = scores.shape[0]
    rows = np.arange(n)
    margins = np.maximum(0, scores - scores[rows, labels][:, np.newaxis] + 1.0)
    margins[rows, labels] = 0
    dx = (margins > 0).astype(float)
    dx[rows, labels] -= np.sum(margins > 0, axis=1)
    return np.sum(margins) / n, dx / n


def rel_error(x: Any, y: Any) -> Any:
    """CS231n: the largest relative difference."""
    x, y = np.asarray(x), np.asarray(y)
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


# deeplearning.ai: `dnn_utils`, `dnn_app_utils`


@course
def sigmoid_with_cache(budget: Budget, Z: Any) -> Any:
    """deeplearning.ai, `dnn_utils`: the logistic function, with the cache `Z`."""
    return row(special.expit)(budget, Z), Z


@course
def relu_with_cache(budget: Budget, Z: Any) -> Any:
    """deeplearning.ai, `dnn_utils`: the positive part, with the cache `Z`."""
    return ELEMENTWISE["numpy.maximum"](budget, 0, Z), Z


@course
def sigmoid_backward(budget: Budget, dA: Any, cache: Any) -> Any:
    """deeplearning.ai: `dA` times the derivative of the logistic function at `cache`."""
    s = row(special.expit)(budget, cache)
    return ELEMENTWISE["numpy.multiply"](budget, dA, s * (1 - s))


@course
def linear_forward(budget: Budget, A: Any, W: Any, b: Any) -> Any:
    """deeplearning.ai: `W A + b` for columns, with the cache `(A, W, b)`."""
    product = PRODUCTS["numpy.dot"](budget, W, A)
    return ELEMENTWISE["numpy.add"](budget, product, b), (A, W, b)


@course
def linear_backward(budget: Budget, dZ: Any, cache: Any) -> Any:
    """deeplearning.ai: `(dA_prev, dW, db)`, means over the columns."""
    A_prev, W, _ = cache
    m = np.shape(A_prev)[1]
    dW = PRODUCTS["numpy.dot"](budget, dZ, np.transpose(A_prev)) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return PRODUCTS["numpy.dot"](budget, np.transpose(W), dZ), dW, db


ACTIVATIONS = {"relu": relu_with_cache, "sigmoid": sigmoid_with_cache}
BACKWARD = {"relu": relu_backward, "sigmoid": sigmoid_backward}


@course
def linear_activation_forward(budget: Budget, A_prev: Any, W: Any, b: Any, activation: Any) -> Any:
    """deeplearning.ai: `linear_forward`, then `"relu"` or `"sigmoid"`; with both caches."""
    Z, linear = linear_forward(budget, A_prev, W, b)
    A, cache = ACTIVATIONS[activation](budget, Z)
    return A, (linear, cache)


@course
def linear_activation_backward(budget: Budget, dA: Any, cache: Any, activation: Any) -> Any:
    """deeplearning.ai: `(dA_prev, dW, db)` of `linear_activation_forward`."""
    linear, before = cache
    return linear_backward(budget, BACKWARD[activation](budget, dA, before), linear)


@course
def deep_forward(budget: Budget, X: Any, parameters: Any) -> Any:
    """deeplearning.ai, `dnn_app_utils`: layers of `"relu"`, the last of `"sigmoid"`; with their caches."""
    A, caches, last = X, [], len(_parameters(parameters)) // 2
    for at in range(1, last + 1):
        budget.step()
        W, b = plain(parameters[f"W{at}"]), plain(parameters[f"b{at}"])
        activation = "sigmoid" if at == last else "relu"
        A, cache = linear_activation_forward(budget, A, W, b, activation)
        caches.append(cache)
    return A, caches


@course
def forward_propagation(budget: Budget, X: Any, parameters: Any) -> Any:
    """deeplearning.ai, `reg_utils`, `init_utils`, `opt_utils`: three layers; with the twelve values.

    For each layer these are `(Z, A, W, b)`, one after the other.
    """
    A, caches = deep_forward(budget, X, _parameters(parameters))
    if len(caches) != 3:
        raise Refused("`forward_propagation` of a network that has not three layers")
    after = [linear[0] for (linear, _) in caches[1:]] + [A]
    values = [(Z, a, W, b) for ((_, W, b), Z), a in zip(caches, after, strict=True)]
    return A, tuple([part for layer in values for part in layer])


def _parameters(parameters: Any) -> dict[Any, Any]:
    if type(parameters) is not dict:
        raise Refused("parameters that are no dictionary")
    return parameters


@course
def cross_entropy(budget: Budget, a: Any, Y: Any) -> Any:
    """deeplearning.ai: the mean over columns of `-Y log a - (1 - Y) log(1 - a)`.

    Raises Refused where it is no number, which some versions leave out of the sum.
    """
    fits(shape(Y), a)
    charge(budget, 4 * size(Y))
    losses = np.multiply(-np.log(a), Y) + np.multiply(-np.log(np.subtract(1, a)), np.subtract(1, Y))
    if np.any(np.isnan(losses)):
        raise Refused("a cross entropy of 0 times infinity")
    return np.sum(losses) / shape(Y)[1]


# CS224n: `utils/utils.py`, `q1_softmax.py`, `q2_sigmoid.py`


@course
def normalize_rows(budget: Budget, x: Any) -> Any:
    """CS224n and deeplearning.ai: each row, divided by its length.

    Raises Refused for a row of zeros, which one course leaves as it is.
    """
    charge(budget, 2 * size(x))
    lengths = np.sqrt(np.sum(np.square(x), axis=1, keepdims=True))
    if np.any(lengths == 0):
        raise Refused("`normalizeRows` of a row of zeros")
    return x / lengths


@course
def row_softmax(budget: Budget, x: Any) -> Any:
    """CS224n, `q1_softmax`: the softmax of a vector, or of each row of a matrix."""
    charge(budget, size(x))
    return special.softmax(np.asarray(x), axis=1 if len(shape(x)) > 1 else 0)


def sigmoid_grad(s: Any) -> Any:
    """CS224n, `q2_sigmoid`: the derivative of the logistic function by its value `s`."""
    return np.multiply(s, np.subtract(1, s))


# By a bare name, where the courses agree


@course
def one_softmax(budget: Budget, x: Any) -> Any:
    """The softmax of one vector, which may be a row or a column.

    Raises Refused for several rows and columns: one course takes rows, another columns.
    """
    lengths = shape(x)
    longer = [axis for axis, length in enumerate(lengths) if length != 1]
    if len(longer) > 1:
        raise Refused("`softmax` of a matrix, by rows in one course and by columns in another")
    charge(budget, size(x))
    return special.softmax(np.asarray(x), axis=longer[0] if longer else None)


@course
def _column_softmax(budget: Budget, x: Any) -> Any:
    """deeplearning.ai, `rnn_utils`: the softmax of each column."""
    return row(special.softmax)(budget, x, axis=0)


def _numerical(*args: Any, **kwargs: Any) -> Any:
    raise Refused("numerical differentiation is no derivation")


NUMERICAL = """eval_numerical_gradient eval_numerical_gradient_array eval_numerical_gradient_blobs
    grad_check_sparse gradient_check gradient_check_n gradcheck_naive eval_numerical_gradient_net
    numerical_gradient numerical_gradient_2d""".split()
LAYERS: dict[str, Row] = {
    "affine_forward": affine_forward,
    "affine_backward": affine_backward,
    "relu_forward": relu_forward,
    "relu_backward": relu_backward,
    "softmax_loss": softmax_loss,
    "svm_loss": svm_loss,
    "affine_relu_forward": affine_relu_forward,
    "affine_relu_backward": affine_relu_backward,
    **CONVOLUTION,
    **NORMALIZATION,
    **STEPS,
}
NETWORKS: dict[str, Row] = {
    "sigmoid_backward": sigmoid_backward,
    "relu_backward": relu_backward,
    "linear_forward": linear_forward,
    "linear_backward": linear_backward,
    "linear_activation_forward": linear_activation_forward,
    "linear_activation_backward": linear_activation_backward,
}
PLAIN: dict[str, Row] = {"sigmoid": row(special.expit)}
THREE_LAYERS: dict[str, Row] = {
    **PLAIN,
    "relu": row(lambda x: np.maximum(x, 0)),
    "forward_propagation": forward_propagation,
}

HELPERS: dict[str, Row] = {
    **LAYERS,
    **NETWORKS,
    **PLAIN,
    "relu": row(lambda x: np.maximum(x, 0)),
    "tanh": row(np.tanh),
    "softmax": one_softmax,
    "normalizeRows": normalize_rows,
    "identity_function": SCRATCH["identity_function"],
    "step_function": SCRATCH["step_function"],
    "rel_error": row(rel_error, broadcasts),
    **dict.fromkeys(NUMERICAL, _numerical),
}
MODULES: dict[str, dict[str, Row]] = {
    "courses.cs231n": {**LAYERS, **SEQUENCES, **PLAIN, **dict.fromkeys(NUMERICAL, _numerical)},
    "courses.scratch": {**SCRATCH, **dict.fromkeys(NUMERICAL, _numerical)},
    "courses.cs224n": {
        **PLAIN,
        "softmax": row_softmax,
        "sigmoid_grad": row(sigmoid_grad),
        "normalizeRows": normalize_rows,
        **dict.fromkeys(NUMERICAL, _numerical),
    },
    # Many projects have a `utils.utils`: what the course has there only where others mean the same.
    "courses.utils": {
        "softmax": one_softmax,
        "normalizeRows": normalize_rows,
        **dict.fromkeys(NUMERICAL, _numerical),
    },
    "courses.dnn_utils": {**NETWORKS, "sigmoid": sigmoid_with_cache, "relu": relu_with_cache},
    "courses.dnn_app_utils": {
        **NETWORKS,
        "sigmoid": sigmoid_with_cache,
        "relu": relu_with_cache,
        "L_model_forward": deep_forward,
        "compute_cost": cross_entropy,
    },
    "courses.rnn_utils": {**PLAIN, "softmax": _column_softmax},
    "courses.planar_utils": PLAIN,
    "courses.reg_utils": {**THREE_LAYERS, "compute_cost": cross_entropy},
    "courses.init_utils": {**THREE_LAYERS, "compute_loss": cross_entropy},
    # One version of `compute_cost` is a mean, another a sum.
    "courses.opt_utils": THREE_LAYERS,
    "courses.gc_utils": {name: THREE_LAYERS[name] for name in ("sigmoid", "relu")},
}
_CS231N = "layers layer_utils fast_layers rnn_layers im2col gradient_check".split()
_CS224N = "q1_softmax q2_sigmoid q2_gradcheck".split()
_VERSIONS = ("", "_v2", "_v3", "_v1a")
IMPORTS: dict[str, str] = {
    **{f"cs231n.{name}": "courses.cs231n" for name in _CS231N},
    **{name: "courses.cs231n" for name in _CS231N if name != "im2col"},
    **{f"common.{name}": "courses.scratch" for name in ("functions", "gradient", "util")},
    **dict.fromkeys(_CS224N, "courses.cs224n"),
    **{f"utils.{name}": "courses.utils" for name in ("utils", "gradcheck")},
    **{
        f"{name}{version}": path
        for path in MODULES
        if (name := path.removeprefix("courses.")).endswith("_utils")
        for version in _VERSIONS
    },
}
TABLE: dict[str, Row] = {
    f"{module}.{name}": function
    for module, table in MODULES.items()
    for name, function in table.items()
}
