"""The handout for students: the network, its symbols, the questions, how to answer. No references."""

from collections.abc import Iterator, Sequence

from grader.authoring.sheets.sheet import (
    Block,
    Bullets,
    Code,
    DisplayedFormula,
    Heading,
    Paragraph,
    Sheet,
    SheetTable,
)
from grader.expression import SCALAR, Apply, Derivative, Expression, Number, walk
from grader.notation import Names, printing
from grader.primitives import TABLE, is_function
from grader.problem import Declared, Problem, Quantity, Question, Scope
from grader.problem.describe import shape_words
from grader.problem.prompt import size_beside
from grader.reports.wording import listed

_DRAWS = {
    "one_hot": "one-hot", "simplex": "positive, sums to 1", "symmetric": "symmetric",
    "mask": "0 or 1", "positive": "positive", "integers": "whole numbers",
}  # fmt: skip


def handout(problem: Problem, folder: str = "PROBLEM") -> Sheet:
    """The sheet for students; `folder` is the problem's path in the commands that it shows."""
    total = sum(question.points for question in problem.questions)
    count = len(problem.questions)
    subtitle = f"{count} question{'' if count == 1 else 's'}, {total:g} points"
    blocks = [
        *_description(problem),
        Heading("The model"),
        *_varies(problem),
        *equations(problem),
        *_functions(problem.scope),
        Heading("Notation"),
        _symbols(problem),
        *_layout(problem),
        Heading("Questions"),
        *_questions(problem),
        Heading("How to hand in"),
        *_how_to(problem, folder),
    ]
    return Sheet(title_of(problem), subtitle, tuple(blocks))


def title_of(problem: Problem) -> str:
    """The title, with the variant if there is one."""
    return f"{problem.title} ({problem.variant})" if problem.variant else problem.title


def quantity_name(name: str, scope: Scope) -> str:
    """A symbol or quantity in the problem's LaTeX."""
    return printing.latex(scope.names.symbols[name], scope.names).strip()


# The model


def _varies(problem: Problem) -> Iterator[Block]:
    """A note on variants, in a handout made without a student's id."""
    if problem.source is not None and not problem.variant:
        yield Paragraph(
            "**Sizes, functions or formulas differ between students.** This handout is an example. Print "
            "your own with `--student` and your id."
        )


def equations(problem: Problem) -> Iterator[Block]:
    """The forward model, an equation a quantity."""
    scope = problem.scope
    defined = [q for q in scope.model.values() if q.definition is not None]
    yield formula(
        [(scope.names.symbols[q.name], q.definition) for q in defined if q.definition is not None],
        scope.names,
    )
    for quantity in scope.model.values():
        if quantity.definition is None:
            yield from _given(quantity, scope)


def _given(quantity: Quantity, scope: Scope) -> Iterator[Block]:
    """The gradients of a loss without a formula."""
    loss, names = scope.names.symbols[quantity.name], scope.names
    given = listed([f"${quantity_name(name, scope)}$" for name in quantity.upstream])
    yield Paragraph(
        f"The loss ${quantity_name(quantity.name, scope)}$ has no formula here. You know only its "
        f"gradient at {given}."
    )
    for name, gradient in quantity.upstream.items():
        later = [other for other in quantity.upstream if name in names.depends.get(other, ())]
        if not later:
            yield formula([(Derivative(loss, names.symbols[name], SCALAR), gradient)], names)
            continue
        through = listed([f"${quantity_name(other, scope)}$" for other in later])
        yield Paragraph(
            f"The gradient that arrives at ${quantity_name(name, scope)}$ is "
            f"${printing.latex(gradient, names)}$, without the paths through {through}."
        )


def formula(equations: Sequence[Sequence[Expression]], names: Names) -> DisplayedFormula:
    """Equations, each given by its sides."""
    lines = [tuple(printing.latex(side, names).strip() for side in sides) for sides in equations]
    return DisplayedFormula(tuple(lines), tuple(_mathml(sides, names) for sides in equations))


