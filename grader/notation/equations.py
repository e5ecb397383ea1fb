"""Splits a formula into equations: rows, chains `A = B = C`, several equations in one block.

Students write chains over many lines and leave out what does not change. Each equation keeps its members
in order: the first names the derivative, the last is the answer, the others are steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.errors import Span, StudentError
from grader.notation import conditions
from grader.notation.latex_tokens import Token, tokenize
from grader.notation.names import Names
from grader.notation.sides import solved

_ROWS = frozenset(
    "align aligned alignat alignedat split gather gathered equation multline eqnarray flalign "
    "displaymath math dmath empheq".split()
)
_PUNCTUATION = frozenset({".", ",", ";"})
_SEPARATORS = frozenset({"\\quad", "\\Rightarrow"})
_JOINERS = frozenset({"+", "-", "\\cdot", "\\times", "\\odot", "*"})
_OPENING = frozenset({"{", "(", "[", "\\{"})
_CLOSING = frozenset({"}", ")", "]", "\\}"})


class Segment(NamedTuple):
    """Tokens between two separators, and the separator before them."""

    before: Token | None
    tokens: list[Token]


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of members, each a run of tokens; a formula without `=` is a chain of one.

    An empty last member means that the right side is missing (`∂σ(x)/∂x =`).
    """

    members: tuple[tuple[Token, ...], ...]
    source: str

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


