"""The rule of each function in the backward pass, in letters that the problem does not use."""

from collections.abc import Iterable, Mapping

from grader.expression import SCALAR, Symbol
from grader.notation import Names, printing
from grader.primitives import TABLE, BackwardRule, apply, is_function
from grader.simplification import simplified

BROADCAST = "broadcast"  # no function: the smaller operand is repeated
ENTRYWISE = "entrywise"
_SHARED = {
    BROADCAST: BackwardRule(
        "repetition",
        "a repeated operand, such as a bias added to every row, gets the sum over its repetitions",
    ),
    ENTRYWISE: BackwardRule(
        "function of each entry", "$f({A})$ hands on ${G} \\odot f^\\prime({A})$"
    ),
}
_LETTERS = {"A": "PRQHKMT", "B": "QSRMNTU", "G": ("G", r"{\Gamma}", r"{\Lambda}", "J")}


def rule_of(function: str) -> str:
    """The name of a function's rule, its own or a shared one; empty if it has none."""
    if function in _SHARED or TABLE[function].rule is not None:
        return function
    return ENTRYWISE if is_function(function) else ""


def name_of(rule: str) -> str:
    """The title of a rule."""
    return _rule(rule).name


def _rule(rule: str) -> BackwardRule:
    found = _SHARED.get(rule) or TABLE[rule].rule
    assert found is not None
    return found


def sentences(functions: Iterable[str], names: Names) -> list[str]:
    """The rules of these functions in order, each once, with f′ of the entrywise ones.

    Shared rules come last.
    """
    functions = dict.fromkeys(functions)
    used = dict.fromkeys(filter(None, map(rule_of, functions)))
    own = [rule for rule in used if rule not in _SHARED]
    letters = _free(names)
    texts = [
        f"**{name}**: {sentence.format_map(letters)}"
        for name, sentence in map(_rule, [*own, *(rule for rule in _SHARED if rule in used)])
    ]
    slopes = [_slope(function, names) for function in functions if rule_of(function) == ENTRYWISE]
    return [*texts[:-1], f"{texts[-1]}; {', '.join(slopes)}"] if slopes else texts


def _slope(function: str, names: Names) -> str:
    """The derivative f′ of an entrywise function, as an equation or in words."""
    letter = next(one for one in "utrsvw" if (one, None, None) not in names.spellings)
    plain = apply(function + "'", Symbol(letter, SCALAR))
    left = printing.latex(plain, names)
    if TABLE[function].slope_in_words:
        return f"${left}$ is {TABLE[function].slope_in_words.format(u=letter)}"
    expansion = TABLE[plain.function].expansion
    assert expansion is not None
    return f"${left} = {printing.latex(simplified(expansion(plain)), names)}$"


def gradient_letter(names: Names) -> str:
    """The letter for an upstream gradient."""
    return _free(names)["G"]


def _free(names: Names) -> Mapping[str, str]:
    """For each placeholder a letter that the problem does not use."""
    taken = {base for base, _, _ in names.spellings}
    chosen: dict[str, str] = {}
    for place, candidates in _LETTERS.items():
        free = [one for one in candidates if one not in taken and one not in chosen.values()]
        chosen[place] = (free or list(candidates))[0]
    return chosen
