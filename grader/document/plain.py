"""Formulas in lines without dollars: `∂l/∂W³₁₁ = δ h²₁`, `dW2 = dZ2 @ A1.T / m`, `3) delta*h2[1]`.

The rule: a line is split into words, numbers and signs. A word is mathematical if it is one letter, has
digits, scripts or Greek letters in it, changes its case as in `dW`, or is called as in `relu(z)`; any
other word is ordinary. The line is a formula if

- it holds nothing but words, numbers and the signs of formulas, and its brackets close;
- every ordinary word is alone between operators, like `pred` in `(pred - y) / m`, and at least half of the
  words and numbers are mathematical: two words in a row are prose;
- it has an equals sign, or it is below a marker and has no ordinary word.

Words before it ("so we get", "Answer:") and a remark after it ("by the chain rule") are cut off if the
rest has no ordinary word. In doubt a line is prose: if a marker has only prose, a human looks.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.document.limits import FORMULA_CHARACTERS
from grader.document.offsets import Range, trimmed
from grader.document.plain_tokens import (
    PlainToken,
    counted,
    has_operator,
    has_relation,
    is_balanced,
    is_mathematical,
    is_scripted,
    tokens_in,
)
from grader.lexicon import Role, find, pattern, words

LONGEST = FORMULA_CHARACTERS  # of a formula without delimiters, over all its lines
_SENTENCE_LONGEST = 500  # characters of a line with words around its formula
_CONTINUED = 12  # lines of a formula whose brackets are open

_JOINERS = frozenset("+-−–*/@·⋅×∘⊙")

_BULLET = re.compile(r"[-*+•‣]\s++")
_WRAPPED = re.compile(r"(?P<mark>\*{1,3}|_{1,3}|`{1,2})(?=[^\s*_`])")
_SENTENCE = re.compile(r"(?<=[^\s.])[.;!]\s++|(?<!\s),?\s++and\s++|\bi\.e\.,?\s++")
_SENTENCES = 8
_DOUBTS = (Role.IF, Role.SUPPOSE, Role.OTHERWISE, Role.WRONG, Role.INSTEAD)
_CONDITION = re.compile(rf"\b(?:{pattern(*_DOUBTS)})\b", re.IGNORECASE)
_COMMENT = re.compile(r"\s(?:#|//)\s")
_SAID = re.compile(r"[*_]{0,3}[^\W\d][^:=\n]{0,80}?:[*_]{0,3}\s{1,9}(?=\S)")
_ANSWER = re.compile(rf"(?:{pattern(Role.ANSWER)})[*_\s]{{0,4}}:[*_\s]*$", re.IGNORECASE)
# A remark may begin at a word after a blank, perhaps behind a sign or a bracket.
_GAP = re.compile(r"(?<=\S)(?P<sign>\s?[,;.]|\s[–—-])?\s++(?P<open>\()?(?P<word>)(?=\w)")
_GAPS = 60
_EXPLAINS = frozenset({Role.SINCE, Role.WHERE, Role.BY, Role.WITH, Role.ALL, Role.THAT_IS})
# `(j = 1, 2, 3)` behind an equation says what its letters run over; at the end of a line, "so" goes on.
_LETTERS = rf"(?:(?:{pattern(Role.FOR, Role.WITH, Role.ALL)})\s){{0,2}}[ijkmn](?:\s?,\s?[ijkmn])*\s?[=∈]\s?"
_RANGE = re.compile(
    rf"(?<!\s)(?:[,;]?\s*+\({_LETTERS}[^()]{{1,40}}\)|[,;\s]\s*+{_LETTERS}\d\s?(?:,|…|\.\.)[\w\s,.…]{{1,40}})\s*+\Z"
)
_JOINS = (Role.CONCLUDE, Role.AND, Role.THEN, Role.SINCE, Role.WHERE, Role.WITH, Role.ALSO)
_CONNECTIVE = re.compile(rf"(?:,\s*+|\s)(?=\w\w)(?:{pattern(*_JOINS)})[,:]?\s*+\Z", re.IGNORECASE)
# Behind a comparison the line is a case distinction, and is not cut.
_COMPARES = re.compile(r"[<>≤≥≠]")
_LEADING_WORDS = 20
_REMARKS = 4
_AHEAD = 80  # characters
_SOON = 4  # tokens
_CASES = words(Role.IF) | words(Role.OTHERWISE) | words(Role.AND) | words(Role.OR)
_ONLY_A_DERIVATIVE = re.compile(r"[∂d][^\s/=]{1,30}/\s?[∂d][^\s/=]{1,30}")
_GRADIENT = re.compile(r"d[A-Za-z]{1,4}_?\d{0,2}")
_BARE_NUMBER = re.compile(r"[-+−]?\d{1,3}(?:\.\d{1,6})?")
_NO_PRIME = re.compile(r"[A-Za-z][’'][a-z]|(?<![\w)\]}'])['’]")


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting of a line: right after a marker, or anywhere below one."""

    behind: bool = False
    below: bool = False


