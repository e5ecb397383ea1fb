"""The models of the library in NumPy, as in a textbook, for HIPS autograd.

They are independent of the grader: no formula here comes from `problem.yaml`. A model maps a dict of the
symbols (numbers, vectors of one axis, matrices) to a dict of all quantities; those already in the dict are
kept. A loss with only a gradient G at Y is the function ⟨G, Y⟩, which has this gradient.
"""

from collections.abc import Callable
from typing import Any

import autograd.numpy as np

Values = dict[str, Any]
Model = Callable[["Given"], None]


class Given(dict[str, Any]):
    """Quantities by name. Setting a given one changes nothing."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self:
            super().__setitem__(name, value)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def softmax(x: Any) -> Any:
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def relu(x: Any) -> Any:
    return np.where(x > 0, x, 0.0)


def cs1678(q: Given) -> None:
    q["z1"] = q["W1"] @ q["x"]
    q["h1"] = relu(q["z1"])
    q["h2"] = q["W2"] @ q["h1"]
    q["h3"] = q["W3"] @ q["h2"]
    q["l"] = q["delta"] * np.sum(q["h3"])


def linear_regression(q: Given) -> None:
    n = len(q["y"])
    q["yhat"] = q["X"] @ q["w"] + q["b"]
    q["r"] = q["yhat"] - q["y"]
    q["l"] = np.sum(q["r"] ** 2) / (2 * n) + q["lam"] / 2 * np.sum(q["w"] ** 2)


def logistic_regression(q: Given) -> None:
    y = q["y"]
    q["z"] = q["X"] @ q["w"] + q["b"]
    q["p"] = sigmoid(q["z"])
    q["l"] = -np.mean(y * np.log(q["p"]) + (1 - y) * np.log(1 - q["p"]))


def softmax_cross_entropy(q: Given) -> None:
    q["z"] = q["W"] @ q["x"] + q["b"]
    q["p"] = softmax(q["z"])
    q["l"] = -np.sum(q["y"] * np.log(q["p"]))


def mlp_batch(q: Given) -> None:
    q["Z1"] = q["X"] @ q["W1"] + q["b1"]
    q["H"] = sigmoid(q["Z1"])
    q["Yhat"] = q["H"] @ q["W2"] + q["b2"]
    q["l"] = np.sum((q["Yhat"] - q["Y"]) ** 2) / (2 * len(q["X"]))


def tanh_mlp(q: Given) -> None:
    q["z"] = q["W1"] @ q["x"] + q["b1"]
    q["h"] = np.tanh(q["z"])
    q["o"] = q["W2"] @ q["h"] + q["b2"]
    q["l"] = np.sum((q["o"] - q["y"]) ** 2) / 2


def word2vec(q: Given) -> None:
    q["z"] = q["U"] @ q["v"]
    q["yhat"] = softmax(q["z"])
    q["J"] = -np.log(np.sum(q["yhat"] * q["y"]))
    q["s"] = np.dot(q["u"], q["v"])
    q["t"] = q["M"] @ q["v"]
    q["Jneg"] = -np.log(sigmoid(q["s"])) - np.sum(np.log(sigmoid(-q["t"])))


def normalised(axis: int) -> Model:
    def model(q: Given) -> None:
        q["mu"] = np.mean(q["X"], axis=axis, keepdims=True)
        mu = np.reshape(q["mu"], (1, -1) if axis == 0 else (-1, 1))
        q["var"] = np.mean((q["X"] - mu) ** 2, axis=axis, keepdims=True)
        var = np.reshape(q["var"], (1, -1) if axis == 0 else (-1, 1))
        q["Xhat"] = (q["X"] - mu) / np.sqrt(var + q["eps"])
        q["Y"] = q["gamma"] * q["Xhat"] + q["beta"]
        q["l"] = np.sum(q["G"] * q["Y"])

    return model


def rnn(q: Given) -> None:
    for step in "123":
        before = q[f"h{int(step) - 1}"]
        q[f"a{step}"] = q["W"] @ before + q["U"] @ q[f"x{step}"] + q["b"]
        q[f"h{step}"] = np.tanh(q[f"a{step}"])
    q["o"] = q["V"] @ q["h3"]
    q["l"] = np.sum((q["o"] - q["y"]) ** 2) / 2


def lstm_cell(q: Given) -> None:
    for gate, activation in (("i", sigmoid), ("f", sigmoid), ("o", sigmoid), ("g", np.tanh)):
        q[f"z{gate}"] = q[f"W{gate}"] @ q["xt"] + q[f"U{gate}"] @ q["hp"] + q[f"b{gate}"]
        q[f"{gate}t"] = activation(q[f"z{gate}"])
    q["ct"] = q["ft"] * q["cp"] + q["it"] * q["gt"]
    q["ht"] = q["ot"] * np.tanh(q["ct"])
    q["l"] = np.sum(q["p"] * q["ht"]) + np.sum(q["q"] * q["ct"])


def attention(q: Given) -> None:
    q["S"] = np.dot(q["Q"], q["K"].T) / np.sqrt(q["Q"].shape[1])
    q["A"] = softmax(q["S"])
    q["O"] = np.dot(q["A"], q["V"])
    q["l"] = np.sum(q["G"] * q["O"])


def conv1d(q: Given) -> None:
    x, w = q["x"], q["w"]
    windows = [x[at : at + len(w)] for at in range(len(x) - len(w) + 1)]
    q["z"] = np.array([np.sum(window * w) for window in windows]) + q["b"]
    q["h"] = relu(q["z"])
    q["o"] = np.sum(q["v"] * q["h"])
    q["l"] = (q["o"] - q["y"]) ** 2 / 2


def residual_block(q: Given) -> None:
    q["z"] = q["W1"] @ q["x"] + q["b1"]
    q["h"] = relu(q["z"])
    q["y"] = q["x"] + q["W2"] @ q["h"] + q["b2"]
    q["l"] = np.sum(q["g"] * q["y"])


def matrix_calculus(q: Given) -> None:
    x = q["x"]
    q["q"] = np.sum(np.outer(x, x) * q["A"])
    q["r"] = np.sum(np.outer(q["a"], x) * q["B"])
    q["t"] = np.trace(np.dot(np.dot(q["C"], q["X"]), q["D"]))
    q["u"] = q["B"] @ x
    q["s"] = np.log(np.sum(np.exp(q["u"])))
    q["v"] = q["B"] @ x - q["c"]
    q["rho"] = np.sqrt(np.sum(q["v"] ** 2))
    q["f"] = np.trace(np.dot(q["X"].T, q["X"]))
    q["e"] = x / np.sqrt(np.sum(x**2))


def max_pool_dropout(q: Given) -> None:
    q["z"] = q["W1"] @ q["x"] + q["b1"]
    q["a"] = np.max(np.reshape(q["z"], (2, 2)), axis=1)
    q["h"] = relu(q["a"])
    q["d"] = q["m"] * q["h"] / q["p"]
    q["o"] = q["W2"] @ q["d"] + q["b2"]
    q["l"] = np.sum((q["o"] - q["y"]) ** 2) / 2


def vae(q: Given) -> None:
    q["mu"] = q["A"] @ q["x"] + q["a"]
    q["s"] = q["B"] @ q["x"] + q["c"]
    q["z"] = q["mu"] + np.sqrt(np.exp(q["s"])) * q["eps"]
    q["xhat"] = q["D"] @ q["z"] + q["b"]
    q["R"] = np.sum((q["x"] - q["xhat"]) ** 2) / 2
    variance = np.exp(q["s"])
    q["K"] = np.sum(variance + q["mu"] ** 2 - 1 - np.log(variance)) / 2
    q["l"] = q["R"] + q["K"]


MODELS: dict[str, Model] = {
    "cs1678-hw3": cs1678,
    "linear-regression": linear_regression,
    "logistic-regression": logistic_regression,
    "softmax-cross-entropy": softmax_cross_entropy,
    "mlp-batch": mlp_batch,
    "tanh-mlp": tanh_mlp,
    "word2vec": word2vec,
    "batch-norm": normalised(0),
    "layer-norm": normalised(1),
    "rnn": rnn,
    "lstm-cell": lstm_cell,
    "attention": attention,
    "conv1d": conv1d,
    "residual-block": residual_block,
    "matrix-calculus": matrix_calculus,
    "max-pool-dropout": max_pool_dropout,
    "vae": vae,
}
