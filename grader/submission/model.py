"""What a student handed in, as found in the files and before anybody asks what it means."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. `line` and `column` are 1-based; a notebook adds its cell."""

    path: str
    line: int
    column: int = 1
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    r"""A question marker in a paper: `3.`, `(b)`, `## Question 5`, `\item`, `**Q7**`.

    `labels` is the path of normalised labels from the outside in, such as ("1", "b"): digits and
    letters only, lower case.
    """

    labels: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Formula:
    r"""One span of mathematics in a paper, without its delimiters.

    `display` tells a displayed equation from inline mathematics; an environment such as `align*`
    keeps its `\begin` and `\end` in `text`, since it says how rows are to be read. `place` is
    where `text` begins. A chain that is broken over several blocks is one formula, with spaces for
    what stands between.

    `notation` is "latex" for what stands between delimiters, "plain" for a line that is written
    without any, and "code" for a line of a listing, which counts only where nothing else does. "bound"
    is a name that a listing gives a value in a way that is not read, as `x` in `for x in X:`.
    """

    text: str
    display: bool
    place: Place
    notation: str = "latex"


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of text between markers and formulas, white space folded."""

    text: str
    place: Place


Item = Marker | Formula | Prose


@dataclass(frozen=True, slots=True)
class Paper:
    r"""A paper: its items in reading order. `macros` are the document's `\newcommand` lines."""

    items: tuple[Item, ...]
    macros: str = ""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """An answer as text in one notation, "infix" or "latex", for the question `question`.

    `index_base` is 0 or 1 if the file says so. Nested lists of text in an answer file arrive here
    as one infix text, `[[a, b], [c, d]]`.
    """

    question: str
    text: str
    notation: str
    place: Place
    index_base: int | None = None


@dataclass(frozen=True, slots=True)
class ArrayAnswer:
    """An answer as numbers.

    `digits` is the precision that was handed in, as the largest number of significant decimal
    digits of any entry (7 for float32, 16 or more for float64 as computed); `decimals` is the
    largest number of decimal places, None where that says nothing (binary floats at full
    precision).
    """

    question: str
    array: NDArray[np.float64]
    digits: int
    decimals: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or an answer in it, that could not be taken: what is wrong, where, what to try.

    `question` is None if the file is meant; `whole_file` tells that nothing in it could be read, so
    that answers may be lost in it.
    """

    message: str
    place: Place
    question: str | None = None
    hint: str | None = None
    whole_file: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that may be an answer and that no question took: code, a picture, a formula, a note.

    `what` says it in words. `text` is the code, or the file or address that a link names; `question`
    the only one that it can be the answer to, None if it may be any; `is_unread` tells that it is a file
    or an entry that could not be read.
    """

    what: str
    place: Place
    text: str = ""
    question: str | None = None
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's hand-in. `digest` is "sha256:…" over names and contents of its files.

    `leftovers` are what the files hold and nobody here reads: code, pictures, links.
    """

    id: str
    path: str
    digest: str
    papers: tuple[Paper, ...] = ()
    answers: tuple[TextAnswer | ArrayAnswer, ...] = ()
    refusals: tuple[Refusal, ...] = field(default=())
    leftovers: tuple[Leftover, ...] = ()
