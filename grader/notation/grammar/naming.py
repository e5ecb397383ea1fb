"""Names with scripts: layers, entries, transposes and powers, settled by the symbol table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.errors import Span, StudentError
from grader.expression import SCALAR, Expression, Item, Symbol
from grader.expression import Number as Value
from grader.notation.builder import NONSENSE
from grader.notation.grammar.derivatives import base_of, slope
from grader.notation.grammar.entries import entry, exponent, marked, undivided
from grader.notation.grammar.factors import Run, with_neighbours
from grader.notation.grammar.reading import Reader
from grader.notation.grammar.scripts import Parts, digit_by_digit, leading, pair
from grader.notation.grammar.syntax import (
    Bracket,
    Mark,
    Marked,
    Name,
    Node,
    Number,
    Product,
    Script,
    Sum,
    Whole,
)
from grader.notation.grammar.undeclared import differential, kronecker, undeclared
from grader.notation.names import Key

Meaning = tuple[Key, Parts | None, Script | None]  # a key, with an entry and a power


@with_neighbours(Name)
def _named(run: Run, name: Name) -> Expression:
    """A name with its scripts: a symbol, an entry, a constant, a differential."""
    if _begins_differential(run, name):
        return differential(run, name)
    primes = name.primes + (name.sup.primes if name.sup else 0)
    ahead = run.ahead()
    if primes and isinstance(ahead, Bracket) and ahead.opened == "(":
        bare = replace(name, primes=0, sup=_unprimed(name.sup))
        node = resolve(run, bare)
        if node is not None and _takes_argument(run, node):
            run.at += 1
            return slope(run, name, node, run.span(run.at - 2))
    node = resolve(run, name)
    if node is None:
        return undeclared(run, name)
    node = _without_arguments(run, name, node)
    for _ in range(name.primes):
        if node.shape == SCALAR and node is not NONSENSE:
            run.reader.fail("a prime on a scalar that is not a function", name.span)
        node = run.reader.build.apply("transpose", node, span=name.span)
    return node


def _unprimed(sup: Script | None) -> Script | None:
    return None if sup is None or not sup.signs else replace(sup, primes=0)


def resolve(run: Run, name: Name) -> Expression | None:
    """The meaning of a name with scripts in the table; None if it has none."""
    for key, parts, power in _meanings(run.reader, name):
        node = lookup(run.reader, key, name.word)
        if node is None:
            continue
        layer, subscript = _text(name.sup), _text(name.sub)
        if parts and key[2] is not None and key[2] == layer != subscript and _is_too_much(node, parts):
            continue  # h_{1i}^2 is not the entry 1, i of the column h_2
        if isinstance(node, Value) and parts:
            continue  # n_0^2 is a power of the size n_0, not an entry of n^2
        return _finished(run, name, node, parts, power)
    return None


def _text(script: Script | None) -> str | None:
    return (script.text or None) if script else None


def _meanings(reader: Reader, name: Name) -> Iterator[Meaning]:
    """What a name with scripts may be, the first that the table knows.

    In this order: the superscript is a layer; the scripts are part of a declared name; the plain
    name with an entry and a power; the subscript is a layer (`W_2` where `W^2` was declared).
    """
    base, sub = name.text, name.sub.parts if name.sub else None
    sup = name.sup if name.sup and name.sup.signs else None
    layer, subscript = _text(sup), _text(name.sub)
    yield from _declared_part(reader, name, sup)
    first, rest = leading(sub)
    digit, others = leading(digit_by_digit(sub)) if sub else ("?", ())
    yield (base, layer, subscript), None, None
    if sub is not None:
        yield (base, layer, None), sub, None
    if rest:
        yield (base, None, first), rest, sup
        if each := _one_each(reader, name, first, rest):
            yield (base, first, None), each, sup
    if sub is not None and sup is not None:
        yield (base, None, subscript), None, sup
    if sup is not None:
        yield (base, None, None), sub, sup
    if sub is not None and (sup is None or len(sup.parts) > 1):
        yield (base, subscript, None), sup.parts if sup else None, None
    if sup is not None and (sub is None or sup.bracketed or len(sup.signs) > 1):
        yield (base, None, layer), sub, None
    if others:
        yield (base, None, digit), others, sup


def _declared_part(reader: Reader, name: Name, sup: Script | None) -> Iterator[Meaning]:
    """`c_{t,1}` as the declared c_t and the index 1."""
    if name.sub is None or len(name.sub.parts) < 2:
        return
    names, parts = reader.build.names, name.sub.parts
    texts = name.sub.text.split(",")
    for at in range(len(parts) - 1, 0, -1):
        part = ",".join(texts[:at])
        key = (name.text, None, part)
        declared = key in names.spellings or key in names.definitions
        if declared and not part.isdigit() and part not in names.indices:
            yield key, parts[at:], sup
            return


def _one_each(reader: Reader, name: Name, layer: str, rest: Parts) -> Parts:
    """The indices in `h_{2,1}` after the layer, if there is one for each axis of the array."""
    names = reader.build.names
    found = names.spellings.get((name.text, layer, None))
    if found is None or (name.text, None, None) in names.spellings:
        return ()
    return rest if _letters(rest) == (1 if 1 in names.symbols[found].shape else 2) else ()


def _letters(parts: Parts) -> int:
    """How many indices a script without commas would have, a digit being one."""
    nodes = [node for part in parts for node in part]
    return sum(len(node.text) if isinstance(node, Number) else 1 for node in nodes)


def _is_too_much(node: Expression, parts: Parts) -> bool:
    """Whether there are more indices than an array has axes."""
    sums = any(isinstance(part, Sum) for one in parts for part in one)
    return 1 in node.shape and _letters(parts) > 1 and not sums


# The table


def lookup(reader: Reader, key: Key, span: Span) -> Expression | None:
    """The meaning of a name without an entry or a power; None if it has none."""
    names, (base, sup, sub) = reader.build.names, key
    alone = sup is None and sub is None
    if alone and reader.build.bound_index(base) is not None:
        return _plain(reader, base, span)
    if key in names.definitions:
        return _own(reader, key, span)
    name = names.spellings.get(key)
    if name is not None:
        symbol = names.symbols[name]
        return Symbol(symbol.name, symbol.shape, span)
    if alone:
        return _plain(reader, base, span)
    return None if sup is not None and sub is not None else _size(reader, base + (sub or sup or ""), span)


def _own(reader: Reader, key: Key, span: Span) -> Expression | None:
    """The student's definition of a name. Raises Unreadable for `δ_k` if it is defined without a k."""
    names = reader.build.names
    try:
        node = names.own(key)
    except StudentError as error:
        reader.fail(error.message, span)
        raise
    if key[2] in names.indices:
        message = f"this name was defined without an index {key[2]}, but is used with one"
        reader.fail(message, span, "define its entries with an index")
    return None if node is None else replace(node, span=span)


