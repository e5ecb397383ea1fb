"""Judging an answer in text: read, check the shape, evaluate, compare."""

import contextlib
import itertools
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.claims import names_for
from grader.comparison import EntryStatus, compare
from grader.errors import Garbled, Nonsense, ShapeMismatch, StudentError, Unreadable
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Number,
    Symbol,
    Tabulate,
    base_name,
    children,
    walk,
)
from grader.grading.collected import Written
from grader.grading.incorrect import WRONG, by_rules
from grader.grading.missing_index import missing_index
from grader.grading.model_statements import (
    contradiction,
    shorthand,
    with_stated_values,
)
from grader.grading.numpy_reading import beside_numpy
from grader.grading.outcome import Outcome, WrongValues, for_a_human, outcome_of, unread
from grader.grading.shown_reading import ShownReading, shown_reading
from grader.grading.wrong_shape import is_square_transposed, judged_by_shape, up_to_layout
from grader.key import Key, QuestionKey
from grader.notation import Reading, printing
from grader.notation.conventions import TooManyReadings, other_readings
from grader.notation.names import Key as Spelling
from grader.primitives import apply
from grader.problem import Question
from grader.problem.model import bases
from grader.result import Kind, Message, Verdict

Pair = tuple[str, str]
"""The names of a derivative: what is differentiated, and by what."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome and echo of an answer, which all answers with the same text share.

    `is_garbled` means that it is no formula, whatever its names mean.
    """

    outcome: Outcome
    notes: tuple[Message, ...] = ()
    shown: ShownReading = ShownReading()
    is_garbled: bool = False


def judged_text(key: Key, question: Question, given: Written) -> Judged:
    """The part of a judgement that answers with this text share; cached."""
    remembered = (question.id, *given.key) if given.key is not None else None
    judged = key.seen.get(remembered) if remembered else None
    if judged is None:
        judged = _judged(key[question.id], given, key.problem.asked)
        if remembered:
            key.seen[remembered] = judged
    assert isinstance(judged, Judged)
    return judged


def _judged(key: QuestionKey, given: Written, asked: frozenset[Pair]) -> Judged:
    try:
        reading, outcome = _decided(key, given, asked)
    except StudentError as error:
        return Judged(
            _beside_numpy(key, given, unread(error)), is_garbled=isinstance(error, Garbled)
        )
    by_columns, outcome = outcome, _beside_numpy(key, given, outcome)
    if outcome.verdict is Verdict.CORRECT and by_columns.verdict is not Verdict.CORRECT:
        return Judged(outcome)
    notes = tuple([Message(Kind.NOTE, note, "reading") for note in reading.notes])
    stated = _stated_otherwise(key, reading, outcome, given)
    if stated is not None:
        outcome = for_a_human(stated)
    outcome = by_rules(key, reading, outcome, given.notation)
    return Judged(outcome, notes, shown_reading(key, reading))


def _beside_numpy(key: QuestionKey, given: Written, outcome: Outcome) -> Outcome:
    """The outcome of a formula of an answer file, which NumPy can read too."""
    is_in_file = given.is_alone and given.notation == "infix"
    return beside_numpy(key, given.text, outcome) if is_in_file else outcome


def is_right_as_stated(key: Key, question: Question, given: Written) -> bool:
    """Whether an answer is right with the paper's own values for other questions' derivatives."""
    if given.found is None:
        return False
    steps = replace(given.found.steps, asked=frozenset({bases(question.of, question.wrt)}))
    try:
        reading = steps.put_in(given.read())
        return _evaluated(key[question.id], reading).verdict is Verdict.CORRECT
    except StudentError:
        return False


def is_right_with_powers(key: Key, question: Question, given: Written) -> bool:
    """Whether an answer is right if `σ^2` is a power where the paper defines it as a name."""
    if given.found is None:
        return False
    claim, spellings = given.found.claim, question.scope.names.spellings
    kept = {one: meant for one, meant in claim.definitions.items() if not _is_power(one, spellings)}
    if len(kept) == len(claim.definitions):
        return False
    try:
        reading = claim.read(names_for(question, replace(claim, definitions=kept)))
        return _evaluated(key[question.id], reading).verdict is Verdict.CORRECT
    except StudentError:
        return False


def _is_power(name: Spelling, spellings: Container[Spelling]) -> bool:
    base, above, below = name
    is_number = above is not None and above.isdigit()
    return is_number and name not in spellings and (base, None, below) in spellings


