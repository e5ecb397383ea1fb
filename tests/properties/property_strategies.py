r"""The strategies that all property tests share: answers, texts in each notation, damaged bytes.

All random choices go through `Choose`, so that the same code works with Hypothesis, which shrinks
examples, and with a plain generator.
"""

import json
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import Phase, settings
from hypothesis import strategies as st
from mutating import changed
from property_problems import PROBLEMS, ROOT, Start, key_of, starts
from property_values import differing
from rewriting import Choose, rewritten
from writing import as_infix, as_latex, is_known_fault, unicode_of

from grader.expression import Expression
from grader.grading import grade
from grader.notation import infix, printing
from grader.primitives.build import derivative
from grader.result import QuestionResult, Report
from grader.submission import Place, Submission, TextAnswer, formats, read

NOTATIONS = ("infix", "latex", "unicode")
OFTEN = 0.25  # share of draws: a wrong answer that differs on fewer may be accepted by chance

# For whole submissions: shrinking takes minutes and shows nothing new.
unshrunk = settings(phases=(Phase.explicit, Phase.generate))


class Answer(NamedTuple):
    """An answer to grade: its start, its tree, and its text in one notation."""

    start: Start
    node: Expression
    notation: str
    text: str

    def __repr__(self) -> str:
        problem = self.start.key.problem.id
        return f"{problem} {self.start.question} {self.notation}: {self.text!r}"


def chooser(draw: st.DrawFn) -> Choose:
    """Choices that Hypothesis makes."""
    return lambda count: draw(st.integers(0, count - 1))


def written(start: Start, node: Expression, notation: str, choose: Choose) -> Answer:
    """A tree written in a notation, with random habits."""
    names = start.own.question.names
    if notation == "infix":
        text = as_infix(node, names, choose)
    elif notation == "latex":
        text = as_latex(node, names, choose)
    else:
        text = unicode_of(node, names)
    return Answer(start, node, notation, text)


def judged(answer: Answer) -> QuestionResult:
    """The result of an answer, graded as a whole submission."""
    notation = "infix" if answer.notation == "infix" else "latex"
    return judged_text(answer.start, answer.text, notation)


def judged_text(start: Start, text: str, notation: str) -> QuestionResult:
    """The result of a text as the answer to the question of `start`, with an empty cache."""
    given = TextAnswer(start.question, text, notation, Place("answer", 1))
    start.key.seen.clear()
    submission = Submission("somebody", "answer", "", answers=(given,))
    return grade(start.key, submission, [start.question])[start.question]


def is_fair(answer: Answer, result: QuestionResult) -> bool:
    """Whether the values of the reading confirm a verdict of `correct`.

    Our loops do not know every function; what they cannot evaluate passes.
    """
    if result.verdict != "correct" or is_known_fault(answer.text):
        return True
    start = answer.start
    assert result.answer is not None
    node = infix.parse(result.answer.reading or "", start.own.question.names)[0]
    try:
        return differing(start.values(node), start.values(start.node)) == 0
    except NotImplementedError:
        return True


def is_accepted(answer: Answer, result: QuestionResult) -> bool:
    """Whether a right answer was accepted."""
    return result.verdict == "correct"


@st.composite
def right_answers(draw: st.DrawFn, problem: str, steps: int = 6) -> Answer:
    """A right answer rewritten by up to `steps` rules, in any notation."""
    choose = chooser(draw)
    start = draw(st.sampled_from(starts(problem)))
    node = rewritten(start.own, start.node, choose(steps + 1), choose)
    return written(start, node, draw(st.sampled_from(NOTATIONS)), choose)


@st.composite
def wrong_answers(draw: st.DrawFn, problem: str, steps: int = 2) -> Answer | None:
    """An answer with one mistake, perhaps rewritten; None if the values are the same."""
    choose = chooser(draw)
    start = draw(st.sampled_from(starts(problem)))
    node = changed(start.own, start.node, choose)
    if node is None or differing(start.values(node), start.values(start.node)) < OFTEN:
        return None
    node = rewritten(start.own, node, choose(steps + 1), choose)
    return written(start, node, draw(st.sampled_from(NOTATIONS[:2])), choose)


