"""The worked key: each reference as a derivation, step by step through the chain rule."""

from collections.abc import Container, Iterator

from grader.authoring.reference_text import by_letters, in_answer_file
from grader.authoring.sheets.backward import AdjointStep, ReferenceDerivation, derivation, functions
from grader.authoring.sheets.handout import equations, formula, quantity_name, title_of
from grader.authoring.sheets.rules import gradient_letter, name_of, rule_of, sentences
from grader.authoring.sheets.sheet import (
    Block,
    Bullets,
    Code,
    DisplayedFormula,
    Heading,
    Paragraph,
    Sheet,
)
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Placed,
    Slice,
    Symbol,
    shape_text,
    walk,
)
from grader.grading.index_letters import letters_of
from grader.key import Key, QuestionKey
from grader.notation import printing
from grader.primitives.build import ONE, derivative, item
from grader.problem import Python
from grader.reports.wording import listed
from grader.simplification import named, simplest, simplified, sums

LONGEST = 400  # characters of LaTeX that are still one line
LONGEST_TYPED = 200

Derived = dict[tuple[Expression, Expression], str]
"""Steps, as (left side, right side), with the id of the question that derives them first."""


def worked_key(key: Key) -> Sheet:
    """The sheet for the instructor."""
    blocks: list[Block] = [
        Paragraph(
            "**Not for students.** The derivation of every reference, step by step by the chain rule."
        ),
        Heading("The forward model"),
        *equations(key.problem),
        *_rules(key),
    ]
    earlier: Derived = {}
    asked = {(own.question.of, own.question.wrt) for own in key.questions.values()}
    for number, own in enumerate(key.questions.values(), 1):
        blocks += _question(number, own, earlier)
        blocks += _to_type(own, asked)
    total = sum(question.points for question in key.problem.questions)
    subtitle = f"Worked key: {len(key.questions)} questions, {total:g} points"
    return Sheet(title_of(key.problem), subtitle, tuple(blocks))


def _rules(key: Key) -> Iterator[Block]:
    """The rule of each function in the backward pass."""
    used: list[str] = []
    for own in key.questions.values():
        found = own.cached(derivation)
        if found is not None:
            for step in (*found.steps, _last(own, found)):
                used += _functions_of(step, own, found)
    if not used:
        return
    names = key.problem.scope.names
    yield Heading("Rules of the backward pass")
    yield Paragraph(
        f"${gradient_letter(names)}$ is the upstream gradient. Functions, products "
        "$\\odot$, quotients and powers of arrays work entry by entry."
    )
    yield Bullets(tuple(sentences(used, names)))


def _question(number: int, own: QuestionKey, earlier: Derived) -> Iterator[Block]:
    question = own.question
    points = f"{question.points:g} point{'' if question.points == 1 else 's'}"
    yield Heading(f"{number}. {question.id} ({points})")
    yield Paragraph(question.prompt)
    found = own.cached(derivation)
    if found is not None:
        yield from _steps(own, found, earlier)
    yield from _result(own, found)


def _steps(own: QuestionKey, found: ReferenceDerivation, earlier: Derived) -> Iterator[Block]:
    names = own.question.names
    if found.unfolded is not None:
        yield Paragraph("The entry is")
        yield formula([(found.numerator, found.unfolded)], names)
    yield from _unit_vectors(found)
    yield from _sums(own)
    last = _last(own, found)
    steps = [(_left(found, step), step.adjoint, step) for step in (*found.steps, last)]
    new = [step for step in steps if step[:2] not in earlier or step[2] is last]
    used = {part for _, right, _ in new for part in walk(right)}
    before = [
        (left, right) for left, right, _ in steps if left in used and (left, right) in earlier
    ]
    if before:
        where = listed(
            [f"**{question}**" for question in dict.fromkeys(earlier[pair] for pair in before)]
        )
        yield Paragraph(f"From {where}:")
        yield formula(before, names)
    for left, right, step in new:
        yield Paragraph(_reason(step, own, found))
        yield formula([(left, right)], names)
        earlier.setdefault((left, right), own.question.id)


def _left(found: ReferenceDerivation, step: AdjointStep) -> Expression:
    return derivative(found.numerator, Symbol(step.name, step.shape))


def _last(own: QuestionKey, found: ReferenceDerivation) -> AdjointStep:
    """The gradient that the question asks for, as the last step."""
    asked = _base(own.question.wrt)
    return AdjointStep(asked.name, asked.shape, found.sources, found.last)


def _unit_vectors(found: ReferenceDerivation) -> Iterator[Block]:
    """The meaning of `e_i`, E_ij and [x]_{2:3}, if they occur."""
    formulas = [*(step.adjoint for step in found.steps), found.last]
    placed = [part for formula in formulas for part in walk(formula) if isinstance(part, Placed)]
    blocks = [
        part for part in placed if isinstance(part.row, Slice) or isinstance(part.column, Slice)
    ]
    if any(1 in part.shape for part in placed if part not in blocks):
        yield Paragraph("$\\mathbf{e}_n$ is the unit vector whose entry $n$ is 1, the others 0.")
    if any(1 not in part.shape for part in placed if part not in blocks):
        yield Paragraph("$\\mathbf{E}_{n,m}$ is the matrix whose entry $n, m$ is 1, the others 0.")
    if blocks:
        yield Paragraph("$[x]_{a:b}$ is an array that has $x$ at $a$ to $b$, and zeros elsewhere.")


