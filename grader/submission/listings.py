"""The programs of a submission: all code of one file, or of one answer, in reading order."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from grader.submission.model import Piece, Place, Submission, TextAnswer


@dataclass(frozen=True, slots=True)
class Listing:
    """A program: the code of one file, whose cells and fences share their names, or of one answer.

    `question` is the one that it answers, None if it may answer any. Lines count from 1 in `text`.
    """

    pieces: tuple[Piece, ...]
    question: str | None = None

    @property
    def text(self) -> str:
        """All pieces, one below the other."""
        return "\n".join([piece.text for piece in self.pieces])

    def piece_at(self, line: int) -> tuple[Piece, int]:
        """The piece that a line belongs to, and the line's number in it."""
        ends = list(accumulate(piece.text.count("\n") + 1 for piece in self.pieces))
        at = min(bisect_right(ends, line - 1), len(ends) - 1)
        return self.pieces[at], line - (ends[at - 1] if at else 0)

    def place(self, line: int) -> Place:
        """The place of a line in its file."""
        piece, at = self.piece_at(line)
        first = piece.place
        if piece.where == "answer":
            return first  # where the lines of an answer are in its file is not known
        return first if at == 1 else replace(first, line=first.line + at - 1, column=1)

    def named(self, line: int) -> str:
        """A line as a message names it: `line 4`, `cell 2, line 4`, `line 4 of the code`."""
        piece, at = self.piece_at(line)
        return f"line {at} of the code" if piece.where == "answer" else self.place(line).named

    def labels(self, line: int) -> tuple[str, ...]:
        """The labels of the question that a line is for, from the outside in."""
        piece, at = self.piece_at(line)
        return next(
            (labels for start, labels in reversed(piece.marks) if start <= at), piece.labels
        )


def listings_of(submission: Submission) -> tuple[Listing, ...]:
    """The programs of a submission in reading order, papers before answers."""
    return tuple(_listings(submission))


def _listings(submission: Submission) -> Iterator[Listing]:
    for paper in submission.papers:
        if paper.code:
            yield Listing(paper.code)
    for answer in submission.answers:
        if isinstance(answer, TextAnswer) and answer.notation == "code":
            piece = Piece(answer.text, answer.place, (answer.question,), "python", "answer")
            yield Listing((piece,), answer.question)
