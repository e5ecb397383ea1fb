"""Superscripts and subscripts: what is a mark, what may be a layer, an index, or a power."""

from collections.abc import Sequence
from typing import Protocol

from grader.errors import Span
from grader.notation.grammar import syntax
from grader.notation.grammar.syntax import Node
from grader.notation.grammar.trees import Enclosed, Tree, Trees, leaves, span_of, split
from grader.notation.latex_tokens import Token

TRANSPOSES = frozenset({"T", "\\top", "⊤"})
WHOLE_AXIS = frozenset({":", "\\cdot", "\\odot", "*"})  # X_{:,2}, X_{\cdot 2}, X_{\bullet 2}
_ROUND = frozenset({"(", "[", "\\{", "\\langle"})
Parts = tuple[tuple[Node, ...], ...]  # indices as commas separate them, each a run of atoms


class Parsing(Protocol):
    """What a script needs of the grammar."""

    def perhaps(self, run: Trees, here: int) -> Node:
        """A run of trees as an expression, or `Unparsed`."""

    def is_name(self, tree: Tree) -> bool:
        """Whether a tree is a name that is not a function."""


def superscript(grammar: Parsing, run: Trees, span: Span, raw: bool) -> syntax.Script:
    """The superscript with these trees. It may end in transposes and primes; if `raw`, all is its value."""
    if run and run[0].kind == "layout":
        nothing = syntax.Unparsed("there is no expression here", span)
        return syntax.Script("", (), nothing, span, ("layout",))
    content, transposes, primes = _without_marks(run)
    if raw and len(content) < len(run):
        value = grammar.perhaps(run, span.start)
        return syntax.Script("", (), value, span, (), transposes, primes)
    return subscript(grammar, content, span, transposes, primes)


def subscript(
    grammar: Parsing, run: Trees, span: Span, transposes: int = 0, primes: int = 0
) -> syntax.Script:
    """The subscript with these trees, or a superscript without its marks."""
    atom = _atom(grammar, run[0]) if len(run) == 1 else None
    if atom is not None:
        text = run[0].text
        return syntax.Script(text, ((atom,),), atom, span, (text,), transposes, primes)
    inside, bracketed = unwrapped(run)
    signs = tuple(token.text for token in leaves(inside))
    parts = tuple(_part(grammar, part, span) for part in split(inside, ",")) if inside else ()
    if len(inside) > 1 and inside[0].text == "\\odot":
        value = grammar.perhaps(inside[1:], span.start)  # r^{\odot 2}, as all powers
    elif not parts or (len(parts[0]) > 1 and any(isinstance(x, syntax.Ends) for x in parts[0])):
        value = grammar.perhaps(inside, span.start)  # x^{2 \cdot 2}
    else:
        value = together(parts)
    return syntax.Script("".join(signs), parts, value, span, signs, transposes, primes, bracketed)


def _without_marks(run: Trees) -> tuple[Trees, int, int]:
    """A superscript without the marks at its end, and how many transposes and primes these are."""
    if len(run) == 1 and isinstance(run[0], Enclosed) and run[0].text == "[":
        inside = run[0].trees
        if len(inside) == 1 and inside[0].text in TRANSPOSES:
            return (), 1, 0  # X^{[T]}, a transpose with the brackets of a layer
    transposes = primes = 0
    while run:
        last = run[-1]
        if isinstance(last, Enclosed):
            rest, turned, dashed = _without_marks(last.trees) if last.text == "{" else (run, 0, 0)
            if rest:
                break
            transposes, primes = transposes + turned, primes + dashed
        elif last.text in TRANSPOSES:
            transposes += 1
        elif last.text == "'":
            primes += 1
        elif last.text != "^":
            break
        run = run[:-1]
    return run, transposes, primes


def unwrapped(run: Trees) -> tuple[Trees, bool]:
    """Trees without the brackets around all of them, and whether there were any but braces."""
    bracketed = False
    while run:
        if len(run) == 1 and isinstance(run[0], Enclosed) and run[0].text != "\\begin":
            bracketed |= run[0].text in _ROUND
            run = run[0].trees
        elif len(run) > 2 and (run[0].text, run[-1].text) == ("<", ">"):
            bracketed, run = True, run[1:-1]
        else:
            break
    return run, bracketed


def _part(grammar: Parsing, part: Trees, script: Span) -> tuple[Node, ...]:
    """One index, or atoms in a row, each of which may be one."""
    if not part:
        return (syntax.Unparsed("an index is missing", script),)
    if any(tree.text == ":" for tree in part):
        return (_ends(grammar, part),)
    if len(given := split(part, "|")) == 2 and all(given):
        first, second = (grammar.perhaps(one, script.start) for one in given)
        return (syntax.GivenIndex(first, second, span_of(part)),)
    atoms = [_atom(grammar, tree) for tree in part]
    found = tuple(atom for atom in atoms if atom is not None)
    return found if len(found) == len(atoms) else (grammar.perhaps(part, script.start),)


def _ends(grammar: Parsing, part: Trees) -> Node:
    """`:` and `2:3`."""
    low, high, *more = split(part, ":")
    span = span_of(part)
    if more:
        return syntax.Unparsed("a slice needs two ends", span)
    start, stop = (grammar.perhaps(end, span.start) if end else None for end in (low, high))
    return syntax.Ends(span, start, stop)


def _atom(grammar: Parsing, tree: Tree) -> Node | None:
    """A tree that can be an index alone; None for any other."""
    if not isinstance(tree, Token):
        return None
    if tree.kind == "number":
        return syntax.Literal(tree.text, tree.span)
    if tree.text in WHOLE_AXIS:
        return syntax.Ends(tree.span)
    is_name = grammar.is_name(tree)
    return syntax.Name(tree.text, tree.kind, tree.span, tree.span) if is_name else None


def together(parts: Parts) -> Node:
    """The indices of a script as one expression."""
    first, *more = parts
    if more:
        begin = _span(more[0]).start
        message = "expected an operator or the end, but found `,`"
        return syntax.Unparsed(message, Span(begin - 1, begin))
    if len(first) == 1:
        return first[0]
    return syntax.Factors(first, ("",) * (len(first) - 1), _span(first))


def _span(nodes: Sequence[Node]) -> Span:
    return Span(nodes[0].span.start, nodes[-1].span.end)


def digit_by_digit(parts: Parts) -> Parts:
    """Indices with one for each digit of a number: both in δ_{11} are indices."""
    return tuple(tuple(one for node in part for one in _digits(node)) for part in parts)


def _digits(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, syntax.Literal) or not node.text.isdigit():
        return (node,)
    start = node.span.start
    return tuple(
        syntax.Literal(digit, Span(start + at, start + at + 1))
        for at, digit in enumerate(node.text)
    )


def pair(parts: Parts) -> tuple[Node, Node] | None:
    """Two indices, `ij` or `j, i+k-1`; None for anything else."""
    if len(parts) == 1 and len(parts[0]) == 2:
        return parts[0][0], parts[0][1]
    if len(parts) != 2:
        return None
    return together(parts[:1]), together(parts[1:])


def leading(parts: Parts | None) -> tuple[str, Parts]:
    """`1i` and `1,i` as the layer 1 and the index i; the layer "?" for anything else."""
    if not parts or not isinstance(parts[0][0], syntax.Literal):
        return "?", ()
    (first, *run), *more = parts
    rest = (tuple(run), *more) if run else tuple(more)
    return (first.text, rest) if rest and isinstance(first, syntax.Literal) else ("?", ())
