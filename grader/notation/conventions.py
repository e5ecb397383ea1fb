"""The readings of a text: one for each assignment of the conventions that it depends on."""

from collections.abc import Callable, Iterator

from grader.errors import StudentError, Unreadable
from grader.notation.builder import USUAL, Conventions, Reading

MOST_READINGS = 32


class TooManyReadings(Unreadable):
    """A text with more readings than are tried: what it means is for a human."""


def other_readings(
    read: Callable[[Conventions], Reading], usual: Reading | StudentError
) -> Iterator[Reading]:
    """The readings that make sense besides the usual one, those with the fewest changes first.

    `usual` is the outcome of the usual reading. Raises TooManyReadings after `MOST_READINGS`.
    """
    waiting, tried = [(USUAL, usual.open)], {frozenset[tuple[str, str]]()}
    for given, known in waiting:
        for key, values in known.items():
            for value in values[1:] if key not in given else ():
                changed = {**given, key: value}
                if frozenset(changed.items()) in tried:
                    continue
                if len(tried) > MOST_READINGS:
                    raise TooManyReadings("this formula can be read in too many ways")
                tried.add(frozenset(changed.items()))
                try:
                    reading = read(changed)
                except StudentError as error:
                    waiting.append((changed, error.open))
                else:
                    waiting.append((changed, reading.open))
                    yield reading