def _mathml(sides: Sequence[Expression], names: Names) -> str:
    """Expressions as the sides of one equation in MathML."""
    written = [printing.mathml(side, names) for side in sides]
    inner = [text[text.index(">") + 1 : text.rindex("</math>")] for text in written]
    opening = written[0][: written[0].index(">") + 1]
    return opening + "<mo>=</mo>".join(inner) + "</math>"


def _functions(scope: Scope) -> Iterator[Block]:
    """Definitions of the author's functions, and of those whose name does not say enough."""
    own = {function.primitive: function for function in scope.names.functions.values()}
    definitions = [q.definition for q in scope.model.values() if q.definition is not None]
    used = [part.function for node in definitions for part in walk(node) if isinstance(part, Apply)]
    entries = []
    for name in dict.fromkeys([*own, *(function for function in used if TABLE[function].formula)]):
        row = TABLE[name]
        letter = (own[name].latex or (own[name].name,))[0] if name in own else _upright(name)
        defined = f"${letter}{row.formula_of} = {row.formula}$"
        shown = defined if row.formula else f"${letter}$ is {name}"
        typed = dict.fromkeys([own[name].name, name] if name in own else [name])
        how = _how(name, [node for node in definitions for node in walk(node)])
        spelled = " or ".join(f"`{spelling}`" for spelling in typed)
        entries.append(f"{shown}{how} ({spelled} in an answer file)")
    if entries:
        yield Paragraph("with")
        yield Bullets(tuple(entries))
    if any(TABLE[name].kink for name in (*used, *own)):
        yield Paragraph("At a kink or a tie you may use either side; grading never meets one.")


def _upright(name: str) -> str:
    return rf"\mathrm{{{name.replace('_', '-')}}}"


def _how(name: str, parts: Sequence[Expression]) -> str:
    """Whether a function works on entries, rows or columns."""
    if is_function(name):
        return ", entry by entry"
    axes = {part.params for part in parts if isinstance(part, Apply) and part.function == name}
    return ", row by row" if axes == {(1,)} else ", column by column" if axes == {(0,)} else ""


# Notation


def _description(problem: Problem) -> Iterator[Block]:
    """The author's description as paragraphs and lists."""
    for part in problem.description.split("\n\n"):
        lines = part.strip().splitlines()
        if lines and all(line.startswith(("- ", "* ", "  ")) for line in lines):
            yield Bullets(tuple(item.strip() for item in _items(lines)))
        elif lines:
            yield Paragraph(" ".join(lines))


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(("- ", "* ")):
            items.append(line[2:])
        else:
            items[-1] += " " + line.strip()
    return items


def _symbols(problem: Problem) -> SheetTable:
    scope = problem.scope
    rows = [_symbol(named, scope) for named in scope.named()]
    for name, size in scope.names.dimensions.items():
        rows.append((f"${_sized_name(name, scope)}$", f"`{name}`", "a number", f"{size}"))
    return SheetTable(("on paper", "in an answer file", "shape", "what it is"), tuple(rows))


def _symbol(named: Declared | Quantity, scope: Scope) -> tuple[str, str, str, str]:
    spellings = named.latex or (quantity_name(named.name, scope),)
    shown = " or ".join(f"${spelling}$" for spelling in spellings)
    return shown, f"`{named.name}`", shape_words(named.shape), _meaning(named, scope)


def _meaning(named: Declared | Quantity, scope: Scope) -> str:
    if isinstance(named, Declared):
        kind = _DRAWS.get(named.draw.kind)
        return f"given ({kind})" if kind else "given"
    if named.definition is None:
        return "only its gradient is given"
    definition = printing.latex(named.definition, scope.names).strip()
    return f"${definition}$" if len(definition) <= 90 else "computed"


def _sized_name(name: str, scope: Scope) -> str:
    """A size as written on paper: n, n₀, d_k."""
    written = printing.latex(Number(scope.names.dimensions[name], name=name), scope.names).strip()
    return rf"\mathrm{{{name}}}" if written[0].isdigit() else written


