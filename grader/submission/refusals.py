"""Refusals of a file, or of one answer in it, which do not stop the others."""

from grader.errors import GraderError
from grader.submission.model import Place, Refusal


class Refused(GraderError):
    """Raised by a reader. `refusal` makes data of it once the file's name is known.

    `loses_answers` means that the unread part may hold answers, so that a human must look before a
    question counts as missing.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 1,
        column: int = 1,
        cell: int | None = None,
        question: str | None = None,
        hint: str | None = None,
        loses_answers: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.cell = cell
        self.question = question
        self.hint = hint
        self.loses_answers = loses_answers

    def refusal(self, path: str) -> Refusal:
        """The fault as data, in the file `path`."""
        place = Place(path, self.line, self.column, self.cell)
        whole_file = self.question is None and self.loses_answers
        return Refusal(self.message, place, self.question, self.hint, whole_file)