def _plain(reader: Reader, base: str, span: Span) -> Expression | None:
    index = reader.build.index(base)
    if index is not None:
        return reader.build.index_value(index, span)
    if base == "\\pi" and base not in reader.build.names.dimensions:
        return Value(3.141592653589793, span)
    return _size(reader, base, span)


def _size(reader: Reader, name: str, span: Span) -> Expression | None:
    """The number of a dimension."""
    size = reader.build.names.dimensions.get(name)
    return None if size is None else Value(float(size), span, name)


def _begins_differential(run: Run, name: Name) -> bool:
    """Whether a d that is also a size comes before a declared name: `dW`, `\\mathrm{d}z`.

    `d W` with a space looks like `dW` in print, so it may be either.
    """
    if name.text != "d" or not name.plain:
        return False
    ahead, reader = run.ahead(), run.reader
    following = ahead.of if isinstance(ahead, Marked) else ahead
    if not isinstance(following, Name) or not is_quantity(reader, following.text):
        return False
    if not isinstance(lookup(reader, ("d", None, None), name.span), Value):
        return False
    between = reader.build.source[name.span.end : following.span.start]
    if between and "}" not in between:
        hint = "write \\frac{\\partial l}{\\partial W}, or d \\cdot W for the product"
        reader.fail("a d before a name may be a differential or a size", name.span, hint)
    return True


