"""A class: finds the submissions, grades them in processes that may die, and stores the results."""

from grader.batch.discovery import FoundSubmission, discover
from grader.batch.store import Store, StoreError
from grader.batch.worker import Job, Limits

__all__ = ["FoundSubmission", "Job", "Limits", "Store", "StoreError", "discover"]
