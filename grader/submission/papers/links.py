"""Pictures, links and names of files in a paper, whose contents are not in the text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_FILES = "pdf|jpe?g|png|heic|gif|docx?|odt|rtf|py|ipynb|zip|xlsx|txt|md|tex|ya?ml|json|csv|np[yz]"
_LINK = re.compile(
    rf"""(?P<picture>!)?\[[^\[\]\n]{{0,300}}\]\(\s{{0,9}}<?(?P<target>[^\s()<>]{{1,500}})
      | <(?:(?P<image>img)|a)\b[^<>]{{0,300}}?(?:src|href)\s{{0,9}}=\s{{0,9}}["']?
        (?P<html>[^\s"'<>]{{1,500}})
      | \\(?:(?P<graphics>includegraphics|includepdf)|href|url)\*?\s{{0,9}}
        (?:\[[^\[\]\n]{{0,200}}\]\s{{0,9}})?\{{(?P<tex>[^{{}}\n]{{1,500}})\}}
      | (?P<address>https?://[^\s<>()\[\]{{}}"'`]{{1,500}})
      | (?<![\w./@-])(?P<file>\w[\w-]{{0,60}}\.(?:{_FILES}))(?![\w./-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHOWN = 60  # characters of an address in a message


class FileLink(NamedTuple):
    """A picture or link: its offset, a description, its file or address."""

    start: int
    what: str
    text: str


def links(text: str) -> Iterator[FileLink]:
    """The pictures, links and names of files in a text, Markdown or LaTeX."""
    for match in _LINK.finditer(text):
        target = next(filter(None, match.group("target", "html", "tex", "address", "file")))
        is_picture = match["picture"] or match["image"] or match["graphics"]
        kind = "a picture" if is_picture else "a link to"
        yield FileLink(match.start(), f"{kind} `{target[:_SHOWN]}`", target)
