"""The worked key: each reference as a derivation, step by step through the chain rule."""

import itertools
from collections.abc import Iterable, Iterator

from grader.authoring.sheets.backward import Derivation, Step, derivation, functions
from grader.authoring.sheets.handout import equations, quantity_name, sides, title_of
from grader.authoring.sheets.sheet import Block, Bullets, Code, Formula, Heading, Prose, Sheet
from grader.authoring.written import by_letters, in_answer_file
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Place,
    Slice,
    Symbol,
    shape_text,
    walk,
)
from grader.grading.letters import letters_of
from grader.key import Key, QuestionKey
from grader.notation import Names, printing
from grader.primitives import TABLE
from grader.primitives.build import ONE, derivative, item
from grader.problem import Python

RULES = {
    "matmul": "a product $AB$ hands $G B^\\top$ to $A$ and $A^\\top G$ to $B$, where $G$ is its gradient",
    "mul": "a product entry by entry hands each factor the gradient times the other one",
    "div": "a quotient $a / b$ hands $G / b$ to $a$ and $-G a / b^2$ to $b$",
    "add": "a sum hands the gradient to each of its terms",
    "sub": "a difference hands the gradient to the first term, and its negative to the second",
    "neg": "the sign changes",
    "pow": "a power $a^n$ hands on $n a^{n-1}$ times the gradient",
    "square": "a square hands on twice what is squared",
    "transpose": "a transpose hands on the transpose of the gradient",
    "sum": "every term of a sum gets the whole gradient",
    "mean": "every entry of a mean gets its share of the gradient",
    "maximum": "the larger one gets the gradient, the other nothing",
    "minimum": "the smaller one gets the gradient, the other nothing",
    "softmax": "$s = \\mathrm{softmax}(z)$ hands on $s \\odot (G - \\sum_k G_k s_k)$",
    "log_softmax": "$\\log \\mathrm{softmax}(z)$ hands on $G - \\mathrm{softmax}(z) \\sum_k G_k$",
    "logsumexp": "the derivative of log-sum-exp is softmax",
    "norm": "the gradient of $\\lVert x \\rVert$ is $x / \\lVert x \\rVert$",
    "trace": "the gradient of a trace is the identity matrix",
    "diag": "only the diagonal gets a gradient",
    "correlate": "$y_i = \\sum_k w_k x_{i+k-1}$ hands convolve$(G, w)$ to $x$ and correlate$(x, G)$ to $w$",
    "convolve": "a convolution hands on the correlation of the gradient with the other factor",
}
"""What each function's vjp does, in a sentence; elementwise functions are said in one for all."""


def worked_key(key: Key) -> Sheet:
    """The sheet for the instructor."""
    blocks: list[Block] = [
        Prose(
            "**Not for students.** Every reference, derived step by step through the chain rule."
        ),
        Heading("The forward model"),
        *equations(key.problem),
    ]
    for number, own in enumerate(key.questions.values(), 1):
        blocks += _question(number, own)
    total = sum(question.points for question in key.problem.questions)
    subtitle = f"Worked key: {len(key.questions)} questions, {total:g} points"
    return Sheet(title_of(key.problem), subtitle, tuple(blocks))


def _question(number: int, own: QuestionKey) -> Iterator[Block]:
    question = own.question
    points = f"{question.points:g} point{'' if question.points == 1 else 's'}"
    yield Heading(f"{number}. {question.id} ({points})")
    yield Prose(question.prompt)
    found = derivation(own)
    if found is not None:
        yield from _steps(own, found)
    steps = (*(step.adjoint for step in found.steps), found.last) if found is not None else ()
    yield from _result(own, steps)


def _steps(own: QuestionKey, found: Derivation) -> Iterator[Block]:
    names, scope = own.question.names, own.question.scope
    if found.unfolded is not None:
        yield Prose("Written out, the entry is")
        yield _equation(found.numerator, found.unfolded, names)
    yield from _unit_vectors(found)
    for step in found.steps:
        yield Prose(_reason(step, own))
        left = derivative(found.numerator, Symbol(step.name, scope.model[step.name].shape))
        yield _equation(left, step.adjoint, names)
    if found.steps or found.sources:
        asked = _base(own.question.wrt)
        last = Step(asked.name, asked.shape, found.sources, found.last)
        yield Prose(_reason(last, own))
        yield _equation(derivative(found.numerator, asked), found.last, names)