def _layout(problem: Problem) -> Iterator[Block]:
    base = problem.index_base
    yield Paragraph(
        f"Indices start at {base}; the first index is the row. The gradient of a scalar with respect to a "
        "matrix has the shape of that matrix; with respect to a vector it may be a row or a column. The "
        "derivative of one vector with respect to another has a row for each entry of the first and a "
        "column for each entry of the second, unless a question says otherwise."
    )


# Questions


def _questions(problem: Problem) -> Iterator[Block]:
    names = ", ".join(f"${quantity_name(name, problem.scope)}$" for name in problem.scope.symbols)
    yield Paragraph(
        f"Answer in terms of {names} and the quantities of the model. You may use a derivative that "
        "another question asks for, by its name."
    )
    yield Bullets(tuple(_question(question) for question in problem.questions), numbered=True)


def _question(question: Question) -> str:
    points = f"{question.points:g} point{'' if question.points == 1 else 's'}"
    parts = (f"**{question.id}** ({points})", question.prompt + size_beside(question),
             _range(question), _wanted(question))  # fmt: skip
    return " ".join(part for part in parts if part)


def _range(question: Question) -> str:
    if not question.free or "dots" in question.prompt:
        return ""
    ranges = ", ".join(rf"{i.name} = {i.start}, \dots, {i.stop}" for i in question.free)
    return f"(${ranges}$)"


_FORMS = {"entries": "Write out every entry.", "index": "Give one formula in the index variables."}
_LAYOUTS = {
    "numerator": "Use numerator layout.", "gradient": "Use the layout of the gradient.",
    "either": "Either layout will do.",
}  # fmt: skip


def _wanted(question: Question) -> str:
    """The author's rules for the answer."""
    rules = question.rules
    sentences = [f"Do not use `{name}`." for name in rules.forbid]
    sentences += [f"Write it in terms of `{name}`." for name in rules.require]
    sentences += [_FORMS[rules.form]] if rules.form in _FORMS else []
    sentences += [_LAYOUTS[rules.layout]] if rules.layout in _LAYOUTS else []
    return " ".join(sentences)


# Handing in


def _how_to(problem: Problem, folder: str) -> Iterator[Block]:
    first, second = _examples(problem)
    yield Paragraph(
        "One file, or a folder for several files, named after you (`student-42.md`). Choose a format:"
    )
    yield Bullets((
        "**A paper**: `.md`, `.tex`, or a notebook `.ipynb`. Number your answers (`3.`, `## Question 3`, "
        r"`**Q3**`, `\item`) and write the left-hand side, so that the grader finds each answer. In a "
        "chain of equations the last right-hand side is your answer; the rest is your derivation.",
        "**An answer file**: `.yaml` or `.json`, in the notation of NumPy and SymPy: `*` is entry by "
        "entry, `@` the matrix product, `.T` the transpose, `**` a power, `Sum(e, (k, 1, n))` a sum, "
        "`[[a, b], [c, d]]` a matrix.",
        "**Arrays**: `.npz`, or a `.csv` for each question, computed by your own code from your own draw: "
        f"`grader draw {folder} --student student-42`.",
    ))  # fmt: skip
    yield Paragraph("An answer file looks like this (an example of the notation, not of answers):")
    yield Code(f"index_base: {problem.index_base}\nanswers:\n{first}\n{second}", "yaml")
    yield Paragraph(
        "Check as often as you like. This shows how the grader reads each answer, and what is wrong:"
    )
    yield Code(f"grader check {folder} my-paper.md", "bash")
    yield Paragraph(
        "Every right form counts: with sums, with matrices, entry by entry, simplified or not. If the "
        "grader cannot read an answer, a human does; it is never a silent zero."
    )


def _examples(problem: Problem) -> tuple[str, str]:
    """Two lines of an answer file with this problem's names."""
    names = list(problem.scope.symbols)
    ids = [question.id for question in problem.questions]
    latex = rf"\frac{{1}}{{2}} {quantity_name(names[-1], problem.scope)}"
    line = f'  {ids[0]}: "2*{names[0]}"'
    return line, f"  {ids[-1] if len(ids) > 1 else 'q2'}: {{latex: '{latex}'}}"
