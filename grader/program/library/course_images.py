"""Convolution and pooling of courses, by the windows of images: CS231n and "Deep Learning from Scratch"."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.course_rows import course, fits, kept, opened, setting, whole
from grader.program.library.rows import Row, charge, extent

# Windows and their parts have the axes (image, channel, row, column, row inside, column inside).


def _windows(budget: Budget, x: Any, height: Any, width: Any, stride: Any, pad: Any) -> Any:
    """All windows of images, as a view of the padded ones."""
    height, width, stride = whole(height, 1), whole(width, 1), whole(stride, 1)
    edges = whole(pad), whole(pad)
    images = np.asarray(x)
    if images.ndim != 4:
        raise TypeError("images of four axes are expected")
    charge(
        budget, extent(length + 2 * edges[0] * (at > 1) for at, length in enumerate(images.shape))
    )
    padded = np.pad(images, ((0, 0), (0, 0), edges, edges))
    windows = sliding_window_view(padded, (height, width), axis=(2, 3))
    return windows[:, :, ::stride, ::stride]


def _put_back(budget: Budget, parts: Any, shape: Any, stride: Any, pad: Any) -> Any:
    """Images of a shape that are the sums of the parts of their windows: the transpose of `_windows`."""
    stride, pad = whole(stride, 1), whole(pad)
    images, channels, height, width = (whole(length) for length in shape)
    charge(budget, extent((images, channels, height + 2 * pad, width + 2 * pad)))
    padded = np.zeros((images, channels, height + 2 * pad, width + 2 * pad))
    rows, columns = parts.shape[2] * stride, parts.shape[3] * stride
    for i, j in _places(budget, parts.shape[4:]):
        padded[:, :, i : i + rows : stride, j : j + columns : stride] += parts[..., i, j]
    return padded[:, :, pad : pad + height, pad : pad + width]


def _places(budget: Budget, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for place in np.ndindex(shape):
        budget.step()
        yield place


# CS231n: `cs231n/layers.py`, `fast_layers.py`, `im2col.py`


@course
def conv_forward(budget: Budget, x: Any, w: Any, b: Any, conv_param: Any) -> Any:
    """CS231n: images `x` and filters `w`, not turned round; with the cache `(x, w, b, conv_param)`."""
    stride, pad = setting(conv_param, "stride"), setting(conv_param, "pad")
    filters, _, height, width = np.shape(w)
    windows = _windows(budget, x, height, width, stride, pad)
    charge(budget, windows.size, windows.size * filters)
    out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3]))
    fits(out.shape, np.reshape(b, -1))
    return np.moveaxis(out + np.reshape(b, -1), 3, 1), (x, w, b, conv_param)


@course
def conv_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dw, db)` of `conv_forward`."""
    x, w, _, conv_param = cache
    stride, pad = setting(conv_param, "stride"), setting(conv_param, "pad")
    _, _, height, width = np.shape(w)
    windows = _windows(budget, x, height, width, stride, pad)
    if np.shape(dout) != (len(windows), len(w), *windows.shape[2:4]):
        raise ValueError("shapes that do not go together")
    charge(budget, windows.size, windows.size * len(w))
    charge(budget, windows.size, windows.size * len(w))
    dw = np.tensordot(dout, windows, axes=([0, 2, 3], [0, 2, 3]))
    parts = np.moveaxis(np.tensordot(dout, w, axes=(1, 0)), 3, 1)
    return _put_back(budget, parts, np.shape(x), stride, pad), dw, np.sum(dout, axis=(0, 2, 3))


def _pools(budget: Budget, x: Any, pool_param: Any) -> Any:
    height, width = setting(pool_param, "pool_height"), setting(pool_param, "pool_width")
    return _windows(budget, x, height, width, setting(pool_param, "stride"), 0)


@course
def max_pool_forward(budget: Budget, x: Any, pool_param: Any) -> Any:
    """CS231n: the largest number of each window, with the cache `(x, pool_param)`."""
    windows = _pools(budget, x, pool_param)
    charge(budget, windows.size)
    return np.max(windows, axis=(4, 5)), (x, pool_param)