def _unit_vectors(found: Derivation) -> Iterator[Block]:
    """What `e_i`, E_ij and [x]_{2:3} mean where they occur."""
    formulas = [*(step.adjoint for step in found.steps), found.last]
    placed = [part for formula in formulas for part in walk(formula) if isinstance(part, Place)]
    blocks = [
        part for part in placed if isinstance(part.row, Slice) or isinstance(part.column, Slice)
    ]
    if any(1 in part.shape for part in placed if part not in blocks):
        yield Prose("In what follows $e_n$ is the unit vector whose entry $n$ is 1, the others 0.")
    if any(1 not in part.shape for part in placed if part not in blocks):
        yield Prose(
            "In what follows $E_{n,m}$ is the matrix whose entry $n, m$ is 1, the others 0."
        )
    if blocks:
        yield Prose("In what follows $[x]_{a:b}$ is an array of zeros, but for $x$ at $a$ to $b$.")


def _base(wrt: Expression | None) -> Symbol:
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    return base


def _reason(step: Step, own: QuestionKey) -> str:
    """Where a quantity enters, and which rules bring its gradient back."""
    scope = own.question.scope
    name = f"${quantity_name(step.name, scope)}$"
    given = [s for s in step.sources if scope.model[s].definition is None]
    if given:
        return f"The gradient at {name} is given:"
    if not step.sources:
        return f"By {name}:"
    through = " and ".join(f"${quantity_name(source, scope)}$" for source in step.sources)
    added = "" if len(step.sources) == 1 else ", so the contributions are added"
    rules = "; ".join(_rules(step, own))
    return f"{name} enters {through}{added}" + (f" ({rules}):" if rules else ":")


def _rules(step: Step, own: QuestionKey) -> list[str]:
    used: list[str] = []
    for source in step.sources:
        definition = own.question.scope.model[source].definition
        used += functions(definition, step.name) if definition is not None else []
    said = [rule for function in dict.fromkeys(used) if (rule := _rule(function))]
    return said[:3]


def _rule(function: str) -> str:
    if function in RULES:
        return RULES[function]
    row = TABLE.get(function)
    return "entry by entry, times the function's derivative" if row and row.derivative else ""


def _result(own: QuestionKey, steps: tuple[Expression, ...]) -> Iterator[Block]:
    names, reference = own.question.names, own.reference
    if reference is None:
        python = own.question.reference
        assert isinstance(python, Python)
        yield Prose(f"Computed by `{python.function}()` in `{python.file.name}`.")
        return
    yield Prose(f"The answer ({_sized(own)}):")
    formula = by_letters(own.question, reference)
    yield _equation(_asked(own, formula), formula, names)
    local = _local_derivatives((*steps, reference), own)
    if local:
        yield Bullets(tuple(local))
    yield Prose("In an answer file:")
    yield Code(in_answer_file(own, reference))


def _sized(own: QuestionKey) -> str:
    size = shape_text(own.grid)
    if own.question.free and own.is_indexed(own.reference or Symbol("", SCALAR)):
        ranges = ", ".join(f"{i.name} = {i.start}…{i.stop}" for i in own.question.free)
        return f"for {ranges}"
    return size


def _asked(own: QuestionKey, formula: Expression) -> Expression | None:
    """The derivative that is asked for; its entry, where the formula is one for each entry."""
    of, wrt = own.question.of, own.question.wrt
    if of is None or wrt is None:
        return None
    whole = Derivative(of, wrt, own.grid)
    if own.question.free or formula.shape == own.grid:
        return whole
    letters = letters_of(own.question, None)
    if of.shape == SCALAR or wrt.shape == SCALAR:
        return item(whole, letters[0], letters[1] if 1 not in own.grid else ONE)
    above = item(of, *((letters[0], ONE) if of.shape[1] == 1 else (ONE, letters[0])))
    below = item(wrt, *((letters[1], ONE) if wrt.shape[1] == 1 else (ONE, letters[1])))
    return Derivative(above, below, SCALAR)


def _local_derivatives(formulas: Iterable[Expression], own: QuestionKey) -> list[str]:
    """What each f′ in some formulas is."""
    said = {}
    for node in itertools.chain.from_iterable(walk(formula) for formula in formulas):
        row = TABLE[node.function] if isinstance(node, Apply) else None
        if isinstance(node, Apply) and row and row.expansion and node.function.endswith("'"):
            letter = Symbol("u", node.args[0].shape)
            plain = Apply(node.function, (letter, *node.args[1:]), node.shape, node.params)
            names = own.question.names
            left, right = printing.latex(plain, names), printing.latex(row.expansion(plain), names)
            said[node.function] = f"${left} = {right}$" + _KNOWN.get(node.function, "")
    return list(said.values())


_KNOWN = {"relu'": ", which is 1 where $u > 0$ and 0 where $u < 0$", "abs'": ", the sign of $u$"}


def _equation(left: Expression | None, right: Expression, names: Names) -> Formula:
    parts = [node for node in (left, right) if node is not None]
    latex = " = ".join(printing.latex(node, names) for node in parts)
    return Formula(latex.strip(), sides(parts, names))
