"""Which submissions there are: folders as people keep them, and as learning platforms export them."""

from grader.batch.discovery.discover import discover
from grader.batch.discovery.found import Found

__all__ = ["Found", "discover"]
