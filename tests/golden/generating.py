"""Generated answers: rewritten right ones, wrong ones with a mistake, and papers of both.

They are like the examples of the property tests, with a fixed seed, for every problem. The tools are those
of `tests/properties`. The results are stored as text, so that a change of the tools changes nothing here.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from answers import Entry

from grader import key as keys
from grader.errors import GraderError, StudentError
from grader.expression import Expression, Sum, children, substitute, with_children
from grader.key import Key, QuestionKey
from grader.notation import infix, printing
from grader.primitives.build import derivative
from grader.problem import load

SEED = 1678
RIGHT = 0.6  # of the generated answers
PAPERS = 15  # for each problem
STEPS = {
    True: (0, 0, 1, 1, 2, 2, 3, 4, 6),
    False: (0, 0, 0, 1, 2),
}  # number of rewritings of right and wrong answers
TRIES = 40  # for one answer before the question is skipped


@dataclass(frozen=True)
class Source:
    """A question with the right answers to begin with."""

    own: QuestionKey
    starts: tuple[Expression, ...]


def own_problems() -> Mapping[str, str]:
    """The problems of the property tests alone."""
    from property_problems import TEXTS

    return TEXTS


def generated(problems: Mapping[str, str], count: int) -> Iterator[Entry]:
    """About `count` answers, evenly over the problems, and papers."""
    from collect import LIBRARY

    names = [*LIBRARY, *own_problems()]
    each = count // len(names)
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(
            _of_problem, names, [problems[n] for n in names], [each] * len(names)
        ):
            yield from found


def _of_problem(name: str, text: str, count: int) -> list[Entry]:
    key = _key(text)
    sources = list(_sources(name, key))
    if not sources:
        return []
    found: dict[str, Entry] = {}
    for at, source in enumerate(islice(cycle(sources), 3 * count)):
        entry = _answer(name, source, random.Random(f"{SEED} {name} {at}"))
        if entry is not None:
            found.setdefault(entry.digest, entry)
        if len(found) >= count:
            break
    papers = [
        _paper(name, key, sources, random.Random(f"{SEED} {name} paper {at}"))
        for at in range(PAPERS)
    ]
    return [*found.values(), *papers]


def _key(text: str) -> Key:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "problem.yaml").write_text(text, encoding="utf-8")
        return keys.build(load(Path(folder)))


def _sources(name: str, key: Key) -> Iterator[Source]:
    from property_problems import _is_answer

    for question, own in key.questions.items():
        nodes = [own.reference] if own.reference is not None and _is_answer(own) else []
        for text in _written(name, question):
            try:
                node, _ = infix.parse(text, own.question.names)
                own.check_shape(node, ())
            except StudentError:
                continue
            if _is_right(own, node):
                nodes.append(node)
        if nodes:
            yield Source(own, tuple(nodes))


def _written(name: str, question: str) -> list[str]:
    """Right answers by hand, in infix."""
    from collect import LIBRARY, listed
    from property_problems import WRITTEN

    found = list(WRITTEN.get(name, {}).get(question, ()))
    if name in LIBRARY:
        right = listed(f"problems/{name}/cases.yaml")[question]["right"]
        found += [one for one in right if isinstance(one, str)]
    return found


def _is_right(own: QuestionKey, node: Expression) -> bool:
    """Whether the values are those of the reference, to a millionth, in either layout of a vector."""
    got = own.evaluate(_bound(node))
    return bool(np.allclose(got, own.expected, rtol=1e-6, atol=1e-9))


def _bound(node: Expression) -> Expression:
    """The tree as it reads back: a rule may shorten a sum but leave the old range in its body."""
    node = with_children(node, tuple(_bound(part) for part in children(node)))
    if isinstance(node, Sum):
        return replace(node, body=substitute(node.body, node.index.name, node.index))
    return node


def _answer(name: str, source: Source, dice: random.Random) -> Entry | None:
    right = dice.random() < RIGHT
    node = _node(source, right, dice)
    if node is None:
        return None
    notation = dice.choices(("infix", "latex", "unicode"), (45, 45, 10))[0]
    kind = f"generated {'right' if right else 'wrong'}"
    text = _text(source.own, node, notation, dice)
    return Entry(
        name, kind, source.own.question.id, "infix" if notation == "infix" else "latex", text
    )


def _node(source: Source, right: bool, dice: random.Random) -> Expression | None:
    """A tree that is certainly right or wrong; None if `TRIES` give none."""
    from mutating import changed
    from rewriting import rewritten

    choose = dice.randrange
    for _ in range(TRIES):
        node: Expression | None = dice.choice(source.starts)
        assert node is not None
        try:
            if not right:
                node = changed(source.own, node, choose)
            if node is None:
                continue
            node = rewritten(source.own, node, dice.choice(STEPS[right]), choose)
            source.own.check_shape(node, ())
            if _is_right(source.own, node) == right:
                return node
        except (GraderError, AssertionError, LookupError, ValueError, TypeError):
            continue  # a rule that does not apply to a form of this problem
    return None


def _text(own: QuestionKey, node: Expression, notation: str, dice: random.Random) -> str:
    from writing import as_infix, as_latex, unicode_of

    if notation == "unicode":
        return unicode_of(node, own.question.names)
    return (as_infix if notation == "infix" else as_latex)(node, own.question.names, dice.randrange)


# Papers

Layout = Callable[[str, str, list[str]], str]
"""Label, left side (perhaps empty) and members → one answer of a paper."""


def _chain(left: str, members: list[str]) -> str:
    return " = ".join(filter(None, (left, *members)))


def _aligned(label: str, left: str, members: list[str]) -> str:
    rows = " \\\\\n&= ".join(members)
    return f"\\section*{{Question {label}}}\n\\begin{{align*}}\n{left} &= {rows}\n\\end{{align*}}\n"


def _equation(label: str, left: str, members: list[str]) -> str:
    chain = _chain(left, members)
    return f"\\subsection*{{Problem {label}}}\n\\begin{{equation}}\n{chain}\n\\end{{equation}}\n"


LAYOUTS: Mapping[str, tuple[str, Layout]] = {
    "numbered": ("md", lambda n, left, m: f"{n}. $${_chain(left, m)}$$\n"),
    "headings": (
        "md", lambda n, left, m: f"## Question {n}\n\nWe have\n\n$$\n{_chain(left, m)}\n$$\n",
    ),
    "bold": ("md", lambda n, left, m: f"**Q{n}** By the chain rule ${_chain(left, m)}$.\n"),
    "left sides": ("md", lambda n, left, m: f"$${_chain(left, m)}$$\n"),
    "parts": ("md", lambda n, left, m: f"({n}) Therefore\n$${_chain(left, m)}$$\n"),
    "aligned": ("tex", _aligned),
    "items": ("tex", lambda n, left, m: f"\\item[{n}.] \\[ {_chain(left, m)} \\]\n"),
    "equations": ("tex", _equation),
}  # fmt: skip


def _paper(name: str, key: Key, sources: list[Source], dice: random.Random) -> Entry:
    """A paper in one layout: most answers right, some wrong or left out, some with a step before."""
    layout = dice.choice(list(LAYOUTS))
    suffix, laid_out = LAYOUTS[layout]
    parts = []
    for source in sources:
        fate = dice.random()
        members = [_member(source, fate > 0.2, dice) for _ in range(1 if fate < 0.6 else 2)]
        left = _left(source.own)
        if fate > 0.08 and all(members) and (left or layout != "left sides"):
            parts.append(laid_out(source.own.question.id.removeprefix("q"), left, members))
    text = "\n".join(parts)
    if suffix == "tex":
        text = f"\\begin{{enumerate}}\n{text}\\end{{enumerate}}\n" if layout == "items" else text
        text = f"\\documentclass{{article}}\n\\begin{{document}}\n{text}\\end{{document}}\n"
    return Entry(name, f"generated papers {layout}", files={f"paper.{suffix}": text})


def _member(source: Source, right: bool, dice: random.Random) -> str:
    node = _node(source, right, dice)
    return "" if node is None else printing.latex(node, source.own.question.names)


def _left(own: QuestionKey) -> str:
    """The left side that names the question; empty if it has none."""
    of, wrt = own.question.of, own.question.wrt
    return printing.latex(derivative(of, wrt), own.question.names) if of and wrt else ""
