"""Rewriting that keeps the value: other forms of an answer by the rules of algebra.

A rule yields other forms of one node, with the same shape, wherever the node is in the tree. A chain of
rules turns a right answer into a new form.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from grader.errors import Nonsense
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Shape,
    Slice,
    Sum,
    Symbol,
    children,
    free_indices,
    substitute,
    walk,
    with_children,
)
from grader.key import QuestionKey
from grader.primitives import apply, build

Choose = Callable[[int], int]  # `choose(n)` is one of 0 … n−1
Rule = Callable[[Expression, "Scene"], Iterator[Expression]]
Path = tuple[int, ...]

LARGEST = 120  # nodes of a tree that is still rewritten
ENTRIES = 12  # of an array that is spelled out
ONE, TWO, HALF, ZERO = Number(1.0), Number(2.0), Number(0.5), Number(0.0)
POINTWISE = frozenset({"add", "sub", "mul"})
COMMUTING = frozenset({"add", "mul", "maximum", "minimum", "eq", "inner"})
ASSOCIATING = frozenset({"add", "mul"})
OPPOSITE = {"gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}
MIRRORED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}


@dataclass(frozen=True)
class Scene:
    """Data that rules may use besides the node: definitions, free letters, shapes."""

    definitions: Mapping[str, Expression]
    letters: tuple[str, ...]
    shapes: Mapping[str, Shape]

    def index(self, size: int) -> Index | None:
        """An index variable of its own, None if the letters are used up."""
        return Index(self.letters[0], 1, size) if self.letters else None


def scene_of(own: QuestionKey, node: Expression) -> Scene:
    """The scene of a question's tree."""
    scope = own.question.scope
    names = scope.names
    taken = {*names.symbols, *names.functions, *names.dimensions, *names.indices}
    taken |= build.names_in(node) | {index.name for index in own.question.free}
    taken |= {base.lstrip("\\") for base, _, _ in names.spellings} | set(names.function_bases)
    definitions = {q.name: q.definition for q in scope.model.values() if q.definition is not None}
    letters = tuple(letter for letter in "kmpqrstuvabc" if letter not in taken)
    shapes = {thing.name: thing.shape for thing in scope.named() if _has_value(thing.name, own)}
    return Scene(definitions, letters, shapes)


def _has_value(name: str, own: QuestionKey) -> bool:
    return name in own.draws.values


# Where to rewrite


def sites(node: Expression, path: Path = ()) -> Iterator[tuple[Path, Expression]]:
    """Every node that is a value, with its path; index expressions are left out."""
    yield path, node
    parts = children(node)
    values = parts[:1] if isinstance(node, Item | Placed) else parts
    for at, part in enumerate(values):
        yield from sites(part, (*path, at))


def replaced(node: Expression, path: Path, new: Expression) -> Expression:
    """The tree with another node at a place."""
    if not path:
        return new
    parts = list(children(node))
    parts[path[0]] = replaced(parts[path[0]], path[1:], new)
    return with_children(node, tuple(parts))


def size_of(node: Expression) -> int:
    """How many nodes a tree has."""
    return sum(1 for _ in walk(node))


def rewritten(own: QuestionKey, node: Expression, steps: int, choose: Choose) -> Expression:
    """The tree after some steps, each one rule at one place."""
    for _ in range(steps):
        names = list(RULES)
        first = choose(len(names))
        for name in [*names[first:], *names[:first]]:
            options = list(ways(own, node, RULES[name]))
            if options:
                node = options[choose(len(options))]
                break
    if choose(4) == 0:
        spread = list(as_a_whole(own, node))
        node = spread[choose(len(spread))] if spread else node
    return node


def ways(own: QuestionKey, node: Expression, rule: Rule) -> Iterator[Expression]:
    """All trees that one application of a rule makes of a tree."""
    scene = scene_of(own, node)
    for path, part in sites(node):
        for new in rule(part, scene):
            assert new.shape == part.shape, rule
            other = replaced(node, path, new)
            if other != node and size_of(other) <= LARGEST:
                yield other


def as_a_whole(own: QuestionKey, node: Expression) -> Iterator[Expression]:
    """Other layouts of a whole answer: a transposed vector, a formula in indices as the array."""
    free = own.question.free
    if free and own.is_indexed(node):
        row, column = (*free, None)[:2]
        assert row is not None
        if len(free) <= 2 and node.shape == SCALAR:
            yield _spelled(node, row, column)
    elif 1 in node.shape and node.shape != SCALAR:
        yield build.transpose(node)