def right_anywhere() -> st.SearchStrategy[Answer]:
    """Right answers to all problems."""
    return st.sampled_from(PROBLEMS).flatmap(right_answers)


def wrong_anywhere() -> st.SearchStrategy[Answer | None]:
    """Wrong answers to all problems."""
    return st.sampled_from(PROBLEMS).flatmap(wrong_answers)


@st.composite
def submissions(draw: st.DrawFn, notations: Sequence[str]) -> dict[str, Answer]:
    """A right answer to every question of the homework, each in one of these notations."""
    choose = chooser(draw)
    answers: dict[str, Answer] = {}
    for start in starts("cs1678-hw3"):
        node = rewritten(start.own, start.node, choose(4), choose)
        answer = written(start, node, notations[choose(len(notations))], choose)
        if not is_known_fault(answer.text):
            answers[start.question] = answer
    return answers


# Texts by the grammar, right or wrong in meaning

_LEAVES = {
    "latex": r"x_1 x_j z^1 z^1_i z_i^{1} W^2 W^{(2)} W^{2T}_{ij} W_{1,j}^3 h^1_j h^{[2]} \delta 2 0.5 n_2 "
    r"\theta e^{-x} \mathbf{1} \hat{y} dW^2 x' I_{3} ∂ δ W³₁ᵢ h²₁ \frac12 \cdots".split(),
    "infix": "x[1] x[j] z1 z1[i] W2 W2.T W3[1,j] h1[j] h2 delta 2 0.5 n2 theta x.T dW2 eye(3) δ h2.sum() "
    "W2[1,:] W2[:,1] ones(3) 1e3 pi True".split(),
}  # fmt: skip
_WAYS = {
    "latex": [
        "{}{}", "{} {}", "{} + {}", "{} - {}", r"{} \cdot {}", r"{} \odot {}", r"\frac{{{}}}{{{}}}",
        r"\left({}\right)^T {}", "({})_{{{}}}", r"\sum_{{k=1}}^{{n_2}} {} {}", r"\sum_i {} {}",
        r"\sigma'({}) {}", r"\begin{{bmatrix}} {} & {} \end{{bmatrix}}",
        r"\begin{{cases}} {} & \text{{if }} {} > 0 \\ 0 & \text{{otherwise}} \end{{cases}}",
        r"\frac{{\partial {}}}{{\partial {}}}", r"\mathbb{{1}}[{} > {}]", r"\max({}, {})", "{} = {}",
        r"{} \text{{ if }} {} > 0", r"|{}| \times {}", r"\text{{diag}}({}) {}", r"{}^{{{}}}",
        r"\mathrm{{tr}}({}) {}", r"\underbrace{{{}}}_{{{}}}", r"\left[{}, {}\right]", "{}, {}",
    ],
    "infix": [
        "{}*{}", "{} + {}", "{} - {}", "{} @ {}", "{}/{}", "{}**{}", "({}).T @ {}", "({})[{}]", "-{}*{}",
        "Sum({}*{}, (k, 1, n2))", "sigma'({})*{}", "[{}, {}]", "[[{}], [{}]]", "Max({}, {})",
        "Piecewise(({}, {} > 0), (0, True))", "Derivative({}, {})", "outer({}, {})", "({} > {})",
        "{} if {} > 0 else 0", "np.sum({}*{}, axis=0)", "where({} > 0, {}, 0)", "diag({}) @ {}", "{} = {}",
    ],
}  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, notation: str, depth: int = 4) -> str:
    """A text by the grammar of a notation: well formed, but seldom meaningful."""
    return _grown(chooser(draw), notation, depth)