ANYWHERE = Setting()


def logical_line(text: str, start: int, end: int) -> int:
    """The end of the line that begins at `start`, with the lines that continue it.

    Lines continue while brackets are open, or if they are deeper and begin with an operator.
    """
    stop = last = _end_of_line(text, start, end)
    depth = _depth(text[start:stop])
    for _ in range(_CONTINUED):
        if last >= end or last - start > LONGEST:
            break
        following = _end_of_line(text, last + 1, end)
        line = text[last + 1 : following]
        if depth <= 0 and not _goes_on(text[start:stop], line):
            break
        if not line.strip():
            break
        depth += _depth(line)
        last = following
    return last if depth <= 0 else stop


def _goes_on(first: str, line: str) -> bool:
    """Whether a line begins with an operator, deeper than the first one, as in a long sum."""
    indent = len(line) - len(line.lstrip())
    return (
        indent > len(first) - len(first.lstrip())
        and line[indent : indent + 1] in _JOINERS
        and "=" not in line
    )


def formulas_in(text: str, start: int, end: int, setting: Setting = ANYWHERE) -> list[Range]:
    """The formulas of one line of a text, as ranges; the rest of the line is prose."""
    if end - start > LONGEST:
        return []
    start, end = _unwrapped(text, *trimmed(text, start, end))
    if start >= end or text[start] == "|":
        return []  # a line that begins with a bar is a row of a table
    if end - start > _SENTENCE_LONGEST:
        return [(start, end)] if _judged(text, start, end, setting) else []
    return _said(text, start, end, setting) or _cut(text, start, end, setting)


def is_equation(text: str) -> bool:
    """Whether a text is one formula with an equals sign."""
    return len(text) <= LONGEST and _judged(text, 0, len(text), ANYWHERE)


# Cutting


def _end_of_line(text: str, start: int, end: int) -> int:
    newline = text.find("\n", start, end)
    return end if newline < 0 else newline


def _depth(line: str) -> int:
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))


def _unwrapped(text: str, start: int, end: int) -> Range:
    """A line without its bullet, comment, emphasis, backticks, and the full stop at its end."""
    bullet = _BULLET.match(text, start, end)
    if bullet:
        # Without an equals sign, a bullet and a minus look the same.
        if "=" not in text[start:end]:
            return end, end
        start = bullet.end()
    if comment := _COMMENT.search(text, start, end):
        end = comment.start()
    for _ in range(3):
        start, end = _without_stop(text, start, end)
        opened = _WRAPPED.match(text, start, end)
        if opened is None or not text.endswith(opened["mark"], opened.end(), end):
            break
        if opened["mark"] in text[opened.end() : end - len(opened["mark"])]:
            break
        start, end = opened.end(), end - len(opened["mark"])
    return start, end


def _without_stop(text: str, start: int, end: int) -> Range:
    """A range without the full stop, connective or range of letters at its end."""
    body = text[start:end].rstrip(" \t\n.,;")
    for ending in (_CONNECTIVE, _RANGE):
        if cut := ending.search(body):
            body = body[: cut.start()].rstrip(" \t\n.,;")
    return trimmed(text, start, start + len(body))


def _said(text: str, start: int, end: int, setting: Setting) -> list[Range]:
    """`Answer: δ h²₁`: what follows a colon, if that is a formula."""
    said = _SAID.match(text, start, end)
    if said is None:
        return []
    answers = _ANSWER.search(said[0]) is not None
    inner = Setting(behind=answers or setting.behind, below=answers or setting.below)
    left, right = _unwrapped(text, said.end(), end)
    if not answers and not has_operator(tokens_in(text, left, right)):
        return []
    return _cut(text, left, right, inner)


def _cut(text: str, start: int, end: int, setting: Setting) -> list[Range]:
    """A formula without the words before and after it, or the equations in the sentences of a line."""
    if _judged(text, start, end, setting):
        return [(start, end)]
    stops = itertools.islice(_SENTENCE.finditer(text, start, end), _SENTENCES)
    ends = [] if _CONDITION.search(text, start, end) else [stop.span() for stop in stops]
    starts = [start, *(after for _, after in ends)]
    sentences = zip(starts, [*(before for before, _ in ends), end], strict=True)
    return _in_sentence(text, start, end) or [
        found for sentence in sentences for found in _in_sentence(text, *sentence)
    ]


def _in_sentence(text: str, start: int, end: int) -> list[Range]:
    """The equation of a sentence, without the words before it and the remark after it."""
    for remark in (*_remarks(text, start, end), None):
        left, right = _without_stop(text, start, remark.start() if remark else end)
        is_formula = left < right and _judged(text, left, right, ANYWHERE, strict=True)
        if found := [(left, right)] if is_formula else _after_words(text, left, right):
            return found + (_in_sentence(text, remark.start("word"), end) if remark else [])
    return []


