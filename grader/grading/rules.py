"""The author's rules: further right answers, required names and forms, foreseen mistakes."""

from collections.abc import Callable, Collection

from grader.comparison import compare
from grader.errors import StudentError
from grader.expression import SCALAR, Apply, Expression, Matrix, Symbol, Tabulate, symbols_in
from grader.key import QuestionKey
from grader.primitives import Array
from grader.problem import KnownMistake
from grader.result import Kind, Message

BROKEN = frozenset({"forbidden-symbol", "required-symbol", "wrong-form"})
"""The codes of messages from `broken_rule`."""


def broken_rule(key: QuestionKey, node: Expression) -> Message | None:
    """The first rule about names or form that an answer breaks, whatever its value."""
    rules = key.question.rules
    used = symbols_in(node) if rules.forbid or rules.require else ()
    for name in rules.forbid:
        if name in used:
            text = f"the question asks for an answer without {name}: write out what {name} is"
            return Message(Kind.MISTAKE, text, "forbidden-symbol")
    for name in rules.require:
        if name not in used:
            text = f"the question asks for an answer in terms of {name}"
            return Message(Kind.MISTAKE, text, "required-symbol")
    return _wrong_form(key, node)


def _wrong_form(key: QuestionKey, node: Expression) -> Message | None:
    form, indexed = key.question.rules.form, key.is_indexed(node) or _is_spread(key, node)
    if form == "entries" and key.grid != SCALAR and not isinstance(node, Matrix):
        return Message(Kind.MISTAKE, "the question asks for every entry written out", "wrong-form")
    if form == "index" and not indexed:
        text = "the question asks for one formula in its index variables"
        return Message(Kind.MISTAKE, text, "wrong-form")
    return None


def _is_spread(key: QuestionKey, node: Expression) -> bool:
    """Whether an array may have been written by its entries.

    For a matrix, `W[i,j]` is read as `W` and `W[j,i]` as its transpose, so both forms are allowed.
    """
    named = node.args[0] if isinstance(node, Apply) and node.function == "transpose" else node
    return isinstance(node, Tabulate) or (1 not in key.grid and isinstance(named, Symbol))


class Alternatives:
    """The further right answers and foreseen mistakes of one question, with their values."""

    def __init__(self, key: QuestionKey) -> None:
        self._key = key
        self._right = [self._valued(node) for node in key.question.rules.accept]
        self._wrong = [
            (rule, self._valued(rule.expression) if rule.expression is not None else None)
            for rule in key.question.rules.mistakes
        ]

    def accepts(self, node: Expression, got: Array) -> bool:
        """Whether an answer has the values of a further right answer."""
        return any(self._is(one, node, got) for one in self._right)

    def mistake(
        self, node: Expression | None, got: Array | None, codes: Collection[str]
    ) -> KnownMistake | None:
        """The first foreseen mistake of an answer, by its values or by diagnosed `codes`; None if none."""
        for rule, value in self._wrong:
            if rule.code in codes:
                return rule
            if node is not None and got is not None and self._is(value, node, got):
                return rule
        return None

    def _valued(self, node: Expression) -> tuple[Array, Array] | None:
        """The values and rounding noise of an author's expression; None if it has no value on the draws."""
        try:
            self._key.check_shape(node, ())
            value = self._key.evaluate(node)
            return value, self._key.noise_of(node, value)
        except StudentError:
            return None

    def _is(self, one: tuple[Array, Array] | None, node: Expression, got: Array) -> bool:
        if one is None:
            return False
        noise: Callable[[], Array] = lambda: self._key.noise_of(node, got)  # noqa: E731
        return compare(got, *one, noise).correct
