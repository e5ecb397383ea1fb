"""What students could misread: `*`, unused names, equal questions, points, prompts."""

import statistics
from collections import defaultdict
from collections.abc import Iterator

from grader.authoring.validation import spellings
from grader.authoring.validation.finding import Finding, Level
from grader.expression import SCALAR, Expression, shape_text, symbols_in
from grader.key import Key, QuestionKey
from grader.notation import infix
from grader.problem import Problem, Question
from grader.problem.source import ProblemSource


def findings(key: Key, source: ProblemSource) -> Iterator[Finding]:
    """All findings on the wording of a problem."""
    yield from _stars(key.problem, source)
    yield from spellings.findings(key.problem)
    yield from _unused(key.problem)
    yield from _same_twice(key)
    yield from _points(key.problem)
    yield from _prompts(key.problem)
    for question in key.questions.values():
        yield from _layout(question)


def _stars(problem: Problem, source: ProblemSource) -> Iterator[Finding]:
    """Where the model uses `*` for a matrix product; elsewhere it is entry by entry."""
    for name, data in source.data["model"].items():
        notes = infix.parse(data["is"], problem.scope.names)[1] if "is" in data else []
        if any("with * was read as a matrix product" in note for note in notes):
            text = str(source.fault(("model", name, "is"), "`*` was read as a matrix product here"))
            yield Finding(
                Level.WARNING,
                "names",
                "",
                text,
                "write @ for a matrix product; `*` is entry by entry",
            )


# Symbols


def _unused(problem: Problem) -> Iterator[Finding]:
    used = _used(problem)
    for name in problem.scope.symbols:
        if name not in used:
            text = f"the symbol `{name}` is never used"
            at = ("symbols", name)
            yield Finding(Level.WARNING, "symbols", "", text, "use it, or remove it", at=at)
    sized = {size for one in problem.scope.named() for size in one.shape}
    sized |= {index.stop for question in problem.questions for index in question.free}
    for name, size in problem.scope.names.dimensions.items():
        if size not in sized:
            text, at = f"the dimension `{name}` is never used", ("dimensions", name)
            yield Finding(Level.WARNING, "symbols", "", text, "use it, or remove it", at=at)


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
        if question.of is not None:
            what = (question.of, question.wrt, question.free, question.scope.key)
            asked[what].append(question.id)
    for names in asked.values():
        if len(names) > 1:
            text = f"{' and '.join(names)} ask the same, so an answer without a number fits both"
            yield Finding(Level.WARNING, "questions", names[-1], text, "keep one of them")


def _layout(key: QuestionKey) -> Iterator[Finding]:
    """A square target has the shape of its transpose, so the shape does not show a wrong layout."""
    rows, columns = key.grid
    question = key.question
    if rows != columns or key.grid == SCALAR or question.free or _is_vector(question):
        return
    text = (
        f"the answer is {shape_text(key.grid)} and keeps its shape when transposed: feedback on a "
        "transposed answer can name wrong values only, not a wrong shape"
    )
    gradient = question.of is not None and question.of.shape == SCALAR
    advice = "give rows and columns different sizes, if possible" if gradient else ""
    yield Finding(Level.NOTE, "shapes", question.id, text, advice)


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
            "use multiples of 0.25",
        )
    elif total != round(total):
        yield Finding(
            Level.NOTE, "points", "", f"the points sum to {total:g}, not to a whole number"
        )
    usual = statistics.median_low(question.points for question in problem.questions)
    for question in problem.questions:
        if question.points >= 10 * usual:
            text = f"{question.points:g} points, where most questions have {usual:g}"
            yield Finding(Level.WARNING, "points", question.id, text)


# Prompts


def _prompts(problem: Problem) -> Iterator[Finding]:
    """Prompts with a formula that is not closed, so that pages cannot typeset it."""
    for at, question in enumerate(problem.questions):
        plain = question.prompt.replace(r"\$", "").replace(r"\{", "").replace(r"\}", "")
        if plain.count("$") % 2 or plain.count("{") != plain.count("}"):
            text = "the prompt has a `$` or a brace that is not closed"
            place = ("questions", at, "prompt")
            yield Finding(Level.WARNING, "prompts", question.id, text, at=place)
