"""CS231n: layers that normalize, and those of recurrent networks."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library import special
from grader.program.library.course_images import flat, images
from grader.program.library.course_rows import course, fits, kept, number, opened, setting
from grader.program.library.elementwise import TABLE as ELEMENTWISE
from grader.program.library.products import TABLE as PRODUCTS
from grader.program.library.rows import Row, charge, size

_dot, _add = PRODUCTS["numpy.dot"], ELEMENTWISE["numpy.add"]


# `cs231n/layers.py`: what each row of a batch goes through


def _normalize(budget: Budget, by: str, x: Any, gamma: Any, beta: Any, eps: Any, axis: int) -> Any:
    if np.ndim(x) != 2:
        raise TypeError("rows of features are expected")
    fits(np.shape(x), gamma, beta)
    charge(budget, 3 * size(x))
    scale = np.sqrt(np.var(x, axis=axis, keepdims=True) + eps)
    centered = (x - np.mean(x, axis=axis, keepdims=True)) / scale
    return gamma * centered + beta, kept(by, x=centered, scale=scale, gamma=gamma)


def _normalize_back(budget: Budget, by: str, dout: Any, cache: Any, axis: int) -> Any:
    values = opened(cache, by)
    x, gamma = values["x"], values["gamma"]
    fits(np.shape(x), dout)
    charge(budget, 5 * size(x))
    d = dout * gamma
    mean, along = np.mean(d, axis=axis, keepdims=True), np.mean(d * x, axis=axis, keepdims=True)
    return (d - mean - x * along) / values["scale"], np.sum(dout * x, axis=0), np.sum(dout, axis=0)


@course
def batchnorm_forward(budget: Budget, x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    """CS231n: columns with the mean 0 and the variance 1, times `gamma`, plus `beta`; and a cache.

    `mode` is `"train"`, or `"test"` with the running averages that training leaves in `bn_param`.
    """
    mode, eps = bn_param["mode"], number(bn_param, "eps", 1e-5)
    zeros = np.zeros(np.shape(x)[-1])
    mean, var = setting(bn_param, "running_mean", zeros), setting(bn_param, "running_var", zeros)
    fits(np.shape(x), gamma, beta, mean, var)
    if mode == "test":
        charge(budget, 3 * size(x))
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, kept("a test")
    if mode != "train":
        raise ValueError(f"the mode {mode!r:.20}")
    result = _normalize(budget, "batchnorm_forward", x, gamma, beta, eps, 0)
    momentum = number(bn_param, "momentum", 0.9)
    bn_param["running_mean"] = momentum * mean + (1 - momentum) * np.mean(x, axis=0)
    bn_param["running_var"] = momentum * var + (1 - momentum) * np.var(x, axis=0)
    return result


@course
def batchnorm_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dgamma, dbeta)` of `batchnorm_forward`."""
    return _normalize_back(budget, "batchnorm_forward", dout, cache, 0)


@course
def layernorm_forward(budget: Budget, x: Any, gamma: Any, beta: Any, ln_param: Any) -> Any:
    """CS231n: rows with the mean 0 and the variance 1, times `gamma`, plus `beta`; and a cache."""
    return _normalize(budget, "layernorm_forward", x, gamma, beta, number(ln_param, "eps", 1e-5), 1)


