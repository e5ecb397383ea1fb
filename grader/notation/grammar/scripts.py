"""Superscripts and subscripts: what is a mark, what may be a layer, an index, or a power."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.errors import Span, Unreadable
from grader.notation.grammar.operators import NOT_FACTORS, WORDS
from grader.notation.grammar.syntax import Ends, Name, Node, Number, Product, Script, Unread, Whole
from grader.notation.grammar.trees import Branch, Tree, Trees, leaves, span_of, split
from grader.notation.latex_tokens import Token

if TYPE_CHECKING:
    from grader.notation.grammar.parser import Parser

TRANSPOSES = frozenset({"T", "\\top", "⊤"})
WHOLE_AXIS = frozenset({":", "\\cdot", "\\odot", "*"})  # X_{:,2}, X_{\cdot 2}, X_{\bullet 2}
_ROUND = frozenset({"(", "[", "\\{", "\\langle"})
Parts = tuple[tuple[Node, ...], ...]  # indices as commas separate them, each a run of atoms


def subscript(parser: "Parser", run: Trees, span: Span, bare: bool) -> Script:
    """The subscript with these trees."""
    inside, bracketed = unwrapped(run)
    signs = tuple(token.text for token in leaves(inside))
    parts = _parts(parser, inside, span)
    value = together(parts, parser.source) if parts else parser.perhaps((), span.start)
    return Script("".join(signs), parts, value, span, signs, 0, 0, bracketed, bare)


def superscript(parser: "Parser", run: Trees, span: Span, of_e: bool) -> Script:
    """The superscript with these trees, which may end in transposes and primes; those of e are in x."""
    content, transposes, primes = _without_marks(run)
    inside, bracketed = unwrapped(content)
    signs = tuple(token.text for token in leaves(inside))
    parts = _parts(parser, inside, span)
    if len(inside) > 1 and inside[0].text == "\\odot":
        inside, parts = inside[1:], ()  # r^{\odot 2}: powers are entry by entry anyway
    if of_e or not parts:
        value = parser.perhaps(run if of_e else inside, span.start)
    else:
        value = together(parts, parser.source)
    return Script("".join(signs), parts, value, span, signs, transposes, primes, bracketed)


def _parts(parser: "Parser", inside: Trees, span: Span) -> Parts:
    return tuple(_part(parser, part, span) for part in split(inside, ",")) if inside else ()


def _without_marks(run: Trees) -> tuple[Trees, int, int]:
    """A superscript without the marks at its end, and how many transposes and primes these are."""
    if len(run) == 1 and isinstance(run[0], Branch) and run[0].text == "[":
        inside = run[0].trees
        if len(inside) == 1 and inside[0].text in TRANSPOSES:
            return (), 1, 0  # X^{[T]}, a transpose with the brackets of a layer
    transposes = primes = 0
    while run:
        last = run[-1]
        if isinstance(last, Branch):
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
        if len(run) == 1 and isinstance(run[0], Branch) and run[0].text != "\\begin":
            bracketed |= run[0].text in _ROUND
            run = run[0].trees
        elif len(run) > 2 and (run[0].text, run[-1].text) == ("<", ">"):
            bracketed, run = True, run[1:-1]
        else:
            break
    return run, bracketed


def _part(parser: "Parser", part: Trees, script: Span) -> tuple[Node, ...]:
    """One index, or atoms in a row, each of which may be one."""
    if not part:
        return (Unread(Unreadable("an index is missing", parser.source, script), script),)
    if any(tree.text == ":" for tree in part):
        return (_ends(parser, part),)
    atoms = [_atom(parser, tree) for tree in part]
    found = tuple(atom for atom in atoms if atom is not None)
    return found if len(found) == len(atoms) else (parser.perhaps(part, script.start),)


def _ends(parser: "Parser", part: Trees) -> Node:
    """`:` and `2:3`."""
    low, high, *more = split(part, ":")
    span = span_of(part)
    if more:
        return Unread(Unreadable("a slice needs two ends", parser.source, span), span)
    if not low and not high:
        return Whole(span)
    ends = (parser.perhaps(end, span.start) if end else None for end in (low, high))
    return Ends(*ends, span)


def _atom(parser: "Parser", tree: Tree) -> Node | None:
    """A tree that can be an index alone; None for any other."""
    if not isinstance(tree, Token):
        return None
    if tree.kind == "number":
        return Number(tree.text, tree.span)
    if tree.text in WHOLE_AXIS:
        return Whole(tree.span)
    if tree.kind in ("letter", "accent") or (tree.kind == "word" and tree.text not in WORDS):
        named = parser.function(tree) is None
    else:
        named = tree.kind == "command" and not parser.begins_form(tree)
    return Name(tree.text, tree.kind, tree.span, tree.span) if named else None


def together(parts: Parts, source: str = "") -> Node:
    """The indices of a script as one expression; `Unread` if commas separate them."""
    first, *more = parts
    if more:
        begin = _span(more[0]).start
        message = "expected an operator or the end, but found `,`"
        return Unread(Unreadable(message, source, Span(begin - 1, begin)), _span(first))
    if len(first) == 1:
        return first[0]
    return Product(first, ("",) * (len(first) - 1), _span(first))


def _span(nodes: Sequence[Node]) -> Span:
    return Span(nodes[0].span.start, nodes[-1].span.end)


def digit_by_digit(parts: Parts) -> Parts:
    """Indices with one for each digit of a number: both in δ_{11} are indices."""
    return tuple(tuple(one for node in part for one in _digits(node)) for part in parts)


def _digits(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Number) or not node.text.isdigit():
        return (node,)
    start = node.span.start
    return tuple(
        Number(digit, Span(start + at, start + at + 1)) for at, digit in enumerate(node.text)
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
    if not parts or not isinstance(parts[0][0], Number):
        return "?", ()
    (first, *run), *more = parts
    rest = (tuple(run), *more) if run else tuple(more)
    return (first.text, rest) if rest and isinstance(first, Number) else ("?", ())
