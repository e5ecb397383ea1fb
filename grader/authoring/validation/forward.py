"""The forward model in any arithmetic, with some quantities given as variables.

A derivative by a quantity of the model counts only the paths from there to the loss. So that quantity is
given, and later quantities are computed from it. A loss with gradients but no formula is replaced by a
function with the same gradients: Σ ⟨gradient, quantity⟩, where the gradients are constants.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from grader.expression import Expression
from grader.problem import Scope

T = TypeVar("T")
Evaluate = Callable[[Expression, Mapping[str, T]], T]
Inner = Callable[[T, T], T]


def forward(
    scope: Scope,
    given: Mapping[str, T],
    evaluate: "Evaluate[T]",
    inner: "Inner[T]",
    gradients: "Mapping[str, Mapping[str, T]]",
) -> dict[str, T]:
    """All quantities, from the symbols and quantities that are `given`.

    `inner` is the inner product of two arrays as a scalar. `gradients` are those of the losses without
    a formula, by loss and quantity (see `upstream`); a loss that is not in it gets no value.
    """
    values = dict(given)
    for quantity in scope.model.values():
        if quantity.name in given:
            continue
        if quantity.definition is not None:
            values[quantity.name] = evaluate(quantity.definition, values)
        elif quantity.name in gradients:
            parts = [inner(g, values[name]) for name, g in gradients[quantity.name].items()]
            values[quantity.name] = sum(parts[1:], parts[0])  # type: ignore[call-overload]
    return values


def upstream(
    scope: Scope, given: Mapping[str, T], evaluate: "Evaluate[T]", inner: "Inner[T]"
) -> dict[str, dict[str, T]]:
    """The values of all upstream gradients, where the symbols are `given`."""
    values = forward(scope, given, evaluate, inner, {})
    return {
        loss.name: {name: evaluate(g, values) for name, g in loss.upstream.items()}
        for loss in scope.model.values()
        if loss.definition is None
    }