def _sums(own: QuestionKey) -> Iterator[Block]:
    """That the entries of a distribution sum to 1, where the reference uses it."""
    if not sums(own.question) or own.reference is None:
        return
    plain = simplified(own.reference, own.cached(named))
    for total in sums(own.question):
        if total in walk(plain):
            (symbol,) = total.args if isinstance(total, Apply) else ()
            name = f"${printing.latex(symbol, own.question.names)}$"
            rows = "each row of " if total.shape != SCALAR else ""
            yield Paragraph(f"The entries of {rows}{name} sum to 1.")


def _base(wrt: Expression | None) -> Symbol:
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    return base


def _reason(step: AdjointStep, own: QuestionKey, found: ReferenceDerivation) -> str:
    """The quantities computed from a quantity, and the rules that give its gradient."""
    scope = own.question.scope
    name = f"${quantity_name(step.name, scope)}$"
    given = [s for s in step.sources if scope.model[s].definition is None]
    defined = [s for s in step.sources if s not in given]
    if given and not defined:
        return f"The problem gives the gradient at {name}:"
    computed = [f"${quantity_name(source, scope)}$" for source in defined]
    reason = (
        f"{name} is used in {listed(computed)}"
        if computed
        else f"The formula contains {name} directly"
    )
    if given:
        reason += ", and the problem gives a gradient at it"
    if len(step.sources) > 1:
        reason += "; the gradients add up"
    rules = [rule for rule in dict.fromkeys(map(rule_of, _functions_of(step, own, found))) if rule]
    names = ", ".join(map(name_of, rules))
    return reason + (f" ({'rule' if len(rules) == 1 else 'rules'}: {names}):" if rules else ":")


def _functions_of(step: AdjointStep, own: QuestionKey, found: ReferenceDerivation) -> list[str]:
    """The functions applied to a quantity in the formulas that use it, outermost first."""
    model = own.question.scope.model
    formulas = [model[source].definition for source in step.sources]
    formulas = formulas or [found.unfolded or found.numerator]
    return [f for node in formulas if node is not None for f in functions(node, step.name)]


def _result(own: QuestionKey, found: ReferenceDerivation | None) -> Iterator[Block]:
    names, reference = own.question.names, own.cached(simplest)
    if reference is None:
        python = own.question.reference
        assert isinstance(python, Python)
        yield Paragraph(f"Computed by `{python.function}()` in `{python.file.name}`.")
        return
    answer = by_letters(own.question, reference)
    left = _asked(own, answer)
    yield from _answer(own, found, formula([(left, answer) if left else (answer,)], names))


def _to_type(own: QuestionKey, asked: Container[object]) -> Iterator[Block]:
    """The answer as text for an answer file; a long one uses derivatives of other questions."""
    reference, found = own.cached(simplest), own.cached(derivation)
    if reference is None:
        return
    text = in_answer_file(own, reference)
    whole = found is not None and found.last.shape == own.grid and not own.question.free
    if found is not None and whole and len(text) > LONGEST_TYPED:
        named = [part for part in walk(found.last) if isinstance(part, Derivative)]
        if named and all((part.of, part.wrt) in asked for part in named):
            text = in_answer_file(own, found.last)
    yield Paragraph("In an answer file:")
    yield Code(text)


def _answer(
    own: QuestionKey, found: ReferenceDerivation | None, answer: DisplayedFormula
) -> Iterator[Block]:
    """The answer, unless the last step is the answer already."""
    size = _sized(own)
    if found is None:
        yield Paragraph(f"The answer ({size}) is:")
    elif answer == formula([(_left(found, _last(own, found)), found.last)], own.question.names):
        yield Paragraph(f"This is the answer ({size}).")
        return
    elif len(answer.latex) > LONGEST:
        yield Paragraph(f"Substitute the formulas above to get the answer ({size}).")
        return
    elif found.numerator != own.question.of and not own.question.free:
        yield Paragraph(f"This entry, for all rows, gives the answer ({size}):")
    else:
        yield Paragraph(
            f"{'After substitution, the' if found.steps else 'The'} answer ({size}) is:"
        )
    yield answer


def _sized(own: QuestionKey) -> str:
    size = shape_text(own.grid)
    if own.question.free and own.is_indexed(own.reference or Symbol("", SCALAR)):
        ranges = ", ".join(f"{i.name} = {i.start}…{i.stop}" for i in own.question.free)
        return f"for {ranges}"
    return size


def _asked(own: QuestionKey, formula: Expression) -> Expression | None:
    """The derivative that the question asks for, or its entry if `formula` gives one entry."""
    of, wrt = own.question.of, own.question.wrt
    if of is None or wrt is None:
        return None
    whole = Derivative(of, wrt, own.grid)
    if own.question.free or formula.shape == own.grid:
        return whole
    letters = letters_of(own.question, None).known
    if of.shape == SCALAR or wrt.shape == SCALAR:
        return item(whole, letters[0], letters[1] if 1 not in own.grid else ONE)
    above = item(of, *((letters[0], ONE) if of.shape[1] == 1 else (ONE, letters[0])))
    below = item(wrt, *((letters[1], ONE) if wrt.shape[1] == 1 else (ONE, letters[1])))
    return Derivative(above, below, SCALAR)
