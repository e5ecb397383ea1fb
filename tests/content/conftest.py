"""The first problem of the project, its key built once."""

import pytest
from content_grading import key_of

from grader.key import Key


@pytest.fixture(scope="session")
def key() -> Key:
    return key_of("cs1678-hw3")
