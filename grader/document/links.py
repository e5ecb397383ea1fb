"""Pictures, links and names of files in a paper, whose contents are not in the text."""

import re
from collections.abc import Iterator

from grader.document.nodes import Link, Picture

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


def links(text: str, start: int, end: int) -> Iterator[Link | Picture]:
    """The pictures, links and names of files in a range, Markdown or LaTeX."""
    for match in _LINK.finditer(text, start, end):
        target = next(filter(None, match.group("target", "html", "tex", "address", "file")))
        is_picture = match["picture"] or match["image"] or match["graphics"]
        yield (Picture if is_picture else Link)(*match.span(), target)