@course
def layernorm_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dgamma, dbeta)` of `layernorm_forward`."""
    return _normalize_back(budget, "layernorm_forward", dout, cache, 1)


@course
def spatial_batchnorm_forward(budget: Budget, x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    """CS231n: `batchnorm_forward` for each channel of images."""
    out, cache = batchnorm_forward(budget, flat(x), gamma, beta, bn_param)
    return images(out, x), cache


@course
def spatial_batchnorm_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dgamma, dbeta)` of `spatial_batchnorm_forward`."""
    dx, dgamma, dbeta = batchnorm_backward(budget, flat(dout), cache)
    return images(dx, dout), dgamma, dbeta


# `cs231n/rnn_layers.py`


@course
def rnn_step_forward(budget: Budget, x: Any, prev_h: Any, Wx: Any, Wh: Any, b: Any) -> Any:
    """CS231n: the hidden state `tanh(x Wx + prev_h Wh + b)`, and a cache."""
    next_h = np.tanh(_affine(budget, x, prev_h, Wx, Wh, b))
    return next_h, kept("rnn_step_forward", x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, next_h=next_h)


@course
def rnn_step_backward(budget: Budget, dnext_h: Any, cache: Any) -> Any:
    """CS231n: `(dx, dprev_h, dWx, dWh, db)` of `rnn_step_forward`."""
    values = opened(cache, "rnn_step_forward")
    fits(np.shape(values["next_h"]), dnext_h)
    return _recurrent(budget, dnext_h * (1 - values["next_h"] ** 2), values)


def _affine(budget: Budget, x: Any, prev_h: Any, Wx: Any, Wh: Any, b: Any) -> Any:
    return _add(budget, _add(budget, _dot(budget, x, Wx), _dot(budget, prev_h, Wh)), b)


def _recurrent(budget: Budget, d: Any, values: dict[str, Any]) -> Any:
    """The gradients of `x Wx + prev_h Wh + b`, where `d` arrives."""
    return (
        _dot(budget, d, np.transpose(values["Wx"])),
        _dot(budget, d, np.transpose(values["Wh"])),
        _dot(budget, np.transpose(values["x"]), d),
        _dot(budget, np.transpose(values["prev_h"]), d),
        np.sum(d, axis=0),
    )


@course
def rnn_forward(budget: Budget, x: Any, h0: Any, Wx: Any, Wh: Any, b: Any) -> Any:
    """CS231n: the hidden states of a batch of sequences, and a cache."""
    h, hs, caches = h0, [], []
    for t in range(np.shape(x)[1]):
        budget.step()
        h, cache = rnn_step_forward(budget, x[:, t], h, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    charge(budget, len(hs) * size(h))
    return np.stack(hs, axis=1), kept("rnn_forward", steps=tuple(caches))


@course
def rnn_backward(budget: Budget, dh: Any, cache: Any) -> Any:
    """CS231n: `(dx, dh0, dWx, dWh, db)` of `rnn_forward`; `dh` is what arrives at each state."""
    steps = opened(cache, "rnn_forward")["steps"]
    return _through_time(budget, dh, steps, rnn_step_backward, np.zeros_like(dh[:, 0]))


def _through_time(
    budget: Budget, dh: Any, steps: Any, step_backward: Row, dlast: Any, *others: Any
) -> Any:
    """`(dx, dh0, *weights)` of a sequence; `others` is what goes back from step to step besides."""
    state, dxs, sums = [dlast, *others], [], [0.0, 0.0, 0.0]
    for t in reversed(range(len(steps))):
        budget.step()
        dx, *rest = step_backward(budget, dh[:, t] + state[0], *state[1:], steps[t])
        state, weights = rest[: len(state)], rest[len(state) :]
        dxs.append(dx)
        sums = [one + more for one, more in zip(sums, weights, strict=True)]
    return np.stack(dxs[::-1], axis=1), state[0], *sums


@course
def lstm_step_forward(
    budget: Budget, x: Any, prev_h: Any, prev_c: Any, Wx: Any, Wh: Any, b: Any
) -> Any:
    """CS231n: `(next_h, next_c, cache)`; the gates are input, forget and output, then the new cell."""
    gates = _affine(budget, x, prev_h, Wx, Wh, b)
    i, f, o, g = np.split(gates, 4, axis=1)
    i, f, o, g = special.expit(i), special.expit(f), special.expit(o), np.tanh(g)
    fits(i.shape, prev_c)
    next_c = f * prev_c + i * g
    cache = kept(
        "lstm_step_forward", x=x, prev_h=prev_h, prev_c=prev_c, Wx=Wx, Wh=Wh, i=i, f=f, o=o, g=g,
        c=np.tanh(next_c),
    )  # fmt: skip
    return o * np.tanh(next_c), next_c, cache


@course
def lstm_step_backward(budget: Budget, dnext_h: Any, dnext_c: Any, cache: Any) -> Any:
    """CS231n: `(dx, dprev_h, dprev_c, dWx, dWh, db)` of `lstm_step_forward`."""
    values = opened(cache, "lstm_step_forward")
    i, f, o, g, c = (values[name] for name in "ifogc")
    fits(c.shape, dnext_h, dnext_c)
    dc = dnext_c + dnext_h * o * (1 - c**2)
    gates = (
        dc * g * i * (1 - i), dc * values["prev_c"] * f * (1 - f), dnext_h * c * o * (1 - o),
        dc * i * (1 - g**2),
    )  # fmt: skip
    charge(budget, 4 * size(dc))
    dx, dprev_h, *weights = _recurrent(budget, np.concatenate(gates, axis=1), values)
    return dx, dprev_h, dc * f, *weights


@course
def lstm_forward(budget: Budget, x: Any, h0: Any, Wx: Any, Wh: Any, b: Any) -> Any:
    """CS231n: the hidden states of a batch of sequences, and a cache; the first cell is zero."""
    h, c, hs, caches = h0, np.zeros_like(h0), [], []
    for t in range(np.shape(x)[1]):
        budget.step()
        h, c, cache = lstm_step_forward(budget, x[:, t], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    charge(budget, len(hs) * size(h))
    return np.stack(hs, axis=1), kept("lstm_forward", steps=tuple(caches))


@course
def lstm_backward(budget: Budget, dh: Any, cache: Any) -> Any:
    """CS231n: `(dx, dh0, dWx, dWh, db)` of `lstm_forward`; `dh` is what arrives at each state."""
    steps = opened(cache, "lstm_forward")["steps"]
    zero = np.zeros_like(dh[:, 0])
    return _through_time(budget, dh, steps, lstm_step_backward, zero, zero)


@course
def word_embedding_forward(budget: Budget, x: Any, W: Any) -> Any:
    """CS231n: the rows `W[x]`, and a cache."""
    words = np.asarray(x)
    if words.dtype.kind not in "iu":
        raise IndexError("the numbers of words are expected")
    charge(budget, words.size * size(W[0]))
    return W[words], kept("word_embedding_forward", words=words, W=W)


@course
def word_embedding_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `dW` of `word_embedding_forward`."""
    values = opened(cache, "word_embedding_forward")
    charge(budget, size(values["W"]), size(dout))
    dW = np.zeros(np.shape(values["W"]))
    np.add.at(dW, values["words"], dout)
    return dW


