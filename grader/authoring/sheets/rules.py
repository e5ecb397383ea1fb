"""How each function hands a gradient back: its name and its rule, in letters that are free."""

from collections.abc import Iterable, Mapping

from grader.expression import SCALAR, Symbol
from grader.notation import Names, printing
from grader.primitives import TABLE, apply
from grader.simplification import simplified

BROADCAST = "broadcast"  # no function: what stands beside something larger is repeated along it
ENTRYWISE = "entrywise"
_RULES = {
    "matmul": ("matrix product", "${A}{B}$ hands ${G}{B}^\\top$ to ${A}$ and ${A}^\\top {G}$ to ${B}$"),
    "mul": ("product", "${A} \\odot {B}$ hands ${G} \\odot {B}$ to ${A}$ and ${G} \\odot {A}$ to ${B}$"),
    "div": ("quotient", "${A} / {B}$ hands ${G} / {B}$ to ${A}$ and $-{G} \\odot {A} / {B}^2$ to ${B}$"),
    "add": ("sum", "${A} + {B}$ hands ${G}$ to both"),
    "sub": ("difference", "${A} - {B}$ hands ${G}$ to ${A}$ and $-{G}$ to ${B}$"),
    "neg": ("sign", "$-{A}$ hands on $-{G}$"),
    "pow": ("power", "${A}^n$ hands on $n {A}^{{n-1}} \\odot {G}$"),
    "square": ("square", "${A}^2$ hands on $2 {A} \\odot {G}$"),
    "transpose": ("transpose", "${A}^\\top$ hands on ${G}^\\top$"),
    "sum": ("sum of entries", "every entry that is summed gets the gradient of its sum"),
    "mean": ("mean", "every entry gets the gradient of its mean, divided by how many there are"),
    "maximum": ("maximum", "the larger one gets ${G}$, the other one nothing"),
    "minimum": ("minimum", "the smaller one gets ${G}$, the other one nothing"),
    "where": ("cases", "the case that holds gets ${G}$, the other one nothing"),
    "softmax": (
        "softmax",
        "${A} = \\mathrm{{softmax}}({B})$ hands on ${A} \\odot ({G} - \\sum_k {G}_k {A}_k)$, "
        "since $\\partial {A}_k / \\partial {B}_j = {A}_k (\\delta_{{kj}} - {A}_j)$",
    ),
    "log_softmax": (
        "log-softmax",
        "$\\log \\mathrm{{softmax}}({B})$ hands on ${G} - \\mathrm{{softmax}}({B}) \\sum_k {G}_k$",
    ),
    "logsumexp": ("log-sum-exp", "its derivative is softmax"),
    "norm": ("norm", "$\\|{A}\\|$ hands on ${G} {A} / \\|{A}\\|$"),
    "trace": ("trace", "the gradient of a trace is the identity matrix"),
    "dot": ("dot product", "${A} \\cdot {B}$ hands ${G} {B}$ to ${A}$ and ${G} {A}$ to ${B}$"),
    "outer": ("outer product", "${A} {B}^\\top$ hands ${G} {B}$ to ${A}$ and ${G}^\\top {A}$ to ${B}$"),
    "diag": ("diagonal", "only the diagonal gets a gradient"),
    "correlate": (
        "correlation",
        "$\\sum_k {B}_k {A}_{{i+k-1}}$ hands convolve$({G}, {B})$ to ${A}$ "
        "and correlate$({A}, {G})$ to ${B}$",
    ),
    "convolve": ("convolution", "it hands on the correlation of ${G}$ with the other factor"),
    "flip": ("flip", "it hands on the gradient, flipped back"),
    BROADCAST: (
        "repetition",
        "what is repeated, as a bias added to every row, gets the sum over all its repetitions",
    ),
    ENTRYWISE: ("function of each entry", "$f({A})$ hands on ${G} \\odot f^\\prime({A})$"),
}  # fmt: skip
_LETTERS = {"A": "PRQHKMT", "B": "QSRMNTU", "G": ("G", r"{\Gamma}", r"{\Lambda}", "J")}


def rule_of(function: str) -> str:
    """Which rule is used at a function; empty if there is none to say."""
    if function in _RULES:
        return function
    return ENTRYWISE if function + "'" in TABLE else ""


def name_of(rule: str) -> str:
    """What a rule is called."""
    return _RULES[rule][0]


def sentences(functions: Iterable[str], names: Names) -> list[str]:
    """The rules at these functions, each once, and the derivatives of functions of each entry."""
    functions = dict.fromkeys(functions)
    used = {rule_of(function) for function in functions}
    letters = _free(names)
    said = [
        f"**{name}**: {sentence.format_map(letters)}"
        for rule, (name, sentence) in _RULES.items()
        if rule in used
    ]
    slopes = [_slope(function, names) for function in functions if rule_of(function) == ENTRYWISE]
    return [*said[:-1], f"{said[-1]}; {', '.join(slopes)}"] if slopes else said


def _slope(function: str, names: Names) -> str:
    """What f′ of a function of each entry is."""
    letter = next(one for one in "utrsvw" if (one, None, None) not in names.spellings)
    plain = apply(function + "'", Symbol(letter, SCALAR))
    left = printing.latex(plain, names)
    if function in _KINKED:
        return f"${left}$ is {_KINKED[function].format(u=letter)}"
    expansion = TABLE[plain.function].expansion
    assert expansion is not None
    return f"${left} = {printing.latex(simplified(expansion(plain)), names)}$"


_KINKED = {
    "relu": "1 where ${u} > 0$ and 0 where ${u} < 0$",
    "abs": "1 where ${u} > 0$ and $-1$ where ${u} < 0$",
}


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
