"""The codes of mistakes that grading may name, for an author's rules to refer to."""

CODES = frozenset({
    "activation-for-derivative", "constant-factor", "derivative-at-wrong-point",
    "derivative-for-activation", "extra-factor", "wrong-variable",
    "diagonal-jacobian", "dropped-activation-derivative", "dropped-input",
    "dropped-local-derivative", "dropped-upstream", "dropped-weight", "elementwise-for-matmul",
    "index-out-of-range", "left-side-mismatch", "matmul-for-elementwise", "missing-batch-mean",
    "missing-sum", "missing-term", "not-worked-out", "pre-activation", "repeated-factor", "shape-mismatch",
    "sign", "summed-instead-of-selected", "transposed", "unknown-symbol", "wrong-index", "wrong-layer",
})  # fmt: skip
"""Codes are part of the contract of `result.json`: they are added to, never renamed."""
