"""What students could misread: names, spellings, points, two questions that ask the same."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from grader.authoring.validation.finding import Finding, Level
from grader.expression import SCALAR, Expression, shape_text, symbols_in
from grader.key import Key, QuestionKey
from grader.notation import infix
from grader.notation.names import (
    LATEX_FUNCTIONS,
    canonical_base,
    default_latex,
    split_spelling,
)
from grader.problem import Problem, Question
from grader.problem.source import ProblemSource

_COMMAND = re.compile(r"\\([A-Za-z]+)$")


def findings(key: Key, source: ProblemSource) -> Iterator[Finding]:
    """Everything that these checks see in a problem."""
    yield from _stars(key.problem, source)
    yield from _spellings(key.problem)
    yield from _unused(key.problem)
    yield from _same_twice(key)
    yield from _points(key.problem)
    for question in key.questions.values():
        yield from _layout(question)


def _stars(problem: Problem, source: ProblemSource) -> Iterator[Finding]:
    """Where the model has `*` for a matrix product, which elsewhere is entry by entry."""
    for name, data in source.data["model"].items():
        notes = infix.parse(data["is"], problem.scope.names)[1] if "is" in data else []
        if any("with * was read as a matrix product" in note for note in notes):
            text = str(source.fault(("model", name, "is"), "`*` was read as a matrix product here"))
            yield Finding(Level.WARNING, "names", "", text, "write @ for it: `*` is entry by entry")


# Spellings


def _spellings(problem: Problem) -> Iterator[Finding]:
    meant: dict[object, str] = {}
    for one in problem.scope.named():
        for spelling in one.latex or default_latex(one.name):
            split = split_spelling(spelling)
            if split is None:
                text = (
                    f"the spelling {spelling} of `{one.name}` is not read: a letter with scripts is"
                )
                yield Finding(Level.WARNING, "spellings", "", text)
                continue
            other = meant.setdefault(split[0], one.name)
            if other != one.name:
                text = f"{spelling} is a spelling of both `{other}` and `{one.name}`; `{other}` is read"
                yield Finding(Level.ERROR, "spellings", "", text, f"spell `{one.name}` otherwise")
    yield from _functions(problem, meant)
    yield from _powers(problem, meant)


def _functions(problem: Problem, meant: dict[object, str]) -> Iterator[Finding]:
    """`\\sigma` as a symbol and as a function: σ(z) and σ z would be different things."""
    bases = {
        key[0]: name
        for key, name in meant.items()
        if isinstance(key, tuple) and key[1:] == (None, None)
    }
    for function in problem.scope.names.functions.values():
        for spelling in function.latex or default_latex(function.name):
            other = bases.get(canonical_base(spelling))
            if other:
                text = (
                    f"{spelling} is both the function `{function.name}` and the symbol `{other}`: "
                    "only brackets behind it tell"
                )
                yield Finding(
                    Level.WARNING, "spellings", "", text, "give one of them another letter"
                )
    for base, name in bases.items():
        command = _COMMAND.match(base)
        if command and command[1] in LATEX_FUNCTIONS:
            text = f"{base}, a spelling of `{name}`, is also the function {LATEX_FUNCTIONS[command[1]]}"
            yield Finding(Level.WARNING, "spellings", "", text, "give it another letter")


def _powers(problem: Problem, meant: dict[object, str]) -> Iterator[Finding]:
    """`W^2` is the second layer where it is declared, and the square of W where W is one too."""
    keys = [key for key in meant if isinstance(key, tuple)]
    bare = {key[0]: meant[key] for key in keys if key[1] is None and key[2] is None}
    for key in keys:
        if key[1] is not None and key[1].isdigit() and key[0] in bare:
            text = f"{key[0]}^{key[1]} is `{meant[key]}`; it could be a power of `{bare[key[0]]}`"
            advice = (
                "students who square it must write brackets; say so, or choose another spelling"
            )
            yield Finding(Level.WARNING, "spellings", "", text, advice)


# Symbols


def _unused(problem: Problem) -> Iterator[Finding]:
    used = _used(problem)
    for name in problem.scope.symbols:
        if name not in used:
            text = f"the symbol `{name}` is never used"
            yield Finding(Level.WARNING, "symbols", "", text, "use it, or take it out")
    sized = {size for one in problem.scope.named() for size in one.shape}
    sized |= {index.stop for question in problem.questions for index in question.free}
    for name, size in problem.scope.names.dimensions.items():
        if size not in sized:
            yield Finding(Level.WARNING, "symbols", "", f"the dimension `{name}` is never used")


def _used(problem: Problem) -> set[str]:
    nodes: list[Expression] = []
    for quantity in problem.scope.model.values():
        nodes += [
            node for node in (quantity.definition, *quantity.upstream.values()) if node is not None
        ]
    for question in problem.questions:
        given = (question.of, question.wrt, question.reference)
        nodes += [node for node in given if isinstance(node, Expression)]
    return symbols_in(*nodes)


# Questions


def _same_twice(key: Key) -> Iterator[Finding]:
    asked: dict[object, list[str]] = defaultdict(list)
    for question in key.problem.questions:
        if question.of is not None and not question.free:
            asked[(question.of, question.wrt, question.scope.key)].append(question.id)
    for names in asked.values():
        if len(names) > 1:
            text = f"{' and '.join(names)} ask the same: an answer without its number fits both"
            yield Finding(Level.WARNING, "questions", names[-1], text, "keep one of them")


def _layout(key: QuestionKey) -> Iterator[Finding]:
    """A square target has the shape of its own transpose, so a slip of layout shows in values only."""
    rows, columns = key.grid
    question = key.question
    if rows != columns or key.grid == SCALAR or question.free or _is_vector(question):
        return
    text = (
        f"the answer is {shape_text(key.grid)}: transposed it has the same shape, so students are told "
        "of wrong values, not of a wrong shape"
    )
    yield Finding(Level.NOTE, "shapes", question.id, text, "give rows and columns different sizes")


def _is_vector(question: Question) -> bool:
    return question.wrt is not None and 1 in question.wrt.shape and (
        question.of is None or question.of.shape == SCALAR)  # fmt: skip


def _points(problem: Problem) -> Iterator[Finding]:
    total = sum(question.points for question in problem.questions)
    if abs(total * 4 - round(total * 4)) > 1e-9:
        yield Finding(
            Level.WARNING,
            "points",
            "",
            f"the points sum to {total:.10g}",
            "use quarters at the least",
        )
    elif total != round(total):
        yield Finding(
            Level.NOTE, "points", "", f"the points sum to {total:g}, not to a whole number"
        )
    usual, _ = Counter(question.points for question in problem.questions).most_common(1)[0]
    for question in problem.questions:
        if question.points >= 10 * usual:
            text = f"{question.points:g} points, where most questions have {usual:g}"
            yield Finding(Level.WARNING, "points", question.id, text)
