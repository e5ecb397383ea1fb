"""What an author chooses: a network of layers, and its loss."""

from dataclasses import dataclass

from grader.errors import GraderError

ACTIVATIONS = ("relu", "sigmoid", "tanh", "leaky_relu", "softplus")
LOSSES = ("squared-error", "cross-entropy", "logistic", "upstream")
MOST_LAYERS = 6


class NetworkError(GraderError):
    """Choices that do not go together; the text says which."""


@dataclass(frozen=True, slots=True)
class Network:
    """Sizes from the input to the output, and what happens between them.

    Every layer but the last has the activation. `batch` is the number of examples, which lie in rows;
    0 is one example that stands as a column. Raises NetworkError.
    """

    sizes: tuple[int, ...] = (4, 3, 2)
    activation: str = "relu"
    loss: str = "squared-error"
    bias: bool = True
    batch: int = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.sizes) <= MOST_LAYERS + 1:
            raise NetworkError(
                f"from 1 to {MOST_LAYERS} layers: give the sizes of input, hidden and output"
            )
        if not all(1 <= size <= 64 for size in self.sizes) or not 0 <= self.batch <= 64:
            raise NetworkError("a size is a number from 1 to 64")
        if self.loss == "cross-entropy" and self.sizes[-1] < 2:
            raise NetworkError("cross-entropy needs two outputs or more; for one, choose logistic")
        if self.loss == "logistic" and self.sizes[-1] != 1:
            raise NetworkError(
                "the logistic loss is for one output; for more, choose cross-entropy"
            )

    @property
    def layers(self) -> int:
        """How many layers of weights there are."""
        return len(self.sizes) - 1
