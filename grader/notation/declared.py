"""The symbol table of a problem. A declared spelling is parsed as formulas are, so that both agree."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from grader.errors import Unreadable
from grader.expression import Symbol
from grader.notation.grammar import parse, syntax
from grader.notation.latex_tokens import Token, tokenize
from grader.notation.names import Function, Key, Names, default_latex

_COMMAND = re.compile(r"\\[A-Za-z]+")


@lru_cache(maxsize=4096)
def split_spelling(latex: str) -> tuple[Key, str] | None:
    """A declared LaTeX spelling as (base, superscript, subscript), and the argument list behind it.

    None if the spelling is not of the form letter, accent, command or word with primes and scripts.
    """
    as_written = Names(spellings={(name, None, None): "" for name in _COMMAND.findall(latex)})
    try:
        node = parse(_with_words(tokenize(latex, as_written)), as_written, latex)
    except Unreadable:
        return None
    listed = ""
    if isinstance(node, syntax.Factors) and len(node.factors) == 2 and node.signs == ("",):
        node, arguments = node.factors
        if not isinstance(arguments, syntax.Bracket) or arguments.opened != "(":
            return None
        listed = argument_text(latex, arguments)
    if not isinstance(node, syntax.Name):
        return None
    primes = node.primes + (node.sup.primes if node.sup else 0)
    sup, sub = ((script.text or None) if script else None for script in (node.sup, node.sub))
    return (node.text + "'" * primes, sup, sub), listed


def argument_text(source: str, arguments: syntax.Bracket) -> str:
    """An argument list as it belongs to a name: the `(t-1)` of `S(t - 1)`."""
    return "".join(source[arguments.span.start : arguments.span.end].split())


def _with_words(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with letters at the beginning, perhaps in braces, as one word: `Li`, `{loss}_t`."""
    braced = bool(tokens) and tokens[0].text == "{"
    end = start = int(braced)
    while end < len(tokens) and tokens[end].kind == "letter":
        end += 1
    closed = end < len(tokens) and tokens[end].text == "}"
    if end - start < 2 or (braced and not closed):
        return list(tokens)
    name = "".join(token.text for token in tokens[start:end])
    word = Token("word", name, tokens[start].start, tokens[end - 1].end)
    return [word, *tokens[end + braced :]]


def canonical_base(latex: str) -> str:
    """The base of a spelling without fonts: `\\mathbf{W}` is W."""
    split = split_spelling(latex)
    return latex if split is None else split[0][0]


def build(
    symbols: Mapping[str, Symbol],
    latex: Mapping[str, Iterable[str]],
    functions: Mapping[str, Function],
    dimensions: Mapping[str, int],
    loss: Symbol | None = None,
    matrices: Iterable[str] = (),
    depends: Mapping[str, frozenset[str]] | None = None,
) -> Names:
    """The symbol table of a problem; `latex` gives the spellings of symbols, the first is printed.

    A spelling that `split_spelling` cannot split is left out. `S(t)` is also S, unless another symbol is
    `S(t-1)`.
    """
    shown = {name: tuple(latex.get(name, ())) or default_latex(name) for name in symbols}
    keys: dict[Key, str] = {}
    listed: dict[Key, dict[str, str]] = {}
    for name, spellings in shown.items():
        for key, arguments in filter(None, map(split_spelling, spellings)):
            if arguments:
                listed.setdefault(key, {}).setdefault(arguments, name)
            else:
                keys.setdefault(key, name)
    calls = set()
    for key, owners in listed.items():
        one, *others = {*owners.values()}
        if not others and keys.setdefault(key, one) == one:
            calls.add(key[0])
        keys.update({(key[0] + arguments, *key[1:]): name for arguments, name in owners.items()})
    for name in symbols:
        if len(name) > 1:
            keys.setdefault((name, None, None), name)  # typed as in an answer file: W2, delta
    bases = {canonical_base(text): f for f in functions.values() for text in _bases(f)}
    return Names(
        symbols=symbols, functions=functions, dimensions=dimensions, spellings=keys,
        latex={name: spellings[0] for name, spellings in shown.items()}, function_bases=bases,
        calls=frozenset(calls), loss=loss, matrices=frozenset(matrices),
        depends=depends or {},
    )  # fmt: skip


def _bases(function: Function) -> tuple[str, ...]:
    typed = (function.name,) if len(function.name) > 1 else ()
    return (*(function.latex or default_latex(function.name)), *typed)