def is_quantity(reader: Reader, base: str) -> bool:
    """Whether a letter is that of a declared symbol, or of a name of the student's."""
    names = reader.build.names
    return any(base == known for known, _, _ in (*names.spellings, *names.definitions))


# Entries, transposes and powers


def _finished(
    run: Run, name: Name, node: Expression, parts: Parts | None, power: Script | None
) -> Expression:
    """A name with the entry, transposes and power of its scripts."""
    reader, build = run.reader, run.reader.build
    transposes = (name.sup.transposes + name.sup.primes) % 2 if name.sup else 0
    span, marks = name.span, ()
    if parts and transposes and node.shape != SCALAR and not _is_row(node, parts, name):
        node, transposes = build.apply("transpose", node, span=node.span), 0  # an entry of W^T
    if parts:
        if 1 in node.shape and _is_kronecker(reader, node, parts):
            return kronecker(reader, digit_by_digit(parts), span)
        if node.shape == SCALAR:
            _check_no_derivative(reader, parts)
        first = run.at - 1
        parts, marks = _unbraced(run, name, node, parts)
        span = run.span(first)
        node = entry(reader, node, parts, span)
    if power is not None and node.shape != SCALAR:
        if len(power.parts) > 1 or _is_example(reader, node, power):
            node, power = entry(reader, node, power.parts, span), None
    if power is not None:
        of_size = isinstance(node, Value)  # a size has no layers or examples
        raised = reader.read(power.value) if of_size else exponent(reader, power)
        node = build.power(node, raised, span)
    if transposes:
        node = build.apply("transpose", node, span=span)
    if node is not NONSENSE:
        node = replace(node, span=span)
    return marked(reader, node, marks)


def _is_row(node: Expression, parts: Parts, name: Name) -> bool:
    """Whether a subscript before a transpose picks a row, `H_{k,:}^T` or `H_k^T`, not an entry."""
    assert name.sup is not None
    if name.sub is None or name.sup.span.start < name.sub.span.start:
        return False  # W^T_{j,:} is a row of W^T
    if any(isinstance(one, Whole) for part in parts for one in part):
        return True
    nodes = undivided(parts[0], node) if len(parts) == 1 else parts
    return len(nodes) == 1 and 1 not in node.shape


def _is_example(reader: Reader, node: Expression, power: Script) -> bool:
    """Whether a superscript on a vector is an index, as in `x^{(i)}` or `C^n`: an entry."""
    letter = power.value
    if not isinstance(letter, Name) or not letter.plain or 1 not in node.shape:
        return False
    if letter.kind not in ("letter", "command") or reader.build.index(letter.text) is None:
        return False
    reader.build.notes.append(f"the superscript {letter.text} was read as an index")
    return True


def _check_no_derivative(reader: Reader, parts: Parts) -> None:
    """Refuse `l_W` for a derivative."""
    (letter, *more), *others = parts
    if more or others or not isinstance(letter, Name) or letter.kind not in ("letter", "word"):
        return
    if any(base == letter.text for base, _, _ in reader.build.names.spellings):
        hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
        reader.fail("a scalar cannot have a name as its subscript", letter.span, hint)


def _unbraced(
    run: Run, name: Name, node: Expression, parts: Parts
) -> tuple[Parts, Sequence[Mark]]:
    """`W_ij` for `W_{ij}`: both indices of a matrix without braces, and the marks after them."""
    sub, ahead, reader = name.sub, run.ahead(), run.reader
    second, marks = (ahead.of, ahead.marks) if isinstance(ahead, Marked) else (ahead, ())
    first = parts[0][0]
    if sub is None or not sub.bare or first.span != sub.span or sub.span.end != name.span.end:
        return parts, ()
    if not isinstance(first, Name | Number) or not isinstance(second, Name | Number):
        return parts, ()
    if second.span.start != first.span.end or any(
        isinstance(one, Name) and one.kind != "letter" for one in (first, second)
    ):
        return parts, ()
    if isinstance(second, Name):
        if reader.build.selecting(second.text) is None:
            return parts, ()
        marks = (*_marks(second), *marks)
        second = Name(second.text, second.kind, second.word, second.word)
    both = f"{first.text}{second.text}"
    if 1 in node.shape:
        hint = f"LaTeX lowers only the first character; write _{{{both}}}"
        reader.fail(f"`_{both}` without braces", second.span, hint)
    run.at += 1
    reader.build.notes.append(f"`_{both}` was read as `_{{{both}}}`")
    return ((first, second),), marks


