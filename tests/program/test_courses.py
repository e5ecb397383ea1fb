"""What courses give to their students, against what their handouts say, written with loops in this test."""

import textwrap
import tracemalloc
from typing import Any

import numpy as np
import pytest

from grader.program import library
from grader.program.budget import ARRAY, Budget
from grader.program.errors import Origin, ProgramError, Refused
from grader.program.machine import GivenNames, Machine, compiled

STEP = 1e-6


def helper(path: str) -> Any:
    row = library.FUNCTIONS[f"courses.{path}"]
    return lambda *args, **kwargs: row(Budget(), *args, **kwargs)


def derivative(function: Any, at: np.ndarray[Any, Any], arrives: Any) -> Any:
    """The gradient at `at` of the sum of `arrives` times a function, by differences."""
    at = at.copy()
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        before = at[place]
        sums = []
        for moved in (before + STEP, before - STEP):
            at[place] = moved
            sums.append(np.sum(arrives * function(at)))
        at[place] = before
        found[place] = (sums[0] - sums[1]) / (2 * STEP)
    return found


def check_back(forward: Any, back: Any, inputs: list[Any], *settings: Any, seed: int = 5) -> None:
    """That a pass back gives the derivatives of the pass forward by each of its inputs."""
    out, cache = forward(*inputs, *settings)
    dout = np.random.default_rng(seed).normal(size=out.shape)
    gradients = back(dout, cache)
    gradients = gradients if type(gradients) is tuple else (gradients,)
    assert len(gradients) == len(inputs)
    for place, gradient in enumerate(gradients):

        def moved(value: Any, place: int = place) -> Any:
            return forward(*inputs[:place], value, *inputs[place + 1 :], *settings)[0]

        wanted = derivative(moved, inputs[place], dout)
        assert gradient.shape == inputs[place].shape
        np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-7)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def softmax_of(row: Any) -> Any:
    powers = [np.exp(score) for score in row]
    return np.array([power / sum(powers) for power in powers])


# CS231n: images


def convolved(x: Any, w: Any, b: Any, stride: int, pad: int) -> Any:
    n, _, height, width = x.shape
    f, _, hh, ww = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = 1 + (height + 2 * pad - hh) // stride, 1 + (width + 2 * pad - ww) // stride
    out = np.zeros((n, f, rows, columns))
    for image, filter_, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        window = padded[image, :, top : top + hh, left : left + ww]
        out[image, filter_, i, j] = np.sum(window * w[filter_]) + b[filter_]
    return out


@pytest.mark.parametrize("how", ["naive", "fast", "im2col", "strides"])
@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (1, 1), (2, 1), (3, 0)])
def test_convolution(how: str, stride: int, pad: int) -> None:
    x, w, b = (
        rng().normal(size=(2, 3, 5, 7)),
        rng(2).normal(size=(4, 3, 3, 3)),
        rng(3).normal(size=4),
    )
    forward, back = helper(f"cs231n.conv_forward_{how}"), helper(f"cs231n.conv_backward_{how}")
    settings = {"stride": stride, "pad": pad}
    out, cache = forward(x, w, b, settings)
    np.testing.assert_allclose(out, convolved(x, w, b, stride, pad), rtol=1e-12)
    if how == "naive":
        assert [part is given for part, given in zip(cache, (x, w, b, settings), strict=True)]
    check_back(forward, back, [x, w, b], settings)