@course
def max_pool_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `dx` of `max_pool_forward`.

    Raises Refused where two numbers are the largest: one solution takes the first, another both.
    """
    return _pooled(budget, dout, cache, after_relu=False)


def _pooled(budget: Budget, dout: Any, cache: Any, *, after_relu: bool) -> Any:
    """`dx` of pooling. The derivative of ReLU makes nothing of what goes to zeros."""
    x, pool_param = cache
    windows = _pools(budget, x, pool_param)
    charge(budget, 2 * windows.size)
    out = np.max(windows, axis=(4, 5), keepdims=True)
    largest = windows == out
    fits(out.shape[:4], dout)
    arrives = np.asarray(dout)[..., np.newaxis, np.newaxis]
    matters = (arrives != 0) & (out != 0 if after_relu else True)
    if np.any(matters & (np.sum(largest, axis=(4, 5), keepdims=True) > 1)):
        raise Refused(
            "the largest of a window stands in it twice: the gradient goes to one or to both"
        )
    return _put_back(budget, largest * arrives, np.shape(x), setting(pool_param, "stride"), 0)


@course
def conv_relu_forward(budget: Budget, x: Any, w: Any, b: Any, conv_param: Any) -> Any:
    """CS231n, `layer_utils`: `conv_forward`, then ReLU; with both caches."""
    scores, conv = conv_forward(budget, x, w, b, conv_param)
    return np.maximum(0, scores), (conv, scores)


@course
def conv_relu_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n, `layer_utils`: `(dx, dw, db)` of `conv_relu_forward`."""
    conv, scores = cache
    fits(np.shape(scores), dout)
    return conv_backward(budget, np.where(np.greater(scores, 0), dout, 0.0), conv)


@course
def conv_relu_pool_forward(
    budget: Budget, x: Any, w: Any, b: Any, conv_param: Any, pool_param: Any
) -> Any:
    """CS231n, `layer_utils`: `conv_relu_forward`, then `max_pool_forward`; with three caches."""
    rectified, (conv, scores) = conv_relu_forward(budget, x, w, b, conv_param)
    out, pool = max_pool_forward(budget, rectified, pool_param)
    return out, (conv, scores, pool)