def _marks(name: Name) -> list[Mark]:
    """The scripts of a name as marks after it."""
    written = [(sign, one) for sign, one in (("_", name.sub), ("^", name.sup)) if one is not None]
    written.sort(key=lambda pair: pair[1].span)
    marks = [Mark(sign, Span(name.span.start, one.span.end), one) for sign, one in written]
    return [*marks, *[Mark("'", name.span)] * name.primes]


def _is_kronecker(reader: Reader, node: Expression, parts: Parts) -> bool:
    """Whether δ_{ik} is Kronecker's: δ is a scalar, a vector or undeclared, and i, k are indices."""
    source = reader.text(node.span) if node.span else ""
    return source in ("\\delta", "δ") and pair(parts) is not None


# Argument lists


def _takes_argument(run: Run, node: Expression) -> bool:
    """Whether the next brackets hold one name that the quantity is computed from."""
    quantity, bracket = base_of(node), run.ahead()
    if quantity is None or not isinstance(bracket, Bracket) or len(bracket.parts) != 1:
        return False
    inside = bracket.parts[0]
    if not isinstance(inside, Name):
        return False
    names = run.reader.build.names
    spelled = {name for key, name in names.spellings.items() if key[0] == inside.text}
    return not spelled.isdisjoint(names.depends.get(quantity.name, ()))


def _without_arguments(run: Run, name: Name, node: Expression) -> Expression:
    """Skip the argument list of `l(\\theta)` or `h^1(x)`.

    It is not a product if the brackets hold only names that the quantity is computed from.
    """
    ahead, reader = run.ahead(), run.reader
    bracket = ahead.of if isinstance(ahead, Marked) else ahead
    if not isinstance(bracket, Bracket) or bracket.opened != "(":
        return node
    if name.text in reader.build.names.calls:
        run.at += 1
        return marked(reader, node, ahead.marks) if isinstance(ahead, Marked) else node
    quantity = base_of(node)
    if quantity is None or isinstance(ahead, Marked) or not _lists(reader, quantity, bracket):
        return node
    run.at += 1
    written = reader.text(Span(name.span.start, bracket.span.end))
    reader.build.notes.append(f"`{written}` was read as a value, not as a product")
    return node


def _lists(reader: Reader, quantity: Symbol, bracket: Bracket) -> bool:
    """Whether brackets hold names that the quantity depends on."""
    names = reader.build.names
    known = names.depends.get(quantity.name)
    if known is None:
        return False
    if quantity == names.loss and all(_is_names(part) for part in bracket.parts):
        return True
    return all(_is_one_of(reader, part, known) for part in bracket.parts) and not any(
        _makes_a_product(reader, quantity, part) for part in bracket.parts
    )


def _is_names(node: Node) -> bool:
    """Whether a node can be part of a list of arguments: names with scripts."""
    if isinstance(node, Product):
        return not any(node.signs) and all(map(_is_names, node.factors))
    return isinstance(node, Name)


def _is_one_of(reader: Reader, node: Node, known: frozenset[str]) -> bool:
    """Whether a node is one declared name that is in a set."""
    if not isinstance(node, Name) or node.primes:
        return False
    layer, subscript = _text(node.sup), _text(node.sub)
    spellings = reader.build.names.spellings
    keys = ((node.text, layer, subscript), (node.text, subscript, layer))
    return any(spellings.get(key) in known for key in keys)


def _makes_a_product(reader: Reader, quantity: Symbol, node: Node) -> bool:
    """Whether the matrix product with the one name in brackets exists; then it is a product."""
    if quantity.shape == SCALAR or not isinstance(node, Name):
        return False
    names = reader.build.names
    found = [name for key, name in names.spellings.items() if key[0] == node.text]
    shapes = [names.symbols[name].shape for name in found]
    return any(shape == SCALAR or quantity.shape[1] == shape[0] for shape in shapes)
