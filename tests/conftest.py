"""What all tests share: how many examples a property tries, what runs at night, and where caches are.

`pytest` runs what proves each promise once; `pytest -m nightly` tries more of the same.
"""

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest
import sampling
from hypothesis import HealthCheck, settings

# The same examples in every run: what is new is for the fuzzer to find.
settings.register_profile(
    "default",
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=200)


def pytest_configure(config: pytest.Config) -> None:
    sampling.night = config.option.markexpr == "nightly"
    settings.load_profile("nightly" if sampling.night else "default")
    # What tests start as programs, a hundred times, need not compile the grader each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    gc.set_threshold(
        100_000, 50, 50
    )  # collecting thousands of tests and keys cost a tenth of the time


def pytest_collection_finish() -> None:
    gc.freeze()  # the tests live to the end: collections need not look at them


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What tries a sample by day runs once more at night, with many examples."""
    if sampling.night:
        for item in items:
            if item.get_closest_marker("sampled"):
                item.add_marker("nightly")


@pytest.fixture(scope="session", autouse=True)
def cache_elsewhere() -> Iterator[None]:
    """Compiled problems go to a cache of this test run."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", name)
        yield
