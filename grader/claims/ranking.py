"""Chooses the answer among the equations for a question."""

import re
from collections.abc import Sequence

from grader.claims.entries import Entry
from grader.claims.matching import THE_SAME, similarity
from grader.claims.numbering import questions_marked
from grader.expression import Symbol
from grader.problem.model import Question

BOXED = 5.0


def chosen(mine: Sequence[Entry], question: Question) -> Entry | None:
    """The last of the equations that most look like the answer."""
    usable = [entry for entry in mine if not entry.is_open]
    usable = [entry for entry in usable if entry.standing.is_answer] or usable
    aside = {id(entry) for entry in _called_upon(usable)}
    usable = [entry for entry in usable if id(entry) not in aside] or usable
    if not usable:
        return None
    top = max(rank(entry, question) for entry in usable)
    if top < 0:
        return None
    return [entry for entry in usable if rank(entry, question) == top][-1]


def _called_upon(usable: Sequence[Entry]) -> list[Entry]:
    """The equations that only define a name which the others use."""
    naming = [entry for entry in usable if entry.defines]
    said = "\n".join(entry.signs(left=False) for entry in usable) if naming else ""
    return [e for e in naming if re.search(re.escape(e.signs(left=True)) + "(?![_^])", said)]


def rank(entry: Entry, question: Question) -> float:
    """2 + match for a left side that names the question, 1 for none, 0 for another, −1 for prose.

    A formula that cannot be read ranks like one without a left side: a human must see it. What the
    student put in a box goes before all that is not.
    """
    boxed = BOXED if "\\boxed" in entry.formula.text else 0.0
    plain = _plain_rank(entry, question)
    return plain + boxed if plain >= 1.0 else plain


def _plain_rank(entry: Entry, question: Question) -> float:
    if entry.equation is None:
        return 1.0
    if entry.derivative is not None:
        match = similarity(entry.derivative, question)
        if match > THE_SAME and questions_marked(entry.labels, [question]):
            match = 1.0  # below its marker the entries are as good as the whole
        return 2.0 + match if match > 0 else 0.0
    if entry.standing.is_beside:
        return -1.0
    if entry.equation.left is None:
        return 1.0 if entry.announced else -1.0
    if entry.defines and entry.labels and questions_marked(entry.labels, [question]):
        return 1.0  # `13. G = …`: the answer, by a name of the student's own
    if isinstance(entry.left, Symbol):
        return -1.0  # a statement of the model, or of a definition
    return 1.0 if entry.left is None else 0.0