@pytest.mark.parametrize("how", ["naive", "fast"])
@pytest.mark.parametrize(("height", "width", "stride"), [(2, 2, 2), (3, 2, 1), (2, 3, 3)])
def test_pooling(how: str, height: int, width: int, stride: int) -> None:
    x = rng().permutation(2 * 3 * 6 * 6).reshape(2, 3, 6, 6) / 7
    forward = helper(f"cs231n.max_pool_forward_{how}")
    settings = {"pool_height": height, "pool_width": width, "stride": stride}
    out = forward(x, settings)[0]
    for image, channel, i, j in np.ndindex(out.shape):
        rows, columns = (
            slice(i * stride, i * stride + height),
            slice(j * stride, j * stride + width),
        )
        assert out[image, channel, i, j] == x[image, channel, rows, columns].max()
    assert out.shape[2:] == ((6 - height) // stride + 1, (6 - width) // stride + 1)
    check_back(forward, helper(f"cs231n.max_pool_backward_{how}"), [x], settings)


def test_two_largest_of_a_window_are_refused() -> None:
    settings = {"pool_height": 2, "pool_width": 2, "stride": 2}
    forward = helper("cs231n.max_pool_forward_naive")
    back = helper("cs231n.max_pool_backward_naive")
    _, cache = forward(np.zeros((1, 1, 2, 2)), settings)
    with pytest.raises(Refused, match="twice"):
        back(np.ones((1, 1, 1, 1)), cache)
    np.testing.assert_array_equal(back(np.zeros((1, 1, 1, 1)), cache), np.zeros((1, 1, 2, 2)))


def test_convolution_relu_and_pooling() -> None:
    x, w, b = (
        rng().normal(size=(2, 3, 6, 6)),
        rng(2).normal(size=(2, 3, 3, 3)),
        rng(3).normal(size=2),
    )
    settings = {"stride": 1, "pad": 1}
    pool = {"pool_height": 2, "pool_width": 2, "stride": 2}
    positive = np.maximum(convolved(x, w, b, 1, 1), 0)
    forward, back = helper("cs231n.conv_relu_forward"), helper("cs231n.conv_relu_backward")
    np.testing.assert_allclose(forward(x, w, b, settings)[0], positive, rtol=1e-12, atol=1e-14)
    check_back(forward, back, [x, w, b], settings)
    forward, back = (
        helper("cs231n.conv_relu_pool_forward"),
        helper("cs231n.conv_relu_pool_backward"),
    )
    pooled = positive.reshape(2, 2, 3, 2, 3, 2).max(axis=(3, 5))
    np.testing.assert_allclose(forward(x, w, b, settings, pool)[0], pooled, rtol=1e-12, atol=1e-14)
    assert (pooled == 0).any()
    check_back(forward, back, [x, w, b], settings, pool)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (1, 1), (2, 1)])
def test_columns_of_images(stride: int, pad: int) -> None:
    """A column for each window; the adjoint puts columns back where they come from."""
    x = rng().normal(size=(2, 3, 5, 7))
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = (5 + 2 * pad - 3) // stride + 1, (7 + 2 * pad - 3) // stride + 1

    def window(image: int, i: int, j: int) -> Any:
        top, left = i * stride, j * stride
        return padded[image, :, top : top + 3, left : left + 3].ravel()

    places = list(np.ndindex(rows, columns))
    wanted = np.stack([window(image, *place) for place in places for image in range(2)], axis=1)
    cols = helper("cs231n.im2col_indices")(x, 3, 3, pad, stride)
    np.testing.assert_array_equal(cols, wanted)
    below = np.stack([window(image, *place) for image in range(2) for place in places])
    np.testing.assert_array_equal(helper("scratch.im2col")(x, 3, 3, stride, pad), below)
    for forward, back in (
        (lambda value: helper("cs231n.im2col_indices")(value, 3, 3, pad, stride),
         lambda d: helper("cs231n.col2im_indices")(d, x.shape, 3, 3, pad, stride)),
        (lambda value: helper("scratch.im2col")(value, 3, 3, stride, pad),
         lambda d: helper("scratch.col2im")(d, x.shape, 3, 3, stride, pad)),
    ):  # fmt: skip
        d = rng(2).normal(size=forward(x).shape)
        np.testing.assert_allclose(back(d), derivative(forward, x, d), rtol=1e-5, atol=1e-7)
    with pytest.raises(ValueError, match="do not fill"):
        helper("cs231n.im2col_indices")(x, 3, 3, pad, 5)


# CS231n: normalization


def standardized(column: Any, eps: float) -> Any:
    mean = sum(column) / len(column)
    variance = sum((entry - mean) ** 2 for entry in column) / len(column)
    return np.array([(entry - mean) / (variance + eps) ** 0.5 for entry in column])


