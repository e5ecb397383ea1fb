"""How much a test tries: a few cases by default, many at night (`pytest -m nightly`)."""

night = False  # set by conftest.py before any test is collected


def examples(few: int, many: int) -> int:
    """How many."""
    return many if night else few
