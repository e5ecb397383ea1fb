"""Arranges partial derivatives in the layout of a question."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.expression import SCALAR, Item, Selector, Slice, Symbol, substitute
from grader.key import QuestionKey, in_layout
from grader.primitives.build import number
from grader.primitives.selectors import bounds

Values = NDArray[Any]


def target(key: QuestionKey, partial: Values) -> Values:
    """Partial derivatives as (cases, rows, columns), like `key.expected`.

    `partial` is (cases, size of each index variable…, rows and columns of the differentiated value, rows
    and columns of the array that it is differentiated by).
    """
    question = key.question
    sizes = [index.size for index in question.free]
    laid = np.stack([
        _one(key, partial[(slice(None), *at)], at) for at in np.ndindex(*sizes)
    ], axis=1)  # fmt: skip
    return laid.reshape(len(partial), *key.grid)


def _one(key: QuestionKey, partial: Values, at: tuple[int, ...]) -> Values:
    """The derivative at one value of each index variable: (cases, rows, columns)."""
    of, wrt = key.question.of, key.question.wrt
    assert of is not None
    assert wrt is not None
    if isinstance(wrt, Item):
        row, column = position(key, at)
        return partial[..., row, column]
    if of.shape == SCALAR:
        return _turned(key, partial[:, 0, 0])
    if wrt.shape == SCALAR:
        return partial[..., 0, 0]
    rows, columns = max(of.shape), max(wrt.shape)
    return _turned(key, partial.reshape(len(partial), rows, columns))


def _turned(key: QuestionKey, derivative: Values) -> Values:
    """The derivative in the layout that the author asks for."""
    rows, columns = derivative.shape[1:]
    usual = Symbol("derivative", (rows, columns))
    turned = in_layout(key.question, usual) != usual
    return np.swapaxes(derivative, 1, 2) if turned else derivative


def position(key: QuestionKey, at: tuple[int, ...]) -> tuple[int, int]:
    """(row, column), from 0, of the entry to differentiate by, at values of the index variables."""
    wrt = key.question.wrt
    assert isinstance(wrt, Item)
    return _position(key, wrt.row, at), _position(key, wrt.column, at)


def _position(key: QuestionKey, selector: Selector, at: tuple[int, ...]) -> int:
    """The position, from 0, of an index expression at values of the index variables."""
    assert not isinstance(selector, Slice)
    for index, place in zip(key.question.free, at, strict=True):
        selector = substitute(selector, index.name, number(index.start + place))
    return int(bounds(selector)[0]) - 1
