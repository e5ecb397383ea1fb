"""Checks that a problem is sound before students get it."""

from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.result import Validation
from grader.authoring.validation.validate import ValidationOptions, validate

__all__ = ["Finding", "Level", "Validation", "ValidationOptions", "validate"]
