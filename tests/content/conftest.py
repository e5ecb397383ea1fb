"""The first problem of the project, its key built once."""

import pytest
from library_keys import HOMEWORK, key_of

from grader.key import Key


@pytest.fixture(scope="session")
def key() -> Key:
    return key_of(HOMEWORK)
