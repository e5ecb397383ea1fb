"""Σ and Π over index variables: ranges, values and conditions."""

from collections.abc import Callable, Sequence
from functools import partial

from grader.errors import Span, TooLarge, UnknownName
from grader.expression import Expression, Number
from grader.notation.builder import NONSENSE, constant, is_condition
from grader.notation.builder.core import WRITTEN_OUT_LIMIT
from grader.notation.grammar import syntax
from grader.notation.grammar.naming import step_of
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.syntax import Node
from grader.notation.products import continued, total

Body = Callable[[], Expression]


@rule(syntax.BigOperator)
def _big(reader: Reader, node: syntax.BigOperator) -> Expression:
    if node.operator == "\\prod":
        return _product(reader, node)
    if node.ranges:
        return _sums(reader, node.ranges, node)
    return reader.build.whole_sum(lambda: reader.read(node.body), node.sign)


def _product(reader: Reader, node: syntax.BigOperator) -> Expression:
    """`\\prod_{k=1}^{n}`, with its factors written out in order."""
    part = node.ranges[0]
    assert part.low is not None
    assert part.high is not None
    start, stop = reader.read(part.low), reader.read(part.high)
    index = reader.build.bind(part.name, start, stop, node.sign)

    def body() -> Expression:
        return reader.read(node.body)

    if _counts_steps(reader, part.name, node.body):
        factors = _at_steps(reader, part.name, start, stop, node.sign, body)
    else:
        factors = reader.build.factors(index, body, node.sign)
    return continued(reader.build, factors, node.span)


def _sums(reader: Reader, parts: Sequence[syntax.Range], node: syntax.BigOperator) -> Expression:
    if not parts:
        return reader.read(node.body)
    part, rest, build, span = parts[0], parts[1:], reader.build, node.sign

    def body() -> Expression:
        return _sums(reader, rest, node)

    if part.members is not None:
        hint = "write the values, k \\in \\{1, 3\\}, or a condition such as k \\ne i"
        message = f"the elements of the set `{reader.text(part.members)}` are not known"
        reader.fail(message, part.members, hint)
    if part.values:
        return _over_values(reader, part, span, body)
    condition = part.condition
    if condition is not None:
        where = (
            body if _is_apart(reader, condition) else partial(_where, reader, condition, span, body)
        )
        is_bound = not part.name or build.bound_index(part.name) is not None
        return where() if is_bound else build.open_sum(part.name, where, span)
    if not part.name:
        reader.fail("the index variable of a sum must be a letter", span)
    return _ranged(reader, part, node, body)


def _is_apart(reader: Reader, condition: Node) -> bool:
    """Whether `k \\ne o` leaves nothing out, as u_o is declared apart from the family of the u_k."""
    if not isinstance(condition, syntax.Relation) or condition.signs != ("\\ne",):
        return False
    letter, build = condition.parts[1], reader.build
    if not isinstance(letter, syntax.Name):
        return False
    label = letter.text + (f"_{letter.sub.text}" if letter.sub else "")
    spelled = build.names.spellings
    if not any(sub == label and (base, sup, None) in spelled for base, sup, sub in spelled):
        return False
    if build.convention(f"apart:{label}", ("index", "apart")) == "index":
        return False
    written = reader.text(condition.span)
    build.guesses.append((written, condition.span))
    build.notes.append(f"`{written}` leaves nothing out, since {label} is apart in this problem")
    return True


def _ranged(reader: Reader, part: syntax.Range, node: syntax.BigOperator, body: Body) -> Expression:
    build, span = reader.build, node.sign
    if part.low is None and part.high is None:
        return build.open_sum(part.name, body, span)
    if part.high is None:
        reader.fail("this sum has no upper limit", span, "write \\sum_{i=1}^{n}")
    start = reader.read(part.low) if part.low is not None else Number(1.0)
    stop = _upper(reader, part.high, start == Number(1.0))
    if stop is None:
        name = part.name
        build.notes.append(f"the sum over {name} was read as a sum over the whole range of {name}")
        return build.open_sum(name, body, span)
    index = build.bind(part.name, start, stop, span)
    if not _counts_steps(reader, part.name, node.body):
        return build.sum(index, body, span)
    return total(build, _at_steps(reader, part.name, start, stop, span, body), span)


def _counts_steps(reader: Reader, letter: str, body: Node) -> bool:
    """Whether a letter is the step of a name that is declared for numbered steps only: `h_t`."""
    names = (node for node in syntax.walk(body) if isinstance(node, syntax.Name))
    steps = (step_of(reader, name) for name in names)
    return any(step is not None and letter in step.signs for step in steps)


def _at_steps(
    reader: Reader, letter: str, start: Expression, stop: Expression, span: Span, body: Body
) -> list[Expression]:
    """The value of `body` at each step. Raises TooLarge."""
    first, last = (int(constant(end) or 0) for end in (start, stop))
    if last - first >= WRITTEN_OUT_LIMIT:
        message = f"more than {WRITTEN_OUT_LIMIT} terms or factors written out"
        raise TooLarge(message, reader.build.source, span)
    outer, found = reader.steps, []
    for step in range(first, last + 1):
        reader.steps = {**outer, letter: step}
        reader.build.count(1)
        found.append(body())
    reader.steps = outer
    return found


def _upper(reader: Reader, high: Node, from_one: bool) -> Expression | None:
    """An upper limit; None for a name such as `s_{l+1}` that the problem does not declare.

    A number that the paper gives to such a name, `n_{in} = 13`, may be that of another example.
    """
    try:
        stop = reader.read(high)
        if isinstance(high, syntax.Name) and isinstance(stop, Number) and not stop.name:
            reader.build.guesses.append((reader.text(high.span), high.span))
        return stop
    except UnknownName:
        if from_one and isinstance(high, syntax.Name):
            return None
        raise


def _over_values(reader: Reader, part: syntax.Range, span: Span, body: Body) -> Expression:
    """`\\sum_{k \\in \\{1, 3\\}}`, with its terms written out."""
    values = [constant(reader.read(value)) for value in part.values]
    return total(reader.build, reader.build.terms(part.name, values, body, span), span)


def _where(reader: Reader, condition: Node, span: Span, body: Body) -> Expression:
    """The body where a condition such as `k \\ne i` holds, zero elsewhere."""
    test = reader.read(condition)
    if test is not NONSENSE and not is_condition(test):
        hint = "write \\sum_{i=1}^{n}, or a condition such as k \\ne i"
        reader.fail("this range of a sum cannot be read", condition.span, hint)
    return reader.build.apply("where", test, body(), Number(0.0), span=span)
