"""Spellings that collide with each other, with functions, with entries or with common signs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from grader.authoring.validation.finding import Finding, Level
from grader.expression import SCALAR, Apply, walk
from grader.notation.declared import canonical_base, split_spelling
from grader.notation.names import INFIX_FUNCTIONS, LATEX_FUNCTIONS, Key, default_latex
from grader.problem import Declared, Problem, Quantity, Scope

CHECK = "spellings"
_PLACES = re.compile(r"\d|[ijk]|\d,?\d|[ijk],?[ijk]")
_SIGNS = {
    r"\top": "a transpose", "d": "the d of dL/dW", "e": "the e of e^x", "I": "the identity matrix",
    "T": "a transpose, W^T",
}  # fmt: skip

Named = Declared | Quantity
Owners = dict[Key, Named]


def findings(problem: Problem) -> Iterator[Finding]:
    """All findings on spellings; each scope of the questions is checked once."""
    seen = set()
    for scope in (problem.scope, *(question.scope for question in problem.questions)):
        for finding in _of_scope(scope, problem):
            if finding not in seen:
                seen.add(finding)
                yield finding


def _of_scope(scope: Scope, problem: Problem) -> Iterator[Finding]:
    owners: Owners = {}
    for one in scope.named():
        yield from _declared(one, owners, problem)
    yield from _functions(scope, owners)
    yield from _sigmoid(scope, owners)
    yield from _powers(owners, problem)
    yield from _entries(owners, problem)
    for (base, sup, sub), one in owners.items():
        if sup is None and sub is None and base in _SIGNS:
            text = f"{base}, a spelling of `{one.name}`, may be taken for {_SIGNS[base]}"
            level = Level.WARNING if base.startswith("\\") else Level.NOTE
            yield Finding(level, CHECK, "", text, "use another letter", at=_at(one, problem))


def _at(one: Named, problem: Problem) -> tuple[str | int, ...]:
    section = "model" if isinstance(one, Quantity) else "symbols"
    return (section, one.name) if one.name in problem.scope.names.symbols else ()


def _declared(one: Named, owners: Owners, problem: Problem) -> Iterator[Finding]:
    """Checks a name and its spellings, which must belong to no other name."""
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
            text = f"the spelling {spelling} of `{one.name}` cannot be read; use one letter with scripts"
            yield Finding(Level.WARNING, CHECK, "", text, at=at)
            continue
        (base, sup, sub), arguments = split
        other = owners.setdefault((base + arguments, sup, sub), one)
        if other.name != one.name:
            both = f"`{other.name}` and `{one.name}`; `{other.name}` is read"
            text = f"{spelling} is a spelling of both {both}"
            yield Finding(Level.ERROR, CHECK, "", text, f"spell `{one.name}` otherwise", at=at)


def _functions(scope: Scope, owners: Owners) -> Iterator[Finding]:
    """Letters that are both a symbol and a function, so that σ(z) and σ z mean different things."""
    bases = {
        base: one.name for (base, sup, sub), one in owners.items() if sup is None and sub is None
    }
    functions: Mapping[str, list[str]] = defaultdict(list)
    for function in scope.names.functions.values():
        for spelling in function.latex or default_latex(function.name):
            functions[canonical_base(spelling)].append(function.name)
    for base, names in functions.items():
        if base in bases:
            text = (
                f"{base} is both the function `{names[0]}` and the symbol `{bases[base]}`: "
                "it means the function only before a bracket"
            )
            yield Finding(Level.WARNING, CHECK, "", text, "give one of them another letter")
        if len(set(names)) > 1:
            text = f"{base} is a spelling of both functions `{names[0]}` and `{names[1]}`"
            yield Finding(Level.ERROR, CHECK, "", text, "give one of them another letter")
    for base, name in bases.items():
        if base in LATEX_FUNCTIONS:
            text = f"{base}, a spelling of `{name}`, is also the function {LATEX_FUNCTIONS[base]}"
            yield Finding(Level.WARNING, CHECK, "", text, "give it another letter")


def _sigmoid(scope: Scope, owners: Owners) -> Iterator[Finding]:
    """Whether σ is declared as the sigmoid, as most papers write it."""
    definitions = (one.definition for one in scope.model.values() if one.definition is not None)
    used = {part.function for d in definitions for part in walk(d) if isinstance(part, Apply)}
    own = scope.names.functions.values()
    letters = {spelling for function in own for spelling in function.latex} | {
        key[0] for key in owners
    }
    if "sigmoid" in used and r"\sigma" not in letters:
        text = "papers write \\sigma for the sigmoid, but no function here has the spelling \\sigma"
        advice = r"add `functions: {sigma: {is: sigmoid, latex: \sigma}}`"
        yield Finding(Level.NOTE, CHECK, "", text, advice)


def _powers(owners: Owners, problem: Problem) -> Iterator[Finding]:
    """`W^2` as the second layer, where it could also be the square of a symbol W."""
    for (base, sup, _), one in owners.items():
        bare = owners.get((base, None, None))
        if sup is not None and sup.isdigit() and bare is not None:
            text = f"{base}^{sup} is `{one.name}`; it could be a power of `{bare.name}`"
            advice = "ask students to write brackets for a power, or choose another spelling"
            yield Finding(Level.WARNING, CHECK, "", text, advice, at=_at(one, problem))


def _entries(owners: Owners, problem: Problem) -> Iterator[Finding]:
    """`W_{12}` as its own symbol, where it could also be an entry of a symbol W."""
    for (base, sup, sub), one in owners.items():
        whole = owners.get((base, sup, None))
        if sub is None or whole is None or whole.shape == SCALAR or not _PLACES.fullmatch(sub):
            continue
        text = f"{base}_{{{sub}}} is `{one.name}`; it could be an entry of `{whole.name}`"
        yield Finding(
            Level.WARNING, CHECK, "", text, "choose another spelling", at=_at(one, problem)
        )
