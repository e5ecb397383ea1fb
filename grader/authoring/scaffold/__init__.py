"""A new problem: everything that a course needs to begin, written from a few choices."""

from grader.authoring.scaffold.network import LOSSES, Network
from grader.authoring.scaffold.write import write

__all__ = ["LOSSES", "Network", "write"]
