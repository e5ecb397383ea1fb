"""A problem in words: its questions, its names, and how to write an answer."""

from collections.abc import Iterable

from grader.expression import SCALAR, Shape
from grader.problem.model import Problem, Question
from grader.problem.prompt import size_beside

_HOW_TO = """\
How to write answers
  papers         .md .tex .ipynb: LaTeX between $…$, $$…$$, \\[…\\] or in an environment, each answer
                 as an equation with the derivative on its left side
  answer files   .yaml .json: {{answers: {{{first}: "{example}"}}}}; `*` multiplies entry by entry, `@` is
                 the matrix product, `.T` the transpose, `Sum(e, (k, 1, n))` a sum,
                 `Piecewise((1, x > 0), (0, True))` a case distinction, [[a, b], [c, d]] a matrix
  arrays         .npz .npy .csv: numbers computed from the draw that `grader draw` publishes for you
  indices        count from {base}"""


def describe(problem: Problem) -> str:
    """A text for students, without references."""
    parts = [
        f"{problem.title} ({problem.id})",
        f"The variant: {problem.variant}" if problem.variant else "",
        problem.description,
        _titled("Symbols and quantities", _symbols(problem)),
        _titled("Functions", _functions(problem)),
        _titled(_questions_title(problem), [_question(question) for question in problem.questions]),
        _how_to(problem),
    ]
    return "\n\n".join(part for part in parts if part)


def shape_words(shape: Shape) -> str:
    """A shape in words: "scalar", "column of 3", "row of 2", "2×3 matrix"."""
    rows, columns = shape
    if shape == SCALAR:
        return "scalar"
    if columns == 1:
        return f"column of {rows}"
    return f"row of {columns}" if rows == 1 else f"{rows}×{columns} matrix"


def _titled(title: str, lines: Iterable[str]) -> str:
    body = [f"  {line}" for line in lines]
    return "\n".join([title, *body]) if body else ""


def _symbols(problem: Problem) -> list[str]:
    scope = problem.scope
    rows = [(s.name, shape_words(s.shape), ", ".join(s.latex), "given")
            for s in scope.symbols.values()]  # fmt: skip
    for quantity in scope.model.values():
        known = "computed" if quantity.definition is not None else "known through its gradient"
        rows.append((quantity.name, shape_words(quantity.shape), ", ".join(quantity.latex), known))
    return _columns(rows)


def _functions(problem: Problem) -> list[str]:
    functions = problem.scope.names.functions.values()
    return _columns([(f"{f.name}(…)", f.primitive, ", ".join(f.latex), "") for f in functions])


def _columns(rows: list[tuple[str, str, str, str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(4)] if rows else []
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _questions_title(problem: Problem) -> str:
    total = sum(question.points for question in problem.questions)
    return f"Questions ({len(problem.questions)}, {total:g} points)"


def _question(question: Question) -> str:
    free = ", ".join(f"{i.name} = 1…{i.stop}" for i in question.free)
    indices = f"  [{free}]" if free else ""
    points = f"{question.points:g} point{'' if question.points == 1 else 's'}"
    prompt = question.prompt + size_beside(question)
    return f"{question.id:<5} {points:<9} {prompt}{indices}{_wanted(question)}"


_FORMS = {"entries": "every entry written out", "index": "one formula in the index variables"}
_LAYOUTS = {
    "numerator": "numerator layout",
    "gradient": "gradient layout",
    "either": "either layout",
}


def _wanted(question: Question) -> str:
    """The author's rules for an answer, in square brackets."""
    rules = question.rules
    wishes = [f"without {name}" for name in rules.forbid]
    wishes += [f"in terms of {name}" for name in rules.require]
    wishes += [words[key] for words, key in ((_FORMS, rules.form), (_LAYOUTS, rules.layout))
               if key is not None and key in words]  # fmt: skip
    return f"  [{'; '.join(wishes)}]" if wishes else ""


def _how_to(problem: Problem) -> str:
    first = problem.questions[0].id if problem.questions else "q1"
    names = [s.name for s in problem.scope.symbols.values()][-2:]
    return _HOW_TO.format(first=first, example="*".join(names), base=problem.index_base)


def as_json(problem: Problem) -> dict[str, object]:
    """The same as plain data."""
    scope = problem.scope
    return {
        "id": problem.id,
        "title": problem.title,
        "description": problem.description,
        "variant": problem.variant,
        "index_base": problem.index_base,
        "symbols": [
            {"name": s.name, "shape": list(s.shape), "latex": list(s.latex)} for s in scope.named()
        ],
        "functions": [
            {"name": f.name, "is": f.primitive, "latex": list(f.latex)}
            for f in scope.names.functions.values()
        ],
        "questions": [
            {
                "id": q.id,
                "points": q.points,
                "prompt": q.prompt,
                "free": {index.name: index.stop for index in q.free},
            }
            for q in problem.questions
        ],
    }