def _stated_otherwise(
    key: QuestionKey, reading: Reading, outcome: Outcome, given: Written
) -> Message | None:
    """The message if the paper's statements about names in an answer leave it to a human."""
    names = key.question.scope.names
    if outcome.verdict == Verdict.CORRECT:
        return contradiction(key, reading.node, given.about_names, names, given.place)
    if outcome.verdict not in WRONG:
        return None
    for node, message in with_stated_values(key, reading.node, given.about_names, names):
        with contextlib.suppress(StudentError):
            if _evaluated(key, replace(reading, node=node)).verdict == Verdict.CORRECT:
                return message
    return shorthand(reading.node, given.about_names, names)


def _decided(key: QuestionKey, given: Written, asked: frozenset[Pair]) -> tuple[Reading, Outcome]:
    """The reading that counts, with its outcome.

    That is the usual one, if it makes sense as an answer; a human decides if it is wrong and another one is
    right. Else it is the one that is right, or the first one that makes sense. Raises the StudentError of
    the usual reading if no reading makes sense.
    """
    usual = _usual(given)
    others = other_readings(given.read, usual)
    reading = next(others, None) if isinstance(usual, StudentError) else usual
    if reading is None:
        assert isinstance(usual, StudentError)
        raise usual
    outcome = _outcome(key, reading, asked, given)
    try:
        for other in itertools.chain([reading], others):
            found = outcome if other is reading else _outcome(key, other, asked, given)
            if found.verdict == Verdict.CORRECT:
                if (
                    usual is reading is not other
                    and not reading.is_guess
                    and _may_answer(key, reading)
                ):
                    return reading, for_a_human(_OTHER_READING)
                return other, for_a_human(_OTHER_READING) if other.doubtful else found
    except TooManyReadings:
        return reading, for_a_human(_OTHER_READING)
    if reading.doubtful and isinstance(usual, StudentError):
        raise usual
    if reading.is_guess and outcome.verdict in WRONG:
        outcome = for_a_human(_GUESS)
    return reading, outcome


def _usual(given: Written) -> Reading | StudentError:
    try:
        return given.read()
    except StudentError as error:
        return error


def _may_answer(key: QuestionKey, reading: Reading) -> bool:
    """Whether the value of a reading has the shape that the question asks for, or its transpose."""
    if reading.node.shape == key.grid[::-1]:
        return True
    try:
        key.check_shape(reading.node, reading.used)
    except ShapeMismatch:
        return False
    return True


_GUESS = Message(
    Kind.ERROR,
    "the answer contains a letter that the problem does not declare, and with its usual meaning the answer "
    "is not right; a person will look at it",
    "unknown-symbol",
)
_OTHER_READING = Message(
    Kind.ERROR,
    "the notation of this answer has more than one usual meaning, and the answer may be right in "
    "another one: write ⊙ for a product entry by entry, @ or nothing for a matrix product, and "
    "brackets around the argument of a function; a person will look at it",
    "other-reading",
)


def _outcome(
    key: QuestionKey,
    reading: Reading,
    asked: frozenset[Pair],
    given: Written,
) -> Outcome:
    steps = given.steps
    try:
        _worked_out(reading, key.question, asked, steps)
        return _evaluated(key, reading)
    except StepNotWorkedOut as error:
        return _with_open_step(key, reading, error)
    except StudentError as error:
        return unread(error)


def _with_open_step(key: QuestionKey, reading: Reading, error: "StepNotWorkedOut") -> Outcome:
    """The outcome of an answer with a derivative that no question asks for.

    Right with its true value, it is for a human, since the paper may work it out where that cannot be read.
    """
    try:
        is_right = _evaluated(key, reading).verdict is Verdict.CORRECT
    except StudentError:
        is_right = False
    if not is_right or not any(isinstance(part, Symbol) for part in walk(reading.node)):
        return unread(error)
    text = f"{error.message}; with its value the answer is right, so a person will look at it"
    return for_a_human(Message(Kind.ERROR, text, error.code))


class NotWorkedOut(Nonsense):
    """An answer that only restates the question, or that still contains the asked derivative."""

    default_code = "not-worked-out"


class StepNotWorkedOut(NotWorkedOut):
    """An answer that contains a derivative which neither a question nor the paper works out."""


