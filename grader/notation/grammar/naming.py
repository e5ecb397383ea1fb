"""Names with scripts: layers, entries, transposes and powers, settled by the symbol table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

from grader.errors import Span, StudentError
from grader.expression import SCALAR, Expression, Number, Symbol
from grader.notation.builder import NONSENSE, constant
from grader.notation.grammar import syntax
from grader.notation.grammar.entries import (
    entry,
    exponent,
    is_whole,
    kronecker,
    marked,
    power_of,
    selectors,
    turned,
    undivided,
)
from grader.notation.grammar.factors import Run
from grader.notation.grammar.reading import Reader
from grader.notation.grammar.scripts import Parts, digit_by_digit, leading, pair
from grader.notation.grammar.syntax import Node
from grader.notation.names import Key

LONGEST_LABEL = 30  # letters or parts of a script
Meaning = tuple[Key, Parts | None, syntax.Script | None]  # a key, with an entry and a power


def resolve(run: Run, name: syntax.Name) -> Expression | None:
    """The meaning of a name with scripts in the table; None if it has none."""
    if name.sup is not None and name.sup.signs == ("t",):
        declared = ("t", None) in run.reader.build.names.spelled(name.text)
        name = name if declared else replace(name, sup=turned(run.reader, name.sup))
    if run.reader.steps and step_of(run.reader, name):
        sub, sup = (_at_step(run.reader, script) for script in (name.sub, name.sup))
        name = replace(name, sub=sub, sup=sup)
    for key, parts, power in _meanings(run.reader, name):
        node = lookup(run.reader, key, name.word)
        if node is None:
            continue
        layer, subscript = text_of(name.sup), text_of(name.sub)
        if (
            parts
            and key[2] is not None
            and key[2] == layer != subscript
            and _is_too_much(node, parts)
        ):
            continue  # h_{1i}^2 is not the entry 1, i of the column h_2
        if isinstance(node, Number) and parts:
            continue  # n_0^2 is a power of the size n_0, not an entry of n^2
        return _finished(run, name, node, parts, power)
    return None


def step_of(reader: Reader, name: syntax.Name) -> syntax.Script | None:
    """The script of `h_t` where only h_1, h_2, h_3 are declared; None for any other name."""
    scripts = [one for one in (name.sub, name.sup) if one is not None and one.signs]
    if len(scripts) != 1 or [len(part) for part in scripts[0].parts] != [1]:
        return None
    if scripts[0].text.isdigit():
        return None
    declared = reader.build.names.spelled(name.text)
    numbered = [(sup or sub or "").isdigit() for sup, sub in declared]
    return scripts[0] if sum(numbered) > 1 and (None, None) not in declared else None


def _at_step(reader: Reader, script: syntax.Script | None) -> syntax.Script | None:
    """A script with the number of the step that it names: `t-1` is 1 at the second step."""
    if script is None or reader.steps.keys().isdisjoint(script.signs):
        return script
    step = constant(reader.read(script.value))
    if step is None:
        return script
    number = syntax.Literal(f"{step:g}", script.span)
    return replace(script, text=number.text, parts=((number,),), value=number, signs=(number.text,))


def text_of(script: syntax.Script | None) -> str | None:
    """A script as a part of a key; None if there is none."""
    return (script.text or None) if script else None


def _meanings(reader: Reader, name: syntax.Name) -> Iterator[Meaning]:
    """What a name with scripts may be, the first that the table knows.

    In this order: the superscript is a layer; the scripts are part of a declared name; the plain
    name with an entry and a power; the subscript is a layer (`W_2` where `W^2` was declared).
    """
    base, sub = name.text, name.sub.parts if name.sub else None
    sup = name.sup if name.sup and name.sup.signs else None
    layer, subscript = text_of(sup), text_of(name.sub)
    yield from _labelled(reader, name, sup)
    yield (base, layer, subscript), None, None
    if sub is not None:
        yield (base, layer, None), sub, None
    first, rest = leading(sub)
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
    digit, others = leading(digit_by_digit(sub)) if sub else ("?", ())
    if others:
        yield (base, None, digit), others, sup
    if sub is None and sup is None and not reader.left:
        yield from _of_a_layer(reader, name)


def _of_a_layer(reader: Reader, name: syntax.Name) -> Iterator[Meaning]:
    """`W^T` where only W^1 and W^2 are declared: the one with which the answer makes sense."""
    build, declared = reader.build, reader.build.names.spelled(name.text)
    layers = {sup or sub or "": (name.text, sup, sub) for sup, sub in declared}
    if not layers or not all(layer.isdigit() for layer in layers):
        return
    layer = build.convention(f"layer:{name.text}", tuple(layers))
    shapes = [build.names.symbols[build.names.spellings[key]].shape for key in layers.values()]
    build.doubtful |= len(set(shapes)) < len(shapes)  # another one would fit as well
    build.guesses.append((reader.text(name.span), name.span))
    build.notes.append(f"`{reader.text(name.span)}` was read as that of layer {layer}")
    yield layers[layer], None, None


def _labelled(reader: Reader, name: syntax.Name, sup: syntax.Script | None) -> Iterator[Meaning]:
    """`c_{t,1}`, `c_{t_1}` and `x_{Si}`: the declared c_t and x_S and an index, the longest label first."""
    if name.sub is None:
        return
    names, parts, texts = reader.build.names, name.sub.parts, name.sub.text.split(",")
    layer = text_of(sup)
    inner = name.sub.value
    if isinstance(inner, syntax.Name) and inner.sub is not None and inner.sup is None:
        lowered = (name.text, None, inner.text)  # y_{t_k}, the entry k of y_t
        if names.knows(lowered):
            yield lowered, inner.sub.parts, sup
            return
    atoms = [(at, cut) for at, part in enumerate(parts) for cut in range(len(part))]
    for at, cut in reversed(atoms[1:LONGEST_LABEL]):
        letters = "".join(map(_letter, parts[at][:cut]))
        label = ",".join([*texts[:at], letters] if cut else texts[:at])
        if label.isdigit() or label in names.indices:
            continue
        for key, power in (((name.text, layer, label), None), ((name.text, None, label), sup)):
            if names.knows(key):
                yield key, (parts[at][cut:], *parts[at + 1 :]), power
                return


def _letter(node: Node) -> str:
    plain = isinstance(node, syntax.Literal) or (isinstance(node, syntax.Name) and node.plain)
    return node.text if plain and isinstance(node, syntax.Name | syntax.Literal) else "?"


def _one_each(reader: Reader, name: syntax.Name, layer: str, rest: Parts) -> Parts:
    """The indices in `h_{2,1}` after the layer, if there is one for each axis of the array."""
    names = reader.build.names
    found = names.spellings.get((name.text, layer, None))
    if found is None or (name.text, None, None) in names.spellings:
        return ()
    return rest if _letters(rest) == (1 if 1 in names.symbols[found].shape else 2) else ()


def _letters(parts: Parts) -> int:
    """How many indices a script without commas would have, a digit being one."""
    nodes = [node for part in parts for node in part]
    return sum(len(node.text) if isinstance(node, syntax.Literal) else 1 for node in nodes)


def _is_too_much(node: Expression, parts: Parts) -> bool:
    """Whether there are more indices than an array has axes."""
    sums = any(isinstance(part, syntax.Terms) for one in parts for part in one)
    return 1 in node.shape and _letters(parts) > 1 and not sums


# The table


def lookup(reader: Reader, key: Key, span: Span) -> Expression | None:
    """The meaning of a name without an entry or a power; None if it has none."""
    names, (base, sup, sub) = reader.build.names, key
    alone = sup is None and sub is None
    if alone and base in reader.steps:
        return Number(float(reader.steps[base]), span)
    if alone and _is_index(reader, base):
        return _plain(reader, base, span)
    if key in names.definitions:
        return _own(reader, key, span)
    name = names.spellings.get(key)
    if name is not None:
        symbol = names.symbols[name]
        return Symbol(symbol.name, symbol.shape, span)
    if alone:
        return _plain(reader, base, span)
    both = sup is not None and sub is not None
    return None if both else _size(reader, base + (sub or sup or ""), span)


def _is_index(reader: Reader, letter: str) -> bool:
    """Whether a letter is an index here, although it may be a name too."""
    bound = reader.build.bound_index(letter) is not None
    return bound or (reader.of_indices and letter in reader.build.names.indices)


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
        return Number(3.141592653589793, span)
    return _size(reader, base, span)


def _size(reader: Reader, name: str, span: Span) -> Expression | None:
    """The number of a dimension."""
    size = reader.build.names.dimensions.get(name)
    return None if size is None else Number(float(size), span, name)


# Entries, transposes and powers


def _finished(
    run: Run, name: syntax.Name, node: Expression, parts: Parts | None, power: syntax.Script | None
) -> Expression:
    """A name with the entry, transposes and power of its scripts."""
    reader, build = run.reader, run.reader.build
    transposes = (name.sup.transposes + name.sup.primes) % 2 if name.sup else 0
    span = name.span
    marks: Sequence[syntax.Suffix] = ()
    is_power = not parts and power is not None and not power.bracketed  # the k of A^k
    is_power = is_power and node.shape[0] == node.shape[1] != 1
    if (
        power is not None
        and not is_power
        and 1 not in node.shape
        and _is_example(reader, node, power)
    ):
        below = selectors(reader, parts, node) if parts else ()
        above = selectors(reader, power.parts, node)
        node, parts, power = build.example(node, above, below, span), None, None
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
    if power is not None and not is_power and _is_entry(reader, node, power):
        node, power = entry(reader, node, power.parts, span), None
    if power is not None:
        of_size = isinstance(node, Number)  # a size has no layers or examples
        by = reader.read(power.value) if of_size else exponent(reader, power, node)
        node = reader.build.power(node, by, span, power_of(power))
    if transposes:
        node = build.apply("transpose", node, span=span)
    if node is not NONSENSE and node.span != span:
        node = replace(node, span=span)
    return marked(reader, node, marks)


def _is_row(node: Expression, parts: Parts, name: syntax.Name) -> bool:
    """Whether a script picks a row before it is transposed, `H_{k,:}^T` or `H_k^T`, not an entry.

    `H^T_k` looks the same in print, but `H^T_{k,:}` is a row of Hᵀ.
    """
    assert name.sup is not None
    nodes = (
        undivided(parts[0], node) if len(parts) == 1 else [one for part in parts for one in part]
    )
    if not any(map(is_whole, nodes)):
        return len(nodes) == 1 and 1 not in node.shape
    return name.sub is not None and name.sub.span.start < name.sup.span.start


def _is_entry(reader: Reader, node: Expression, power: syntax.Script) -> bool:
    """Whether a superscript is an entry, `W^{(1,j)}`, rather than a power."""
    several = len(power.parts) > 1
    return node.shape != SCALAR and (several or _is_example(reader, node, power))


def _is_example(reader: Reader, node: Expression, power: syntax.Script) -> bool:
    """Whether a superscript is the index of an example, as in `x^{(i)}` or `C^n`."""
    letter = power.value
    if node.shape == SCALAR or node is NONSENSE:
        return False
    if isinstance(letter, syntax.Literal):
        return power.bracketed and 1 not in node.shape
    if not isinstance(letter, syntax.Name) or not letter.plain:
        return False
    known = reader.build.selecting if power.bracketed else reader.build.index
    if letter.kind not in ("letter", "command") or known(letter.text) is None:
        return False
    reader.build.notes.append(f"the superscript {letter.text} was read as an index")
    return True


def _check_no_derivative(reader: Reader, parts: Parts) -> None:
    """Refuse `l_W` for a derivative."""
    (letter, *more), *others = parts
    if (
        more
        or others
        or not isinstance(letter, syntax.Name)
        or letter.kind not in ("letter", "word")
    ):
        return
    if any(base == letter.text for base, _, _ in reader.build.names.spellings):
        hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
        reader.fail("a scalar cannot have a name as its subscript", letter.span, hint)


def _unbraced(
    run: Run, name: syntax.Name, node: Expression, parts: Parts
) -> tuple[Parts, Sequence[syntax.Suffix]]:
    """`W_ij` for `W_{ij}`: both indices of a matrix without braces, and the marks after them."""
    sub, (second, marks), reader = name.sub, run.following(), run.reader
    first = parts[0][0]
    if sub is None or first.span != sub.span or sub.span.end != name.span.end:
        return parts, ()
    if not _is_letter(first) or not _is_letter(second) or second.span.start != first.span.end:
        return parts, ()
    if isinstance(second, syntax.Name):
        if reader.build.selecting(second.text) is None:
            return parts, ()
        marks = (*_marks(second), *marks)
        second = syntax.Name(second.text, second.kind, second.word, second.word)
    both = f"{first.text}{second.text}"
    if 1 in node.shape:
        hint = f"LaTeX lowers only the first character; write _{{{both}}}"
        reader.fail(f"`_{both}` without braces", second.span, hint)
    run.at += 1
    reader.build.notes.append(f"`_{both}` was read as `_{{{both}}}`")
    return ((first, second),), marks


def _is_letter(node: Node | None) -> TypeGuard[syntax.Name | syntax.Literal]:
    """Whether a node is a letter or a number."""
    return isinstance(node, syntax.Literal) or (
        isinstance(node, syntax.Name) and node.kind == "letter"
    )


def _marks(name: syntax.Name) -> list[syntax.Suffix]:
    """The scripts of a name as marks after it."""
    written = [(sign, one) for sign, one in (("_", name.sub), ("^", name.sup)) if one is not None]
    written.sort(key=lambda pair: pair[1].span)
    marks = [syntax.Suffix(sign, Span(name.span.start, one.span.end), one) for sign, one in written]
    return [*marks, *[syntax.Suffix("'", name.span)] * name.primes]


def _is_kronecker(reader: Reader, node: Expression, parts: Parts) -> bool:
    """Whether δ_{ik} is Kronecker's: δ is a scalar, a vector or undeclared, and i, k are indices."""
    source = reader.text(node.span) if node.span else ""
    return source in ("\\delta", "δ") and pair(parts) is not None
