"""Mistakes in words: the sentence, the hint and the nudge of each, in the student's own notation."""

from collections.abc import Callable, Sequence

from grader.diagnosis.mistake import Fault, Terms
from grader.diagnosis.mutants import Match, named_factor
from grader.expression import Apply, Expression
from grader.notation import Names, printing
from grader.notation.names import GREEK
from grader.result import Kind, Message

Print = Callable[[Expression, Names], str]
LONGEST = 60  # of one factor in a sentence
MOST_ALTERNATIVES = 5
_TIMES = {"2": "twice", "3": "three times", "1/2": "half of", "1/3": "a third of"}


def messages(matches: Sequence[Match], names: Names, notation: str) -> tuple[Message, ...]:
    """What is said of mistakes that all explain an answer: the first in full, the others as "or"."""
    said: dict[str, Message] = {}
    for match in matches:
        for message in _of_match(match, names, notation, alternative=bool(said)):
            said.setdefault(message.text, message)
    return tuple(said.values())


def simplest(matches: Sequence[Match]) -> list[Match]:
    """The simplest explanation of each kind, as many as a student can weigh against each other."""
    kinds: dict[object, Match] = {}
    for match in matches:
        codes = frozenset(fault.mistake.code for fault in match.faults)
        kinds.setdefault((codes, match.factor), match)
    return list(kinds.values())[:MOST_ALTERNATIVES]


def _of_match(match: Match, names: Names, notation: str, alternative: bool) -> list[Message]:
    single = [_message(fault, names, notation) for fault in match.faults]
    if match.factor != 1.0:
        single.append(constant(match.factor, with_mistakes=True))
    if not alternative:
        return single
    text = "or, with the same values: " + "; and ".join(message.text for message in single)
    first = single[0]
    return [Message(first.kind, text, first.code, None, first.hints)]


def _message(fault: Fault, names: Names, notation: str) -> Message:
    mistake = fault.mistake
    filled = [
        _filled(template, fault.way.terms, names, notation)
        for template in (mistake.nudge, mistake.hint, mistake.sentence)
    ]
    return Message(Kind.MISTAKE, filled[2], mistake.code, None, tuple(filled[:2]))


def _filled(template: str, terms: Terms, names: Names, notation: str) -> str:
    return template.format_map({key: _term(term, names, notation) for key, term in terms.items()})


def _term(term: Expression | str, names: Names, notation: str) -> str:
    if isinstance(term, str):
        name = term.removeprefix("function:")
        return function_name(name, names, notation) if name != term else term
    return printed(term, names, notation)


def printed(node: Expression, names: Names, notation: str) -> str:
    """An expression in the student's notation, cut if it is long."""
    write: Print = printing.field if notation == "latex" else printing.infix
    text = write(node, names)
    if len(text) <= LONGEST:
        return text
    function = f" of {node.function}" if isinstance(node, Apply) else ""
    return f"{text[: LONGEST - 1]}…{function}"


def function_name(primitive: str, names: Names, notation: str) -> str:
    """What the problem calls a function: σ for relu."""
    if notation == "latex" and primitive in names.function_latex():
        spelled = names.function_latex()[primitive].removeprefix("\\")
        return GREEK.get(spelled, spelled)
    return names.function_names().get(primitive, primitive)


def constant(factor: float, with_mistakes: bool = False) -> Message:
    """An answer that is a constant times what it should be."""
    hints = ("check the signs" if factor == -1 else "a constant factor is not right",)
    if factor == -1:
        text = "the sign is wrong" if not with_mistakes else "the sign is wrong too"
        return Message(Kind.MISTAKE, text, "sign", None, (*hints, "with which sign does it enter?"))
    said = _times(factor)
    text = f"the answer is {said} what it should be" if not with_mistakes else (
        f"beside that, the answer is {said} what it would be")  # fmt: skip
    return Message(Kind.MISTAKE, text, "constant-factor", None, (*hints, "compare the constants"))


def _times(factor: float) -> str:
    sign = "minus " if factor < 0 else ""
    named = named_factor(abs(factor))
    if named in _TIMES:
        return sign + _TIMES[named]
    return f"{sign}{named or format(abs(factor), '.6g')} times"
