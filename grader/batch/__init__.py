"""A class: finding submissions, grading them in processes that may die, and the store of results."""

from grader.batch.discovery import Found, discover
from grader.batch.store import Store, StoreError
from grader.batch.worker import Job, Limits

__all__ = ["Found", "Job", "Limits", "Store", "StoreError", "discover"]
