"""The tables of tests in YAML, read by libyaml where it is there: ten times faster."""

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """The data of a text."""
    return yaml.load(text, LOADER)
