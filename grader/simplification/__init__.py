"""Generated expressions as people write them, with the same values."""

from grader.simplification.reference import known, named, simplest, sums
from grader.simplification.simplify import named_by, simplified

__all__ = ["known", "named", "named_by", "simplest", "simplified", "sums"]
