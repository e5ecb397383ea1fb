r"""A formula → statements: chains `A = B = C` in rows or side by side, each with its conditions.

Students write chains over many lines and leave out what does not change. Each statement keeps its members
in order: the first names the derivative, the last is the answer, the others are steps. A member with
conditions, `x` for `z > 0`, becomes a case distinction, which the next rows may continue.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader import lexicon
from grader.errors import Span, StudentError
from grader.lexicon import Role
from grader.notation.latex_tokens import DEPTH, Token, outer, tokenize
from grader.notation.names import Names
from grader.notation.sides import solved

_ROWS = frozenset(
    "align aligned alignat alignedat split gather gathered equation multline eqnarray flalign"
    " displaymath math dmath empheq xalignat IEEEeqnarray".split()
)
_ARRAYS = frozenset({"array", "tabular", "matrix", "cases", "dcases", "rcases"})
_PUNCTUATION = frozenset({".", ",", ";"})
_OPEN = frozenset({"(", "[", "\\{", "\\langle"})
_JOINERS = frozenset({"+", "-", "\\cdot", "\\times", "\\odot", "*"})
_COMPARISONS = frozenset({"\\ne", "<", ">", "\\le", "\\ge"})
_EQUALS = frozenset({"=", "\\approx"})
_INDICES = frozenset("ijkmnpqrst") | {"\\ell"}  # letters that count
_DERIVATIVES = frozenset({"\\frac", "\\partial", "\\nabla"})
_NUMBERS = frozenset({"R", "\\R", "\\RR", "\\Re"})  # in remarks such as "∈ R^n"
_BREAKS = frozenset({"\\\\", "\\quad", "\\Rightarrow"})
_CASE_WORDS = frozenset({"if", "when", "for", "where"})
_OTHERWISE = frozenset({"otherwise", "else", "elsewhere"})
_ALTERNATIVES = frozenset({"or", "\\vee"})
_WORDS = _CASE_WORDS | _OTHERWISE | _ALTERNATIVES | {"with", "let", "then", "and"}
_ENDS = _EQUALS | _COMPARISONS | {"\\in", ",", "\\\\", "\\quad"}
_AHEAD = 500  # tokens to search for an `=`
_REASONS = frozenset({Role.SINCE, Role.BY})
_UNDEFINED = re.compile(lexicon.pattern(Role.UNDEFINED), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of members, each a run of tokens; a formula without `=` is a chain of one.

    An empty last member means that the right side is missing (`∂σ(x)/∂x =`). `approximate` are the members
    behind `≈` that an exact one comes before. `before` are words at the beginning of the formula, `behind`
    those that follow the statement; neither is read. A `reason` only explains another statement.
    """

    members: tuple[tuple[Token, ...], ...]
    source: str
    approximate: tuple[tuple[Token, ...], ...] = ()
    before: str = ""
    behind: str = ""
    reason: bool = False

    @property
    def left(self) -> tuple[Token, ...] | None:
        """The member left of the first `=`; None if there is no `=`."""
        return self.members[0] if len(self.members) > 1 else None

    @property
    def answer(self) -> tuple[Token, ...]:
        """The last member."""
        return self.members[-1]

    @property
    def span(self) -> Span:
        """The span from the first token to the last."""
        tokens = [token for member in self.members for token in member]
        return Span(tokens[0].start, tokens[-1].end) if tokens else Span(0, 1)

    def text(self, member: Sequence[Token]) -> str:
        """A member as the student wrote it."""
        return self.source[member[0].start : member[-1].end] if member else ""


def equations(text: str, names: Names, *, plain: bool = False) -> list[Equation]:
    """The equations of one formula, in reading order; `plain` as in `tokenize`.

    Raises Unreadable, TooLarge.
    """
    try:
        tokens = tokenize(text, names, plain=plain)
    except StudentError as error:
        raise error.located(text) from None
    statements = _Statements()
    for segment in _segments(_without_ranges(_laid_out(tokens))):
        statements.add(segment)
    statements.end()
    return [chain.equation(text) for chain in statements.chains if any(chain.members)]


# Layout