def equations(text: str, names: Names) -> list[Equation]:
    """The equations of one formula, in reading order. Raises Unreadable, TooLarge."""
    try:
        tokens = conditions.without_ranges(_unwrapped(tokenize(text, names)))
    except StudentError as error:
        raise error.located(text) from None
    chains: list[list[list[Token]]] = []
    for before, segment in _segments(tokens):
        condition = None
        if chains and chains[-1][-1]:
            condition = conditions.condition_of(before, segment)
        if condition is not None:
            chains[-1][-1] = conditions.conditioned(chains[-1][-1], condition)
        elif not chains or not conditions.is_range(before, segment):
            _attach(chains, before, _members(segment))
    return [
        Equation(solved(tuple(tuple(member) for member in chain)), text)
        for chain in chains
        if any(chain)
    ]


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """The tokens without `\\begin` and `\\end` of environments that only lay out rows."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in ("\\begin", "\\end"):
            name, after = _environment(tokens, at + 1)
            if name in _ROWS:
                at = after
                continue
        kept.append(token)
        at += 1
    return kept


def _environment(tokens: list[Token], at: int) -> tuple[str, int]:
    """The name in braces at `at`, and where it ends; `alignat` has a number after it."""
    letters = []
    last = min(len(tokens), at + 40)  # no environment has a longer name
    while at < last and tokens[at].text != "}":
        letters.append(tokens[at].text)
        at += 1
    name = "".join(letters).lstrip("{").rstrip("*")
    at += 1
    if name.startswith("alignat") or name == "alignedat":
        at += 3
    return name, at


def _segments(tokens: list[Token]) -> list[Segment]:
    """Rows, and equations side by side in a row, each with the separator before it."""
    segments = [Segment(None, [])]
    depth = 0
    for at, token in enumerate(tokens):
        depth = max(0, depth + _depth_change(token))
        if depth == 0 and _separates(tokens, at) and not _indents(token, segments[-1]):
            segments.append(Segment(token, []))
        elif not (token.text == "&" and depth == 0) and not _indents(token, segments[-1]):
            segments[-1].tokens.append(token)
    return [Segment(before, _trimmed(part)) for before, part in segments]


def _indents(token: Token, segment: Segment) -> bool:
    """Whether a gap only indents a row."""
    begins = segment.before is not None and segment.before.text == "\\\\" and not segment.tokens
    return begins and token.text == "\\quad"


def _separates(tokens: list[Token], at: int) -> bool:
    """Whether a token ends an equation."""
    token = tokens[at]
    if token.text == ",":
        return _begins_equation(tokens, at + 1) or conditions.begins(tokens, at + 1)
    if token.kind == "prose" or (token.kind == "word" and token.text in _PROSE):
        return True
    if token.kind == "word" and token.text in _OTHERWISE:
        return at + 1 < len(tokens) and tokens[at + 1].text not in _ENDS
    if token.text == "\\in":
        return at + 1 < len(tokens) and tokens[at + 1].text in _NUMBERS
    return token.text == "\\\\" or token.text in _SEPARATORS


_PROSE = frozenset({"where", "with", "let", "then", "and", "for"})
_OTHERWISE = frozenset({"otherwise", "else", "elsewhere"})
_ENDS = _PUNCTUATION | {"\\\\", "\\end", "}", ")", "\\quad"}
_NUMBERS = frozenset({"R", "\\R", "\\RR", "\\Re", "ℝ"})  # in remarks such as "∈ R^n"
_AHEAD = 500  # tokens to search for an `=`


def _depth_change(token: Token) -> int:
    if token.text in _OPENING or token.text == "\\begin":
        return 1
    return -1 if token.text in _CLOSING or token.text == "\\end" else 0


def _begins_equation(tokens: list[Token], at: int) -> bool:
    """Whether an equation follows a comma, not the next entry of a list."""
    depth = 0
    for ahead in range(at, min(at + _AHEAD, len(tokens))):
        token = tokens[ahead]
        depth += _depth_change(token)
        if depth < 0 or (depth == 0 and token.text in (",", "\\\\")):
            return False
        if depth == 0 and token.text == "=":
            return True
    return False


def _trimmed(segment: list[Token]) -> list[Token]:
    end = len(segment)
    while end and segment[end - 1].text in _PUNCTUATION:
        end -= 1
    return segment[:end]


def _members(segment: list[Token]) -> list[list[Token]]:
    members: list[list[Token]] = [[]]
    depth = 0
    in_condition = False
    for token in segment:
        depth = max(0, depth + _depth_change(token))
        if depth == 0 and token.kind in (
            "word",
            "sign",
        ):  # the `=` of `a if i = j` does not separate members
            in_condition = token.text in _IFS or (in_condition and token.text not in _ENDS_IF)
        if depth == 0 and not in_condition and (token.text == "=" or _is_colon(token, members)):
            members.append([])
        else:
            members[-1].append(token)
    return members


_IFS = frozenset({"if", "when"})
_ENDS_IF = frozenset({",", "then", "else", "otherwise"})


def _is_colon(token: Token, members: list[list[Token]]) -> bool:
    """Whether a colon is used as the first `=`: `∂h/∂W : …`."""
    begun = members[0][:1]
    return token.text == ":" and len(members) == 1 and bool(begun) and begun[0].text in _DERIVATIVES


_DERIVATIVES = frozenset({"\\frac", "\\partial", "\\nabla"})


def _attach(
    chains: list[list[list[Token]]], before: Token | None, members: list[list[Token]]
) -> None:
    """Add a segment: a new equation, more of the last one, or a remark about it.

    Any other segment stays after the answer, so that a part is not taken for the whole.
    """
    if not any(members) or (before is not None and before.text == "\\in"):
        return
    if not chains or (len(members) > 1 and members[0] and not _is_same_left(chains[-1], members)):
        chains.append(members)
    elif len(members) > 1 and conditions.is_conditioned(chains[-1][-1]):
        chains[-1][-1] = conditions.with_case(chains[-1][-1], members[-1])
    elif len(members) > 1:
        chains[-1].extend(members[1:])
    elif before is not None and before.text in _CASE_WORDS:
        _add_case(chains[-1], before, members[0])
    elif before is not None and before.text == "\\Rightarrow":
        chains[-1].append(members[0])
    elif before is not None and before.text == "\\\\":
        _run_on(chains, members[0])
    elif _is_next_case(before, chains[-1][-1]) and not _is_remark(before, members[0]):
        chains[-1][-1] = conditions.with_case(chains[-1][-1], members[0])
    elif not _is_remark(before, members[0]):
        between = [before] if before is not None and chains[-1][-1] else []
        chains[-1][-1].extend([*between, *members[0]])


def _is_next_case(before: Token | None, member: Sequence[Token]) -> bool:
    """Whether a gap follows a case and its condition: `a for i = j, \\quad b for i \\ne j`."""
    return before is not None and before.text == "\\quad" and conditions.is_conditioned(member)


_CASE_WORDS = _OTHERWISE | {"and"}


def _add_case(chain: list[list[Token]], before: Token, value: list[Token]) -> None:
    """Add `…, and 0 if …` or `…, otherwise 0` as a case; unchanged if no case comes before it."""
    if conditions.is_conditioned(chain[-1]):
        chain[-1] = conditions.with_case(chain[-1], value)
    else:
        chain[-1].extend([before, *value])


def _run_on(chains: list[list[list[Token]]], row: list[Token]) -> None:
    """A row without `=`: more of the row before, or an expression of its own."""
    if conditions.is_conditioned(chains[-1][-1]):
        chains[-1][-1] = conditions.with_case(chains[-1][-1], row)
    elif len(chains[-1]) > 1 or _runs_on(chains[-1], row):
        chains[-1][-1].extend(row)
    else:
        chains.append([row])


def _is_remark(before: Token | None, tokens: list[Token]) -> bool:
    """A tag such as (1), or words."""
    texts = [token.text for token in tokens]
    if len(texts) == 3 and texts[0] == "(" and texts[2] == ")" and texts[1].isalnum():
        return True
    if texts[0] == "(" and any(token.kind == "prose" for token in tokens):
        return True  # (Chain Rule)
    if texts[0] == "(" and "\\times" in texts and set(texts) <= _SHAPE | _digits(tokens):
        return True  # (1 × 2)
    said = before is not None and before.text.startswith(("for", "where", "with"))
    return said and not any(token.kind == "number" for token in tokens)


_SHAPE = frozenset({"(", ")", "\\times"})


def _digits(tokens: Sequence[Token]) -> set[str]:
    return {token.text for token in tokens if token.kind == "number"}


def _runs_on(chain: list[list[Token]], member: list[Token]) -> bool:
    """Whether a row without `=` continues the last one."""
    if not chain[-1]:
        return True
    return member[0].text in _JOINERS or chain[-1][-1].text in _JOINERS


def _is_same_left(chain: list[list[Token]], members: list[list[Token]]) -> bool:
    """Whether a row repeats the left side of the one before."""
    if len(members) < 2 or not members[0]:
        return False
    return [token.text for token in chain[0]] == [token.text for token in members[0]]
