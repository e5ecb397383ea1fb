"""A student, as the roster or the hand-in tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulted


@dataclass(frozen=True, slots=True)
class Student:
    """One student. `fields` are all columns of the roster, by header in lower case.

    A student whom no roster names has the id that their hand-in goes by, and perhaps a name.
    """

    id: str
    name: str = ""
    email: str = ""
    fields: Mapping[str, str] = defaulted(default_factory=dict)

    def field(self, *headers: str) -> str:
        """The first of these columns that says something, or an empty text."""
        return next((self.fields[name] for name in headers if self.fields.get(name)), "")
