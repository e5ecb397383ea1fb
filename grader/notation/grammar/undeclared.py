"""Usual meanings of names that the problem does not declare: e, I, H, χ, d, δ with indices."""

import difflib
import math
from dataclasses import replace
from typing import NoReturn

from grader.errors import Span, UnknownName
from grader.expression import SCALAR, Expression, Item, Number, Slice
from grader.notation.builder import NONSENSE, is_condition, sizes_of
from grader.notation.grammar import syntax
from grader.notation.grammar.entries import kronecker, marked, selectors, turned
from grader.notation.grammar.factors import Run
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.scripts import Parts, digit_by_digit, pair
from grader.notation.grammar.syntax import Node
from grader.notation.names import GREEK, LATEX_FUNCTIONS, Function
from grader.notation.products import IDENTITY, JUXTAPOSED, UNSIZED, product
from grader.primitives.build import ONE

COMMANDS = ("frac", "partial", "nabla", "sum", "prod", "sqrt", "odot", "cdot", "times", "top")
STEPS = frozenset({"H", "u", "\\Theta", "\\theta"})  # letters for the unit step


def undeclared(run: Run, name: syntax.Name) -> Expression:
    """The usual meaning of a name. Raises Unreadable if it has none."""
    reader, build, sub = run.reader, run.reader.build, name.sub
    sup = turned(reader, name.sup) if name.sup else None  # e_i^t
    name = replace(name, sup=sup)
    ahead = run.ahead()
    bracket = ahead if isinstance(ahead, syntax.Bracket) and ahead.opened != "{" else None
    if name.text == "e" and sup and not sub:
        return build.apply("exp", reader.read(sup.value), span=name.span)
    if name.text == "e" and not sub and not sup and not name.primes:
        build.notes.append("e was read as Euler's number")
        reader.eulers.append(name.span)
        return Number(math.e, name.span)
    if name.text == "e" and sub and sup and sup.transposes and _is_unit(ahead):
        return _unit_product(run, name)
    if name.text == "e" and sub and not (sup and sup.signs):
        return _unit_vector(reader, name, sub)
    if name.text == "\\delta" and sub and sup and _is_entry(reader, (*sub.parts, *sup.parts)):
        return kronecker(reader, (*sub.parts, *sup.parts), name.span)  # δ_i^j
    if name.text == "\\delta" and sub and not sup and pair(digit_by_digit(sub.parts)):
        return kronecker(reader, digit_by_digit(sub.parts), name.span)
    if name.text == "\\chi" and sub and not sup:
        return build.condition(reader.read(sub.value), name.span, "\\chi_{z > 0}")
    if name.text in STEPS and not sub and not sup and bracket and bracket.opened in ("(", "["):
        run.at += 1
        build.notes.append(f"`{name.text}(…)` was read as the unit step, 1 where z > 0")
        args = [reader.read(part) for part in bracket.parts]
        return build.call(Function(name.text, "step"), 0, args, run.span(run.at - 2))
    if name.text in ("I", "Id") and not (sup and sup.signs):  # Iᵀ is I
        if sub and _is_entry(reader, sub.parts):
            return kronecker(reader, sub.parts, name.span)
        if sub and isinstance(sub.value, syntax.Relation):
            return build.condition(reader.read(sub.value), name.span, "\\chi_{z > 0}")
        return _identity(reader, sub.value, name.span) if sub else _identity_or_indicator(run, name)
    return _refuse(reader, name)


def _refuse(reader: Reader, name: syntax.Name) -> NoReturn:
    """Raise Unreadable for a name without a meaning."""
    written = reader.text(name.span)
    if name.function is not None:
        hint = f"write {written}(…)"
        reader.fail("this function has no argument", name.span, hint)
    if name.kind == "command" and name.text[1:] not in GREEK:
        reader.fail(f"`{name.text}` is not known", name.span, _known_commands(reader, name.text))
    written = written if written.count("{") == written.count("}") else name.text
    reader.build.unknown(written, name.span, list(reader.build.names.latex.values()))


def _known_commands(reader: Reader, command: str) -> str:
    """A hint: the layers of this letter, or commands with a similar spelling."""
    names = reader.build.names
    spelled = [name for key, name in names.spellings.items() if key[0] == command]
    if spelled:
        return f"declared names: {', '.join(names.latex[name] for name in spelled)}"
    known = {*(base for base, _, _ in names.spellings), *names.function_bases}
    known |= {f"\\{name}" for name in (*LATEX_FUNCTIONS, *GREEK, *COMMANDS)}
    known.discard(command)  # this command is known, but not allowed here
    close = difflib.get_close_matches(command, [*known], n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(f'`{name}`' for name in sorted(close))}?"
    return "neither the problem nor your paper defines it (\\newcommand)"


# Unit vectors, indicators and identities


def _is_unit(node: Node | None) -> bool:
    return isinstance(node, syntax.Name) and node.text == "e"


