"""Rewrites generated expressions as people write them, with the same values."""

from grader.simplification.product import Product, product_of
from grader.simplification.reference import known, named, simplest, sums
from grader.simplification.simplify import Settled, named_by, simplified
from grader.simplification.terms import terms_of, written_sum

__all__ = [
    "Product", "Settled", "known", "named", "named_by", "product_of", "simplest", "simplified", "sums",
    "terms_of", "written_sum",
]  # fmt: skip
