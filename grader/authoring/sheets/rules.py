"""How each function hands a gradient back: its name and its rule, in letters that are free."""

from collections.abc import Iterable, Mapping

from grader.expression import SCALAR, Symbol
from grader.notation import Names, printing
from grader.primitives import TABLE, BackwardRule, apply, is_function
from grader.simplification import simplified

BROADCAST = "broadcast"  # no function: what stands beside something larger is repeated along it
ENTRYWISE = "entrywise"
_SHARED = {
    BROADCAST: BackwardRule(
        "repetition",
        "what is repeated, as a bias added to every row, gets the sum over all its repetitions",
    ),
    ENTRYWISE: BackwardRule(
        "function of each entry", "$f({A})$ hands on ${G} \\odot f^\\prime({A})$"
    ),
}
_LETTERS = {"A": "PRQHKMT", "B": "QSRMNTU", "G": ("G", r"{\Gamma}", r"{\Lambda}", "J")}


def rule_of(function: str) -> str:
    """Which rule is used at a function: its own or one that it shares; empty if there is none to say."""
    if function in _SHARED or TABLE[function].rule is not None:
        return function
    return ENTRYWISE if is_function(function) else ""


def name_of(rule: str) -> str:
    """What a rule is called."""
    return _rule(rule).name


def _rule(rule: str) -> BackwardRule:
    found = _SHARED.get(rule) or TABLE[rule].rule
    assert found is not None
    return found


def sentences(functions: Iterable[str], names: Names) -> list[str]:
    """The rules at these functions, each once, in their order, and what f′ of each entry is.

    The rules that functions share come last.
    """
    functions = dict.fromkeys(functions)
    used = dict.fromkeys(filter(None, map(rule_of, functions)))
    own = [rule for rule in used if rule not in _SHARED]
    letters = _free(names)
    said = [
        f"**{name}**: {sentence.format_map(letters)}"
        for name, sentence in map(_rule, [*own, *(rule for rule in _SHARED if rule in used)])
    ]
    slopes = [_slope(function, names) for function in functions if rule_of(function) == ENTRYWISE]
    return [*said[:-1], f"{said[-1]}; {', '.join(slopes)}"] if slopes else said


def _slope(function: str, names: Names) -> str:
    """What f′ of a function of each entry is."""
    letter = next(one for one in "utrsvw" if (one, None, None) not in names.spellings)
    plain = apply(function + "'", Symbol(letter, SCALAR))
    left = printing.latex(plain, names)
    if TABLE[function].slope_in_words:
        return f"${left}$ is {TABLE[function].slope_in_words.format(u=letter)}"
    expansion = TABLE[plain.function].expansion
    assert expansion is not None
    return f"${left} = {printing.latex(simplified(expansion(plain)), names)}$"


def gradient_letter(names: Names) -> str:
    """The letter for a gradient that arrives."""
    return _free(names)["G"]


def _free(names: Names) -> Mapping[str, str]:
    """A letter for each place that the problem does not use."""
    taken = {base for base, _, _ in names.spellings}
    chosen: dict[str, str] = {}
    for place, candidates in _LETTERS.items():
        free = [one for one in candidates if one not in taken and one not in chosen.values()]
        chosen[place] = (free or list(candidates))[0]
    return chosen