def _laid_out(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without environments that only lay out rows; `&` and `\\\\` in brackets are layout too."""
    texts = {token.text for token in tokens}
    if texts.isdisjoint(("\\begin", "&", "\\\\")):
        return list(tokens)
    layout, gaps = _layout(tokens) if "\\begin" in texts else (set[int](), set[int]())
    kept: list[Token] = []
    opened: list[str] = []
    for at, token in enumerate(tokens):
        if at in gaps:
            kept.append(token._replace(kind="command", text="\\quad"))
        if at in layout or (token.text in ("&", "\\\\") and opened and opened[-1] in _OPEN):
            continue
        step = DEPTH.get(token.text, 0)
        if step > 0:
            opened.append(token.text)
        elif step < 0 and opened:
            opened.pop()
        kept.append(token)
    return kept


class _Environment(NamedTuple):
    """An environment that is still open; of each row so far the first `&`, True for an equation."""

    name: str
    begin: int
    rows: list[int | None]
    columns: list[int]  # the `&` of the last row
    gaps: list[int]  # those with a gap before something else: `a = b & i = j`


def _layout(tokens: Sequence[Token]) -> tuple[set[int], set[int]]:
    """The places of tokens that only lay out rows, and of those that separate statements in a row."""
    found: set[int] = set()
    gaps: set[int] = set()
    stack: list[_Environment | None] = []
    for at, token in enumerate(tokens):
        inside = stack[-1] if stack else None
        step = DEPTH.get(token.text, 0)
        if token.text == "\\begin" and step:
            stack.append(_Environment(_name(tokens, at), at, [None], [], []))
        elif step > 0:
            stack.append(None)
        elif step < 0 and stack:
            ended = stack.pop()
            if ended is not None and token.text == "\\end" and _lays_out(ended, tokens):
                found.update(_delimiters(tokens, ended, at))
                gaps.update(ended.gaps)
        elif inside is None:
            continue
        elif token.text == "\\\\":
            inside.rows.append(None)
            inside.columns.clear()
        elif token.text == "&":
            if inside.rows[-1] is True and _is_gap(inside, tokens, at):
                inside.gaps.append(at)
            elif inside.rows[-1] is None:
                inside.rows[-1] = at
            inside.columns.append(at)
        elif token.text in _EQUALS and inside.rows[-1] in (None, at - 1):
            inside.rows[-1] = True
    return found, gaps


def _is_gap(inside: _Environment, tokens: Sequence[Token], at: int) -> bool:
    """Whether an `&` behind an equation sets a gap: in an array, or between the equations of a row."""
    neighbours = {token.text for token in tokens[at - 1 : at + 2 : 2]}
    in_array = inside.name in _ARRAYS
    return (in_array or len(inside.columns) % 2 == 1) and neighbours.isdisjoint(
        _EQUALS | _JOINERS | {"&", "\\\\", "\\end"}
    )


def _name(tokens: Sequence[Token], at: int) -> str:
    return tokens[at + 2].text.rstrip("*") if at + 2 < len(tokens) else ""


def _lays_out(environment: _Environment, tokens: Sequence[Token]) -> bool:
    """Whether an environment holds equations.

    Of an array some rows must be equations, and no bracket may be around it. If it may be a case
    distinction, all rows must be equations, and nothing may be before it.
    """
    name, begin, rows, *_ = environment
    before = tokens[begin - 1].text if begin else "\\\\"
    is_equation = [row is True for row in (rows if rows[-1] is not None else rows[:-1])]
    if before == "\\{" or name in _CASES:
        outside = (
            tokens[begin - 1 - (before == "\\{")].text if begin > (before == "\\{") else "\\\\"
        )
        return bool(is_equation) and all(is_equation) and outside in _BREAKS
    if name in ("array", "tabular", "matrix"):
        return any(is_equation) and before not in ("(", "[", "|", "\\|")
    return name in _ROWS


_CASES = frozenset({"cases", "dcases", "rcases"})


def _delimiters(tokens: Sequence[Token], environment: _Environment, end: int) -> Iterator[int]:
    """The places of `\\begin{…}`, `\\end{…}`, and of braces around them."""
    begin = environment.begin
    columns = 3 if environment.name in ("array", "tabular") else 0
    yield from range(begin, begin + 4 + columns)
    yield from range(end, end + 4)
    if begin and tokens[begin - 1].text == "\\{":
        yield begin - 1
        if end + 4 < len(tokens) and tokens[end + 4].text == "\\}":
            yield end + 4


# Separators


class _Segment(NamedTuple):
    """Tokens between separators; `words` are the prose before them, `before` is the last separator."""

    before: Token | None
    words: tuple[Token, ...]
    tokens: list[Token]


def _segments(tokens: Sequence[Token]) -> Iterator[_Segment]:
    """Rows, and statements side by side in a row."""
    outside = {at for at, _ in outer(tokens)}
    before: Token | None = None
    words: list[Token] = []
    segment: list[Token] = []
    for at, token in enumerate(tokens):
        if at not in outside:
            segment.append(token)
        elif _separates(tokens, at, before, segment):
            if trimmed := _trimmed(segment):
                yield _Segment(before, tuple(words), trimmed)
                words, before = [], None
            elif before is not None and before.text in _OTHERWISE:
                yield _Segment(before, tuple(words), [])
                words, before = [], None
            segment = []
            if token.kind == "prose":
                words.append(token)
            is_gap = token.text == "\\quad" and before is not None
            before = before if is_gap else token
        elif token.text != "&":
            segment.append(token)
    yield _Segment(before, tuple(words), _trimmed(segment))


def _separates(
    tokens: Sequence[Token], at: int, before: Token | None, segment: Sequence[Token]
) -> bool:
    """Whether a token ends a statement, or a part of it."""
    token = tokens[at]
    if token.kind == "prose":
        return not _UNDEFINED.match(token.text)
    if token.text in (",", ";"):
        return _says_more(tokens, at + 1) or _follows(tokens, at + 1)[0] in _CASE_WORDS | _OTHERWISE
    if token.text == "\\in":
        return at + 1 < len(tokens) and tokens[at + 1].text in _NUMBERS
    if token.text == ":" and before is not None and before.text in _CASE_WORDS:
        return bool(segment)  # `if x > 0: …`
    is_joint = token.text in ("and", "or", "\\vee")
    if is_joint and segment and before is not None and before.text in _CASE_WORDS:
        return not _restricts(tokens, at + 1)  # `if x > 0 and y > 0` goes on
    return (
        token.text in _BREAKS
        or token.text == "\\vee"
        or (token.kind == "word" and token.text in _WORDS)
    )


def _says_more(tokens: Sequence[Token], at: int) -> bool:
    """Whether an equation, a comparison or a condition follows, not the next entry of a list."""
    ahead = tokens[at : at + 1]
    begins = bool(ahead) and (ahead[0].text in ("\\forall", "\\quad") or _is_word(ahead[0]))
    return begins or _follows(tokens, at)[0] in _EQUALS | _COMPARISONS | {"\\in"}


def _restricts(tokens: Sequence[Token], at: int) -> bool:
    """Whether another condition follows, not another case `0 for z < 0` or `f = 0 for z < 0`."""
    sign, behind = _follows(tokens, at)
    later, end = _follows(tokens, behind)
    if later == "\\quad":
        later, _ = _follows(tokens, end)
    return sign in _COMPARISONS or (sign == "=" and later not in _CASE_WORDS | _OTHERWISE)


def _follows(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The next sign outside of brackets that compares, separates or is a word, and where it ends."""
    depth = 0
    for ahead in range(at, min(at + _AHEAD, len(tokens))):
        token = tokens[ahead]
        depth += DEPTH.get(token.text, 0)
        if depth < 0:
            break
        if depth == 0 and (token.text in _ENDS or _is_word(token)):
            return token.text, ahead + 1
    return "", at


def _is_word(token: Token) -> bool:
    return token.kind == "prose" or (token.kind == "word" and token.text in _WORDS)


def _trimmed(segment: list[Token]) -> list[Token]:
    end = len(segment)
    while end and segment[end - 1].text in _PUNCTUATION:
        end -= 1
    return segment[:end]


# Chains


@dataclass(slots=True)
class _Branch:
    value: list[Token]
    condition: list[Token] = field(default_factory=list)


class _Member(NamedTuple):
    relation: str
    tokens: list[Token]


class _OpenChain:
    """A chain while it is read; the last member has cases, of which one without a condition is open."""

    def __init__(self, members: Sequence[_Member], reason: bool = False) -> None:
        self.members: list[_Member] = []
        self.cases: list[_Branch] = []
        self.before = self.behind = ""
        self.reason = reason
        self.extend(members)

    def extend(self, members: Sequence[_Member]) -> None:
        for member in members:
            self._close()
            self.members.append(member)
            self.cases = [_Branch(member.tokens)]

    def _close(self) -> None:
        """Make the cases of the last member its tokens."""
        if self.members:
            self.members[-1] = _Member(self.members[-1].relation, self._value())

    @property
    def is_conditioned(self) -> bool:
        return bool(self.cases[-1].condition)

    @property
    def value(self) -> list[Token]:
        """The value that is read now."""
        return self.cases[-1].value

    def restrict(self, condition: Sequence[Token]) -> None:
        """Add a condition to the last case."""
        case = self.cases[-1]
        between = (
            [Token("sign", ",", condition[0].start, condition[0].start)] if case.condition else []
        )
        case.condition = [*case.condition, *between, *condition]

    def add_case(self, value: list[Token], condition: Sequence[Token] = ()) -> None:
        self.cases.append(_Branch(value, list(condition)))

    def _value(self) -> list[Token]:
        """The tokens of the last member, as a case distinction if it has conditions."""
        if not any(case.condition for case in self.cases):
            return [token for case in self.cases for token in case.value]
        start = self.cases[0].value[0].start if self.cases[0].value else 0
        rows: list[Token] = _mark("\\begin", start)
        for case in self.cases:
            if case is not self.cases[0]:
                rows.append(Token("command", "\\\\", rows[-1].end, rows[-1].end))
            rows += case.value
            if case.condition:
                at = case.condition[0].start
                rows += [Token("sign", "&", at, at), *case.condition]
        return rows + _mark("\\end", rows[-1].end)

    def equation(self, source: str) -> Equation:
        """The chain without denied members; approximate ones are apart if an exact one comes first."""
        self._close()
        kept = list(
            itertools.takewhile(lambda member: member.relation not in _OPEN_ENDS, self.members)
        )
        exact = list(itertools.takewhile(lambda member: member.relation != "\\approx", kept))
        if len(exact) < 2:
            exact = kept
        members, rest = (
            tuple(tuple(member.tokens) for member in part) for part in (exact, kept[len(exact) :])
        )
        return Equation(
            solved(members), source, rest, self.before, self.behind.strip(), self.reason
        )


def _mark(command: str, at: int) -> list[Token]:
    """`\\begin{cases}` or `\\end{cases}` without width."""
    name = Token("condition", "cases", at, at)
    return [Token("command", command, at, at), Token("sign", "{", at, at), name,
            Token("sign", "}", at, at)]  # fmt: skip


class _Statements:
    """Puts segments together: a new chain, more of the last one, a condition, or a remark about it."""

    def __init__(self) -> None:
        self.chains: list[_OpenChain] = []
        self.last: _OpenChain | None = None  # the last chain that is no reason
        self.ahead: list[Token] = []  # a condition before its value: `if x > 0, …`
        self.said = ""  # before the next statement
        self.in_reason = False

    def add(self, segment: _Segment) -> None:
        before, words, tokens = segment
        said = " ".join(word.text for word in words)
        if before is not None and before.text in ("\\\\", "\\quad", "\\Rightarrow", "then"):
            self.in_reason = False
        explains = before in words and _is_reason(said)
        members = _members(tokens)
        if (explains or self.in_reason) and (len(members) > 1 or _is_remark(before, tokens)):
            self.in_reason = self.last is not None
            self.chains.append(_OpenChain(members, reason=True))
            return
        chain = self.last
        if chain is not None and not explains:
            chain.behind += f" {said}"
        elif not explains:
            self.said = f"{self.said} {said}".strip()
        if before is not None and before.text == "\\in":
            return
        if not tokens:
            if before is not None and before.text in _OTHERWISE and chain is not None:
                chain.restrict([before])
            return
        if chain is not None and _is_range(before, tokens):
            return
        condition = _condition(before, tokens)
        if condition and chain is not None and not chain.is_conditioned and chain.value:
            chain.restrict(condition)
        elif condition:
            self.ahead = condition
        elif chain is None or len(members) > 1:
            self._equation(before, members)
        else:
            self._value(chain, before, tokens)

    def _equation(self, before: Token | None, members: Sequence[_Member]) -> None:
        """A statement with a left side, or the first one."""
        chain = self.last
        is_same = chain is not None and (
            not members[0].tokens or _is_same(chain, members[0].tokens)
        )
        if chain is None or not is_same:
            self.last = chain = _OpenChain(members)
            self.chains.append(chain)
        elif chain.is_conditioned:
            chain.add_case(members[-1].tokens)
        elif members[0].tokens and before is not None and before.text in _SAME_AGAIN:
            self._alternative(chain, before, members[-1].tokens)
        else:
            chain.extend(members[1:])
        chain.before, self.said = chain.before or self.said, ""
        if self.ahead:
            chain.restrict(self.ahead)
            self.ahead = []

    def end(self) -> None:
        """Keep a condition whose value never came, so that nothing of a formula gets lost."""
        if self.ahead and self.last is not None:
            self.last.restrict(self.ahead)
        elif self.ahead:
            self.chains.append(_OpenChain([_Member("", self.ahead)]))

    def _alternative(self, chain: _OpenChain, before: Token, value: Sequence[Token]) -> None:
        chain.value.extend([before._replace(kind="command", text="\\vee"), *value])

    def _value(self, chain: _OpenChain, before: Token | None, tokens: list[Token]) -> None:
        """A segment without `=`. What is no remark stays with the answer, since a part is not the whole."""
        sign = before.text if before is not None else ""
        if self.ahead:
            chain.add_case(tokens, self.ahead)
            self.ahead = []
        elif sign in _OTHERWISE and before is not None and chain.is_conditioned:
            chain.add_case(tokens, [before])
        elif sign in ("and", "\\\\", ",", "\\quad") and chain.is_conditioned:
            if sign in ("and", "\\\\") or not _is_remark(before, tokens):
                chain.add_case(tokens)
        elif sign in _ALTERNATIVES and before is not None:
            self._alternative(chain, before, tokens)
        elif sign == "\\Rightarrow":
            chain.extend([_Member("=", tokens)])
        elif sign == "\\\\":
            self._row(chain, tokens)
        elif not _is_remark(before, tokens):
            chain.value.extend([before, *tokens] if before is not None and chain.value else tokens)

    def _row(self, chain: _OpenChain, tokens: list[Token]) -> None:
        """A row without `=`: more of the row before, or an expression of its own."""
        runs_on = not chain.value or tokens[0].text in _JOINERS or chain.value[-1].text in _JOINERS
        if len(chain.members) > 1 or runs_on:
            chain.value.extend(tokens)
        else:
            self.last = _OpenChain([_Member("", tokens)])
            self.chains.append(self.last)


_SAME_AGAIN = _ALTERNATIVES | {",", ";", "and", "\\quad"}


def _is_same(chain: _OpenChain, left: Sequence[Token]) -> bool:
    """Whether a row repeats the left side of the chain before it."""
    return [token.text for token in chain.members[0].tokens] == [token.text for token in left]


def _is_reason(said: str) -> bool:
    """Whether words begin a reason: `since`, `by the chain rule`."""
    marks = lexicon.find(said)
    return bool(marks) and marks[0].start == 0 and not _REASONS.isdisjoint(marks[0].roles)


# Signs that assert nothing: `A ≠ B`, and `A = B` with a question mark or an exclamation mark above it.
_OPEN_ENDS = frozenset({"\\ne", "\\overset", "\\stackrel"})
_CUTS = _EQUALS | _OPEN_ENDS | {":"}


def _members(tokens: Sequence[Token]) -> list[_Member]:
    """Tokens split at `=`, `≈` and, behind an `=`, at open ends; a colon behind a derivative is its `=`."""
    members = [_Member("", [])]
    cuts = {at for at, token in outer(tokens) if token.text in _CUTS}
    for at, token in enumerate(tokens):
        begun = members[0].tokens[:1]
        is_first = len(members) == 1
        names = bool(begun) and begun[0].text in _DERIVATIVES
        if at in cuts and (
            token.text in _EQUALS
            or (token.text in _OPEN_ENDS and not is_first)
            or (token.text == ":" and is_first and names)
        ):
            members.append(_Member(token.text if token.text != ":" else "=", []))
        else:
            members[-1].tokens.append(token)
    return members


# Conditions, ranges, remarks


def _condition(before: Token | None, segment: Sequence[Token]) -> list[Token]:
    """The condition that a segment states; empty if it states none."""
    tokens = _stripped(segment)
    if not tokens or before is None or _is_range(before, segment):
        return []
    compares = {token.text for _, token in outer(tokens)} & (_COMPARISONS | {"="})
    if before.text in ("if", "for") and before.kind == "word":
        return tokens if compares else []
    if before.text not in (",", "\\quad", "where", "with", "and"):
        return []
    plain = (
        len(tokens) == 3 and tokens[1].text == "=" and _is_index(tokens[0]) and _is_index(tokens[2])
    )
    is_letter = tokens[0].text in _INDICES
    return tokens if (compares and "=" not in compares) or (plain and is_letter) else []


def _is_range(before: Token | None, segment: Sequence[Token]) -> bool:
    """Whether a segment only gives the range of an index: `i = 1, 2`, `\\forall i`."""
    if before is None or not (before.text in (",", "\\quad") or _is_word(before)):
        return False
    tokens = _stripped(segment)
    texts = [token.text for token in tokens]
    if not texts:
        return False
    if texts[0] == "\\forall" or "\\in" in texts:
        return True
    between = [at for at, text in enumerate(texts) if text in ("\\le", "<")]
    if len(between) == 2 and set(texts[between[0] + 1 : between[1]]) <= _INDICES | {","}:
        return True  # 1 ≤ i ≤ n
    if len(texts) == 1 and _is_word(before):
        return texts[0] in _INDICES  # for all j
    several = "," in texts or "\\dots" in texts or ":" in texts
    return texts[0] in _INDICES and "=" in texts and several


def _without_ranges(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without ranges of an index in brackets, such as `(j = 1, 2, 3)`."""
    kept: list[Token] = []
    end = 0
    for at, token in enumerate(tokens):
        if token.text == "(" and at >= end:
            end = _range_in_brackets(tokens, at)
        if at >= end:
            kept.append(token)
    return kept


_RANGE_LENGTH = 24  # tokens
_IN_A_RANGE = frozenset({",", "\\dots", "=", "\\in", "\\{", "\\}", "_", "{", "}", "+", "-"})
_CALLING = frozenset({"=", "+", "-", "^", "_", "\\cdot", "\\times", "\\odot", "\\sum"})


def _range_in_brackets(tokens: Sequence[Token], at: int) -> int:
    """The end of a range in brackets that begins here; 0 if none does."""
    ahead = tokens[at : at + _RANGE_LENGTH]
    texts = [token.text for token in ahead]
    if len(ahead) < 5 or texts[1] not in _INDICES or texts[2] not in ("=", "\\in", ","):
        return 0
    if ")" not in texts or (at and tokens[at - 1].text in _CALLING):
        return 0
    end = texts.index(")")
    said = "=" in texts[:end] or "\\in" in texts[:end]
    several = texts[2] == "\\in" or "," in texts[1:end] or "\\dots" in texts[:end]
    plain = all(t.text in _IN_A_RANGE or t.kind in ("number", "letter") for t in ahead[1:end])
    return at + end + 1 if said and several and plain else 0


def _is_index(token: Token) -> bool:
    return token.text in _INDICES or token.kind == "number"


def _stripped(segment: Sequence[Token]) -> list[Token]:
    """The segment without leading words, outer brackets, and signs at the ends."""
    tokens = list(itertools.dropwhile(lambda t: t.text in (",", "\\quad") or _is_word(t), segment))
    if len(tokens) > 2 and (tokens[0].text, tokens[-1].text) in (("(", ")"), ("[", "]")):
        tokens = tokens[1:-1]
    return _trimmed(tokens)


def _is_remark(before: Token | None, tokens: Sequence[Token]) -> bool:
    """A tag such as (1), words in brackets, a shape, or a range without numbers."""
    texts = [token.text for token in tokens]
    if not texts:
        return False
    if texts[0] == "(" and texts[-1] == ")":
        inside = tokens[1:-1]
        shape = {"\\times"} | {token.text for token in inside if token.kind == "number"}
        if len(inside) == 1 and inside[0].text.isalnum():
            return True
        if any(token.kind == "prose" for token in inside) or (
            "\\times" in texts and set(texts[1:-1]) <= shape
        ):
            return True
    said = before is not None and before.kind == "word" and before.text in ("for", "where", "with")
    return said and not any(token.kind == "number" for token in tokens)
