"""Spellings that collide: with each other, with functions, with entries, with usual signs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from grader.authoring.validation.finding import Finding, Level
from grader.expression import SCALAR, Apply, walk
from grader.notation.names import (
    INFIX_FUNCTIONS,
    LATEX_FUNCTIONS,
    Key,
    canonical_base,
    default_latex,
    split_spelling,
)
from grader.problem import Declared, Problem, Quantity, Scope

CHECK = "spellings"
_COMMAND = re.compile(r"\\([A-Za-z]+)$")
_PLACES = re.compile(r"\d|[ijk]|\d,?\d|[ijk],?[ijk]")
_SIGNS = {
    r"\nabla": "a gradient", r"\partial": "a derivative", r"\odot": "a product", r"\top": "a transpose",
    r"\cdot": "a product", r"\times": "a product", r"\sum": "a sum", r"\prod": "a product",
    "d": "the d of dL/dW", "e": "the e of e^x", "I": "the identity matrix", "T": "a transpose, W^T",
}  # fmt: skip

Named = Declared | Quantity
Meant = dict[Key, Named]


def findings(problem: Problem) -> Iterator[Finding]:
    """Everything that these checks see, each scope of the questions once."""
    seen = set()
    for scope in (problem.scope, *(question.scope for question in problem.questions)):
        for finding in _of_scope(scope, problem):
            if finding not in seen:
                seen.add(finding)
                yield finding


def _of_scope(scope: Scope, problem: Problem) -> Iterator[Finding]:
    meant: Meant = {}
    for one in scope.named():
        yield from _declared(one, meant, problem)
    yield from _functions(scope, meant)
    yield from _sigmoid(scope, meant)
    yield from _powers(meant, problem)
    yield from _entries(meant, problem)
    for (base, sup, sub), one in meant.items():
        if sup is None and sub is None and base in _SIGNS:
            text = f"{base}, a spelling of `{one.name}`, may be read as {_SIGNS[base]}"
            level = Level.WARNING if base.startswith("\\") else Level.NOTE
            yield Finding(level, CHECK, "", text, "another letter is safer", at=_at(one, problem))


def _at(one: Named, problem: Problem) -> tuple[str | int, ...]:
    section = "model" if isinstance(one, Quantity) else "symbols"
    return (section, one.name) if one.name in problem.scope.names.symbols else ()


def _declared(one: Named, meant: Meant, problem: Problem) -> Iterator[Finding]:
    """A name with its spellings, none of which may be another's."""
    at = _at(one, problem)
    if one.name in INFIX_FUNCTIONS:
        text = (
            f"the name `{one.name}` hides the function {INFIX_FUNCTIONS[one.name]} in answer files"
        )
        level = Level.NOTE if len(one.name) == 1 else Level.WARNING
        yield Finding(level, CHECK, "", text, "give it another name", at=at)
    for spelling in one.latex or default_latex(one.name):
        split = split_spelling(spelling)
        if split is None:
            text = f"the spelling {spelling} of `{one.name}` cannot be read: write one letter with scripts"
            yield Finding(Level.WARNING, CHECK, "", text, at=at)
            continue
        other = meant.setdefault(split[0], one)
        if other.name != one.name:
            both = f"`{other.name}` and `{one.name}`; `{other.name}` is read"
            text = f"{spelling} is a spelling of both {both}"
            yield Finding(Level.ERROR, CHECK, "", text, f"spell `{one.name}` otherwise", at=at)


def _functions(scope: Scope, meant: Meant) -> Iterator[Finding]:
    """`\\sigma` as a symbol and as a function: σ(z) and σ z would be different things."""
    bases = {
        base: one.name for (base, sup, sub), one in meant.items() if sup is None and sub is None
    }
    spelled: Mapping[str, list[str]] = defaultdict(list)
    for function in scope.names.functions.values():
        for spelling in function.latex or default_latex(function.name):
            spelled[canonical_base(spelling)].append(function.name)
    for base, names in spelled.items():
        if base in bases:
            text = (
                f"{base} is both the function `{names[0]}` and the symbol `{bases[base]}`: "
                "it is the function only before a bracket"
            )
            yield Finding(Level.WARNING, CHECK, "", text, "give one of them another letter")
        if len(set(names)) > 1:
            text = f"{base} is a spelling of both functions `{names[0]}` and `{names[1]}`"
            yield Finding(Level.ERROR, CHECK, "", text, "give one of them another letter")
    for base, name in bases.items():
        command = _COMMAND.match(base)
        if command and command[1] in LATEX_FUNCTIONS:
            text = f"{base}, a spelling of `{name}`, is also the function {LATEX_FUNCTIONS[command[1]]}"
            yield Finding(Level.WARNING, CHECK, "", text, "give it another letter")


def _sigmoid(scope: Scope, meant: Meant) -> Iterator[Finding]:
    """Papers write σ for the sigmoid, which is read only where it is declared."""
    definitions = (one.definition for one in scope.model.values() if one.definition is not None)
    used = {part.function for d in definitions for part in walk(d) if isinstance(part, Apply)}
    own = scope.names.functions.values()
    letters = {spelling for function in own for spelling in function.latex} | {
        key[0] for key in meant
    }
    if "sigmoid" in used and r"\sigma" not in letters:
        text = "papers write \\sigma for the sigmoid, and here no function is spelled \\sigma"
        advice = r"add `functions: {sigma: {is: sigmoid, latex: \sigma}}`"
        yield Finding(Level.NOTE, CHECK, "", text, advice)


def _powers(meant: Meant, problem: Problem) -> Iterator[Finding]:
    """`W^2` is the second layer where it is declared, and the square of W where W is one too."""
    for (base, sup, _), one in meant.items():
        bare = meant.get((base, None, None))
        if sup is not None and sup.isdigit() and bare is not None:
            text = f"{base}^{sup} is `{one.name}`; it could be a power of `{bare.name}`"
            advice = (
                "a student who squares it must write brackets: say so, or choose another spelling"
            )
            yield Finding(Level.WARNING, CHECK, "", text, advice, at=_at(one, problem))


def _entries(meant: Meant, problem: Problem) -> Iterator[Finding]:
    """`W_{12}` is its own symbol where it is declared, and an entry of W where W is one too."""
    for (base, sup, sub), one in meant.items():
        whole = meant.get((base, sup, None))
        if sub is None or whole is None or whole.shape == SCALAR or not _PLACES.fullmatch(sub):
            continue
        text = f"{base}_{{{sub}}} is `{one.name}`; it could be an entry of `{whole.name}`"
        yield Finding(
            Level.WARNING, CHECK, "", text, "choose another spelling", at=_at(one, problem)
        )