def _grown(choose: Choose, notation: str, depth: int) -> str:
    if depth == 0 or choose(3) == 0:
        return _LEAVES[notation][choose(len(_LEAVES[notation]))]
    way = _WAYS[notation][choose(len(_WAYS[notation]))]
    return way.format(_grown(choose, notation, depth - 1), _grown(choose, notation, depth - 1))


@cache
def pieces() -> tuple[str, ...]:
    """The commands, words and signs of answers."""
    found = {part for ways in (_LEAVES, _WAYS) for group in ways.values() for text in group
             for part in re.findall(r"\\[A-Za-z]+|\w+|.", text)}  # fmt: skip
    return (*sorted(found), "\\\\", "&", "%", "$", "\n", "\t", "\u202f", "\0", "ᵀ", "⁻¹", "²", "₁")


def damaged(text: str, choose: Choose) -> str:
    """A text with a few of its pieces dropped, doubled, swapped, or replaced."""
    parts = re.findall(r"\\[A-Za-z]+|\\.|\w+|\s|.", text, re.DOTALL)
    known = pieces()
    for _ in range(1 + choose(3)):
        at = choose(len(parts)) if parts else 0
        match choose(5):
            case 0:
                del parts[at : at + 1]
            case 1:
                parts.insert(at, known[choose(len(known))])
            case 2:
                parts[at : at + 1] = [known[choose(len(known))]]
            case 3:
                parts[at : at + 2] = parts[at : at + 2][::-1]
            case _:
                parts[at : at + 3] *= (2, 5, 30)[choose(3)]
    return "".join(parts)[:2_000]


@st.composite
def damaged_answers(draw: st.DrawFn) -> Answer:
    """A right answer, rewritten a little, with a damaged text."""
    answer = draw(right_anywhere())
    return answer._replace(text=damaged(answer.text, chooser(draw)))


# Files

SAMPLES = ROOT / "submissions" / "cs1678-hw3"
SUFFIXES = (*formats.BY_SUFFIX,)


@cache
def samples() -> tuple[tuple[str, bytes], ...]:
    """The files of the class that comes with the project: suffix and content."""
    files = sorted(path for path in SAMPLES.rglob("*") if path.is_file())
    return tuple((path.suffix, path.read_bytes()) for path in files)


@st.composite
def damaged_files(draw: st.DrawFn, most: int = 12_000) -> tuple[str, bytes]:
    """A submission of the class with some of its bytes changed, perhaps under another suffix."""
    suffix, content = draw(st.sampled_from(samples()))
    data = bytearray(content[:most])
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del data[at : at + draw(st.integers(1, 40))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 60))] * draw(st.integers(1, 5))
            case _:
                data[at:at] = draw(st.sampled_from(pieces())).encode()
    if draw(st.integers(0, 7)) == 0:
        suffix = draw(st.sampled_from(SUFFIXES))
    return suffix, bytes(data)


def answer_file(answers: dict[str, Answer]) -> str:
    """An answer file in JSON, which is YAML too."""
    entries = {
        name: answer.text if answer.notation == "infix" else {"latex": answer.text}
        for name, answer in answers.items()
    }
    return json.dumps({"answers": entries}, ensure_ascii=False, indent=1)


def paper(answers: dict[str, Answer]) -> str:
    """A Markdown paper, with answers numbered like the questions."""
    lines = ["# Homework", ""]
    for name, answer in answers.items():
        left = _left_side(answer.start)
        lines += [f"{name.removeprefix('q')}.", "", f"$${left} = {answer.text}$$", ""]
    return "\n".join(lines)


def _left_side(start: Start) -> str:
    question = start.own.question
    assert question.of is not None
    assert question.wrt is not None
    return printing.latex(derivative(question.of, question.wrt), question.names)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A submission file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def graded_file(suffix: str, data: bytes) -> Report:
    """The report of a file with these bytes, graded as a submission to the homework."""
    key = key_of("cs1678-hw3")
    key.seen.clear()
    with tempfile.TemporaryDirectory() as folder:
        return grade(key, read(write(Path(folder), f"ann{suffix}", data)))
