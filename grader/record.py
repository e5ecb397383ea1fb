"""Records: the immutable values of which trees are built."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Kind]) -> type[Kind]:
    """A dataclass with slots that is hashed by its values.

    Only the type checker keeps it from being changed: to refuse that at run time, as `frozen` does, makes
    a record four times as slow to build, and a tree has thousands.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