def _remarks(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The places where a remark may begin: before a word that explains, or at a sign before any words."""
    explains = {start + mark.start for mark in find(text[start:end]) if mark.roles & _EXPLAINS}
    found = 0
    for gap in itertools.islice(_GAP.finditer(text, start, end), _GAPS):
        is_equation = "=" in text[start : gap.start()]
        begins = gap.end() in explains or (is_equation and _speaks(text, gap, end))
        if (
            not begins
            or _depth(text[start : gap.start()])
            or _COMPARES.search(text, gap.end(), end)
        ):
            continue
        yield gap
        found += 1
        if found == _REMARKS:
            return


def _speaks(text: str, gap: re.Match[str], end: int) -> bool:
    """Whether ordinary words follow, in brackets at any place, behind another sign soon."""
    if gap["open"]:
        closed = text.find(")", gap.end(), end)
        end = end if closed < 0 else closed
    elif not gap["sign"]:
        return False
    tokens = tokens_in(text, gap.end(), min(end, gap.end() + _AHEAD))
    for at, (token, follows) in enumerate(zip(tokens, [*tokens[1:], None], strict=True)):
        is_word = token.kind == "word" and token.text.lower() not in _CASES
        if is_word and _is_prose(token, follows):
            return True
        is_dash = (gap["sign"] or "").strip() in ("–", "—", "-")  # perhaps a minus
        if not gap["open"] and (is_dash or at == _SOON or token.kind == "relation"):
            return False
    return False


def _after_words(text: str, start: int, end: int) -> list[Range]:
    """`so we get dW = …`: an equation behind a few ordinary words."""
    before: PlainToken | None = None
    tokens = tokens_in(text, start, end)
    for token, follows in itertools.pairwise(tokens[:_LEADING_WORDS]):
        if token.kind == "relation":
            return []
        is_prose = token.text == "," or (token.kind == "word" and _is_prose(token, follows))
        if before and not is_prose and _judged(text, token.start, end, ANYWHERE, strict=True):
            return [(token.start, end)]
        before = token if is_prose else None
    return []


def _is_prose(token: PlainToken, follows: PlainToken | None) -> bool:
    """Whether a word before a formula is prose; `I` and `a` are words in a sentence."""
    if token.text in ("I", "a", "A") and follows is not None and follows.kind == "word":
        return not is_mathematical(follows, None)
    return not is_mathematical(token, follows)


# Judging


def _judged(text: str, start: int, end: int, setting: Setting, strict: bool = False) -> bool:
    """Whether all of a range is one formula; `strict` allows no ordinary word in it."""
    tokens = tokens_in(text, start, end)
    if not tokens or any(token.kind == "other" for token in tokens) or _is_diagram(tokens):
        return False
    if _NO_PRIME.search(text, start, end) or not is_balanced(tokens):
        return False
    if _renames(tokens):
        return True
    names, numbers, ordinary = counted(tokens)
    if ordinary > (0 if strict or not names else names + numbers) or not names + numbers:
        return False
    if has_relation(tokens):
        return _is_related(tokens)
    return setting.below and ordinary == 0 and _answers(text[start:end], tokens, setting)


def _is_diagram(tokens: Sequence[PlainToken]) -> bool:
    """Whether arrows lead from one thing to the next: `x → z = W x → h`."""
    arrows = [token.text for token in tokens if token.text in ("→", "←")]
    return "→" in arrows or len(arrows) > 1


def _renames(tokens: Sequence[PlainToken]) -> bool:
    """Whether an equation only renames a gradient: `dbo = dzo`."""
    if len(tokens) != 3 or tokens[1].kind != "relation":
        return False
    return all(token.kind == "word" and _GRADIENT.fullmatch(token.text) for token in tokens[::2])


def _is_related(tokens: Sequence[PlainToken]) -> bool:
    """Whether an equation has two sides, and neither begins nor ends in the middle of a product."""
    first, last = tokens[0], tokens[-1]
    return (
        len(tokens) > 1
        and last.text not in _JOINERS
        and (first.kind != "sign" or first.text not in ("*", "/", "@", ",", ")"))
    )


def _answers(text: str, tokens: Sequence[PlainToken], setting: Setting) -> bool:
    """Whether a formula without an equals sign may be an answer under a marker."""
    if _ONLY_A_DERIVATIVE.fullmatch(text) or tokens[0].text in ("*", "/", "@", ",", "<", ">", "="):
        return False
    if all(token.kind in ("number", "sign") for token in tokens):
        return setting.behind and _BARE_NUMBER.fullmatch(text) is not None
    if setting.behind:
        return True
    names = [token.text for token in tokens if token.kind == "word"]
    return has_operator(tokens) or (len(names) > 1 and any(map(is_scripted, names)))
