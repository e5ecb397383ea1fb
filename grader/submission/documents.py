"""Documents of word processors, web pages and reStructuredText: papers, once they are Markdown."""

from grader.document.conversion import NotConverted, to_markdown
from grader.document.reading import read
from grader.submission import limits
from grader.submission.papers import flattened
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_SHOWN = 120


def read_document(source: Source) -> FileContents:
    """Read a `.docx`, `.odt`, `.html` or `.rst` file. Lines count in the Markdown that is made of it."""
    try:
        text, lost = to_markdown(source.data, source.suffix)
    except NotConverted as error:
        raise Refused(str(error), hint=error.hint or None) from error
    if len(text) > limits.TEXT_BYTES:
        raise Refused("The text of this document is too long; it was not read.")
    found = flattened(read([("markdown", text)]), f"{source.name} (as Markdown)")
    if not lost:
        return found
    shown = ", ".join(part[:_SHOWN] for part in lost[:5])
    fault = Refused(f"A part of this document could not be read: {shown}.")
    refusals = (*found.refusals, fault.refusal(source.name))
    return FileContents(found.papers, found.answers, refusals, found.leftovers)