def test_batch_normalization() -> None:
    x, gamma, beta = rng().normal(size=(5, 3)), rng(2).normal(size=3), rng(3).normal(size=3)
    forward = helper("cs231n.batchnorm_forward")
    out, _ = forward(x, gamma, beta, settings := {"mode": "train"})
    for at in range(3):
        wanted = gamma[at] * standardized(x[:, at], 1e-5) + beta[at]
        np.testing.assert_allclose(out[:, at], wanted, rtol=1e-12)
    np.testing.assert_allclose(settings["running_mean"], 0.1 * x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(settings["running_var"], 0.1 * x.var(axis=0), rtol=1e-12)
    settings["running_mean"] = mean = rng(4).normal(size=3)
    tested = forward(x, gamma, beta, {**settings, "mode": "test", "eps": 0.5})[0]
    wanted = gamma * (x - mean) / (settings["running_var"] + 0.5) ** 0.5 + beta
    np.testing.assert_allclose(tested, wanted, rtol=1e-12)
    for name in ("", "_alt"):
        back = helper(f"cs231n.batchnorm_backward{name}")
        check_back(forward, back, [x, gamma, beta], {"mode": "train", "eps": 0.1})
    with pytest.raises(Refused, match="cache"):
        back(out, forward(x, gamma, beta, {"mode": "test"})[1])
    with pytest.raises(ValueError, match="mode"):
        forward(x, gamma, beta, {"mode": "both"})
    with pytest.raises(KeyError):
        forward(x, gamma, beta, {})


def test_the_other_normalizations() -> None:
    x, gamma, beta = rng().normal(size=(4, 5)), rng(2).normal(size=5), rng(3).normal(size=5)
    forward, back = helper("cs231n.layernorm_forward"), helper("cs231n.layernorm_backward")
    wanted = [gamma * standardized(row, 1e-5) + beta for row in x]
    np.testing.assert_allclose(forward(x, gamma, beta, {})[0], wanted, rtol=1e-12)
    check_back(forward, back, [x, gamma, beta], {})
    images, gamma, beta = rng().normal(size=(2, 3, 4, 2)), gamma[:3], beta[:3]
    forward = helper("cs231n.spatial_batchnorm_forward")
    out = forward(images, gamma, beta, {"mode": "train"})[0]
    for at in range(3):
        wanted = gamma[at] * standardized(images[:, at].ravel(), 1e-5) + beta[at]
        np.testing.assert_allclose(out[:, at].ravel(), wanted, rtol=1e-12)
    back = helper("cs231n.spatial_batchnorm_backward")
    check_back(forward, back, [images, gamma, beta], {"mode": "train"})


# CS231n: recurrent networks


def test_a_step_of_a_recurrent_network() -> None:
    x, h = rng().normal(size=(3, 4)), rng(2).normal(size=(3, 2))
    weights = [rng(seed).normal(size=shape) for seed, shape in ((3, (4, 2)), (4, (2, 2)), (5, 2))]
    forward, back = helper("cs231n.rnn_step_forward"), helper("cs231n.rnn_step_backward")
    out = forward(x, h, *weights)[0]
    for n, k in np.ndindex(out.shape):
        total = sum(x[n] * weights[0][:, k]) + sum(h[n] * weights[1][:, k]) + weights[2][k]
        assert out[n, k] == pytest.approx(np.tanh(total), rel=1e-12)
    check_back(forward, back, [x, h, *weights])


def lstm_cell(x: Any, h: Any, c: Any, Wx: Any, Wh: Any, b: Any) -> Any:
    """One example, gate by gate."""
    size = len(h)
    total = [x @ Wx[:, at] + h @ Wh[:, at] + b[at] for at in range(4 * size)]
    c_new, h_new = np.zeros(size), np.zeros(size)
    for k in range(size):
        i, f, o = (1 / (1 + np.exp(-total[gate * size + k])) for gate in range(3))
        c_new[k] = f * c[k] + i * np.tanh(total[3 * size + k])
        h_new[k] = o * np.tanh(c_new[k])
    return h_new, c_new


def lstm_values(seed: int = 1) -> list[Any]:
    shapes = [(3, 4), (3, 2), (3, 2), (4, 8), (2, 8), (8,)]
    return [rng(seed + at).normal(size=shape) for at, shape in enumerate(shapes)]


def test_a_step_of_an_lstm() -> None:
    values = lstm_values()
    forward, back = helper("cs231n.lstm_step_forward"), helper("cs231n.lstm_step_backward")
    h, c, cache = forward(*values)
    for n in range(3):
        wanted = lstm_cell(*[value[n] for value in values[:3]], *values[3:])
        np.testing.assert_allclose((h[n], c[n]), wanted, rtol=1e-12)
    dh, dc = rng(8).normal(size=h.shape), rng(9).normal(size=c.shape)
    for place, gradient in enumerate(back(dh, dc, cache)):

        def moved(value: Any, place: int = place) -> Any:
            return np.stack(forward(*values[:place], value, *values[place + 1 :])[:2])

        wanted = derivative(moved, values[place], np.stack([dh, dc]))
        np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_sequences(kind: str) -> None:
    _, h0, _, *weights = lstm_values()
    x = rng(9).normal(size=(3, 5, 4))
    if kind == "rnn":
        weights = [weight[..., :2] for weight in weights]
    forward, back = helper(f"cs231n.{kind}_forward"), helper(f"cs231n.{kind}_backward")
    out = forward(x, h0, *weights)[0]
    for n in range(3):
        h, c = h0[n], np.zeros(2)
        for t in range(5):
            if kind == "rnn":
                h = np.tanh(x[n, t] @ weights[0] + h @ weights[1] + weights[2])
            else:
                h, c = lstm_cell(x[n, t], h, c, *weights)
            np.testing.assert_allclose(out[n, t], h, rtol=1e-12)
    check_back(forward, back, [x, h0, *weights])


def test_words_scores_and_losses_of_each_time() -> None:
    words, W = rng().integers(0, 4, size=(2, 5)), rng(2).normal(size=(4, 3))
    out, cache = helper("cs231n.word_embedding_forward")(words, W)
    assert all((out[place] == W[words[place]]).all() for place in np.ndindex(words.shape))
    dout = rng(3).normal(size=out.shape)
    wanted = [
        sum(dout[words == word]) if (words == word).any() else np.zeros(3) for word in range(4)
    ]
    np.testing.assert_allclose(helper("cs231n.word_embedding_backward")(dout, cache), wanted)
    w, b = rng(4).normal(size=(3, 4)), rng(5).normal(size=4)
    forward = helper("cs231n.temporal_affine_forward")
    scores, cache = forward(out, w, b)
    np.testing.assert_allclose(scores, [[row @ w + b for row in one] for one in out])
    assert len(cache) == 4
    check_back(forward, helper("cs231n.temporal_affine_backward"), [out, w, b])
    mask, y = rng(6).random((2, 5)) > 0.4, rng(7).integers(0, 4, size=(2, 5))
    loss, dx = helper("cs231n.temporal_softmax_loss")(scores, y, mask)

    def slowly(x: Any) -> Any:
        places = [place for place in np.ndindex(y.shape) if mask[place]]
        return -sum(np.log(softmax_of(x[place])[y[place]]) for place in places) / len(x)

    assert loss == pytest.approx(slowly(scores), rel=1e-12)
    np.testing.assert_allclose(dx, derivative(slowly, scores, 1.0), rtol=1e-5, atol=1e-8)


# "Deep Learning from Scratch"


def test_functions_of_deep_learning_from_scratch() -> None:
    x = np.array([[-1.5, 0.0, 2.0], [0.3, -0.2, 1000.0]])
    for name, wanted in {
        "identity_function": lambda entry: entry,
        "step_function": lambda entry: 1 if entry > 0 else 0,
        "sigmoid": lambda entry: 1 / (1 + np.exp(-entry)),
        "sigmoid_grad": lambda entry: (1 / (1 + np.exp(-entry))) * (1 - 1 / (1 + np.exp(-entry))),
        "relu": lambda entry: max(entry, 0),
        "relu_grad": lambda entry: 1 if entry >= 0 else 0,
    }.items():
        found = helper(f"scratch.{name}")(x)
        assert found.dtype == (int if name == "step_function" else float)
        for place in np.ndindex(x.shape):
            assert found[place] == pytest.approx(wanted(x[place]), rel=1e-12), name


def test_losses_of_deep_learning_from_scratch() -> None:
    softmax, cross_entropy = helper("scratch.softmax"), helper("scratch.cross_entropy_error")
    x, labels = rng().normal(size=(4, 3)), np.array([2, 0, 1, 1])
    y = np.stack([softmax_of(row) for row in x])
    np.testing.assert_allclose(softmax(x), y, rtol=1e-12)
    np.testing.assert_allclose(softmax(x[0]), y[0], rtol=1e-12)
    with pytest.raises(Refused, match="axes"):
        softmax(np.zeros((2, 2, 2)))
    wanted = -sum(np.log(y[at][label] + 1e-7) for at, label in enumerate(labels)) / 4
    assert cross_entropy(y, labels) == pytest.approx(wanted, rel=1e-14)
    assert cross_entropy(y, np.eye(3)[labels]) == pytest.approx(wanted, rel=1e-14)
    assert cross_entropy(y[0], np.eye(3)[2]) == pytest.approx(-np.log(y[0, 2] + 1e-7), rel=1e-14)
    assert helper("scratch.softmax_loss")(x, labels) == pytest.approx(wanted, rel=1e-12)
    for name in ("mean_squared_error", "sum_squared_error"):
        wanted = sum((y[place] - x[place]) ** 2 for place in np.ndindex(x.shape)) / 2
        assert helper(f"scratch.{name}")(y, x) == pytest.approx(wanted, rel=1e-12)
    assert helper("scratch.conv_output_size")(7, 2, 2, 1) == 4.5


# deeplearning.ai, CS224n


def test_networks_of_deeplearning_ai() -> None:
    X, Y = rng().normal(size=(3, 5)), rng(2).integers(0, 2, size=(1, 5))
    sizes = [3, 4, 2, 1]
    parameters: dict[str, Any] = {}
    for at in (1, 2, 3):
        parameters[f"W{at}"] = rng(at).normal(size=(sizes[at], sizes[at - 1]))
        parameters[f"b{at}"] = rng(at + 3).normal(size=(sizes[at], 1))
    A, wanted = X, []
    for at in (1, 2, 3):
        W, b = parameters[f"W{at}"], parameters[f"b{at}"]
        Z = W @ A + b
        A = np.maximum(Z, 0) if at < 3 else 1 / (1 + np.exp(-Z))
        wanted += [Z, A, W, b]
    for module in ("reg_utils", "init_utils", "opt_utils"):
        out, cache = helper(f"{module}.forward_propagation")(X, parameters)
        np.testing.assert_allclose(out, A, rtol=1e-12)
        for mine, value in zip(cache, wanted, strict=True):
            np.testing.assert_allclose(mine, value, rtol=1e-12)
    out, caches = helper("dnn_app_utils.L_model_forward")(X, parameters)
    np.testing.assert_allclose(out, A, rtol=1e-12)
    assert [len(cache) for cache in caches] == [2, 2, 2]
    (before, W, b), Z = caches[1]
    assert (W is parameters["W2"], b is parameters["b2"]) == (True, True)
    np.testing.assert_allclose(before, wanted[1], rtol=1e-12)
    np.testing.assert_allclose(Z, wanted[4], rtol=1e-12)
    cost = -sum(np.log(A[0, n]) if Y[0, n] else np.log(1 - A[0, n]) for n in range(5)) / 5
    for path in ("reg_utils.compute_cost", "init_utils.compute_loss", "dnn_app_utils.compute_cost"):
        assert helper(path)(A, Y) == pytest.approx(cost, rel=1e-12)
    with pytest.raises(Refused, match="infinity"), np.errstate(all="ignore"):
        helper("reg_utils.compute_cost")(np.array([[1.0, 0.5]]), np.array([[1, 0]]))


def test_functions_of_cs224n() -> None:
    x = rng().normal(size=(3, 4))
    rows = helper("utils.normalizeRows")(x)
    for row, mine in zip(x, rows, strict=True):
        np.testing.assert_allclose(mine, row / sum(row**2) ** 0.5, rtol=1e-12)
    with pytest.raises(Refused, match="zeros"):
        helper("cs224n.normalizeRows")(np.zeros((2, 2)))
    softmax = helper("cs224n.softmax")
    np.testing.assert_allclose(softmax(x), [softmax_of(row) for row in x], rtol=1e-12)
    np.testing.assert_allclose(softmax(x[0]), softmax_of(x[0]), rtol=1e-12)
    assert helper("cs224n.sigmoid_grad")(0.25) == 0.25 * 0.75


# In programs


def ran(text: str) -> Machine:
    class Nothing(GivenNames):
        def value(self, name: str) -> object:
            raise KeyError(name)

    machine = Machine(compiled(textwrap.dedent(text)), Nothing())
    machine.run()
    return machine


def test_modules_are_found_by_their_names() -> None:
    machine = ran("""
        import numpy as np
        from common.functions import *
        from common.util import im2col
        from cs231n.layers import conv_forward_naive, batchnorm_forward, batchnorm_backward
        from cs231n.fast_layers import *
        from cs231n.rnn_layers import rnn_forward
        from q2_sigmoid import sigmoid_grad as by_value
        from utils.utils import normalizeRows
        from reg_utils import compute_cost
        y = softmax(np.array([[1.0, 1.0]]))
        loss = cross_entropy_error(y, np.array([0]))
        g, s = sigmoid_grad(0.0), by_value(0.5)
        conv, cache = conv_forward_naive(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), np.ones(1),
                                         {'stride': 1, 'pad': 0})
        x, w, b, conv_param = cache
        fast, _ = conv_forward_fast(x, w, b, conv_param)
        col = im2col(x, 2, 2)
        bn_param = {'mode': 'train'}
        out, normal = batchnorm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), bn_param)
        dx, dgamma, dbeta = batchnorm_backward(np.ones((2, 1)), normal)
        mean = bn_param['running_mean']
    """)
    assert machine.faults == []
    found = machine.globals
    np.testing.assert_allclose(found["loss"], np.log(2), rtol=1e-6)
    assert (found["g"], found["s"], found["conv"].item(), found["fast"].item()) == (
        0.25,
        0.25,
        5,
        5,
    )
    np.testing.assert_allclose(found["dx"], 0, atol=1e-12)
    assert (found["mean"].item(), found["col"].tolist()) == (pytest.approx(0.2), [[1, 1, 1, 1]])


@pytest.mark.parametrize(
    "line",
    [
        "x_hat, mean, var = normal", "x_hat = normal[0]", "x_hat = normal['x_hat']", "x_hat = normal.x",
        "x_hat = normal + 1", "dx = layernorm_backward(out, normal)",
        "dx = batchnorm_backward(out, (out, 1))", "dx = batchnorm_backward(out, None)",
        "dx = batchnorm_backward(np.ones((9, 9)), normal)",
    ],
)  # fmt: skip
def test_nobody_opens_a_cache_that_students_fill(line: str) -> None:
    machine = ran(f"""
        import numpy as np
        from cs231n.layers import *
        out, normal = batchnorm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), {{'mode': 'train'}})
        {line}
    """)
    assert len(machine.faults) == 1


def test_the_parts_of_a_closed_cache_come_from_outside() -> None:
    """As without the row: what nobody knows gives way to the values of the problem."""
    machine = ran("""
        import numpy as np
        from cs231n.layers import *
        out, normal = batchnorm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), {'mode': 'train'})
        x_hat, std = normal
    """)
    assert [fault.origin for fault in machine.faults] == [Origin.OUTSIDE]


def test_what_changes_an_array_reaches_a_cache() -> None:
    """After a statement that was not run, a cache that holds what it may have changed is unknown."""
    machine = ran("""
        import numpy as np
        from cs231n.layers import *
        from cs231n.rnn_layers import *
        x, W = np.ones((2, 2)), np.ones((2, 2))
        h, cache = rnn_step_forward(x, x, W, W, np.zeros(2))
        W[0] = nobody(W)
        dx, *_ = rnn_step_backward(h, cache)
    """)
    assert len(machine.faults) == 2


LONG = np.zeros((1_000, 1, 1))


@pytest.mark.parametrize(
    ("path", "args"),
    [
        ("cs231n.conv_forward_naive", (np.zeros((1, 1, 600, 600)), np.zeros((1, 1, 9, 9)), np.zeros(1),
                                       {"stride": 1, "pad": 0})),
        ("cs231n.conv_forward_naive", (np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 2, 2)), np.zeros(1),
                                       {"stride": 1, "pad": 100_000})),
        ("cs231n.conv_forward_naive", (np.zeros((1, 1, 500, 500)), np.zeros((1, 1, 1, 1)), np.zeros(900),
                                       {"stride": 1, "pad": 0})),
        ("cs231n.conv_forward_naive", (np.zeros((0, 9, 9, 9)), np.zeros((1, 9, 2, 2)), np.zeros(1),
                                       {"stride": 1, "pad": 1 << 20})),
        ("cs231n.max_pool_forward_naive", (np.zeros((1, 1, 900, 900)),
                                           {"pool_height": 30, "pool_width": 30, "stride": 1})),
        ("cs231n.rnn_step_forward", (np.zeros((1_000, 1)), np.zeros((1_000, 1)), np.zeros((1, 900)),
                                     np.zeros((1, 900)), LONG)),
        ("cs231n.batchnorm_forward", (np.zeros((999, 999)), LONG, LONG, {"mode": "train"})),
        ("cs231n.batchnorm_forward", (np.zeros((9, 9)), 1, 1, {"mode": "train", "eps": LONG})),
        ("cs231n.word_embedding_forward", (np.zeros((999, 9), dtype=int), np.zeros((2, 999)))),
        ("cs231n.lstm_step_forward", (np.zeros((999, 1)), np.zeros((999, 1)), LONG, np.zeros((1, 4)),
                                      np.zeros((1, 4)), np.zeros(4))),
        ("cs231n.temporal_softmax_loss", (np.zeros((99, 9, 9)), np.zeros((99, 9), dtype=int), LONG)),
        ("scratch.im2col", (np.zeros((1, 1, 900, 900)), 40, 40)),
        ("scratch.col2im", (np.zeros((1, 1)), (1, 1, 1, 1), 1, 1, 1, 1 << 20)),
        ("scratch.cross_entropy_error", (np.zeros((2_000, 2)), np.zeros((2_000, 1, 1), dtype=int))),
        ("reg_utils.compute_cost", (np.zeros((1, 2_000)), np.zeros((2_000, 1)))),
    ],
)  # fmt: skip
def test_what_is_too_large_is_not_computed(path: str, args: Any) -> None:
    tracemalloc.start()
    try:
        with pytest.raises((ProgramError, TypeError, ValueError)):
            helper(path)(*args)
        assert tracemalloc.get_traced_memory()[1] < 4 * 8 * ARRAY
    finally:
        tracemalloc.stop()


def test_a_bare_name_is_what_all_courses_mean() -> None:
    several = {"sigmoid_grad", "rnn_forward", "lstm_forward", "rnn_backward", "lstm_backward", "im2col",
               "compute_cost", "forward_propagation", "mean_squared_error", "cross_entropy_error"}  # fmt: skip
    assert several.isdisjoint(library.HELPERS)
    with pytest.raises(Refused, match="numerical"):
        library.HELPERS["numerical_gradient"](Budget(), None, np.zeros(ARRAY))
