"""Every mistake that the grader can name. A new one is a new row in one of these files."""

from grader.diagnosis.catalogue import arrangement, flow, local, products, surplus, terms, written

CATALOGUE = (
    *local.ROWS, *products.ROWS, *terms.ROWS, *flow.ROWS, *arrangement.ROWS, *written.ROWS, *surplus.ROWS,
)  # fmt: skip

__all__ = ["CATALOGUE"]
