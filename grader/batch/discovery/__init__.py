"""Finds the submissions in a folder, as people keep it or as learning platforms export it."""

from grader.batch.discovery.discover import discover, without_id
from grader.batch.discovery.found_submission import FoundSubmission

__all__ = ["FoundSubmission", "discover", "without_id"]
