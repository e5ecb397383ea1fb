"""Injure right answers of public documents, one formula at a time, and grade them again.

    python tests/field/injure.py FOLDER [--count 100] [--seed 1] [--list KIND] [NAME …]

FOLDER is as for `grade.py`. No injury may be accepted: each that is gets listed. See README.md.
"""

import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import click
import grade as field
from grade import HERE, Answer

from grader import key as keys
from grader import load_problem
from grader.grading import grade
from grader.key import Key
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer, read

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|"
    "varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega"
)
_SCRIPTS = rf"(?:\s*[_^]\s*(?:{_GROUP}|\\[A-Za-z]+|\w)|'|[₀-₉ᵢⱼₖₜ])*"
_TOKEN = re.compile(
    rf"(?P<factor>\\[dct]?frac\s*\{{\s*(?:\\partial|d)\b{_GROUP[2:]}\s*{_GROUP}"
    rf"|\\(?:hat|bar|tilde|vec|bm|mathbf|boldsymbol)\s*(?:{_GROUP}|\w){_SCRIPTS}"
    rf"|\\(?:{_GREEK})(?![A-Za-z]){_SCRIPTS}"
    rf"|(?<![A-Za-z\\])[^\W\d_]\u0302?{_SCRIPTS}(?![A-Za-z]))"
    rf"|(?P<skip>\\(?:text|operatorname|mathrm|begin|end|tag|textcolor|color)\s*{_GROUP}"
    r"|\\[A-Za-z]+|\\.|[A-Za-z]{2,})"
)
_TRANSPOSE = re.compile(r"\^\s*(?:\\top|\\intercal|T\b|\{\s*(?:\\top|\\intercal|T)\s*\}|⊤)|ᵀ")
_SCRIPT = re.compile(rf"[_^]\s*(?:{_GROUP}|\w)")
_SUM = re.compile(r"(?:\\sum|∑|Σ)(?:\\limits)?" + _SCRIPTS)


def _factors(member: str) -> list[re.Match[str]]:
    return [found for found in _TOKEN.finditer(member) if found["factor"]]