def _spelled(node: Expression, row: Index, column: Index | None) -> Expression:
    rows = [substitute(node, row.name, Number(float(i + 1))) for i in range(row.size)]
    if column is None:
        return Matrix(tuple((entry,) for entry in rows), (row.size, 1))
    spread = [
        tuple(substitute(e, column.name, Number(float(j + 1))) for j in range(column.size))
        for e in rows
    ]
    return Matrix(tuple(spread), (row.size, column.size))


# Parts of the rules


def made(function: str, *args: Expression) -> Iterator[Expression]:
    """A primitive applied, if the shapes fit."""
    try:
        yield apply(function, *args)
    except Nonsense:
        return


def times(a: Expression, b: Expression) -> Expression:
    """The matrix product, or a scaling if one factor is a scalar."""
    return apply("mul" if SCALAR in (a.shape, b.shape) else "matmul", a, b)


def parts_of(node: Expression, *functions: str) -> "tuple[Expression, ...]":
    """The arguments of one of these functions; of other nodes none."""
    return node.args if isinstance(node, Apply) and node.function in functions else ()


def entry(node: Expression, i: int, j: int) -> Expression:
    """One entry, the index pushed inwards."""
    return build.item(node, Number(float(i)), Number(float(j)))


def spelled_out(node: Expression) -> Expression:
    """An array entry by entry."""
    rows, columns = node.shape
    return Matrix(
        tuple(tuple(entry(node, i + 1, j + 1) for j in range(columns)) for i in range(rows)),
        node.shape,
    )


# The rules


def commuted(node: Expression, scene: Scene) -> Iterator[Expression]:
    """a + b = b + a, and so on."""
    if isinstance(node, Apply) and node.function in COMMUTING:
        yield apply(node.function, *node.args[::-1])
    if isinstance(node, Apply) and node.function in MIRRORED:
        yield apply(MIRRORED[node.function], *node.args[::-1])


def associated(node: Expression, scene: Scene) -> Iterator[Expression]:
    """(a ∘ b) ∘ c = a ∘ (b ∘ c), for sums, entrywise and matrix products."""
    for function in (*ASSOCIATING, "matmul"):
        for left, right in _pair(node, function):
            join = times if function == "matmul" else lambda a, b, f=function: apply(f, a, b)
            for a, b in _pair(left, function):
                yield from _fitting(lambda a=a, b=b, c=right, j=join: j(a, j(b, c)), node)
            for a, b in _pair(right, function):
                yield from _fitting(lambda a=left, b=a, c=b, j=join: j(j(a, b), c), node)


def _pair(node: Expression, function: str) -> Iterator[tuple[Expression, Expression]]:
    args = parts_of(node, function)
    if args:
        yield args[0], args[1]


def _fitting(make: Callable[[], Expression], node: Expression) -> Iterator[Expression]:
    try:
        found = make()
    except Nonsense:
        return
    if found.shape == node.shape:
        yield found


def distributed(node: Expression, scene: Scene) -> Iterator[Expression]:
    """a(b ± c) = ab ± ac from both sides; (b ± c)/d; −(a ± b)."""
    for function in ("mul", "matmul"):
        for a, b in _pair(node, function):
            for side in (0, 1):
                inner = (a, b)[side]
                for plus in ("add", "sub"):
                    for c, d in _pair(inner, plus):
                        if function == "matmul" and not c.shape == d.shape == inner.shape:
                            continue
                        one, two = ((c, b), (d, b)) if side == 0 else ((a, c), (a, d))
                        yield from _fitting(
                            lambda f=function, p=plus, x=one, y=two: apply(p, apply(f, *x), apply(f, *y)),
                            node,
                        )  # fmt: skip
    for above, below in _pair(node, "div"):
        for plus in ("add", "sub"):
            for a, b in _pair(above, plus):
                yield from _fitting(
                    lambda p=plus, a=a, b=b, d=below: apply(p, apply("div", a, d), apply("div", b, d)),
                    node,
                )  # fmt: skip


def factored(node: Expression, scene: Scene) -> Iterator[Expression]:
    """ab ± ac = a(b ± c), from both sides."""
    for plus in ("add", "sub"):
        for left, right in _pair(node, plus):
            for function in ("mul", "matmul"):
                for (a, b), (c, d) in zip(
                    _pair(left, function), _pair(right, function), strict=False
                ):
                    if a == c:
                        yield from _fitting(
                            lambda f=function, p=plus, a=a, b=b, d=d: apply(f, a, apply(p, b, d)),
                            node,
                        )
                    if b == d:
                        yield from _fitting(
                            lambda f=function, p=plus, a=a, b=b, c=c: apply(f, apply(p, a, c), b), node
                        )  # fmt: skip