@course
def temporal_affine_forward(budget: Budget, x: Any, w: Any, b: Any) -> Any:
    """CS231n: `x w + b` at each time, with the cache `(x, w, b, out)`."""
    out = _add(budget, _dot(budget, x, w), b)
    return out, (x, w, b, out)


@course
def temporal_affine_backward(budget: Budget, dout: Any, cache: Any) -> Any:
    """CS231n: `(dx, dw, db)` of `temporal_affine_forward`."""
    x, w, _, _ = cache
    rows, arriving = (
        np.reshape(x, (-1, np.shape(x)[-1])),
        np.reshape(dout, (-1, np.shape(dout)[-1])),
    )
    dw = _dot(budget, rows.T, arriving)
    return _dot(budget, dout, np.transpose(w)), dw, np.sum(arriving, axis=0)


@course
def temporal_softmax_loss(budget: Budget, x: Any, y: Any, mask: Any, verbose: Any = False) -> Any:
    """CS231n: the cross entropy summed over the times that `mask` keeps, a mean over the batch; `dx`."""
    scores, labels = np.asarray(x), np.asarray(y)
    if scores.ndim != 3 or labels.dtype.kind not in "iu":
        raise TypeError("scores at each time and labels are expected")
    fits(scores.shape[:2], labels, mask)
    charge(budget, 3 * scores.size)
    weights = np.asarray(mask)[..., np.newaxis] / len(scores)
    low = special.log_softmax(scores, axis=2)
    d = np.exp(low)
    place = labels[..., np.newaxis]
    loss = -np.sum(weights * np.take_along_axis(low, place, axis=2))
    np.put_along_axis(d, place, np.take_along_axis(d, place, axis=2) - 1, axis=2)
    return loss, d * weights


NORMALIZATION: dict[str, Row] = {
    "batchnorm_forward": batchnorm_forward,
    "batchnorm_backward": batchnorm_backward,
    "batchnorm_backward_alt": batchnorm_backward,
    "layernorm_forward": layernorm_forward,
    "layernorm_backward": layernorm_backward,
    "spatial_batchnorm_forward": spatial_batchnorm_forward,
    "spatial_batchnorm_backward": spatial_batchnorm_backward,
}
STEPS: dict[str, Row] = {
    "rnn_step_forward": rnn_step_forward,
    "rnn_step_backward": rnn_step_backward,
    "lstm_step_forward": lstm_step_forward,
    "lstm_step_backward": lstm_step_backward,
    "word_embedding_forward": word_embedding_forward,
    "word_embedding_backward": word_embedding_backward,
    "temporal_affine_forward": temporal_affine_forward,
    "temporal_affine_backward": temporal_affine_backward,
    "temporal_softmax_loss": temporal_softmax_loss,
}
# deeplearning.ai has functions of these names, too.
SEQUENCES: dict[str, Row] = {
    "rnn_forward": rnn_forward,
    "rnn_backward": rnn_backward,
    "lstm_forward": lstm_forward,
    "lstm_backward": lstm_backward,
}
