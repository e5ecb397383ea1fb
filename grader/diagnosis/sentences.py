"""Mistakes as messages: sentence, hint and nudge in the student's own notation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from grader.diagnosis.fingerprints import named_factor
from grader.diagnosis.mistake import MadeMistake
from grader.diagnosis.mutants import Match
from grader.expression import Apply, Expression, transform
from grader.notation import Names, printing
from grader.notation.signs import GREEK
from grader.result import Kind, Message
from grader.simplification import Settled, simplified

Known = Mapping[Expression, Expression]
Print = Callable[[Expression, Names], str]
LONGEST = 60  # of one factor in a sentence
MOST_ALTERNATIVES = 2
LESS_LIKELY = 1  # by how many ranks an alternative may be less likely
_FAMILIES = (
    frozenset({
        "dropped-activation-derivative", "dropped-local-derivative", "dropped-weight", "dropped-input",
        "dropped-upstream", "missing-batch-mean", "constant-factor", "summed-instead-of-selected",
    }),
    frozenset({"missing-term", "missing-sum"}),
    frozenset({"extra-factor", "repeated-factor"}),
)  # fmt: skip
"""Mistakes that mean the same if they have the same values, such as that a factor is missing."""
_TIMES = {"2": "twice", "3": "three times", "1/2": "half of", "1/3": "a third of"}


class Sentences:
    """The messages of the mistakes of one question; each is written once.

    `known` gives shorter expressions for some: the name of a quantity for its definition.
    """

    def __init__(
        self,
        names: Names,
        notation: str,
        known: Mapping[Expression, Expression] = MappingProxyType({}),
    ) -> None:
        self._names = names
        self._notation = notation
        self._quantities = known
        self._known: dict[int, tuple[MadeMistake, Message]] = {}
        self._settled: Settled = {}
        self._terms: dict[Expression | str, str] = {}  # the same few terms recur

    def messages(self, matches: Sequence[Match], alternative: bool = False) -> tuple[Message, ...]:
        """The messages of mistakes that all explain an answer: the first in full, the others as "or else".

        With `alternative`, the first is an "or else" too.
        """
        found: dict[str, Message] = {}
        for match in matches:
            for message in self._of(match, alternative=alternative or bool(found)):
                found.setdefault(message.text, message)
        return tuple(found.values())

    def _of(self, match: Match, alternative: bool) -> list[Message]:
        single = [self._message(fault) for fault in match.faults]
        if match.factor != 1.0:
            single.append(constant_message(match.factor, with_mistakes=True))
        if not alternative:
            return single
        text = "or else, with the same values: " + "; and ".join(message.text for message in single)
        return [Message(single[0].kind, text, single[0].code, None, single[0].hints)]

    def _message(self, fault: MadeMistake) -> Message:
        if id(fault) not in self._known:
            mistake, terms = fault.mistake, fault.way.terms
            words = {key: self._term(term) for key, term in terms.items()}
            nudge, hint, sentence = (
                template.format_map(words)
                for template in (mistake.nudge, mistake.hint, mistake.sentence)
            )
            message = Message(Kind.MISTAKE, sentence, mistake.code, None, (nudge, hint))
            self._known[id(fault)] = fault, message  # keeps it alive, so that its id stays unique
        return self._known[id(fault)][1]

    def _term(self, term: Expression | str) -> str:
        if term not in self._terms:
            self._terms[term] = self._in_words(term)
        return self._terms[term]

    def _simplified(self, term: Expression) -> Expression:
        return simplified(term, self._quantities, self._settled)

    def _in_words(self, term: Expression | str) -> str:
        if isinstance(term, Apply) and term.function.endswith("'"):
            # Not by the names of quantities: 1 − h² would give away what the student must find.
            slope = simplified(term)
            return printed(slope, self._names, self._notation)
        if not isinstance(term, str):
            return printed(self._simplified(term), self._names, self._notation)
        name = term.removeprefix("function:")
        return function_name(name, self._names, self._notation) if name != term else term


def simplest(matches: Sequence[Match]) -> list[Match]:
    """The simplest explanation, and others that are about as simple and mean something else."""
    kinds: dict[object, Match] = {}
    for match in matches:
        if match.rank[1] <= matches[0].rank[1] + LESS_LIKELY:
            kinds.setdefault((_family(match), match.factor), match)
    return list(kinds.values())[: 1 + MOST_ALTERNATIVES]


def _family(match: Match) -> frozenset[object]:
    """The meaning of an explanation, whatever its code."""
    codes = (fault.mistake.code for fault in match.faults)
    return frozenset(next((one for one in _FAMILIES if code in one), code) for code in codes)


def printed(node: Expression, names: Names, notation: str) -> str:
    """An expression in the student's notation, cut at a blank if it is long."""
    write: Print = printing.field if notation == "latex" else printing.infix
    text = write(transform(node, _without_axis), names)
    return (
        text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0] or text[:LONGEST]} …"
    )


def _without_axis(node: Expression) -> Expression:
    """The node without an axis that is obvious: all entries, or the only axis of a vector."""
    if not (isinstance(node, Apply) and len(node.args) == len(node.params) == 1):
        return node
    is_whole = node.params == (None,) or 1 in node.args[0].shape
    return replace(node, params=()) if is_whole else node


def function_name(primitive: str, names: Names, notation: str) -> str:
    """The problem's name for a function, such as σ for relu."""
    if notation == "latex" and primitive in names.function_latex():
        spelled = names.function_latex()[primitive].removeprefix("\\")
        return GREEK.get(spelled, spelled)
    return names.function_names().get(primitive, primitive)


def constant_message(factor: float, with_mistakes: bool = False) -> Message:
    """The message for an answer that is a constant times the right one."""
    opposite = named_factor(factor) == "-1"  # but for rounding
    hints = ("check the signs" if opposite else "a constant factor is wrong",)
    if opposite:
        text = "the sign is wrong" if not with_mistakes else "the sign is wrong too"
        return Message(
            Kind.MISTAKE, text, "sign", None, (*hints, "which sign should the answer have?")
        )
    times = times_text(factor)
    text = f"the answer is {times} what it should be" if not with_mistakes else (
        f"in addition, the answer is {times} what it would be otherwise")  # fmt: skip
    return Message(Kind.MISTAKE, text, "constant-factor", None, (*hints, "compare the constants"))


def times_text(factor: float) -> str:
    """A constant as in "twice what it should be"."""
    sign = "minus " if factor < 0 else ""
    if named_factor(factor) == "-1":
        return "minus"
    named = named_factor(abs(factor))
    if named in _TIMES:
        return sign + _TIMES[named]
    return f"{sign}{named or format(abs(factor), '.6g')} times"
