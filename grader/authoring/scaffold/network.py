"""The choices for a new problem: layers, activation and loss."""

from dataclasses import dataclass

from grader.errors import GraderError

ACTIVATIONS = ("relu", "sigmoid", "tanh", "leaky_relu", "softplus")
LOSSES = ("squared-error", "cross-entropy", "logistic", "upstream")
MOST_LAYERS = 6


class NetworkError(GraderError):
    """Choices that do not fit together; the message says which."""


@dataclass(frozen=True, slots=True)
class Network:
    """Sizes from the input to the output, with activation, loss and biases.

    Every layer but the last has the activation. `batch` is the number of examples, one a row;
    0 means one example, a column vector. Raises NetworkError.
    """

    sizes: tuple[int, ...] = (4, 3, 2)
    activation: str = "relu"
    loss: str = "squared-error"
    bias: bool = True
    batch: int = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.sizes) <= MOST_LAYERS + 1:
            raise NetworkError(f"give 2 to {MOST_LAYERS + 1} sizes: input, hidden layers, output")
        if not all(1 <= size <= 64 for size in self.sizes) or not 0 <= self.batch <= 64:
            raise NetworkError("a size must be from 1 to 64")
        if self.loss == "cross-entropy" and self.sizes[-1] < 2:
            raise NetworkError(
                "cross-entropy needs at least two outputs; for one output, use logistic"
            )
        if self.loss == "logistic" and self.sizes[-1] != 1:
            raise NetworkError(
                "the logistic loss needs exactly one output; for more, use cross-entropy"
            )

    @property
    def layers(self) -> int:
        """The number of layers with weights."""
        return len(self.sizes) - 1