def _worked_out(
    reading: Reading,
    question: Question,
    known: frozenset[Pair],
    steps: Collection[Pair],
) -> None:
    """Raise NotWorkedOut for an answer that still contains a derivative that it should work out.

    `known` are the derivatives that questions ask for; an answer may use all but its own. `steps` are
    those that the student derived: if one is still there, no step gives the entries that it needs.
    """
    asked, pair = base_name(question.wrt), bases(question.of, question.wrt)
    taken = known - {pair} if not _is_chain_rule(reading.node, pair) else frozenset()
    of = question.of
    # For σ(x) by x, σ' is the asked derivative; for log(f(x)), log' is only a factor.
    named = isinstance(of, Apply) and of.args[:1] == (question.wrt,)
    own = of.function + "'" if isinstance(of, Apply) and named else None
    terms = [one for one in _terms(reading.node) if one != reading.node]
    terms = [one for one in terms if isinstance(one, Derivative) and bases(one.of, one.wrt) != pair]
    for part in _derivatives(reading):
        by_asked = isinstance(part, Derivative) and base_name(part.wrt) == asked
        by_asked &= part not in terms  # ∂f/∂w + λw, the derivative of f + λw²/2, is a step
        if isinstance(part, Derivative) and by_asked and bases(part.of, part.wrt) not in taken:
            text = printing.field(part, question.scope.names)
            raise NotWorkedOut(
                f"the answer still contains a derivative that you should work out: {text}",
                span=part.span,
                hint="write it in terms of the quantities of the model",
            )
        if isinstance(part, Derivative) and bases(part.of, part.wrt) in steps:
            raise Unreadable("the answer uses a step that is about other entries", span=part.span,
                             hint="a person will look at it", code="step-unreadable")  # fmt: skip
        if isinstance(part, Derivative) and bases(part.of, part.wrt) not in known:
            text = printing.field(part, question.scope.names)
            raise StepNotWorkedOut(
                f"the answer contains a derivative that no question asks for: {text}",
                span=part.span,
                hint="work it out here, or derive it in a step before",
            )
        if isinstance(part, Apply) and part.function == own:
            # diag(f'(x)) says at least what the Jacobian of f(x) looks like.
            is_array = question.wrt is not None and question.wrt.shape != SCALAR
            error = StepNotWorkedOut if is_array else NotWorkedOut
            raise error("the answer only names the derivative that the question asks for",
                        span=part.span, hint="write a formula for its values")  # fmt: skip


def _terms(node: Expression) -> list[Expression]:
    """The terms of a sum; just the expression itself if it is none."""
    if isinstance(node, Apply) and node.function in ("add", "sub"):
        return [term for arg in node.args for term in _terms(arg)]
    return [node]


def _is_chain_rule(node: Expression, pair: Pair) -> bool:
    """Whether an answer only multiplies derivatives, such as ∂l/∂h ∂h/∂x for ∂l/∂x."""
    derivatives: set[Pair] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Symbol):
            return False
        if isinstance(part, Derivative):
            derivatives.add(bases(part.of, part.wrt))
        else:
            waiting += children(part)
    of, wrt = pair
    return any((of, middle) in derivatives and by == wrt for middle, by in derivatives)


def _derivatives(reading: Reading) -> Iterator[Expression]:
    """The derivatives in an answer, including those inside the student's definitions."""
    yield from reading.derivatives
    if reading.defined:
        yield from walk(reading.node)


def _evaluated(key: QuestionKey, reading: Reading) -> Outcome:
    node = reading.node
    if node == Number(0.0) and not reading.used:
        node = apply("zeros", params=key.grid)  # `= 0` for a whole array
    try:
        key.check_shape(node, reading.used)
    except ShapeMismatch as error:
        if reading.used and not key.question.free:
            return unread(error)  # letters without a range
        error.hint = missing_index(node, key.question, reading.used) or error.hint
        return judged_by_shape(key, node, error)
    got = key.evaluate(node)
    comparison = compare(got, key.expected, key.noise, lambda: key.noise_of(node, got))
    in_letters = key.is_indexed(node) or isinstance(node, Tabulate)
    outcome = outcome_of(key, comparison, got, whole=not in_letters)
    if outcome.verdict in WRONG and is_square_transposed(key, node):
        bare = Outcome(Verdict.INCORRECT, counterexample=outcome.counterexample)
        nothing_wrong = np.zeros_like(comparison.status, np.bool_)
        values = WrongValues(node, got, nothing_wrong)  # for follow-through
        return replace(up_to_layout(key, bare), values=values)
    wrong = comparison.status != EntryStatus.CORRECT
    return replace(outcome, values=WrongValues(node, got, wrong)) if wrong.any() else outcome
