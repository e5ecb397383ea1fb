"""Expressions on draws: index variables as axes, sums as loops, and a limit on the work."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from grader.errors import Nonsense, TooLarge
from grader.evaluation import WORK_LIMIT, Disturbance, Evaluator, arranged
from grader.expression import (
    SCALAR,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Slice,
    Sum,
    Symbol,
    Tabulate,
)
from grader.primitives import apply

DRAWS, M, N = 4, 2, 3
RNG = np.random.default_rng(4)
W, x, d = Symbol("W", (M, N)), Symbol("x", (N, 1)), Symbol("d", SCALAR)
VALUES = {symbol.name: RNG.normal(size=(DRAWS, *symbol.shape)) for symbol in (W, x, d)}
I, J, K = Index("i", 1, M), Index("j", 1, N), Index("k", 1, N)
ONE = Number(1.0)


def evaluate(node: Expression, *free: Index) -> np.ndarray:
    """The value as (draws, an axis for each free index…, rows, columns)."""
    return arranged(Evaluator(VALUES, lambda part: part, free)(node), free, node, DRAWS)


def entry(base: Expression, row: Expression, column: Expression = ONE) -> Item:
    return Item(base, row, column, SCALAR)


def total(body: Expression, *indices: Index) -> Expression:
    for index in indices:
        body = Sum(body, index, body.shape)
    return body


def test_a_symbol_is_its_draws() -> None:
    np.testing.assert_array_equal(evaluate(W), VALUES["W"])


def test_a_constant_is_the_same_on_all_draws() -> None:
    assert evaluate(Number(2.5)).tolist() == [[[2.5]]] * DRAWS


def test_free_indices_are_axes_in_the_order_of_the_question() -> None:
    np.testing.assert_array_equal(evaluate(entry(W, I, J), I, J)[..., 0, 0], VALUES["W"])
    turned = evaluate(entry(W, I, J), J, I)[..., 0, 0]
    np.testing.assert_array_equal(turned, VALUES["W"].swapaxes(1, 2))


def test_an_index_that_does_not_occur_is_an_axis_too() -> None:
    value = evaluate(entry(x, J), I, J)
    assert value.shape == (DRAWS, M, N, 1, 1)
    np.testing.assert_array_equal(value[:, 0], value[:, 1])


def test_three_free_indices() -> None:
    value = evaluate(apply("mul", entry(W, I, J), entry(x, K)), J, K, I)[..., 0, 0]
    expected = np.einsum("dij,dk->djki", VALUES["W"], VALUES["x"][..., 0])
    np.testing.assert_allclose(value, expected, rtol=1e-15)


def test_an_index_is_a_number() -> None:
    value = evaluate(apply("mul", I, apply("sub", J, ONE)), I, J)[0, ..., 0, 0]
    assert value.tolist() == [[0, 1, 2], [0, 2, 4]]


def test_an_index_may_start_anywhere() -> None:
    late = Index("k", 2, 3)
    np.testing.assert_array_equal(evaluate(entry(x, late), late)[..., 0, 0], VALUES["x"][:, 1:, 0])
    np.testing.assert_allclose(
        evaluate(total(entry(x, late), late)).ravel(), VALUES["x"][:, 1:, 0].sum(axis=1)
    )


def test_computed_positions() -> None:
    ahead = Index("k", 1, 2)
    moved = evaluate(entry(x, apply("add", ahead, ONE)), ahead)
    np.testing.assert_array_equal(moved[..., 0, 0], VALUES["x"][:, 1:, 0])


def test_the_same_index_twice_is_the_diagonal() -> None:
    square = apply("matmul", apply("transpose", W), W)
    value = evaluate(entry(square, J, J), J)[..., 0, 0]
    gram = VALUES["W"].swapaxes(1, 2) @ VALUES["W"]
    np.testing.assert_allclose(value, np.diagonal(gram, axis1=1, axis2=2))


def test_a_sum_is_a_loop() -> None:
    node = total(apply("mul", entry(W, I, J), entry(x, J)), J)
    np.testing.assert_allclose(
        evaluate(node, I)[..., 0, 0], (VALUES["W"] @ VALUES["x"])[..., 0], rtol=1e-14
    )


def test_a_sum_of_arrays() -> None:
    column = Item(W, Slice(1, M), J, (M, 1))
    node = total(apply("mul", entry(x, J), column), J)
    np.testing.assert_allclose(evaluate(node), VALUES["W"] @ VALUES["x"], rtol=1e-14)


def test_a_sum_over_nothing_that_varies_multiplies() -> None:
    np.testing.assert_allclose(evaluate(total(d, J)), 3 * VALUES["d"])


def test_a_sum_of_a_sum_that_does_not_use_the_outer_index_multiplies() -> None:
    np.testing.assert_allclose(
        evaluate(total(entry(x, K), K, I)), M * VALUES["x"].sum(axis=1, keepdims=True)
    )


def test_a_sum_of_a_sum_that_does_not_use_the_inner_index_multiplies() -> None:
    np.testing.assert_allclose(
        evaluate(total(entry(x, K), I, K)), M * VALUES["x"].sum(axis=1, keepdims=True)
    )


def test_an_inner_index_hides_an_outer_one_of_its_name() -> None:
    inner = total(entry(x, Index("j", 1, 2)), Index("j", 1, 2))
    node = total(apply("mul", entry(x, J), inner), J)
    columns = VALUES["x"][..., 0]
    expected = columns.sum(axis=1) * columns[:, :2].sum(axis=1)
    np.testing.assert_allclose(evaluate(node).ravel(), expected)


def test_a_bound_index_hides_a_free_one_and_gives_it_back() -> None:
    node = apply("add", total(entry(x, J), J), entry(x, J))
    columns = VALUES["x"][..., 0]
    expected = columns.sum(axis=1)[:, None] + columns
    np.testing.assert_allclose(evaluate(node, J)[..., 0, 0], expected)


def test_a_table_of_entries() -> None:
    node = Tabulate(apply("mul", entry(W, I, J), entry(x, J)), I, J, (M, N))
    np.testing.assert_allclose(evaluate(node), VALUES["W"] * VALUES["x"].swapaxes(1, 2))


def test_a_table_inside_a_sum_over_the_same_names() -> None:
    table = Tabulate(entry(W, I, J), I, J, (M, N))
    node = total(apply("mul", entry(x, J), table), J)
    expected = VALUES["W"] * VALUES["x"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(evaluate(node), expected)


def test_a_literal_of_entries_that_vary() -> None:
    node = Matrix(((entry(x, J), d), (Number(0.0), J)), (2, 2))
    value = evaluate(node, J)
    assert value.shape == (DRAWS, N, 2, 2)
    np.testing.assert_array_equal(value[:, :, 0, 0], VALUES["x"][..., 0])
    np.testing.assert_array_equal(value[:, 1, 1, 1], [2.0] * DRAWS)


@pytest.mark.parametrize(
    ("row", "column", "rows", "columns"),
    [
        (Number(2.0), Number(3.0), slice(1, 2), slice(2, 3)),
        (Slice(1, 2), Number(2.0), slice(0, 2), slice(1, 2)),
        (Number(1.0), Slice(2, 3), slice(0, 1), slice(1, 3)),
        (Slice(2, 2), Slice(1, 3), slice(1, 2), slice(0, 3)),
    ],
)  # fmt: skip
def test_parts_and_their_places(
    row: Expression, column: Expression, rows: slice, columns: slice
) -> None:
    """`Placed` puts a part where `Item` took it from, and zeros elsewhere."""
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    part = Item(W, row, column, shape)
    np.testing.assert_array_equal(evaluate(part), VALUES["W"][:, rows, columns])
    expected = np.zeros((DRAWS, M, N))
    expected[:, rows, columns] = VALUES["W"][:, rows, columns]
    np.testing.assert_array_equal(evaluate(Placed(part, row, column, (M, N))), expected)


def test_a_place_that_varies_with_an_index() -> None:
    node = total(Placed(entry(x, J), J, ONE, (N, 1)), J)
    np.testing.assert_array_equal(evaluate(node), VALUES["x"])


def test_a_loss_known_by_its_gradient_has_no_value() -> None:
    with pytest.raises(Nonsense, match="has no value"):
        evaluate(Symbol("l", SCALAR))


# Limits


def nested(depth: int, size: int, body: Callable[[list[Index]], Expression]) -> Expression:
    indices = [Index(f"i{at}", 1, size) for at in range(depth)]
    return total(body(indices), *indices)


def product_of(indices: list[Index]) -> Expression:
    node: Expression = indices[0]
    for index in indices[1:]:
        node = apply("mul", node, index)
    return node


def comparison_of(indices: list[Index]) -> Expression:
    return apply("lt", product_of(indices[::2]), product_of(indices[1::2]))


def entries_of(indices: list[Index]) -> Expression:
    node: Expression = entry(x, J)
    for index in indices:
        node = apply("add", node, apply("mul", index, entry(x, J)))
    return total(node, J)


def literal_of(indices: list[Index]) -> Expression:
    row = tuple(indices)
    return apply("sum", Matrix((row,), (1, len(row))))


@pytest.mark.parametrize("body", [product_of, comparison_of, entries_of, literal_of])
def test_nested_sums_are_refused_quickly(body: Callable[[list[Index]], Expression]) -> None:
    node = nested(4, 10_000, body)
    began = time.process_time()
    with pytest.raises(TooLarge, match="too many"):
        evaluate(node)
    assert time.process_time() - began < 5.0  # all of them would take hours


def test_many_sums_side_by_side_are_refused() -> None:
    """Each alone is within the limit; together they are not."""
    one = nested(2, 1000, lambda indices: apply("mul", product_of(indices), d))
    node = one
    for _ in range(40):
        node = apply("add", node, one)
    assert WORK_LIMIT < 40 * 1000 * 1000
    with pytest.raises(TooLarge):
        evaluate(node)


def test_a_sum_as_long_as_anybody_writes_is_evaluated() -> None:
    long = Index("i", 1, 10_000)
    assert evaluate(total(long, long)).ravel().tolist() == [50_005_000.0] * DRAWS


def test_equal_indices_stay_equal_where_rounding_is_estimated() -> None:
    """A disturbed index equals none: a right answer with Kronecker's delta would be undecided."""
    i, j = Index("i", 1, 3), Index("j", 1, 3)
    delta = apply("eq", i, apply("sub", apply("add", j, Number(1.0)), Number(1.0)))
    value = Evaluator({}, lambda part: part, (i, j), Disturbance())(delta)
    np.testing.assert_array_equal(value[..., 0, 0, 0].T, np.eye(3))