def _with(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _in_scripts(member: str, what: str) -> list[tuple[int, str]]:
    """Single signs in lower and upper scripts, with their places."""
    return [
        (script.start() + found.start(), found[0])
        for script in _SCRIPT.finditer(member)
        for found in re.finditer(rf"(?<![A-Za-z\\]){what}(?![A-Za-z])", script[0])
    ]


def signs(member: str) -> Iterator[str]:
    """A sign changed."""
    for found in re.finditer(r"[-+−](?!\})", member):
        yield _with(member, *found.span(), "-" if found[0] == "+" else "+")


def dropped(member: str) -> Iterator[str]:
    """A factor or a term dropped, a derivative too."""
    for found in _factors(member):
        yield _with(member, *found.span(), " ")


def transposes(member: str) -> Iterator[str]:
    """A transpose taken off, or put on what is no entry."""
    for found in _TRANSPOSE.finditer(member):
        yield _with(member, *found.span(), " ")
    for found in _factors(member):
        if found[0][0].isupper() and "_" not in found[0] and not _TRANSPOSE.search(found[0]):
            yield _with(member, *found.span(), "{" + found[0] + r"}^\top")


def letters(member: str) -> Iterator[str]:
    """An index letter changed to another of the formula."""
    places = _in_scripts(member, "[a-su-z]")
    for at, letter in places:
        for other in sorted({other for _, other in places} | {"m"}):
            if other != letter:
                yield _with(member, at, at + 1, other)


def exchanged(member: str) -> Iterator[str]:
    """Two names exchanged."""
    for one, two in combinations(_factors(member), 2):
        if one[0] != two[0]:
            yield _with(_with(member, *two.span(), one[0] + " "), *one.span(), two[0] + " ")


def layers(member: str) -> Iterator[str]:
    """The number of a layer, an entry or a power changed."""
    for at, digit in _in_scripts(member, r"\d"):
        for other in {"1": "2", "2": "13"}.get(digit, "12"):
            yield _with(member, at, at + 1, other)
    for found in re.finditer("[₁₂₃]", member):
        yield _with(member, *found.span(), "₂" if found[0] != "₂" else "₁")


def primes(member: str) -> Iterator[str]:
    """A prime dropped."""
    for found in re.finditer(r"'|\^\s*\\prime|\^\{\\prime\}", member):
        yield _with(member, *found.span(), " ")


def sums(member: str) -> Iterator[str]:
    """A sum dropped."""
    for found in _SUM.finditer(member):
        yield _with(member, *found.span(), " ")


def numbers(member: str) -> Iterator[str]:
    """A number in the formula changed."""
    scripts = [found.span() for found in _SCRIPT.finditer(member)]
    for found in re.finditer(r"(?<![\w.])\d(?![\w.])", member):
        if not any(start <= found.start() < end for start, end in scripts):
            yield _with(member, *found.span(), str(int(found[0]) + 1))


def front_sign(member: str) -> Iterator[str]:
    """The sign in front changed."""
    stripped = member.lstrip(" &\n{")
    yield stripped[1:] if stripped[0] in "-−" else _before(member, "-")


def front_two(member: str) -> Iterator[str]:
    """A factor 2 in front."""
    stripped = member.lstrip(" &\n{")
    yield _before(member, "2 ") if stripped[0] not in "-−" and not stripped[0].isdigit() else ""


def _before(member: str, new: str) -> str:
    """The member with a sign in front, behind alignment marks and blanks."""
    start = len(member) - len(member.lstrip(" &\n"))
    return _with(member, start, start, new)


Injury = Callable[[str], Iterator[str]]
KINDS: tuple[Injury, ...] = (
    signs, dropped, transposes, letters, exchanged, layers, primes, sums, numbers, front_sign, front_two,
)  # fmt: skip
# Wrong whatever the names mean: all that can be done to a formula that nobody can read alone.
ALWAYS_WRONG: tuple[Injury, ...] = (front_sign, front_two)


def last_member(formula: str) -> int:
    r"""Where the last member of a chain begins: behind the last `=` that no bracket encloses."""
    depth = 0
    for found in reversed(list(re.finditer(r"\\begin|\\end|\\?[{}()]|[<>=!]?=+|:=", formula))):
        sign = found[0]
        if sign in ("}", ")", r"\}", r"\end"):
            depth += 1
        elif sign in ("{", "(", r"\{", r"\begin"):
            depth -= 1
        elif sign in ("=", ":=") and depth <= 0:
            return found.end()
    return 0


@dataclass(frozen=True)
class Injured:
    """An answer with an injured formula. `alone` is the verdict on that formula without its paper."""

    answer: Answer
    kind: str
    formula: str
    alone: Verdict

    def regraded(self, key: Key, document: Path) -> Answer:
        """The answer as it is graded in a copy of the document that has the injured formula."""
        record = self.answer.result.answer
        assert record is not None
        with tempfile.TemporaryDirectory() as name:
            copy = Path(name) / document.name
            new, _ = replaced(document, record.text, self.formula)
            copy.write_text(new, encoding="utf-8")
            result = grade(key, read(copy))[self.answer.question]
        return Answer(document.stem, self.answer.question, "incorrect", False, self.kind, result)


def replaced(document: Path, old: str, new: str) -> tuple[str, int]:
    """The document with a formula replaced wherever it stands, and how often; blanks may differ.

    It is nowhere if it was put together from several places.
    """
    wanted = re.compile(r"\s+".join(map(re.escape, old.split())))
    text = document.read_text(encoding="utf-8")
    if document.suffix != ".ipynb":
        return wanted.subn(lambda _: new, text)
    notebook, times = json.loads(text), 0
    for cell in notebook["cells"]:
        cell["source"], found = wanted.subn(lambda _: new, "".join(cell["source"]))
        times += found
    return json.dumps(notebook), times


def _alone(key: Key, question: str, formula: str) -> Verdict:
    answer = TextAnswer(question, formula, "latex", Place("answer", 1))
    return grade(key, Submission("", "", "", answers=(answer,)), only=[question])[question].verdict


def injuries(key: Key, answer: Answer, chance: random.Random) -> Iterator[Injured]:
    """Injuries to an answer in random order, the kinds in turn.

    Those that change no value are there too: they have `correct` alone.
    """
    record = answer.result.answer
    assert record is not None
    start = last_member(record.text)
    head, member = record.text[:start], record.text[start:]
    alone = _alone(key, answer.question, record.text) is Verdict.CORRECT
    kinds = KINDS if alone else ALWAYS_WRONG
    made: Mapping[Injury, list[str]] = {kind: [*dict.fromkeys(kind(member))] for kind in kinds}
    for several in made.values():
        chance.shuffle(several)
    while kinds := tuple(kind for kind in kinds if made[kind]):
        for kind in chance.sample(kinds, len(kinds)):
            new = made[kind].pop()
            if new.strip() and new != member:
                verdict = _alone(key, answer.question, head + new) if alone else Verdict.INCORRECT
                yield Injured(answer, kind.__name__, head + new, verdict)


def surely_wrong(injured: Injured) -> bool:
    """Whether the injured formula has another value, or none."""
    return injured.alone in (Verdict.INCORRECT, Verdict.PARTIAL, Verdict.UNREADABLE)


@dataclass
class Source:
    """An accepted answer, and the injuries that it still has."""

    document: Path
    key: Key
    left: Iterator[Injured]


def sources(documents: list[Path], chance: random.Random) -> Iterator[Source]:
    """The right answers that the grader accepts, of which the formula stands in one place."""
    for document in documents:
        key = keys.build(load_problem(HERE / document.stem))
        for answer in field.answers(document):
            record = answer.result.answer
            if answer.outcome != ("right", "accepted") or record is None:
                continue
            if replaced(document, record.text, "")[1]:
                yield Source(document, key, injuries(key, answer, chance))


def shown(injured: Injured, regraded: Answer | None = None) -> str:
    """An injury for a human to look at."""
    of = injured.answer
    lines = [f"\n{of.document} {of.question}: {injured.kind}, alone {injured.alone}"]
    lines += [f"    was {of.result.answer.text if of.result.answer else ''}"]
    lines += [f"    now {injured.formula}"]
    if regraded and regraded.result.answer:
        place = regraded.result.answer
        lines += [f"    graded: line {place.line}: {place.text}"]
        lines += [f"    {message.text}" for message in regraded.result.messages]
    return "\n".join(lines)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("names", nargs=-1)
@click.option("--count", default=100, show_default=True, help="How many injuries.")
@click.option("--seed", default=1, show_default=True)
@click.option("--list", "listed", help="List also: harmless, refused, human.")
def main(folder: Path, names: tuple[str, ...], count: int, seed: int, listed: str | None) -> None:
    """Print the counts, and the injuries that are accepted."""
    chance = random.Random(seed)
    waiting = list(sources(field.documents(folder, names), chance))
    chance.shuffle(waiting)
    became: Counter[tuple[str, str]] = Counter()
    while waiting and became.total() < count:
        source = waiting.pop(0)
        for injured in source.left:
            if surely_wrong(injured):
                found = injured.regraded(source.key, source.document)
                _, outcome = found.outcome
                became[injured.kind, outcome] += 1
                if outcome == "accepted" or (listed and listed in outcome):
                    click.echo(shown(injured, found))
                waiting.append(source)
                break
            if listed == "harmless":
                click.echo(shown(injured))
    for kind in (made.__name__ for made in KINDS):
        click.echo(
            f"{kind:12}" + _counts(Counter({o: n for (k, o), n in became.items() if k == kind}))
        )
    total: Counter[str] = Counter()
    for (_, outcome), n in became.items():
        total[outcome] += n
    click.echo(f"{total.total():<12}" + _counts(total))


def _counts(of: Counter[str]) -> str:
    return ", ".join(
        f"{outcome} {of[outcome]}" for outcome in ("accepted", "refused", "to a human")
    )


if __name__ == "__main__":
    main()
