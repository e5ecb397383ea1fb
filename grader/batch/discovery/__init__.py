"""Which submissions there are: folders as people keep them, and as learning platforms export them."""

from grader.batch.discovery.discover import discover
from grader.batch.discovery.found_submission import FoundSubmission

__all__ = ["FoundSubmission", "discover"]
