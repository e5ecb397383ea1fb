"""Which arrays share memory."""

from collections.abc import Iterable

import numpy as np

_PAIRS = 100  # arrays of one owner that a value is compared with


class Memory:
    """The memory of some arrays. A value is compared only with those of the same owner."""

    def __init__(self, arrays: Iterable[np.ndarray] = ()) -> None:
        self._owned: dict[int, list[np.ndarray]] = {}
        for array in arrays:
            self._owned.setdefault(_owner(array), []).append(array)

    def is_shared(self, value: object) -> bool:
        """Whether a value is an array that may have entries in this memory.

        Of a great many arrays with one owner it is taken for granted.
        """
        if not self._owned or not isinstance(value, np.ndarray):
            return False
        mine = self._owned.get(_owner(value), ())
        return len(mine) > _PAIRS or any(np.may_share_memory(value, one) for one in mine)


def _owner(array: np.ndarray) -> int:
    """The identity of the array that has the memory of a view."""
    owner: object = array
    while (base := getattr(owner, "base", None)) is not None:
        owner = base
    return id(owner)