def negated(node: Expression, scene: Scene) -> Iterator[Expression]:
    """a − b = −(b − a) = a + (−b); a sign moves through a product."""
    for a, b in _pair(node, "sub"):
        yield apply("neg", apply("sub", b, a))
        yield apply("add", a, apply("neg", b))
    for a, b in _pair(node, "add"):
        yield apply("sub", a, apply("neg", b))
    for function in ("mul", "matmul", "div"):
        for a, b in _pair(node, function):
            if isinstance(a, Apply) and a.function == "neg":
                yield apply("neg", apply(function, a.args[0], b))
    for inner in parts_of(node, "neg"):
        for function in ("mul", "matmul", "div"):
            for a, b in _pair(inner, function):
                yield apply(function, apply("neg", a), b)
        yield apply("mul", Number(-1.0), inner)
        for a, b in _pair(inner, "sub"):
            yield apply("sub", b, a)


def doubled(node: Expression, scene: Scene) -> Iterator[Expression]:
    """x = 2x/2 = ½x + ½x = 1·x; a twice negated."""
    if is_condition(node):
        return
    yield apply("div", apply("mul", TWO, node), TWO)
    yield apply("add", apply("div", node, TWO), apply("mul", HALF, node))
    yield apply("mul", ONE, node)
    yield apply("neg", apply("neg", node))


def simplified(node: Expression, scene: Scene) -> Iterator[Expression]:
    """1·x = x, 2(x/2) = x, −−x = x, 0.5x = x/2."""
    for a, b in _pair(node, "mul"):
        if a == ONE:
            yield from _fitting(lambda b=b: b, node)
        if a == HALF:
            yield apply("div", b, TWO)
        if isinstance(a, Apply) and a.function == "ones":
            yield from _fitting(lambda b=b: b, node)
    for a in parts_of(node, "neg"):
        yield from parts_of(a, "neg")


