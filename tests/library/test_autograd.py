"""Each reference of the library agrees with HIPS autograd on independent models.

The derivative is by whole arrays, on every draw; then the entries of the question are picked. None of the
grader's rules of differentiation is used.
"""

from typing import Any

import autograd
import numpy as np
import pytest
from library import KEYS, QUESTIONS
from models import MODELS, Given

from grader.expression import Expression, Index, Item, Number, Symbol
from grader.key import QuestionKey
from grader.python_reference import natural

DRAWS = 6
NEAR = 1e-9


def test_every_problem_has_a_model() -> None:
    assert set(MODELS) == set(KEYS)


@pytest.mark.parametrize(("problem", "question"), QUESTIONS)
def test_reference(problem: str, question: str) -> None:
    own = KEYS[problem][question]
    if not isinstance(_base(own.question.of), Symbol):
        pytest.skip("asks for the derivative of a function, which the next test looks at")
    for draw in range(min(DRAWS, own.draws.count)):
        expected = arranged(own, partials(problem, own, draw))
        got = own.expected[draw]
        assert got.shape == expected.shape
        assert np.abs(got - expected).max() <= NEAR * max(1e-3, np.abs(expected).max())


def test_the_derivative_of_a_function() -> None:
    own = KEYS["cs1678-hw3"]["q6"]
    x = own.draws.values["x"]
    np.testing.assert_array_equal(own.expected, (x > 0).astype(float))


def partials(problem: str, own: QuestionKey, draw: int) -> np.ndarray:
    """All derivatives of one array by another: (rows, columns of one, rows, columns of the other)."""
    of, wrt = _base(own.question.of), _base(own.question.wrt)
    assert isinstance(of, Symbol)
    assert isinstance(wrt, Symbol)
    symbols = {name: natural(own.draws.values[name][draw]) for name in own.question.scope.symbols}

    def value(moved: Any) -> Any:
        given = Given({**symbols, wrt.name: moved})
        MODELS[problem](given)
        return autograd.numpy.ravel(given[of.name])

    at = natural(own.draws.values[wrt.name][draw])
    jacobian = autograd.jacobian(value)(np.asarray(at, dtype=np.float64))
    return np.reshape(jacobian, (*of.shape, *wrt.shape))


def arranged(own: QuestionKey, partial: np.ndarray) -> np.ndarray:
    """The derivative that the question asks for, in the layout of its target."""
    question = own.question
    sizes = [index.size for index in question.free]
    found = []
    for at in np.ndindex(*sizes):
        where = {index.name: place for index, place in zip(question.free, at, strict=True)}
        rows, columns = _picked(question.of, where)
        other_rows, other_columns = _picked(question.wrt, where)
        found.append(partial[rows, columns, other_rows, other_columns])
    return np.reshape(np.array(found), own.grid)


def _base(node: Expression | None) -> Expression | None:
    return node.base if isinstance(node, Item) else node


def _picked(node: Expression | None, where: dict[str, int]) -> tuple[Any, Any]:
    """The positions of an entry, or all of them."""
    if isinstance(node, Item):
        return _position(node.row, where), _position(node.column, where)
    return slice(None), slice(None)


def _position(selector: Any, where: dict[str, int]) -> int:
    if isinstance(selector, Index):
        return where[selector.name]
    assert isinstance(selector, Number)
    return int(selector.value) - 1
