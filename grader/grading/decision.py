"""The rule of decision: commitment decides between the formulas that may answer a question.

An answer that is right counts, unless the paper makes another claim of equal standing about the same
derivative, or a garbled one behind it: then a human decides. What has names that nobody knows, a numerical
example, or a formula that does not name the derivative displaces no right answer. A wrong answer earns
nothing only if it surely is the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.claims import Candidate, similarity, words_beside
from grader.expression import Derivative, Expression, symbols_in, walk
from grader.grading.collected import Written
from grader.grading.incorrect import WRONG
from grader.grading.text import (
    Judged,
    is_right_as_stated,
    is_right_with_powers,
    judged_text,
)
from grader.key import Key
from grader.notation.builder import constant
from grader.problem import Question
from grader.result import Kind, Message, Verdict
from grader.submission import Place

_SMALL = 2  # a number that a derivative may be
MOST_RIVALS = 12  # the last ones of a paper that are judged


def decided(key: Key, question: Question, given: Written) -> tuple[Written, Judged]:
    """The answer that counts, and its judgement."""
    chosen = _Decision(key, question, given).chosen()
    if chosen.is_doubted and not chosen.is_wrong:
        chosen = chosen.beside_words()
    return chosen.written, chosen.judged


@dataclass(frozen=True, slots=True)
class _JudgedClaim:
    """A formula that may answer the question, and its judgement."""

    written: Written
    judged: Judged

    @property
    def found(self) -> Candidate | None:
        """The claim of a paper; None for an answer in a file."""
        return self.written.found

    @property
    def is_shared(self) -> bool:
        """Whether by its left side it answers another question."""
        return self.found is not None and self.found.is_shared

    @property
    def is_doubtful(self) -> bool:
        """Whether its left side names another derivative, or is only a name that may be this one."""
        return self.found is not None and self.found.is_doubtful

    @property
    def names_question(self) -> bool:
        """Whether the left side is the derivative that the question asks for."""
        return self.found is not None and self.found.names_question

    @property
    def is_own(self) -> bool:
        """Whether it stands below the number of the question with a left side that fits."""
        return self.found is not None and self.found.is_own

    @property
    def is_asserted(self) -> bool:
        """Whether no words change it."""
        return self.found is None or not self.found.claim.changed

    def is_beside(self, other: "_JudgedClaim") -> bool:
        """Whether it stands in the same part of the paper, below the same heading or number."""
        if self.found is None or other.found is None:
            return True
        return self.found.claim.is_beside(other.found.claim)

    @property
    def has_meaning(self) -> bool:
        """Whether it has values in the shape that the question asks for."""
        values = self.judged.outcome.values
        return values is not None and not values.turned

    @property
    def verdict(self) -> Verdict:
        return self.judged.outcome.verdict

    @property
    def is_right(self) -> bool:
        return self.verdict is Verdict.CORRECT and not self.is_doubted

    @property
    def is_doubted(self) -> bool:
        """Whether nobody knows what the words beside it do."""
        return self.found is not None and self.found.source.standing.is_doubted

    @property
    def is_wrong(self) -> bool:
        return self.verdict in WRONG

    @property
    def node(self) -> Expression | None:
        """What was read; None if that is not possible."""
        echo = self.judged.shown.echo
        return None if echo is None else echo.node

    @property
    def is_step(self) -> bool:
        """Whether it rests on derivatives that are still to be worked out."""
        return self.node is not None and any(isinstance(one, Derivative) for one in walk(self.node))

    @property
    def is_unclear(self) -> bool:
        """Whether it has no value to compare, and is not surely read as it is meant or is a step."""
        is_read = self.node is not None and not self.judged.notes
        return self.judged.outcome.values is None and (not is_read or self.is_step)

    @property
    def number(self) -> float | None:
        """Its value if that is a number, 0.5 for an array of numbers; None for any other."""
        if self.node is None or symbols_in(self.node):
            return None
        value = constant(self.node)
        return 0.5 if value is None else value

    def beside_words(self) -> "_JudgedClaim":
        """The same formula, left to a human for the words beside it."""
        words = self.found.source.standing.words if self.found is not None else ""
        return self.for_a_human(words_beside(words), "uncertain-words")

    def for_a_human(self, text: str, code: str) -> "_JudgedClaim":
        """The same formula, left to a human."""
        outcome = replace(
            self.judged.outcome,
            verdict=Verdict.UNDECIDED,
            fraction=0.0,
            messages=(Message(Kind.ERROR, f"{text}; a person will look at it", code),),
            counterexample=None,
            entries=None,
            values=None,
            example=None,
        )
        return replace(self, judged=replace(self.judged, outcome=outcome))


_NOWHERE = (
    "this formula neither names the derivative that the question asks for nor stands below the number of "
    "the question, so it may not be the answer",
    "uncertain-place",
)
_OTHER_SHAPE = (
    "this formula stands below the number of the question, but does not name its derivative, and its "
    "value has another shape; so it may not be the answer",
    "uncertain-place",
)
_CASES = (
    "the paper gives several cases of this derivative, of which one alone is not right",
    "two-answers",
)
_STEP = (
    "this formula is a step, and what follows from it may be elsewhere in the paper",
    "two-answers",
)
_AS_STATED = (
    "the answer is right with the value that the paper gives a derivative in it, but not with the true one",
    "stated-otherwise",
)

_WITH_POWERS = (
    "a formula for this derivative is right if a power in it is one, but the paper defines it as a name",
    "stated-otherwise",
)


class _Decision:
    """Decides between the formulas of one paper that may answer one question."""

    def __init__(self, key: Key, question: Question, given: Written) -> None:
        self._key = key
        self._question = question
        self._first = self._claim(given)

    def chosen(self) -> _JudgedClaim:
        """The formula that counts."""
        first = self._first
        if first.is_shared:
            if not first.is_right:
                return first
            text = (
                "this formula has the number of the question, but its left side names another one"
            )
            return first.for_a_human(text, "left-side-mismatch")
        if first.is_right:
            return self._with_conclusion()
        if (earlier := self._before_numbers()) is not None:
            return earlier
        later = [first]
        for rival in reversed(self._rivals()):
            claim = self._claim(rival)
            if claim.is_right:
                return self._rescued(claim, later)
            later.append(claim)
        return self._certain(later[1:])

    def _claim(self, written: Written) -> _JudgedClaim:
        return _JudgedClaim(written, judged_text(self._key, self._question, written))

    def _rivals(self) -> Sequence[Written]:
        return self._first.written.rivals()[-MOST_RIVALS:]

    def _rescued(self, right: _JudgedClaim, later: Sequence[_JudgedClaim]) -> _JudgedClaim:
        """A right formula beside the one that was found, unless a later claim stands against it."""
        later = [one for one in later if not self._is_elsewhere(one, right)]
        for claim in later:
            if why := self._against(claim, right):
                return claim.for_a_human(why, "two-answers")
        return right

    def _is_elsewhere(self, claim: _JudgedClaim, right: _JudgedClaim) -> bool:
        """Whether a claim names another derivative in another part: it may be about that one."""
        return claim.is_doubtful and not claim.is_beside(right)

    def _with_conclusion(self) -> _JudgedClaim:
        """A right answer; with open derivatives it is a step, whose conclusion must be right too."""
        first = self._first
        for rival in self._rivals() if first.is_step else ():
            claim = self._claim(rival)
            if claim.names_question and _is_behind(rival.place, first.written.place):
                why = "" if claim.is_right else self._against(claim, first)
                if why:
                    return claim.for_a_human(why, "two-answers")
        return first

    def _before_numbers(self) -> _JudgedClaim | None:
        """The right member before the numbers at the end of a chain: an example, or `= 0` to be solved."""
        claim, number = self._formula, self._first.number
        if number is None or claim is self._first or claim.is_wrong:
            return None
        if number == 0 or number != int(number) or not claim.is_right:
            return claim
        return claim.for_a_human(
            "the answer is right before its last member, a number", "two-answers"
        )

    @cached_property
    def _formula(self) -> _JudgedClaim:
        """The first formula without the numbers at the end of its chain."""
        claim = self._first
        while self._is_numerical(claim) and (before := claim.written.before()) is not None:
            claim = self._claim(before)
        return claim

    def _certain(self, others: Sequence[_JudgedClaim]) -> _JudgedClaim:
        """A wrong answer, if it surely is the answer; else it goes to a human."""
        first = self._first
        is_broken = first.found is not None and first.found.claim.is_broken
        is_sure = not first.is_wrong or (first.written.is_alone and not is_broken)
        doubt = None if is_sure else next(self._doubts(first, others), None)
        return first if doubt is None else first.for_a_human(*doubt)

    def _doubts(
        self, first: _JudgedClaim, others: Sequence[_JudgedClaim]
    ) -> Iterator[tuple[str, str]]:
        """Why a wrong formula may not be the answer of the paper, with the code of the reason."""
        named, found = first.names_question, first.found
        if found is not None and found.claim.is_broken:
            yield "a bracket in this formula has no other end", "unreadable"
        is_number = self._is_numerical(self._formula)
        if first.is_doubtful or not (named or first.is_own):
            yield _NOWHERE
        if not (named or first.has_meaning) and self._rivals():
            yield _OTHER_SHAPE
        if is_number and not _is_small(first.number):
            yield "this may be the value in an example", "uncertain-place"
        if named and any(_is_case(claim, first) for claim in others):
            yield _CASES
        goes_on = self._is_notation(first) or (found is not None and found.is_followed)
        if first.is_step and goes_on:
            yield _STEP
        is_open = is_number or not named or first.is_step
        unsure = [
            one
            for one in others
            if not one.is_wrong and (is_open or (one.names_question and one.is_beside(first)))
        ]
        if unsure:
            line = unsure[-1].written.place.line
            yield f"the answer may be in line {line}, which could not be judged", "two-answers"
        if first.is_unclear and found is not None and found.company:
            line = found.company[-1].place().line
            yield f"this makes no sense as the answer, which may be in line {line}", "two-answers"
        if first.is_step and is_right_as_stated(self._key, self._question, first.written):
            yield _AS_STATED
        if any(self._is_right_with_powers(one) for one in (self._formula, *others)):
            yield _WITH_POWERS

    def _is_right_with_powers(self, claim: _JudgedClaim) -> bool:
        return is_right_with_powers(self._key, self._question, claim.written)

    def _against(self, claim: _JudgedClaim, right: _JudgedClaim) -> str:
        """Why a claim leaves a right formula before it to a human; empty if it does not.

        Only the last claim may do so without a value.
        """
        here, there = right.written.place.line, claim.written.place.line
        has_value = claim is self._first or claim.has_meaning
        if has_value and self._displaces(claim, right):
            return f"the paper gives two different answers, in line {here} and line {there}"
        concludes = claim.names_question and claim.is_asserted and claim.is_beside(right)
        if concludes and right.is_step:
            return (
                f"line {here} is right, but a step; what line {there} makes of it is not right "
                "or cannot be read"
            )
        is_behind = _is_behind(claim.written.place, right.written.place)
        if concludes and is_behind and claim.judged.is_garbled:
            return (
                f"line {here} is right, but line {there} gives this derivative too, and is garbled"
            )
        return ""

    def _displaces(self, claim: _JudgedClaim, right: _JudgedClaim) -> bool:
        """Whether a wrong answer has the standing of the right one, so that the paper says two things."""
        if not claim.is_wrong or self._is_numerical(claim) or self._is_notation(claim):
            return False
        is_bare = claim.found is not None and claim.found.claim.is_bare
        if right.names_question and not (claim.names_question or is_bare):
            return False
        if not claim.has_meaning:  # it may be about another problem
            return claim.is_own or claim.is_beside(right)
        return True

    def _is_notation(self, claim: _JudgedClaim) -> bool:
        """Whether a formula only says how the derivative is written: `∂l/∂b = (∂l/∂b_1, …)`."""
        return claim.node is not None and any(
            isinstance(part, Derivative) and similarity(part, self._question) > 0
            for part in walk(claim.node)
        )

    def _is_numerical(self, claim: _JudgedClaim) -> bool:
        """Whether an answer is a number where the right one depends on symbols."""
        reference = self._key[self._question.id].reference
        if claim.node is None or reference is None:
            return False
        return not symbols_in(claim.node) and bool(symbols_in(reference))


def _is_case(claim: _JudgedClaim, other: _JudgedClaim) -> bool:
    """Whether two claims of the same derivative are about other entries of it."""
    if claim.found is None or other.found is None or not claim.names_question:
        return False
    return str(claim.found.source.left) != str(other.found.source.left)


def _is_small(number: float | None) -> bool:
    """Whether a number is one that a derivative may be, such as 0, 1 or -2."""
    return number is not None and number == int(number) and abs(number) <= _SMALL


def _is_behind(one: Place, other: Place) -> bool:
    """Whether a place is behind another one in the same file."""
    here, there = ((place.cell or 0, place.line, place.column) for place in (one, other))
    return one.path == other.path and here > there