def transposed(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A = Aᵀᵀ, (AB)ᵀ = BᵀAᵀ, (a ∘ b)ᵀ = aᵀ ∘ bᵀ, and back."""
    if node.shape != SCALAR and not is_condition(node):
        yield apply("transpose", apply("transpose", node))
    for a, b in _pair(node, "matmul"):
        yield _flat(lambda a=a, b=b: apply("transpose", times(_turned(b), _turned(a))), node)
    for inner in parts_of(node, "transpose"):
        for a, b in _pair(inner, "matmul"):
            yield times(_turned(b), _turned(a))
        for function in POINTWISE:
            for a, b in _pair(inner, function):
                yield apply(function, _turned(a), _turned(b))


def _flat(make: Callable[[], Expression], node: Expression) -> Expression:
    found = make()
    return node if found.shape != node.shape else found


def _turned(node: Expression) -> Expression:
    return node if node.shape == SCALAR else build.transpose(node)


def renamed(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A bound index under another name."""
    if isinstance(node, Sum):
        for letter in scene.letters[:3]:
            index = replace(node.index, name=letter)
            yield replace(node, index=index, body=substitute(node.body, node.index.name, index))


def reordered(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Two sums are swapped; a sum over terms is a sum of sums."""
    if isinstance(node, Sum) and isinstance(node.body, Sum):
        inner = node.body
        if inner.index.name != node.index.name:
            yield replace(inner, body=replace(node, body=inner.body))
    if isinstance(node, Sum):
        for plus in ("add", "sub"):
            for a, b in _pair(node.body, plus):
                if a.shape == b.shape:
                    yield apply(plus, Sum(a, node.index, a.shape), Sum(b, node.index, b.shape))


def shifted(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Σ over k from 1 to n is f(1) + Σ from 2, or Σ of f(k + 1) from 0, or all terms."""
    if not isinstance(node, Sum):
        return
    index, body = node.index, node.body

    def term(at: int) -> Expression:
        return substitute(body, index.name, Number(float(at)))

    def plus(a: Expression, b: Expression) -> Expression:
        return apply("add", a, b)

    if index.size > 1:
        rest = replace(index, start=index.start + 1)
        yield plus(term(index.start), Sum(body, rest, node.shape))
    if index.size <= 4:
        terms = [term(at) for at in range(index.start, index.stop + 1)]
        total = terms[0]
        for one in terms[1:]:
            total = plus(total, one)
        yield total
    if index.start == 1 and _only_selects(body, index):
        moved = Index(index.name, 0, index.stop - 1)
        yield Sum(
            substitute(body, index.name, Apply("add", (moved, ONE), SCALAR)), moved, node.shape
        )


def _only_selects(body: Expression, index: Index) -> bool:
    """Whether an index is only used as a selector by itself."""
    return all(not (isinstance(part, Index) and part.name == index.name) for _, part in sites(body))


def moved_into_sums(node: Expression, scene: Scene) -> Iterator[Expression]:
    """a Σ f = Σ a f, and back."""
    for a, b in _pair(node, "mul"):
        for sum_, other, first in ((b, a, True), (a, b, False)):
            if isinstance(sum_, Sum) and sum_.index.name not in free_indices(other):
                body = sum_.body
                product = (other, body) if first else (body, other)
                for new in made("mul", *product):
                    yield Sum(new, sum_.index, new.shape)
    if isinstance(node, Sum):
        for a, b in _pair(node.body, "mul"):
            if node.index.name not in free_indices(a):
                yield from made("mul", a, Sum(b, node.index, b.shape))
            if node.index.name not in free_indices(b):
                yield from made("mul", Sum(a, node.index, a.shape), b)


def scaled(node: Expression, scene: Scene) -> Iterator[Expression]:
    """(sA)B = s(AB) = A(sB)."""
    for a, b in _pair(node, "matmul"):
        for one, two, first in ((a, b, True), (b, a, False)):
            for s, rest in _scalings(one):
                other = apply("matmul", rest, two) if first else apply("matmul", two, rest)
                yield apply("mul", s, other)
                pushed = apply("mul", two, s)
                yield apply("matmul", *((rest, pushed) if first else (pushed, rest)))
    for s, product in _scalings(node):
        for a, b in _pair(product, "matmul"):
            yield apply("matmul", apply("mul", a, s), b)


def _scalings(node: Expression) -> Iterator[tuple[Expression, Expression]]:
    for a, b in _pair(node, "mul"):
        if a.shape == SCALAR and b.shape != SCALAR:
            yield a, b
        if b.shape == SCALAR and a.shape != SCALAR:
            yield b, a


def indexed(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A matrix product by its sums over an index; an array entry by entry."""
    if (
        isinstance(node, Item)
        and not isinstance(node.row, Slice)
        and not isinstance(node.column, Slice)
    ):
        pushed = build.item(node.base, node.row, node.column)
        if pushed.shape == node.shape:
            yield pushed
    for a, b in _pair(node, "matmul"):
        index = scene.index(a.shape[1])
        if node.shape == SCALAR and index is not None:
            product = apply("mul", build.item(a, ONE, index), build.item(b, index, ONE))
            yield Sum(product, index, SCALAR)
    rows, columns = node.shape
    if 1 < rows * columns <= ENTRIES and not isinstance(node, Matrix) and not is_condition(node):
        yield spelled_out(node)


def turned_entries(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A[i, j] = Aᵀ[j, i]; (s A)[i] = s A[i]."""
    if isinstance(node, Item) and node.shape == SCALAR and not isinstance(node.row, Slice):
        yield Item(_turned(node.base), node.column, node.row, SCALAR)
    for a, b in _pair(node, "mul"):
        for s, one in ((a, b), (b, a)):
            if isinstance(one, Item) and one.shape == SCALAR == s.shape:
                yield Item(apply("mul", s, one.base), one.row, one.column, SCALAR)


def diagonal(node: Expression, scene: Scene) -> Iterator[Expression]:
    """a ⊙ b = diag(a) b, and back."""
    for a, b in _pair(node, "mul"):
        if a.shape[1] == 1 and a.shape[0] == b.shape[0] > 1:
            yield apply("matmul", apply("diag", a), b)
    for a, b in _pair(node, "matmul"):
        for inside in parts_of(a, "diag"):
            if inside.shape[1] == 1:
                yield apply("mul", inside, b)


def powers(node: Expression, scene: Scene) -> Iterator[Expression]:
    """x² = x·x, a/b = a·(1/b) = a·b⁻¹."""
    for x, exponent in _pair(node, "pow"):
        if exponent == TWO:
            yield apply("mul", x, x)
    for a, b in _pair(node, "mul"):
        if a == b:
            yield apply("pow", a, TWO)
        for above, below in _pair(b, "div"):
            if above.shape == below.shape:
                yield from _fitting(
                    lambda a=a, u=above, d=below: apply("div", apply("mul", a, u), d), node
                )
    for a, b in _pair(node, "div"):
        if b.shape == SCALAR:
            yield apply("mul", a, apply("div", ONE, b))
            yield apply("mul", a, apply("pow", b, Number(-1.0)))


def unfolded(node: Expression, scene: Scene) -> Iterator[Expression]:
    """A quantity of the model by its definition."""
    if isinstance(node, Symbol) and node.name in scene.definitions:
        definition = scene.definitions[node.name]
        if definition.shape == node.shape:
            yield definition


def folded(node: Expression, scene: Scene) -> Iterator[Expression]:
    """The quantity of a definition of the model."""
    for name, definition in scene.definitions.items():
        if node == definition:
            yield Symbol(name, node.shape)


def functions(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Functions and derivatives as other ones with the same values."""
    if not isinstance(node, Apply) or len(node.args) != 1:
        return
    x = node.args[0]
    match node.function:
        case "relu":
            yield apply("maximum", ZERO, x)
            yield apply("div", apply("add", x, apply("abs", x)), TWO)
            yield apply("where", apply("gt", x, ZERO), x, ZERO)
            yield apply("mul", x, apply("relu'", x))
        case "relu'" | "step":
            yield apply("where", apply("gt", x, ZERO), ONE, ZERO)
            yield apply("where", apply("le", x, ZERO), ZERO, ONE)
            yield apply("step", x)
            yield apply("gt", x, ZERO)
            yield apply("div", apply("add", ONE, apply("sign", x)), TWO)
        case "tanh'":
            yield apply("sub", ONE, apply("pow", apply("tanh", x), TWO))
        case "tanh":
            growing, falling = apply("exp", x), apply("exp", apply("neg", x))
            yield apply("div", apply("sub", growing, falling), apply("add", growing, falling))
        case "log'":
            yield apply("div", ONE, x)
        case "softmax":
            grown = apply("exp", x)
            yield apply("div", grown, apply("sum", grown))
        case "sqrt":
            yield apply("pow", x, HALF)
        case "norm":
            yield apply("sqrt", apply("sum", apply("pow", x, TWO)))


def turned_cases(node: Expression, scene: Scene) -> Iterator[Expression]:
    """Cases in the other order, with the opposite condition."""
    for condition in parts_of(node, "where")[:1]:
        _, value, other = parts_of(node, "where")
        if isinstance(condition, Apply) and condition.function in OPPOSITE:
            opposite = apply(OPPOSITE[condition.function], *condition.args)
            yield apply("where", opposite, other, value)


def products(node: Expression, scene: Scene) -> Iterator[Expression]:
    """aᵀb = sum(a ⊙ b) = ⟨a, b⟩; abᵀ = outer(a, b); sums along an axis as products with ones."""
    for a, b in _pair(node, "matmul"):
        for left in parts_of(a, "transpose"):
            if left.shape == b.shape and b.shape[1] == 1:
                yield apply("sum", apply("mul", left, b))
                yield apply("inner", left, b)
        for right in parts_of(b, "transpose"):
            if a.shape[1] == right.shape[1] == 1:
                yield apply("outer", a, right)
    for a, b in _pair(node, "outer"):
        if a.shape[1] == b.shape[1] == 1:
            yield apply("matmul", a, apply("transpose", b))
    if isinstance(node, Apply) and node.function == "sum" and node.args[0].shape != SCALAR:
        x = node.args[0]
        if node.params == (1,):
            yield apply("matmul", x, apply("ones", params=(x.shape[1], 1)))
        elif x.shape[1] == 1:
            yield apply("matmul", apply("transpose", x), apply("ones", params=(x.shape[0], 1)))


def is_condition(node: Expression) -> bool:
    """Whether a node is a truth value, or made of truth values."""
    if isinstance(node, Item):
        return is_condition(node.base)
    return isinstance(node, Apply) and node.function in {*OPPOSITE, "eq", "ne", "not"}


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        commuted, associated, distributed, factored, negated, doubled, simplified, transposed,
        renamed, reordered, shifted, moved_into_sums, scaled, indexed, turned_entries, diagonal,
        powers, unfolded, folded, functions, turned_cases, products,
    )
}  # fmt: skip
