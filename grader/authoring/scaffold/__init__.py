"""Writes a new problem from a few choices, with all files that a course needs."""

from grader.authoring.scaffold.network import LOSSES, Network
from grader.authoring.scaffold.write import write

__all__ = ["LOSSES", "Network", "write"]
