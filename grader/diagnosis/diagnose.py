"""Diagnosis of a wrong answer: the mistakes that explain it, or facts about its values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.diagnosis.facts import Facts, place_text
from grader.diagnosis.fingerprints import MATCH, Mask, named_factor, ratio
from grader.diagnosis.mutants import Match, Mutants
from grader.diagnosis.sentences import Sentences, constant_message, simplest
from grader.expression import Expression
from grader.key import QuestionKey
from grader.primitives import Array
from grader.result import Kind, Message
from grader.simplification import known

CONSTANTS = frozenset({"missing-batch-mean", "constant-factor"})
ENOUGH_DIGITS = 6  # significant digits of numbers: with fewer, chance would find a mistake


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with an answer.

    `messages` are for the student. `matches` are the mistakes that explain it, the simplest first;
    `candidates` are all of them in words. Both are empty if no mistake explains it; then `messages` are
    facts.
    """

    messages: tuple[Message, ...] = ()
    matches: tuple[Match, ...] = ()
    candidates: tuple[Message, ...] = ()

    @property
    def is_several(self) -> bool:
        """Whether it takes more than one mistake to explain the answer."""
        return bool(self.matches) and self.matches[0].rank[0] > 1


class Diagnosing:
    """Diagnoses wrong answers to one question; the faulty derivatives are evaluated once."""

    def __init__(self, key: QuestionKey) -> None:
        self._key = key
        self.mutants = Mutants(key)
        self.facts = Facts(key)
        self._sentences: dict[str, Sentences] = {}

    def of(self, got: Array, wrong: Mask, node: Expression | None, notation: str) -> Diagnosis:
        """What is wrong with an answer that has the values `got` (draws, rows, columns).

        `wrong` (rows, columns) marks the entries that are not right; it must not be empty. `node` is
        the answer as it was read, None for numbers; `notation` is that of the student's text.
        """
        matches = tuple(self.mutants.matching(got, wrong))
        factor = ratio(got, self._key.expected) if np.isfinite(got).all() else None
        if matches and factor is not None and named_factor(factor) == "-1":
            return self._negative(factor, matches, notation)
        if not matches or (factor is not None and self._is_by_chance(matches)):
            return Diagnosis(self.facts.of(node, got, ~wrong, notation))
        return self._explained(matches, wrong, notation)

    def of_numbers(self, got: Array, wrong: Mask, digits: int) -> Diagnosis:
        """What is wrong with an answer in numbers of so many significant digits.

        It looks for single mistakes only: rounded numbers on a draw or two do not tell more apart.
        """
        if digits < ENOUGH_DIGITS or not np.isfinite(got).all():
            return Diagnosis()
        tolerance = max(MATCH, 10.0 ** (1 - digits))
        matches = tuple(self.mutants.alone(got, wrong, tolerance))
        return self._explained(matches, wrong, "infix") if matches else Diagnosis()

    def _explained(self, matches: tuple[Match, ...], wrong: Mask, notation: str) -> Diagnosis:
        candidates = self._in(notation).messages(matches)
        shown = self._in(notation).messages(simplest(matches))
        if not wrong.all():
            rows = self.facts.rows(~wrong)
            shown = (*(_located(message, wrong) for message in shown), *rows)
        return Diagnosis(shown, matches, candidates)

    def _negative(self, factor: float, matches: tuple[Match, ...], notation: str) -> Diagnosis:
        """For minus the right answer: the sign comes first, wherever it was lost."""
        words = self._in(notation)
        others = [m for m in matches if all(f.mistake.code != "sign" for f in m.faults)]
        beside = words.messages(simplest(others), alternative=True) if others else ()
        return Diagnosis((constant_message(factor), *beside), matches, words.messages(matches))

    def _in(self, notation: str) -> Sentences:
        if notation not in self._sentences:
            names, quantities = self._key.question.scope.names, self._key.cached(known)
            self._sentences[notation] = Sentences(names, notation, quantities)
        return self._sentences[notation]

    def _is_by_chance(self, matches: Sequence[Match]) -> bool:
        """Whether several mistakes, other than forgotten constants, explain a multiple of the key.

        A mistake and another constant than -1 say less than the one constant.
        """
        codes = {fault.mistake.code for fault in matches[0].faults}
        is_several = matches[0].rank[0] > 1 and not codes <= CONSTANTS
        return is_several or named_factor(matches[0].factor) not in ("1", "-1")


def _located(message: Message, wrong: Mask) -> Message:
    """The message of a mistake that spoils only some entries, with the first of them."""
    if message.kind is not Kind.MISTAKE or message.text.startswith("or else,"):
        return message
    row, column = np.argwhere(wrong)[0] + 1
    entry = place_text(row - 1, column - 1, wrong.shape)
    place = f"in entry {entry}" if wrong.sum() == 1 else f"in entry {entry} and others"
    return replace(message, text=f"{place}: {message.text}")
