r"""A formula → statements: chains `A = B = C` in rows or side by side, each with its conditions.

Students write chains over many lines and leave out what does not change. Each statement keeps its members
in order: the first names the derivative, the last is the answer, the others are steps. A member with
conditions, `x` for `z > 0`, becomes a case distinction, which the next rows may continue.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader import lexicon
from grader.errors import Span, StudentError
from grader.lexicon import Role
from grader.notation.grammar.trees import (
    Enclosed,
    Tree,
    Trees,
    environment_of,
    first_of,
    leaves,
    split,
    trees,
)
from grader.notation.latex_tokens import CASE_WORDS, PUNCTUATION, UNDEFINED, WORDS, Token, tokenize
from grader.notation.names import Names
from grader.notation.sides import DERIVATIVES, solved

_ROWS = frozenset(
    "align aligned alignat alignedat split gather gathered equation multline eqnarray flalign"
    " displaymath math dmath empheq xalignat IEEEeqnarray".split()
)
_CASES = frozenset({"cases", "dcases", "rcases"})
_ARRAYS = _CASES | {"array", "tabular", "matrix"}
_MARKS = frozenset({"*", "\\star", "\\dagger", "\\ddagger"})
_OPEN = frozenset({"(", "[", "\\{", "\\langle"})
_JOINERS = frozenset({"+", "-", "\\cdot", "\\times", "\\odot", "*"})
_COMPARISONS = frozenset({"\\ne", "<", ">", "\\le", "\\ge"})
_EQUALS = frozenset({"=", "\\approx"})
_INDICES = frozenset("ijkmnpqrst") | {"\\ell"}  # letters that count
_NUMBERS = frozenset({"R", "\\R", "\\RR", "\\Re"})  # in remarks such as "∈ R^n"
_BREAKS = frozenset({"\\\\", "\\quad", "\\Rightarrow"})
_OF_CASES = CASE_WORDS | {"otherwise"}
_BEFORE_CONDITION = _OF_CASES | {"&", ",", "\\quad"}
_ALTERNATIVES = frozenset({"or", "\\vee"})
_ENDS = _EQUALS | _COMPARISONS | {"\\in", ",", "\\\\", "\\quad"}
_RUN_ON = _EQUALS | _JOINERS | {"&", "\\\\"}  # an `&` beside them sets no gap
_AHEAD = 500  # tokens to search for an `=`
_REASONS = frozenset({Role.SINCE, Role.BY})


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
        run = trees(tokenize(text, names, plain=plain), text, strict=False)
    except StudentError as error:
        raise error.located(text) from None
    statements = _Statements()
    for segment in _segments(_laid_out(run)):
        statements.add(segment)
    statements.end()
    return [chain.equation(text) for chain in statements.chains if any(chain.members)]


# Layout


def _laid_out(run: Trees, opened: str = "\\\\") -> list[Tree]:
    """The trees without environments that only lay out rows, and without ranges of an index in brackets.

    `opened` is what they stand in. In brackets `&` and `\\\\` are layout too.
    """
    kept: list[Tree] = []
    before = opened
    for tree in run:
        if isinstance(tree, Token):
            kept += [tree] if tree.text not in ("&", "\\\\") or opened not in _OPEN else []
            before = tree.text if tree.kind != "bold" else "\\mathbf"
            continue
        environment = environment_of(tree)
        if tree.text == "{" and before in _BREAKS and any(map(_is_rows, tree.trees)):
            kept += _laid_out(tree.trees, opened)  # a box around rows
        elif environment is not None and _lays_out(environment, before, environment is not tree):
            kept += _laid_out([*_with_gaps(environment)], opened)
        elif not _is_range_in_brackets(tree, before):
            is_cases = opened == "\\{" or tree.name in _CASES
            inside = _without_steps(tree.trees) if is_cases else tree.trees
            kept.append(tree._replace(trees=tuple(_laid_out(inside, tree.text))))
        before = tree.last.text
    return kept


def _without_steps(run: Trees) -> list[Tree]:
    """The rows of a case distinction without the steps to a value: `a = b & i = j` as `b & i = j`."""
    kept: list[Tree] = []
    start, is_value = 0, True
    for tree in run:
        if tree.text == "\\\\" or tree.text in _BEFORE_CONDITION:
            is_value = tree.text == "\\\\"
        elif is_value and tree.text in _EQUALS:
            del kept[start:]
            continue
        kept.append(tree)
        start = len(kept) if tree.text == "\\\\" else start
    return kept


def _is_rows(tree: Tree) -> bool:
    return isinstance(tree, Enclosed) and tree.name in _ROWS


def _lays_out(environment: Enclosed, before: str, braced: bool) -> bool:
    """Whether an environment holds equations.

    Of an array some rows must be equations, and no bracket may be around it. If it may be a case
    distinction, all rows must be equations, and nothing may be before it.
    """
    *rows, last = (_begins_equation(row) for row in split(environment.trees, "\\\\"))
    rows += [] if last is None else [last]
    if braced or environment.name in _CASES:
        return bool(rows) and all(rows) and before in _BREAKS
    if environment.name in ("array", "tabular", "matrix"):
        return any(rows) and before not in ("(", "[", "|", "\\|", "\\{")
    return environment.name in _ROWS


def _begins_equation(row: Trees) -> bool | None:
    """Whether an `=` comes before the first `&` or right behind it; None for a row without both."""
    for at, tree in enumerate(row):
        if tree.text == "&":
            return at + 1 < len(row) and row[at + 1].text in _EQUALS
        if tree.text in _EQUALS:
            return True
    return None


def _with_gaps(environment: Enclosed) -> Iterator[Tree]:
    """The trees of an environment, with a gap for each `&` between an equation and something else.

    That is any of an array, and every second one of other rows: `a = b & i = j`.
    """
    run, row = environment.trees, 0
    for at, tree in enumerate(run):
        if tree.text == "\\\\":
            row = at + 1
        elif tree.text == "&" and at + 1 < len(run) and _begins_equation(run[row:at]):
            columns = sum(one.text == "&" for one in run[row:at])
            if (environment.name in _ARRAYS or columns % 2) and not (
                {run[at - 1].text, run[at + 1].text} & _RUN_ON
            ):
                tree = first_of(tree)._replace(kind="command", text="\\quad")
        yield tree


# Separators


_NOTHING = Token("", "", 0, 0)  # before the first segment, and behind words


class _Segment(NamedTuple):
    """Tokens between separators; `words` are the prose before them, `before` is the last separator."""

    before: Token
    words: tuple[Token, ...]
    tokens: list[Tree]


def _segments(tokens: Trees) -> Iterator[_Segment]:
    """Rows, and statements side by side in a row."""
    before = _NOTHING
    words: list[Token] = []
    segment: list[Tree] = []
    for at, token in enumerate(tokens):
        if isinstance(token, Enclosed):
            segment.append(token)
        elif _separates(tokens, at, before, segment):
            if trimmed := _trimmed(segment):
                yield _Segment(before, tuple(words), trimmed)
                words, before = [], _NOTHING
            elif before.text == "otherwise":
                yield _Segment(before, tuple(words), [])
                words, before = [], _NOTHING
            segment = []
            if token.kind == "prose":
                words.append(token)
            before = before if token.text == "\\quad" and before.text else token
        elif token.text != "&":
            segment.append(token)
    yield _Segment(before, tuple(words), _trimmed(segment))


def _separates(tokens: Trees, at: int, before: Token, segment: Trees) -> bool:
    """Whether a token ends a statement, or a part of it."""
    token = tokens[at]
    if token.kind == "prose":
        return not UNDEFINED.match(token.text)
    if token.text in (",", ";"):
        return _says_more(tokens, at + 1) or _follows(tokens, at + 1)[0] in _OF_CASES
    if token.text == "\\in":
        return at + 1 < len(tokens) and tokens[at + 1].text in _NUMBERS
    if token.text == ":" and before.text in CASE_WORDS:
        return bool(segment)  # `if x > 0: …`
    is_joint = token.text in ("and", "or", "\\vee")
    if is_joint and segment and before.text in CASE_WORDS:
        return not _restricts(tokens, at + 1)  # `if x > 0 and y > 0` goes on
    return (
        token.text in _BREAKS
        or token.text == "\\vee"
        or (token.kind == "word" and token.text in WORDS)
    )


def _says_more(tokens: Trees, at: int) -> bool:
    """Whether an equation, a comparison or a condition follows, not the next entry of a list."""
    ahead = tokens[at : at + 1]
    begins = bool(ahead) and (ahead[0].text in ("\\forall", "\\quad") or _is_word(ahead[0]))
    return begins or _follows(tokens, at)[0] in _EQUALS | _COMPARISONS | {"\\in"}


def _restricts(tokens: Trees, at: int) -> bool:
    """Whether another condition follows, not another case `0 for z < 0` or `f = 0 for z < 0`."""
    sign, behind = _follows(tokens, at)
    later, end = _follows(tokens, behind)
    if later == "\\quad":
        later, _ = _follows(tokens, end)
    return sign in _COMPARISONS or (sign == "=" and later not in _OF_CASES)


def _follows(tokens: Trees, at: int) -> tuple[str, int]:
    """The next sign outside of brackets that compares, separates or is a word, and where it ends."""
    for ahead in range(at, min(at + _AHEAD, len(tokens))):
        if tokens[ahead].text in _ENDS or _is_word(tokens[ahead]):
            return tokens[ahead].text, ahead + 1
    return "", at


def _is_word(token: Tree) -> bool:
    return token.kind == "prose" or (token.kind == "word" and token.text in WORDS)


def _trimmed(segment: list[Tree]) -> list[Tree]:
    """The segment without punctuation and the mark of a note, `(*)`, at its end."""
    end = len(segment)
    while end and (segment[end - 1].text in PUNCTUATION or _is_mark(segment[:end])):
        end -= 1
    return segment[:end]


def _is_mark(segment: Trees) -> bool:
    """Whether a run ends in a bracket that holds nothing but stars and daggers."""
    *before, last = segment
    inside = leaves(last.trees) if isinstance(last, Enclosed) else []
    is_script = bool(before) and before[-1].text in ("^", "_")
    marks = [token.text for token in inside if token.text not in ("(", ")")]
    return bool(marks) and set(marks) <= _MARKS and not is_script


# Chains


@dataclass(slots=True)
class _Branch:
    value: list[Tree]
    condition: list[Tree] = field(default_factory=list)


class _Member(NamedTuple):
    relation: str
    tokens: list[Tree]


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
    def value(self) -> list[Tree]:
        """The value that is read now."""
        return self.cases[-1].value

    def restrict(self, condition: Trees) -> None:
        """Add a condition to the last case."""
        case = self.cases[-1]
        comma = Token("sign", ",", condition[0].start, condition[0].start)
        case.condition += [comma, *condition] if case.condition else condition

    def add_case(self, value: list[Tree], condition: Trees = ()) -> None:
        self.cases.append(_Branch(value, list(condition)))

    def _value(self) -> list[Tree]:
        """The tokens of the last member, as a case distinction if it has conditions."""
        if not any(case.condition for case in self.cases):
            return [token for case in self.cases for token in case.value]
        start = self.cases[0].value[0].start if self.cases[0].value else 0
        rows: list[Tree] = [Token("command", "\\begin", start, start, "cases")]
        for case in self.cases:
            end = rows[-1].end
            rows += [Token("command", "\\\\", end, end)] if case is not self.cases[0] else []
            rows += case.value
            if case.condition:
                at = case.condition[0].start
                rows += [Token("sign", "&", at, at), *case.condition]
        end = rows[-1].end
        return [*rows, Token("command", "\\end", end, end, "cases")]

    def equation(self, source: str) -> Equation:
        """The chain without denied members; approximate ones are apart if an exact one comes first."""
        self._close()
        kept = [*itertools.takewhile(lambda one: one.relation not in _OPEN_ENDS, self.members)]
        exact = [*itertools.takewhile(lambda one: one.relation != "\\approx", kept)]
        if len(exact) < 2:
            exact = kept
        members, rest = (
            tuple(tuple(leaves(member)) for member in part)
            for part in (
                solved([one.tokens for one in exact]),
                [one.tokens for one in kept[len(exact) :]],
            )
        )
        return Equation(members, source, rest, self.before, self.behind.strip(), self.reason)


class _Statements:
    """Puts segments together: a new chain, more of the last one, a condition, or a remark about it."""

    def __init__(self) -> None:
        self.chains: list[_OpenChain] = []
        self.last: _OpenChain | None = None  # the last chain that is no reason
        self.ahead: list[Tree] = []  # a condition before its value: `if x > 0, …`
        self.said = ""  # before the next statement
        self.in_reason = False

    def add(self, segment: _Segment) -> None:
        before, words, tokens = segment
        said = " ".join(word.text for word in words)
        if before.text in ("\\\\", "\\quad", "\\Rightarrow", "then"):
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
        if before.text == "\\in":
            return
        if not tokens:
            if before.text == "otherwise" and chain is not None:
                chain.restrict([before])
            return
        if chain is not None and _is_range(before, tokens):
            return
        condition = _condition(before, tokens)
        if condition and chain is not None and not chain.is_conditioned and chain.value:
            chain.restrict(condition)
        elif condition:
            self.ahead = condition
        elif chain is not None and _goes_on(chain, before, members):
            chain.value.extend(members[0].tokens)
            chain.extend(members[1:])
        elif chain is None or len(members) > 1:
            self._equation(before, members)
        else:
            self._value(chain, before, tokens)

    def _equation(self, before: Token, members: Sequence[_Member]) -> None:
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
        elif members[0].tokens and before.text in _SAME_AGAIN:
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

    def _alternative(self, chain: _OpenChain, before: Token, value: Trees) -> None:
        chain.value.extend([before._replace(kind="command", text="\\vee"), *value])

    def _value(self, chain: _OpenChain, before: Token, tokens: list[Tree]) -> None:
        """A segment without `=`. What is no remark stays with the answer, since a part is not the whole."""
        sign = before.text
        if self.ahead:
            chain.add_case(tokens, self.ahead)
            self.ahead = []
        elif sign == "otherwise" and chain.is_conditioned:
            chain.add_case(tokens, [before])
        elif sign in ("and", "\\\\", ",", "\\quad") and chain.is_conditioned:
            if sign in ("and", "\\\\") or not _is_remark(before, tokens):
                chain.add_case(tokens)
        elif sign in _ALTERNATIVES:
            self._alternative(chain, before, tokens)
        elif sign == "\\Rightarrow":
            chain.extend([_Member("=", tokens)])
        elif sign == "\\\\":
            self._row(chain, tokens)
        elif not _is_remark(before, tokens):
            chain.value.extend([before, *tokens] if sign and chain.value else tokens)

    def _row(self, chain: _OpenChain, tokens: list[Tree]) -> None:
        """A row without `=`: more of the row before, or an expression of its own."""
        runs_on = not chain.value or tokens[0].text in _JOINERS or chain.value[-1].text in _JOINERS
        if len(chain.members) > 1 or runs_on:
            chain.value.extend(tokens)
        else:
            self.last = _OpenChain([_Member("", tokens)])
            self.chains.append(self.last)


_SAME_AGAIN = _ALTERNATIVES | {",", ";", "and", "\\quad"}


def _is_same(chain: _OpenChain, left: Trees) -> bool:
    """Whether a row repeats the left side of the chain before it."""
    return _texts(chain.members[0].tokens) == _texts(left)


def _goes_on(chain: _OpenChain, before: Token | None, members: Sequence[_Member]) -> bool:
    """Whether a row goes on with a chain whose signs of equality stand at the ends of its rows."""
    first = members[0].tokens[:1]
    is_row = before is not None and before.text == "\\\\" and bool(first)
    is_value = is_row and first[0].text not in DERIVATIVES
    return is_value and not chain.value and len(members) > 1 and not members[-1].tokens


def _texts(run: Trees) -> list[str]:
    return [token.text for token in leaves(run)]


def _is_reason(said: str) -> bool:
    """Whether words begin a reason: `since`, `by the chain rule`."""
    marks = lexicon.find(said)
    return bool(marks) and marks[0].start == 0 and not _REASONS.isdisjoint(marks[0].roles)


# Signs that assert nothing: `A ≠ B`, and `A = B` with a question mark or an exclamation mark above it.
_OPEN_ENDS = frozenset({"\\ne", "\\overset", "\\stackrel"})


def _members(tokens: Trees) -> list[_Member]:
    """Tokens split at `=`, `≈` and, behind an `=`, at open ends; a colon behind a derivative is its `=`."""
    members = [_Member("", [])]
    for token in tokens:
        begun = members[0].tokens[:1]
        is_first = len(members) == 1
        names = bool(begun) and begun[0].text in DERIVATIVES
        if (
            token.text in _EQUALS
            or (token.text in _OPEN_ENDS and not is_first)
            or (token.text == ":" and is_first and names)
        ):
            members.append(_Member(token.text if token.text != ":" else "=", []))
        else:
            members[-1].tokens.append(token)
    return members


# Conditions, ranges, remarks


def _condition(before: Token, segment: Trees) -> list[Tree]:
    """The condition that a segment states; empty if it states none."""
    tokens = _stripped(segment)
    if not tokens or _is_range(before, segment):
        return []
    compares = {token.text for token in tokens} & (_COMPARISONS | {"="})
    if before.text in ("if", "for") and before.kind == "word":
        return tokens if compares else []
    if before.text not in (",", "\\quad", "where", "with", "and"):
        return []
    plain = (
        len(tokens) == 3 and tokens[1].text == "=" and _is_index(tokens[0]) and _is_index(tokens[2])
    )
    is_letter = tokens[0].text in _INDICES
    return tokens if (compares and "=" not in compares) or (plain and is_letter) else []


def _is_range(before: Token, segment: Trees) -> bool:
    """Whether a segment only gives the range of an index: `i = 1, 2`, `\\forall i`."""
    if not (before.text in (",", "\\quad") or _is_word(before)):
        return False
    texts = _texts(_stripped(segment))
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


_RANGE_LENGTH = 23  # tokens
_IN_A_RANGE = frozenset({",", "\\dots", "=", "\\in", "\\{", "\\}", "_", "{", "}", "+", "-"})
_CALLING = frozenset({"=", "+", "-", "^", "_", "\\cdot", "\\times", "\\odot", "\\sum", "\\mathbf"})


def _is_range_in_brackets(tree: Enclosed, before: str) -> bool:
    """Whether a bracket, behind this text, is only the range of an index, such as `(j = 1, 2, 3)`."""
    if tree.text != "(" or before in _CALLING or len(tree.trees) < 3:
        return False
    inside = leaves(tree.trees)
    texts = [token.text for token in inside]
    begins = texts[0] in _INDICES and texts[1] in ("=", "\\in", ",")
    if not begins or len(texts) >= _RANGE_LENGTH:
        return False
    said = "=" in texts or "\\in" in texts
    several = texts[1] == "\\in" or "," in texts or "\\dots" in texts
    plain = all(t.text in _IN_A_RANGE or t.kind in ("number", "letter") for t in inside)
    return said and several and plain


def _is_index(token: Tree) -> bool:
    return token.text in _INDICES or token.kind == "number"


def _stripped(segment: Trees) -> list[Tree]:
    """The segment without leading words, outer brackets, and signs at the ends."""
    run = list(itertools.dropwhile(lambda t: t.text in (",", "\\quad") or _is_word(t), segment))
    one = run[0] if len(run) == 1 else None
    if isinstance(one, Enclosed) and one.text in ("(", "[") and one.trees:
        run = list(one.trees)
    return _trimmed(run)


def _is_remark(before: Token, run: Trees) -> bool:
    """A tag such as (1), words in brackets, a shape, or a range without numbers."""
    if not run:
        return False
    one = run[0] if len(run) == 1 else None
    if isinstance(one, Enclosed) and one.text == "(":
        inside = leaves(one.trees)
        texts = {token.text for token in inside}
        shape = {"\\times"} | {token.text for token in inside if token.kind == "number"}
        if len(inside) == 1 and inside[0].text.replace(".", "").isalnum():
            return True  # the number of an equation
        if any(token.kind == "prose" for token in inside) or (
            "\\times" in texts and texts <= shape
        ):
            return True
    said = before.kind == "word" and before.text in ("for", "where", "with")
    return said and not any(token.kind == "number" for token in leaves(run))
