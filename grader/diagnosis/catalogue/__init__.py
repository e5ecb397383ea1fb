"""Every mistake that the grader can name. Adding one adds a row in one of these files."""

from grader.diagnosis.catalogue import arrangement, flow, local

CATALOGUE = (*local.ROWS, *flow.ROWS, *arrangement.ROWS)

__all__ = ["CATALOGUE"]