def _unit_product(run: Run, name: syntax.Name) -> Expression:
    """`e_i^\\top e_j` of two unit vectors, where no e is declared: Kronecker's delta."""
    second, reader = run.ahead(), run.reader
    assert isinstance(second, syntax.Name)
    assert name.sub is not None
    if second.sub is None or second.sup or second.primes:
        reader.fail("a unit vector needs an index: e_i^\\top e_j", name.span)
    run.at += 1
    parts = (*name.sub.parts, *second.sub.parts)
    return kronecker(reader, parts, run.span(run.at - 2))


def _unit_vector(reader: Reader, name: syntax.Name, sub: syntax.Script) -> Expression:
    """`e_k`, a column of an identity matrix, where no e is declared; it may also be an error."""
    build = reader.build
    build.guesses.append((reader.text(name.span), name.span))
    column = Item(replace(IDENTITY, span=name.word), Slice(1, 0), ONE, (0, 1), name.span)
    parts = selectors(reader, sub.parts, column)
    if len(parts) != 1 or isinstance(parts[0], Slice):
        _refuse(reader, name)
    build.notes.append(f"`{reader.text(name.span)}` was read as a unit vector")
    node: Expression = replace(column, column=parts[0])
    turned = name.sup is not None and name.sup.transposes % 2 == 1
    return build.apply("transpose", node, span=name.span) if turned else node


def _is_entry(reader: Reader, parts: Parts) -> bool:
    """Whether a subscript is two index letters: `I_{ij}`, `\\mathbb{1}_{ij}`."""
    letters = [x.text for x in pair(parts) or () if isinstance(x, syntax.Name) and x.plain]
    return len(letters) == 2 and all(reader.build.index(letter) for letter in letters)


def _identity_or_indicator(run: Run, name: syntax.Name) -> Expression:
    """`I` where no I is declared: an identity matrix, or an indicator if a condition follows."""
    reader, (bracket, marks) = run.reader, run.following()
    ones = reader.build.convention("I", ("identity", "ones")) == "ones"
    reader.build.doubtful |= ones
    identity = replace(UNSIZED if ones else IDENTITY, span=name.word)
    if not isinstance(bracket, syntax.Bracket) or bracket.opened not in ("(", "[", "\\{"):
        return identity
    run.at += 1
    inside = reader.read(bracket)
    if inside.shape == SCALAR:
        reader.build.condition(inside, run.span(run.at - 2), "I(z > 0)")
    holds = inside is NONSENSE or is_condition(inside)
    inside = marked(reader, inside, marks)
    return inside if holds else product(reader.build, identity, inside, JUXTAPOSED, name.word)


def _identity(reader: Reader, sub: Node, span: Span) -> Expression:
    """`I_{n}` and `I_{n \\times n}`, where no I is declared."""
    try:
        sizes = _sizes(reader, sub)
    except UnknownName:
        return replace(IDENTITY, span=span)  # I_{d_l}, of the size that fits
    if len(set(sizes)) != 1:
        reader.fail("an identity matrix needs a size: I_{n}", span)
    return reader.build.apply("identity", params=(sizes[0], sizes[0]), span=span)


def _sizes(reader: Reader, node: Node) -> list[int]:
    """The sizes that `\\times` separates; none if one of them is no size."""
    if isinstance(node, syntax.Bracket) and len(node.parts) == 1:
        return _sizes(reader, node.parts[0])
    if isinstance(node, syntax.Factors) and set(node.signs) == {"\\times"}:
        return sizes_of([reader.read(factor) for factor in node.factors])
    return sizes_of([reader.read(node)])


@rule(syntax.Ones)
def _ones(reader: Reader, node: syntax.Ones) -> Expression:
    """`1_{z > 0}` and `\\mathbb{1}_{ij}` are indicators, `1_{n}` and `0_{m \\times n}` arrays."""
    if node.script is None:
        return replace(UNSIZED, span=node.span)
    if node.text == "1" and _is_entry(reader, node.script.parts):
        return kronecker(reader, node.script.parts, node.span)
    if not isinstance(node.script.value, syntax.Relation):
        return _constant_array(reader, node)
    if node.text == "0":
        reader.fail("a 0 cannot have a condition", node.span)
    return reader.read(node.script.value)


def _constant_array(reader: Reader, node: syntax.Ones) -> Expression:
    """Ones or zeros of a size; a column if only one is given. A square bold 1 may be an identity."""
    assert node.script is not None
    sizes = _sizes(reader, node.script.value)
    if not sizes:
        hint = "write 1[z > 0] for an indicator, 1_{n} for a column of n ones"
        message = f"the subscript of `{node.text}` is not a condition"
        reader.fail(message, node.span, hint)
    rows, columns = [*sizes, 1][:2]
    name = "ones" if node.text == "1" else "zeros"
    if node.bold and rows == columns != 1:
        name = reader.build.convention("bold", ("ones", "identity"))
    return reader.build.apply(name, params=(rows, columns), span=node.span)
