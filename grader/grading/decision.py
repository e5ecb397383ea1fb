"""The rule of decision: commitment decides between the formulas that may answer a question.

An answer that is right counts, unless the paper makes another claim of equal standing about the same
derivative: then a human decides. What cannot be read, a numerical example, or a formula that does not name
the derivative displaces no right answer.
"""

from dataclasses import replace

from grader.expression import Derivative, symbols_in, walk
from grader.grading.collected import Written
from grader.grading.incorrect import WRONG
from grader.grading.text import Judged, judged_text
from grader.key import Key
from grader.notation.builder import constant
from grader.problem import Question
from grader.result import Kind, Message, Verdict
from grader.submission import Place

MOST_RIVALS = 12  # the last ones of a paper that are judged


def decided(key: Key, question: Question, given: Written) -> tuple[Written, Judged]:
    """The answer that counts, and its judgement."""
    first = judged_text(key, question, given)
    if first.outcome.verdict is Verdict.CORRECT:
        return given, _with_conclusion(key, question, given, first)
    if (earlier := _before_numbers(key, question, given, first)) is not None:
        return earlier
    unread, later = None, [(given, first)]
    for rival in reversed(given.rivals()[-MOST_RIVALS:]):
        judged = judged_text(key, question, rival)
        if judged.outcome.verdict is Verdict.CORRECT:
            if (
                given.concludes
                and given.heading == rival.heading
                and first.outcome.verdict in WRONG
            ):
                return given, first  # the right formula was a step on the way
            for other, of in later:
                why = _against(key, question, other, of, rival, judged, other is given)
                if why:
                    return other, _for_a_human(of, why, "two-answers")
            return rival, judged
        later.append((rival, judged))
        if judged.outcome.verdict in (Verdict.UNREADABLE, Verdict.UNDECIDED):
            unread = rival
    return given, _with_certainty(key, question, given, first, unread)


def _before_numbers(
    key: Key, question: Question, given: Written, first: Judged
) -> tuple[Written, Judged] | None:
    """The right member before the numbers at the end of a chain: an example, or `= 0` to be solved."""
    judged, number = first, _number(first)
    while number is not None and _is_numerical(key, question, judged):
        before = given.before()
        if before is None:
            return None
        given, judged = before, judged_text(key, question, before)
    if number is None or judged.outcome.verdict is not Verdict.CORRECT:
        return None
    if number == 0 or number != int(number):
        return given, judged
    text = "the answer is right before its last member, a number; a person will look at it"
    return given, _for_a_human(judged, text, "two-answers")


def _number(judged: Judged) -> float | None:
    """The value of an answer that is a number, 0.5 for an array of numbers; None for any other."""
    echo = judged.shown.echo
    if echo is None or symbols_in(echo.node):
        return None
    value = constant(echo.node)
    return 0.5 if value is None else value


def _with_conclusion(key: Key, question: Question, given: Written, first: Judged) -> Judged:
    """A right answer; with open derivatives it is a step, whose conclusion must be right too."""
    if not _is_step(first):
        return first
    for later in given.rivals()[-MOST_RIVALS:]:
        if later.names_question and _is_behind(later.place, given.place):
            judged = judged_text(key, question, later)
            why = _against(key, question, later, judged, given, first, last=False)
            if judged.outcome.verdict is not Verdict.CORRECT and why:
                return _for_a_human(judged, why, "two-answers")
    return first


def _is_behind(one: Place, other: Place) -> bool:
    """Whether a place is behind another one in the same file."""
    here, there = ((place.cell or 0, place.line, place.column) for place in (one, other))
    return one.path == other.path and here > there


def _with_certainty(
    key: Key, question: Question, given: Written, first: Judged, unread: Written | None
) -> Judged:
    """A wrong answer, if it is certain that it is the answer; else it goes to a human."""
    if first.outcome.verdict not in WRONG:
        return first
    if not (given.names_question or given.is_own or given.is_alone):
        text = (
            "this formula neither names the derivative that the question asks for nor stands below the "
            "number of the question, so it may not be the answer; a person will look at it"
        )
        return _for_a_human(first, text, "uncertain-place")
    if unread is not None and _is_numerical(key, question, first):
        text = (
            f"the answer may be in line {unread.place.line}, which could not be judged, and this line may "
            "be an example; a person will look at it"
        )
        return _for_a_human(first, text, "two-answers")
    return first


def _is_numerical(key: Key, question: Question, judged: Judged) -> bool:
    """Whether an answer is a number where the right one depends on symbols."""
    echo, reference = judged.shown.echo, key[question.id].reference
    if echo is None or reference is None:
        return False
    return not symbols_in(echo.node) and bool(symbols_in(reference))


def _against(
    key: Key,
    question: Question,
    later: Written,
    of: Judged,
    right: Written,
    judged: Judged,
    last: bool,
) -> str:
    """Why a later claim leaves a right formula to a human; empty if it does not.

    Only the last claim may do so without a value.
    """
    if (last or of.outcome.values is not None) and _displaces(key, question, later, of, right):
        return (
            f"the paper gives two different answers, in line {right.place.line} and line "
            f"{later.place.line}; a person will look at it"
        )
    if later.names_question and _is_step(judged):
        return (
            f"line {right.place.line} is right, but a step; what line {later.place.line} makes of it is "
            "not right or cannot be read; a person will look at it"
        )
    return ""


def _is_step(judged: Judged) -> bool:
    """Whether a formula rests on derivatives that are still to be worked out."""
    echo = judged.shown.echo
    return echo is not None and any(isinstance(node, Derivative) for node in walk(echo.node))


def _displaces(key: Key, question: Question, given: Written, first: Judged, right: Written) -> bool:
    """Whether a wrong answer has the standing of the right one, so that the paper says two things."""
    if first.outcome.verdict not in WRONG:
        return False
    if right.names_question and not (given.names_question or given.is_bare):
        return False
    if _is_numerical(key, question, first):
        return False
    if first.outcome.values is None:  # without a meaning here it may be about another problem
        return given.is_own or given.heading == right.heading
    return True


def _for_a_human(first: Judged, text: str, code: str) -> Judged:
    outcome = replace(
        first.outcome,
        verdict=Verdict.UNDECIDED,
        fraction=0.0,
        messages=(Message(Kind.ERROR, text, code),),
        counterexample=None,
        entries=None,
        values=None,
        example=None,
    )
    return replace(first, outcome=outcome)
