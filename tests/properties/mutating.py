"""Changes that make a right answer wrong: the mistakes of a derivation, one at a time.

The caller must check that the values differ, since some changes do nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations

from rewriting import (
    LARGEST,
    ONE,
    Choose,
    Rule,
    Scene,
    is_condition,
    made,
    replaced,
    scene_of,
    sites,
    size_of,
)

from grader.errors import Nonsense
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Slice,
    Sum,
    Symbol,
    children,
    free_indices,
    substitute,
    walk,
)
from grader.key import QuestionKey
from grader.primitives import apply, build

FACTORS = (0.0, -1.0, 2.0, 0.5, 1.001)
SWAPPED = {"add": "sub", "sub": "add", "matmul": "mul", "mul": "add", "maximum": "minimum"}
FOR_DERIVATIVE = {"relu'": ("relu", "abs"), "tanh'": ("tanh",), "log'": ("log",)}


def changed(own: QuestionKey, node: Expression, choose: Choose) -> Expression | None:
    """The tree with one mistake in it, None if no change can be made."""
    names = list(MISTAKES)
    first = choose(len(names))
    for name in [*names[first:], *names[:first]]:
        options = list(_ways(own, node, MISTAKES[name]))
        if options:
            return options[choose(len(options))]
    return None


def _ways(own: QuestionKey, node: Expression, rule: Rule) -> Iterator[Expression]:
    scene = scene_of(own, node)
    known = {index.name for index in own.question.free}
    for path, part in sites(node):
        for new in rule(part, scene):
            if new.shape != part.shape or new == part:
                continue
            other = replaced(node, path, new)
            if size_of(other) <= LARGEST and free_indices(other) <= known:
                yield other


def wrong_factor(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A wrong sign, a factor, a factor of nearly one."""
    if not is_condition(node):
        for factor in FACTORS:
            yield apply("mul", Number(factor), node)


def dropped(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A factor, a term, a function or a sum left out."""
    if isinstance(node, Apply) and not is_condition(node):
        yield from node.args
    if isinstance(node, Sum):
        yield substitute(node.body, node.index.name, Number(float(node.index.start)))


def transposed(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A transposed square matrix; an entry with swapped indices."""
    if node.shape[0] == node.shape[1] > 1:
        yield build.transpose(node)
    if isinstance(node, Item):
        yield from _entry(node.base, node.column, node.row)


def _entry(base: Expression, row: object, column: object) -> Iterator[Expression]:
    try:
        yield build.entry(base, row, column)  # type: ignore[arg-type]
    except Nonsense:
        return


def other_index(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Another row or column: the next one, the first, or that of another index in the tree."""
    if not isinstance(node, Item) or isinstance(node.row, Slice) or isinstance(node.column, Slice):
        return
    found = [part for part in (node.row, node.column) if isinstance(part, Index)]
    for at, selector in enumerate((node.row, node.column)):
        for new in (*found, *_beside(selector), ONE, Number(2.0)):
            pair = [node.row, node.column]
            pair[at] = new
            yield from _entry(node.base, *pair)


def _beside(selector: Expression) -> Iterator[Expression]:
    if isinstance(selector, Number):
        yield Number(selector.value + 1)
        yield Number(selector.value - 1)
    else:
        yield apply("add", selector, ONE)
        yield apply("sub", selector, ONE)


def other_range(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A sum that begins too late or ends too early."""
    if isinstance(node, Sum) and node.index.size > 1:
        for index in (
            replace(node.index, stop=node.index.stop - 1),
            replace(node.index, start=node.index.start + 1),
        ):
            yield replace(node, index=index, body=_over(node.body, index))


def _over(body: Expression, index: Index) -> Expression:
    return substitute(body, index.name, index)


def other_layer(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Another quantity of the same shape."""
    if isinstance(node, Symbol):
        for name, shape in scene.shapes.items():
            if shape == node.shape and name != node.name:
                yield Symbol(name, shape)


def other_operation(node: Expression, scene: Scene) -> Iterator[Expression]:
    """+ for −, ⊙ for a matrix product, the factors of one in another order, f for f′."""
    if not isinstance(node, Apply):
        return
    for function in (*FOR_DERIVATIVE.get(node.function, ()), SWAPPED.get(node.function, "")):
        if function:
            yield from made(function, *node.args)
    if node.function in ("matmul", "sub", "div"):
        yield from made(node.function, *node.args[::-1])
    if node.function in ("relu", "tanh", "softmax"):
        yield node.args[0]


def other_cases(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Cases in another order, or another sign in a condition."""
    if not isinstance(node, Apply):
        return
    if node.function == "where":
        condition, value, other = node.args
        yield apply("where", condition, other, value)
    if node.function in ("gt", "ge", "lt", "le"):
        a, b = node.args
        yield apply(node.function, b, a)
        yield from made(node.function, a, apply("add", b, Number(0.5)))


def other_parts(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Two arguments of the same shape, far apart in the tree, are swapped."""
    parts = children(node)
    if isinstance(node, Apply) and len(parts) == 2:
        for one, two in permutations(parts):
            for inner in walk(one):
                if isinstance(inner, Symbol) and inner.shape == two.shape != SCALAR:
                    yield from made(node.function, two, one)
                    return


MISTAKES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        wrong_factor, dropped, transposed, other_index, other_range, other_layer, other_operation,
        other_cases, other_parts,
    )
}  # fmt: skip
