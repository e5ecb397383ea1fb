"""Selectors of entries: how many they select, and whether they are within the range of an axis."""

from grader.errors import IndexOutOfRange, Unreadable
from grader.expression import Apply, Index, Number, Selector, Slice


def selector_size(selector: Selector) -> int:
    """How many entries a selector selects along its axis."""
    return selector.size if isinstance(selector, Slice) else 1


def check_range(selector: Selector, size: int) -> None:
    """Raise IndexOutOfRange unless every value of the selector is in 1..size.

    Raises Unreadable for what is not an index, such as the bounds of a clipped `[r]_{-1}^{1}`.
    """
    low, high = bounds(selector)
    if low < 1 or high > size:
        reach = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        named = f"{selector.name} = {reach}" if isinstance(selector, Index) else reach
        raise IndexOutOfRange(f"index {named} is out of range: it can only be 1 to {size}")


def bounds(selector: Selector) -> tuple[float, float]:
    """The least and the greatest value of an index expression, by interval arithmetic."""
    match selector:
        case Number():
            return selector.value, selector.value
        case Index() | Slice():
            return selector.start, selector.stop
        case Apply(function="add", args=(a, b)):
            (low, high), (low2, high2) = bounds(a), bounds(b)
            return low + low2, high + high2
        case Apply(function="sub", args=(a, b)):
            (low, high), (low2, high2) = bounds(a), bounds(b)
            return low - high2, high - low2
        case _:
            raise Unreadable(
                "an index should be a whole number, an index variable, or a sum of these"
            )
