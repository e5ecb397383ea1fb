"""The index of the true class: `ŷ_c`, `δ_{jc}`, `1[j = o]`, where the label y is one-hot.

A formula f(c) in that index is Σ_c y_c f(c). It is read so only
where a letter that the problem does not declare stands as an index.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from grader.errors import StudentError
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Sum,
    children,
    free_ranges,
    transform,
)
from grader.notation import Conventions, Names, Reading, latex
from grader.notation.latex_tokens import Token
from grader.primitives.build import mul

_ONE = Number(1.0)
_NEVER = frozenset({"d", "e", "I", "T"})
_MOST = 4  # undeclared letters that are tried; some are bound by sums


def read(
    tokens: Sequence[Token], names: Names, source: str, conventions: Conventions
) -> Reading | None:
    """The reading of tokens with an undeclared letter as the true class; None if there is none."""
    label = _label(names)
    if label is None:
        return None
    tokens = _with_scripts_in(tokens, names)
    letters = dict.fromkeys(token.text for token in tokens if token.kind == "letter")
    unknown = [one for one in letters if one not in _NEVER and not _is_declared(one, names)]
    for name in unknown[:_MOST]:
        letter = Index(name, 1, max(names.symbols[label].shape))
        known = names.with_indices((), {**names.indices, name: letter})
        try:
            reading = latex.read_tokens(tokens, known, source, conventions)
        except StudentError:
            continue
        if name in reading.used and _is_index(letter, reading.node):
            note = f"{name} was read as the index of the true class, where {label} is 1"
            return replace(
                reading,
                node=_at_true_class(reading.node, letter, names),
                used=reading.used - {name},
                notes=(*reading.notes, note),
                is_guess=True,
            )
    return None


def without_true_class(body: Expression, letters: Collection[str], names: Names) -> Expression:
    """The value of a definition whose only other letter is that of the true class."""
    label, free = _label(names), free_ranges(body)
    extra = [index for name, index in free.items() if name not in letters]
    if label is None or len(extra) != 1:
        return body
    letter = Index(extra[0].name, 1, max(names.symbols[label].shape))
    if extra[0].stop < extra[0].start:  # it is only compared, so that nothing gave it a range
        body = transform(body, lambda part: letter if part == extra[0] else part)
    elif extra[0] != letter:
        return body
    return _at_true_class(body, letter, names)


def _label(names: Names) -> str | None:
    """The only vector that is one-hot."""
    return names.one_hot[0] if len(names.one_hot) == 1 else None


def _with_scripts_in(tokens: Sequence[Token], names: Names) -> Sequence[Token]:
    """The tokens with an undeclared `y_i`, the class of an example, as one letter."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token, end = tokens[at], at + 1
        if (
            token.kind == "letter"
            and token.text not in _NEVER
            and not _is_declared(token.text, names)
        ):
            following = [one.text for one in tokens[at + 1 : at + 5]]
            if following[:2] == ["_", "{"] and following[3:] == ["}"]:
                end = at + 5
            elif following[:1] == ["_"] and following[1:2] != ["{"]:
                end = at + 3
        script = "".join(one.text for one in tokens[at + 1 : end] if one.text not in "{}")
        found.append(
            token._replace(text=token.text + script, end=tokens[min(end, len(tokens)) - 1].end)
        )
        at = end
    return found


def _is_declared(letter: str, names: Names) -> bool:
    numbers, others = (names.indices, names.dimensions), (names.bases(), names.function_bases)
    return any(letter in known for known in (*numbers, *others))


def _is_index(letter: Index, node: Expression) -> bool:
    """Whether a letter only chooses entries or is compared with an index, and is no value itself."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Index) and part.name == letter.name:
            return False
        if isinstance(part, Item):
            waiting.append(part.base)
        elif not (isinstance(part, Apply) and part.function in _COMPARED):
            waiting += children(part)
    return True


_COMPARED = frozenset({"eq", "ne"})


def _at_true_class(node: Expression, letter: Index, names: Names) -> Expression:
    symbol = names.symbols[names.one_hot[0]]
    row, column = (letter, _ONE) if symbol.shape[1] == 1 else (_ONE, letter)
    chosen = mul(Item(symbol, row, column, SCALAR), node)
    return Sum(chosen, letter, node.shape)
