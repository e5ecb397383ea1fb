"""The condition of an equation: the indices for which it holds, or a comparison.

`i = 1, …, n` adds nothing. `i \\ne j` and `z > 0` make the equation one case of a case distinction,
which the next rows may continue.
"""

from collections.abc import Sequence

from grader.notation.latex_tokens import Token

_COMPARISONS = frozenset({"\\ne", "<", ">", "\\le", "\\ge"})
_RANGE_MARKS = frozenset({"\\forall", "\\in", "\\dots", ":"})
_INDICES = frozenset("ijkmnpqrst") | {"\\ell"}  # letters that count
_WORDS = frozenset({"if", "for", "when", "where", "falls", "wenn", "all", "any", "every", "and"})
_SEPARATORS = frozenset({",", "\\quad"})


def begins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a condition such as `i \\ne j` or `if z > 0` begins here."""
    ahead = tokens[at : at + 2]
    if not ahead:
        return False
    first, second = ahead[0], ahead[-1]
    if first.text in ("\\forall", "\\quad") or (first.kind == "word" and first.text in _WORDS):
        return True
    return first.text in _INDICES and second.text in _COMPARISONS | {"\\in"}


def is_range(before: Token | None, segment: Sequence[Token]) -> bool:
    """Whether a segment only gives the range of an index: `i = 1, 2`, `\\forall i`."""
    tokens = _stripped(segment)
    texts = [token.text for token in tokens]
    if len(tokens) > 2 and texts[0] in ("(", "[") and texts[-1] in (")", "]"):
        tokens, texts = tokens[1:-1], texts[1:-1]
    if not tokens or not _is_beside(before):
        return False
    if texts[0] in ("\\forall", "\\in") or "\\in" in texts:
        return True
    between = [at for at, text in enumerate(texts) if text in ("\\le", "<")]
    if len(between) == 2 and set(texts[between[0] + 1 : between[1]]) <= _INDICES | {","}:
        return True  # 1 ≤ i ≤ n
    if len(texts) == 1 and before is not None and before.kind in ("prose", "word"):
        return texts[0] in _INDICES  # for all j
    several = "," in texts or "\\dots" in texts or ":" in texts
    return texts[0] in _INDICES and "=" in texts and several


def without_ranges(tokens: list[Token]) -> list[Token]:
    """The tokens without ranges of an index in brackets, such as `(j = 1, 2, 3)`."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _range_in_brackets(tokens, at)
        if end:
            at = end
        else:
            kept.append(tokens[at])
            at += 1
    return kept


_IN_A_RANGE = frozenset({",", "\\dots", "=", "\\in", "\\{", "\\}", "_", "{", "}", "+", "-"})
_RANGE_LENGTH = 24  # tokens


def _range_in_brackets(tokens: Sequence[Token], at: int) -> int:
    """The end of a range in brackets that begins here; 0 if none does."""
    ahead = tokens[at : at + _RANGE_LENGTH]
    if len(ahead) < 5 or ahead[0].text != "(" or ahead[1].text not in _INDICES:
        return 0
    if ahead[2].text not in ("=", "\\in", ",") or (at and tokens[at - 1].text in _CALLING):
        return 0
    texts = [token.text for token in ahead]
    if ")" not in texts:
        return 0
    end = texts.index(")")
    inside = ahead[1:end]
    said = "=" in texts[:end] or "\\in" in texts[:end]
    several = texts[2] == "\\in" or texts[1:end].count(",") > 0 or "\\dots" in texts[:end]
    plain = all(t.text in _IN_A_RANGE or t.kind in ("number", "letter") for t in inside)
    return at + end + 1 if said and several and plain else 0


_CALLING = frozenset({"=", "+", "-", "^", "_", "\\cdot", "\\times", "\\odot", "\\sum"})


def condition_of(before: Token | None, segment: Sequence[Token]) -> list[Token] | None:
    """The condition that a segment states; None if it states none."""
    tokens = _stripped(segment)
    texts = [token.text for token in tokens]
    if not tokens or not _is_beside(before) or is_range(before, segment):
        return None
    if len(texts) == 1 and texts[0] in _OTHERWISE:
        return tokens
    if _compares(tokens) and "=" not in texts:
        return tokens
    plain = len(texts) == 3 and texts[1] == "="
    return tokens if plain and texts[0] in _INDICES and _is_index(tokens[2]) else None


def _compares(tokens: Sequence[Token]) -> bool:
    """Whether there is a comparison outside all brackets."""
    depth = 0
    for token in tokens:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.text in _COMPARISONS:
            return True
    return False


_OPENING = frozenset({"{", "(", "[", "\\{", "\\begin"})
_CLOSING = frozenset({"}", ")", "]", "\\}", "\\end"})
_OTHERWISE = frozenset({"otherwise", "else", "elsewhere", "sonst"})


def _is_beside(before: Token | None) -> bool:
    """Whether what follows a separator can belong to the equation before it."""
    if before is None:
        return False
    return before.text in _SEPARATORS or before.kind in ("prose", "word")


def _is_index(token: Token) -> bool:
    return token.text in _INDICES or token.kind == "number"


def _stripped(segment: Sequence[Token]) -> list[Token]:
    """The segment without leading words such as "if", outer brackets, and signs at the ends."""
    tokens = list(segment)
    while tokens and (tokens[0].text in _SEPARATORS or _is_word(tokens[0])):
        tokens = tokens[1:]
    if len(tokens) > 2 and tokens[0].text == "(" and tokens[-1].text == ")":
        tokens = tokens[1:-1]
    while tokens and tokens[-1].text in (".", ",", ";"):
        tokens = tokens[:-1]
    return tokens


def _is_word(token: Token) -> bool:
    return token.kind == "prose" or (token.kind == "word" and token.text in _WORDS)


# An equation as a case of a distinction


def conditioned(member: list[Token], condition: Sequence[Token]) -> list[Token]:
    """A member with a condition, as a case; or the last case with its condition added."""
    if not member:
        return member
    if is_conditioned(member):
        end = len(member) - len(_CASES) - 1
        return [*member[:end], _sign("&", condition[0]), *condition, *member[end:]]
    opened, closed = _mark("\\begin", member[0].start), _mark("\\end", condition[-1].end)
    return [*opened, *member, _sign("&", condition[0]), *condition, *closed]


def with_case(member: list[Token], value: Sequence[Token]) -> list[Token]:
    """The member with one more case, whose condition may follow."""
    if not value:
        return member
    end = len(member) - len(_CASES) - 1
    return [*member[:end], Token("command", "\\\\", value[0].start, value[0].start), *value,
            *member[end:]]  # fmt: skip


def is_conditioned(member: Sequence[Token]) -> bool:
    """Whether this module made a member a case distinction."""
    return len(member) > 3 and member[-1].text == "}" and member[-2].kind == "condition"


_CASES = ("{", "cases", "}")


def _mark(command: str, at: int) -> list[Token]:
    """Tokens of `\\begin{cases}` or `\\end{cases}` without width."""
    name = Token("condition", "cases", at, at)
    return [Token("command", command, at, at), Token("sign", "{", at, at), name,
            Token("sign", "}", at, at)]  # fmt: skip


def _sign(text: str, beside: Token) -> Token:
    return Token("sign", text, beside.start, beside.start)
