"""A submission's id as the name of a folder.

A safe id stays as it is. Any other id becomes a slug, `~` and a hash. A safe name has no `~`, so two ids
never share a folder.
"""

import hashlib
import re
import unicodedata

_PUNCTUATION = frozenset("-_.@+,() ")
_MAX_BYTES = 120
# On Windows these names are devices, with any extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?", re.I)


def folder_name(submission_id: str) -> str:
    """A safe path component for `submission_id`, always the same and unique to it."""
    if _is_safe(submission_id):
        return submission_id
    digest = hashlib.sha256(submission_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_slug(submission_id)}~{digest}"


def _is_safe(name: str) -> bool:
    return (
        0 < len(name.encode("utf-8", "surrogatepass")) <= _MAX_BYTES
        and all(map(_is_allowed, name))
        and name == unicodedata.normalize("NFC", name)
        and name.strip(" .") == name
        and not name.startswith("-")
        and not _DEVICE.fullmatch(name)
    )


def _is_allowed(character: str) -> bool:
    """Whether it is a letter of any language, a mark, a digit, or one of `_PUNCTUATION`."""
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "LMN"


def _slug(text: str) -> str:
    """The part of `text` that is allowed in a name: never empty, no dots, no device."""
    normal = unicodedata.normalize("NFC", text[:_MAX_BYTES])
    kept = "".join(c if _is_allowed(c) and c not in ". " else "-" for c in normal)
    short = kept.encode()[: _MAX_BYTES // 2].decode("utf-8", "ignore")
    return re.sub("-+", "-", short).strip("-") or "submission"
