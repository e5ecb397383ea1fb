"""A student, from the roster or from a submission."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulted


def id_key(text: str) -> str:
    """What two spellings of one id share: capitals and the encoding of accents make no difference.

    No more than that: `straße` and `strasse` are two students.
    """
    return unicodedata.normalize("NFC", text.strip()).lower()


@dataclass(frozen=True, slots=True)
class Student:
    """One student. `fields` are all columns of the roster, by header in lower case.

    A student who is not on a roster has the id of their submission, and perhaps a name.
    """

    id: str
    name: str = ""
    email: str = ""
    fields: Mapping[str, str] = defaulted(default_factory=dict)

    def field(self, *headers: str) -> str:
        """The value of the first of these columns that is not empty, or an empty text."""
        return next((self.fields[name] for name in headers if self.fields.get(name)), "")
