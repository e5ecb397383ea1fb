"""Joins formulas of a paper that are one statement to a reader.

`$∂l/∂z$ is $p - y$`, `$1$ if $x > 0$, else $0$`, `If $i = j$: $…$. If $i \\ne j$: $…$`. A block that begins
with `+` continues the block before it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.claims.clauses import Chunk, pieces_of
from grader.claims.formulas import (
    is_comparison,
    is_condition,
    is_derivative,
    is_mention,
    is_size,
)
from grader.lexicon import Role, language_of, partly_known
from grader.submission import Formula, Item, Prose

# `for $y_1 = 1$` is a special case of a quantity, not of an index.
_ASSUMES = re.compile(r"\s*(?![i-nw]\s*=)[^=<>]*(?<![<>\\:!])=")
_GOES_ON = re.compile(r"\s*(?:&\s*)?(?:\+|-|\*|\\times\b|\\cdot\b|\\odot\b|\\circ\b)")
_HAS_CONDITION = re.compile(r"\\(?:text|mbox|textrm|mathrm)\s*\{([^{}]*)\}")
_REACH = 20_000  # characters from which the language is known
_MOST = 12  # cases of one distinction
_SHORT = 200  # characters of a condition or a left side

_TO_THE_VALUE = frozenset({Role.EQUALS, Role.FILLER, Role.CONCLUDE, Role.PRONOUN, Role.THEN})
_BETWEEN = frozenset({Role.AND, Role.BUT})
_CONDITIONS = frozenset({Role.IF, Role.FOR})
_LEADS = _BETWEEN | _CONDITIONS | {Role.THAT, Role.OTHERWISE}


def language_of_paper(items: Sequence[Item]) -> str:
    """The language of the words of a paper."""
    text = " ".join(item.text for item in items if isinstance(item, Prose))[:_REACH]
    return partly_known(text) or language_of(text)


def statements(items: Sequence[Item], language: str) -> list[Item]:
    """The items of a paper in reading order, with the formulas of one statement joined."""
    return _Joiner(language).joined(items)


@dataclass(frozen=True, slots=True)
class _ValueCase:
    """A value with its condition as LaTeX, and the items that it comes from; `rest` is before them."""

    text: str
    value: Formula
    items: Sequence[Item]
    rest: Prose | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class _Joiner:
    language: str

    def joined(self, items: Sequence[Item]) -> list[Item]:
        found: list[Item] = []
        items = self._with_cases(items)
        for at, item in enumerate(items):
            if isinstance(item, Formula):
                self._take(found, item)
            elif isinstance(item, Prose) and self._ends_a_case(found, items[at : at + 2]):
                last = found[-1]
                assert isinstance(last, Formula)
                found[-1] = replace(last, text=f"{last.text} \\text{{otherwise}}")
                if rest := item.text[self._words(item)[0].end :].strip(" .,;"):
                    found.append(replace(item, text=rest))
            else:
                found.append(item)
        return found

    def _words(self, prose: Item | None) -> list[Chunk]:
        """The words of a text without the signs between them."""
        text = prose.text if isinstance(prose, Prose) else ""
        return [piece for piece in pieces_of(text, self.language) if not piece.stop]

    def _says_only(self, prose: Item | None, roles: frozenset[Role]) -> bool:
        return isinstance(prose, Prose) and all(word.roles & roles for word in self._words(prose))

    # Two formulas

    def _take(self, found: list[Item], formula: Formula) -> None:
        prose = found[-1] if found and isinstance(found[-1], Prose) else None
        before = found[-2] if prose is not None and len(found) > 1 else found[-1] if found else None
        text = None
        if isinstance(before, Formula) and before.notation == formula.notation:
            text = self._together(before, prose, formula)
        if text is None or not isinstance(before, Formula):
            found.append(formula)
            return
        if prose is not None:
            found.pop()
        found[-1] = replace(before, text=text)

    def _together(self, before: Formula, prose: Prose | None, formula: Formula) -> str | None:
        """The text of two formulas as one, None if they are two."""
        if prose is None:
            both = before.display and formula.display and _GOES_ON.match(formula.text)
            return f"{before.text}\n{formula.text}" if both else None
        said = prose.text.strip()
        if self._gives_the_value(said, prose) and _is_named(before.text, formula.text):
            return f"{before.text} = {formula.text.lstrip(' =&')}"
        words = self._words(prose)
        if (said == "+" or _are(words, Role.PLUS)) and "=" not in formula.text:
            return f"{before.text} + {formula.text}"
        if _are(words, Role.THAT_IS) and _repeats(before.text, formula.text):
            return f"{before.text} = {formula.text}"
        if before.display or formula.display or "\n" in before.text + formula.text:
            return None
        return self._with_condition(before, words, formula)

    def _gives_the_value(self, said: str, prose: Prose) -> bool:
        """Whether words lead from a left side to its value: `is`, `which simplifies to`, `:`."""
        if said in ("=", ":=", ":"):
            return True
        has_verb = any(word.has(Role.EQUALS) for word in self._words(prose))
        return has_verb and said[:1] not in (";", "(") and self._says_only(prose, _TO_THE_VALUE)

    def _with_condition(self, before: Formula, words: list[Chunk], formula: Formula) -> str | None:
        if not all(word.roles & _LEADS or _may_lead(word, formula) for word in words):
            return None
        if any(word.has(Role.OTHERWISE) for word in words):
            return f"{before.text}, \\text{{ otherwise }} {formula.text}"
        conditioned = any(not word.roles & _BETWEEN for word in words)
        if conditioned and not _ASSUMES.match(formula.text):
            return f"{before.text} \\text{{ for }} {formula.text}"
        if not conditioned and "\\text{ for }" in before.text:
            return f"{before.text} \\text{{ and }} {formula.text}"
        return None

    def _ends_a_case(self, found: Sequence[Item], ahead: Sequence[Item]) -> bool:
        """Whether prose says "otherwise" after the value of the last case."""
        prose, *following = ahead
        last = found[-1] if found else None
        words = self._words(prose)
        if not isinstance(last, Formula) or "\\text{ for }" not in last.text:
            return False
        if not words or not words[0].has(Role.OTHERWISE):
            return False
        return len(words) > 1 or not (following and isinstance(following[0], Formula))

    # Case distinctions over several formulas

    def _with_cases(self, items: Sequence[Item]) -> list[Item]:
        found: list[Item] = []
        at = 0
        while at < len(items):
            cases = list(itertools.islice(self._cases(items, at), _MOST))
            if len(cases) > 1:
                found += self._distinction(cases)
                at += sum(len(case.items) for case in cases)
            else:
                found.append(items[at])
                at += 1
        return found

    def _cases(self, items: Sequence[Item], at: int) -> Iterator[_ValueCase]:
        """The cases that follow each other from a place on."""
        case = self._case(items, at)
        while case is not None:
            yield case
            at += len(case.items)
            case = None if case.last else self._following(items, at)

    def _following(self, items: Sequence[Item], at: int) -> _ValueCase | None:
        """The next case of a distinction, perhaps "otherwise"."""
        ahead = items[at : at + 2]
        if len(ahead) == 2 and isinstance(value := ahead[1], Formula) and value.notation == "latex":
            words = self._words(ahead[0])
            leads = _BETWEEN | _TO_THE_VALUE | {Role.OTHERWISE}
            if any(word.has(Role.OTHERWISE) for word in words) and self._says_only(ahead[0], leads):
                text = f"\\text{{ otherwise }} {_body(value.text.rpartition('=')[2])}"
                return _ValueCase(text, value, ahead, last=True)
        case = self._case(items, at)
        if case is not None and (
            case.rest is None or self._says_only(items[at], _BETWEEN | _CONDITIONS)
        ):
            return case
        if ahead and self._says_only(ahead[0], _BETWEEN):
            inner = self._case(items, at + 1)
            if inner is not None and inner.rest is None:
                return replace(inner, items=items[at : at + 1 + len(inner.items)])
        return None

    def _case(self, items: Sequence[Item], at: int) -> _ValueCase | None:
        """The case at a place: words, condition, words, value; or a value with its condition."""
        first = items[at] if at < len(items) else None
        if isinstance(first, Formula) and first.notation == "latex" and self._conditioned(first):
            return _ValueCase(_body(first.text), first, items[at : at + 1])
        words = self._words(first)
        led = bool(words) and words[-1].has(*_CONDITIONS)
        said = items[at + led : at + led + 3]
        if len(said) < 3:
            return None
        condition, between, value = said
        if not isinstance(condition, Formula) or not isinstance(value, Formula):
            return None
        if condition.notation != "latex" or not is_condition(condition.text):
            return None
        if value.notation != "latex" or not self._says_only(between, _TO_THE_VALUE):
            return None
        if not led and not (isinstance(between, Prose) and between.text == ":"):
            return None
        text = f"{_body(value.text)} \\text{{ for }} {_body(condition.text)}"
        rest = first if isinstance(first, Prose) else None
        return _ValueCase(text, value, items[at : at + led + 3], rest)

    def _conditioned(self, formula: Formula) -> bool:
        """Whether a formula has its own condition: `… \\text{ if } i = j`."""
        said = _HAS_CONDITION.findall(formula.text)
        words = (pieces_of(text, self.language) for text in said)
        return any(word and word[0].has(*_CONDITIONS) for word in words)

    def _distinction(self, cases: Sequence[_ValueCase]) -> Iterator[Item]:
        first = cases[0]
        if first.rest is not None:
            words = self._words(first.rest)
            if rest := first.rest.text[: words[-1].start].strip():
                yield replace(first.rest, text=rest)
        text = first.text
        for case in cases[1:]:
            text += f" {case.text}" if case.last else f" \\text{{ and }} {case.text}"
        yield replace(first.value, text=text)


def _are(words: Sequence[Chunk], role: Role) -> bool:
    return bool(words) and all(word.has(role) for word in words)


def _may_lead(word: Chunk, formula: Formula) -> bool:
    """Whether "where", "given" or "at" before a comparison makes it a condition."""
    return word.has(Role.WHERE, Role.WITH, Role.AT, Role.FILLER) and is_comparison(formula.text)


def _is_named(left: str, right: str) -> bool:
    """Whether a formula is a derivative alone, and the next formula may be its value."""
    is_alone = len(left) <= _SHORT and not _is_equation(left)
    return is_alone and is_derivative(left) and not is_size(right)


def _repeats(before: str, formula: str) -> bool:
    """Whether a value behind "that is" is the same as the one before it."""
    return not _is_equation(formula) and not is_mention(formula) and not is_mention(before)


def _is_equation(text: str) -> bool:
    return any(sign in text for sign in ("=", "\\equiv", "≡"))


def _body(text: str) -> str:
    return text.strip(" .,;\n")
