"""The codes of mistakes, which an author's rules may refer to."""

CODES = frozenset({
    "activation-for-derivative", "constant-factor", "derivative-at-wrong-point",
    "derivative-for-activation", "extra-factor", "wrong-variable",
    "diagonal-jacobian", "dropped-activation-derivative", "dropped-input",
    "dropped-local-derivative", "dropped-upstream", "dropped-weight", "elementwise-for-matmul",
    "index-out-of-range", "left-side-mismatch", "matmul-for-elementwise", "missing-batch-mean",
    "missing-sum", "missing-term", "not-worked-out", "pre-activation", "repeated-factor", "shape-mismatch",
    "sign", "summed-instead-of-selected", "transposed", "unknown-symbol", "wrong-index", "wrong-layer",
})  # fmt: skip
"""Codes are part of the format of `result.json`: new ones may be added, none is renamed."""