@course
def conv_relu_pool_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n, `layer_utils`: `(dx, dw, db)` of `conv_relu_pool_forward`."""
    conv, scores, pool = cache
    return conv_relu_backward(budget, _pooled(budget, dout, pool, after_relu=True), (conv, scores))


@course
def im2col_indices(
    budget: Budget, x: Any, field_height: Any, field_width: Any, padding: Any = 1, stride: Any = 1
) -> Any:
    """CS231n, `im2col`: a column for each window; the images of a place stand beside one another."""
    _fits(np.shape(x), field_height, padding, stride)
    windows = _windows(budget, x, field_height, field_width, stride, padding)
    charge(budget, windows.size)
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(
        windows.shape[1] * field_height * field_width, -1
    )


@course
def col2im_indices(
    budget: Budget, cols: Any, x_shape: Any, field_height: Any = 3, field_width: Any = 3,
    padding: Any = 1, stride: Any = 1,
) -> Any:  # fmt: skip
    """CS231n, `im2col`: images that are the sums of the columns of their windows."""
    _fits(x_shape, field_height, padding, stride)
    shape = _parts(x_shape, field_height, field_width, stride, padding)
    parts = np.reshape(cols, (*shape[1:2], *shape[4:], *shape[2:4], shape[0]))
    return _put_back(budget, parts.transpose(5, 0, 3, 4, 1, 2), x_shape, stride, padding)


def _fits(shape: Any, field_height: Any, padding: Any, stride: Any) -> None:
    """CS231n looks at the height of a window on both sides."""
    if any(
        (length + 2 * whole(padding) - field_height) % whole(stride, 1) for length in shape[2:4]
    ):
        raise ValueError("the windows do not fill the image")


def _parts(shape: Any, height: Any, width: Any, stride: Any, pad: Any) -> tuple[int, ...]:
    """The shape of the windows of images."""
    stride, pad = whole(stride, 1), whole(pad)
    images, channels, rows, columns = shape
    return (
        images, channels, (rows + 2 * pad - height) // stride + 1,
        (columns + 2 * pad - width) // stride + 1, height, width,
    )  # fmt: skip


# "Deep Learning from Scratch": `common/util.py`


@course
def im2col(
    budget: Budget, input_data: Any, filter_h: Any, filter_w: Any, stride: Any = 1, pad: Any = 0
) -> Any:
    """Deep Learning from Scratch: a row for each window; the places of an image stand below one another."""
    windows = _windows(budget, input_data, filter_h, filter_w, stride, pad)
    charge(budget, windows.size)
    rows = int(np.prod(windows.shape[2:4])) * windows.shape[0]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(rows, -1).astype(float)


@course
def col2im(
    budget: Budget, col: Any, input_shape: Any, filter_h: Any, filter_w: Any, stride: Any = 1,
    pad: Any = 0,
) -> Any:  # fmt: skip
    """Deep Learning from Scratch: images that are the sums of the rows of their windows."""
    shape = _parts(input_shape, filter_h, filter_w, stride, pad)
    parts = np.reshape(col, (shape[0], *shape[2:4], shape[1], *shape[4:]))
    return _put_back(budget, parts.transpose(0, 3, 1, 2, 4, 5), input_shape, stride, pad)


# CS231n: normalization of images


def flat(x: Any) -> Any:
    """Images as rows of channels."""
    images = np.asarray(x)
    return np.moveaxis(images, 1, -1).reshape(-1, images.shape[1])


def images(rows: Any, like: Any) -> Any:
    """Rows of channels as images of the shape of `like`."""
    count, channels, *lengths = np.shape(like)
    return np.moveaxis(np.reshape(rows, (count, *lengths, channels)), -1, 1)


@course
def conv_forward_fast(budget: Budget, x: Any, w: Any, b: Any, conv_param: Any) -> Any:
    """CS231n, `fast_layers`: `conv_forward`, with a cache that has columns too."""
    out, cache = conv_forward(budget, x, w, b, conv_param)
    return out, kept("conv_forward_fast", cache=cache)


@course
def conv_backward_fast(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n, `fast_layers`: `(dx, dw, db)` of `conv_forward_fast`."""
    return conv_backward(budget, dout, opened(cache, "conv_forward_fast")["cache"])


@course
def max_pool_forward_fast(budget: Budget, x: Any, pool_param: Any) -> Any:
    """CS231n, `fast_layers`: `max_pool_forward`, with a cache of its own."""
    out, cache = max_pool_forward(budget, x, pool_param)
    return out, kept("max_pool_forward_fast", cache=cache)


@course
def max_pool_backward_fast(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n, `fast_layers`: `dx` of `max_pool_forward_fast`."""
    return max_pool_backward(budget, dout, opened(cache, "max_pool_forward_fast")["cache"])


CONVOLUTION: dict[str, Row] = {
    "conv_forward_naive": conv_forward,
    "conv_backward_naive": conv_backward,
    "max_pool_forward_naive": max_pool_forward,
    "max_pool_backward_naive": max_pool_backward,
    **{f"conv_forward_{how}": conv_forward_fast for how in ("fast", "im2col", "strides")},
    **{f"conv_backward_{how}": conv_backward_fast for how in ("fast", "im2col", "strides")},
    "max_pool_forward_fast": max_pool_forward_fast,
    "max_pool_backward_fast": max_pool_backward_fast,
    "conv_relu_forward": conv_relu_forward,
    "conv_relu_backward": conv_relu_backward,
    "conv_relu_pool_forward": conv_relu_pool_forward,
    "conv_relu_pool_backward": conv_relu_pool_backward,
    "im2col_indices": im2col_indices,
    "col2im_indices": col2im_indices,
}
SCRATCH: dict[str, Row] = {"im2col": im2col, "col2im": col2im}
