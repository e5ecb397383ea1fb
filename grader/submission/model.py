"""A submission as data: the contents of its files, not yet interpreted."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.document.nodes import Document
from grader.submission.precision import Precision


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file. `line` and `column` are 1-based; a notebook adds its cell."""

    path: str
    line: int
    column: int = 1
    cell: int | None = None

    @property
    def named(self) -> str:
        """The line as a message names it."""
        return f"line {self.line}" if self.cell is None else f"cell {self.cell}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Marker:
    r"""A question marker in a paper: `3.`, `(b)`, `## Question 5`, `\item`, `**Q7**`.

    `labels` is the path of normalised labels from the outside in, such as ("1", "b"): digits and
    letters only, lower case. `ends` means that a heading without a number ends the question before it, so
    that what follows is about something else.
    """

    labels: tuple[str, ...]
    place: Place
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    r"""One span of mathematics in a paper, without its delimiters.

    `display` tells a displayed equation from inline mathematics. An environment such as `align*` keeps
    its `\begin` and `\end` in `text`, since they say how to read rows. `place` is where `text` begins. A
    chain over several blocks is one formula, with spaces for the text between.

    `notation` is "latex" between delimiters, "plain" without. `heading` is the level of the heading that it
    is in, as for `Prose`.
    """

    text: str
    display: bool
    place: Place
    notation: str = "latex"
    heading: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of text between markers and formulas, white space folded; `exact` is as it was written.

    `heading` is the level of the heading that it is in, 1 for the outermost; 0 elsewhere.
    """

    text: str
    place: Place
    exact: str = field(default="", compare=False)
    heading: int = field(default=0, compare=False)


Item = Marker | Formula | Prose


@dataclass(frozen=True, slots=True)
class Piece:
    """A fence, a cell, or a file of a program: its text in Python, and where that begins.

    `labels` is the path of question labels in force there; `marks` are those that comments set, each with
    its line in the text, from 1. `where` is "fence", "listing", "cell", "file" or "answer".
    """

    text: str
    place: Place
    labels: tuple[str, ...]
    language: str
    where: str
    marks: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    r"""A paper: its items in reading order, and the tree that they are a view of.

    `macros` are the document's `\newcommand` lines, `code` the pieces of its program. What is struck out is
    in the `document` only.
    """

    items: tuple[Item, ...]
    macros: str = ""
    document: Document = field(default=Document(), compare=False)
    code: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """An answer as text in one notation, "infix", "latex" or "code", for the question `question`.

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

    `digits` is the precision of the submission, as the largest number of significant decimal
    digits of any entry (7 for float32, 16 or more for float64 as computed); `decimals` is the
    largest number of decimal places, None for binary floats at full precision. `arithmetic` is the
    format that all numbers fit in, if it is smaller than a double: "float32".

    `others` are other arrays that a table may mean: whether its first row or column holds numbers or
    only counts, the shape decides.
    """

    question: str
    array: NDArray[np.float64]
    digits: int
    decimals: int | None
    place: Place
    arithmetic: str = ""
    others: tuple["ArrayAnswer", ...] = ()

    @classmethod
    def of(
        cls, question: str, array: NDArray[np.float64], written: Precision, place: Place
    ) -> "ArrayAnswer":
        """An answer with the precision that its numbers were written with."""
        return cls(question, array, written.digits, written.decimals, place, written.arithmetic)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or an answer in it, that could not be read: what is wrong, where, what to try.

    `question` is None if the refusal is of the file. `whole_file` means that nothing in the file could be
    read, so that it may hold answers.
    """

    message: str
    place: Place
    question: str | None = None
    hint: str | None = None
    whole_file: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """A part of a submission that may be an answer, but no question took it: code, a picture, a formula.

    `what` describes it in words. `text` is the code, or the file or address of a link; `question` the
    only one that it can answer, None if it may be any; `is_unread` means a file or an entry that could
    not be read; `is_program` that it is a piece of a program, which begins at the same place.
    """

    what: str
    place: Place
    text: str = ""
    question: str | None = None
    is_unread: bool = False
    is_program: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's submission. `digest` is "sha256:…" over names and contents of its files.

    `leftovers` are contents that the grader does not read: code, pictures, links.
    """

    id: str
    path: str
    digest: str
    papers: tuple[Paper, ...] = ()
    answers: tuple[TextAnswer | ArrayAnswer, ...] = ()
    refusals: tuple[Refusal, ...] = field(default=())
    leftovers: tuple[Leftover, ...] = ()
