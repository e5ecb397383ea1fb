"""A submission's id as the name of a folder.

An id that is a safe name already stays as it is. Any other becomes a slug, `~` and a hash; `~` is
not allowed in a safe name, so two ids never get one folder.
"""

import hashlib
import re
import unicodedata

_PUNCTUATION = frozenset("-_.@+,() ")
_MAX_BYTES = 120
# Windows opens a device for these, whatever the extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?", re.I)


def folder_name(submission_id: str) -> str:
    """One safe path component for `submission_id`, the same every time and unique to it."""
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
    """Letters with their marks, digits and a little punctuation, of any language."""
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "LMN"


def _slug(text: str) -> str:
    """What of `text` is allowed in a name: never empty, no dots, no device."""
    normal = unicodedata.normalize("NFC", text[:_MAX_BYTES])
    kept = "".join(c if _is_allowed(c) and c not in ". " else "-" for c in normal)
    short = kept.encode()[: _MAX_BYTES // 2].decode("utf-8", "ignore")
    return re.sub("-+", "-", short).strip("-") or "submission"
