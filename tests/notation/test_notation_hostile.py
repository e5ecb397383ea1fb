r"""Any text gives an expression or a StudentError, in bounded time."""

import random
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml_data
from hypothesis import given, settings
from hypothesis import strategies as st
from notation_reading import graded_paper, homework, judged
from sampling import examples

from grader.errors import StudentError
from grader.notation import infix, latex
from grader.notation.statements import equations

pytestmark = pytest.mark.sampled

NAMES = homework().problem["q10"].names
CORPUS = Path(__file__).parent / "corpus" / "formulas.yaml"
SEEDS = [
    r"\sum_{i=1}^{n_2} \delta W^3_{1,i} W^2_{i,j} \sigma'(z^1_j)",
    r"\begin{cases}1 & \text{if } z^1_1 > 0 \\ 0 & \text{otherwise}\end{cases}",
    r"\frac{\partial l}{\partial h^1_k} = \left( (W^2)^T (W^3)^T \delta \odot \sigma'(z^1) \right) x^T",
    "Sum(delta*W3[1,m]*W2[m,i], (m, 1, n2))*sigma'(z1[i])*x[j]",
    "Piecewise((np.outer(W3.T, h1)[1,2], x[1] > 0), (0, True))",
]
SEEDS += [formula["text"] for formula in yaml_data.load(CORPUS.read_text("utf-8"))]
PIECES = sorted({part for seed in SEEDS for part in re.findall(r"\\[A-Za-z]+|\w+|.", seed)})

PATIENCE = 10  # processor seconds: a hundredth is usual, endless growth takes hours

# One piece over and over again, in each notation.
UNITS = ["^", "_", "'", "{", "}", "[", "|", "-", "(", "&", "\\\\", "x_", "x^", "{x}", "|x|",
         "\\frac{", "\\mathbf{", "\\hat{", "\\begin{bmatrix}", "\\begin", "\\left(", "\\text{", "=",
         "1_{", "\\delta_{", "x.T", "[1,", "Sum(", "Piecewise((", "x**", "exp(",
         "W2[1,2]", "~x"]  # fmt: skip
# Pieces without brackets that take what follows.
RECURSIVE = ["\\frac", "\\frac1", "\\sqrt", "\\exp ", "\\log ", "\\sum_i ", "d", "√",
             "\\sum_{i=1}^{2} x_i", "\\frac{d}{dx}", "\\frac{\\partial}{\\partial x}"]  # fmt: skip


def survives(text: str) -> None:
    """Check that every reader gives an expression or a StudentError in bounded time."""
    begin = time.process_time()
    for parse in (infix.parse, latex.parse):
        with suppress(StudentError):
            parse(text, NAMES)
    with suppress(StudentError):
        for equation in equations(text, NAMES):
            for member in equation.members:
                with suppress(StudentError):
                    latex.parse_left(member, NAMES, text)
    assert time.process_time() - begin < PATIENCE


@pytest.mark.parametrize("unit", [*UNITS, *RECURSIVE])
def test_long_runs(unit: str) -> None:
    length = examples(2_000, 20_000)
    survives((unit * length)[:length])


NESTED = [("e^{", "x_1", "}"), ("e^{", "x_1", "^T}"), ("x^{\\odot ", "2", "}"), ("I(", "x_1", " > 0)"),
          ("h'_{", "1", "}(x)"), ("1_{", "x_1", " > 0}"), ("\\frac{\\partial ", "l", "}{\\partial x_1}"),
          ("{", "1", "\\over 2}")]  # fmt: skip


@pytest.mark.parametrize(("opened", "inside", "closed"), NESTED)
def test_nothing_is_parsed_twice_at_each_depth(opened: str, inside: str, closed: str) -> None:
    survives(opened * 38 + inside + closed * 38)


@pytest.mark.parametrize("text", ["{x_1+x_2}" * 2000, f"W_{{{'i' * 15_000}}}"])
def test_long_products_and_scripts(text: str) -> None:
    survives(text)


@pytest.mark.parametrize(
    "unit",
    [
        "\\end{",
        ",",
    ],
)  # fmt: skip
def test_runs_cost_no_more_than_their_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text, begin = (unit * length)[:length], time.process_time()
        with suppress(StudentError):
            equations(text, NAMES)
        return time.process_time() - begin

    assert min(seconds(16_000) for _ in range(3)) < 10 * min(seconds(4_000) for _ in range(3))


@given(st.text(max_size=60))
@settings(max_examples=examples(40, 500))
def test_any_text(text: str) -> None:
    survives(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=examples(60, 800))
def test_any_run_of_known_pieces(text: str) -> None:
    survives(text)


@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
@settings(max_examples=examples(60, 800))
def test_any_damaged_answer(seed: str, dice: int) -> None:
    survives(damaged(seed, random.Random(dice)))


@given(st.sampled_from(SEEDS), st.integers(0, 2**32), st.sampled_from(["q6", "q10", "q17"]))
@settings(max_examples=examples(30, 500))
def test_any_damaged_answer_is_judged(seed: str, dice: int, question: str) -> None:
    for notation in ("infix", "latex"):
        judged(question, damaged(seed, random.Random(dice)), notation)


def damaged(text: str, dice: random.Random) -> str:
    """A text with a few of its pieces dropped, doubled, swapped, or replaced."""
    parts = re.findall(r"\\[A-Za-z]+|\\.|\w+|\s|.", text, re.DOTALL)
    for _ in range(dice.choice((1, 1, 2, 4))):
        at = dice.randrange(len(parts)) if parts else 0
        match dice.randrange(4):
            case 0:
                del parts[at : at + 1]
            case 1:
                parts.insert(at, dice.choice(PIECES))
            case 2:
                parts[at : at + 1] = [dice.choice(PIECES)]
            case _:
                parts[at : at + 3] *= dice.choice((2, 5, 30))
    return "".join(parts)


# Little text, much work.
COSTLY = [
    "Sum(Sum(Sum(x[1]*a*b*c, (a,1,10000)), (b,1,10000)), (c,1,10000))",
    "Sum(Sum(ones(64,64)[a-a+1,b-b+1], (a,1,5000)), (b,1,5000))",
    "ones(64,64)" + "@ones(64,64)" * 300,
    "Sum(" + "ones(64,64)@" * 50 + "ones(64,64), (a,1,10000))",
    "9**9**9**9", "x[1]**1e149", "1e149*1e149*1e149", "2**400*delta",
    "Matrix([ones(64,64), ones(64,64)])",
]  # fmt: skip


@pytest.mark.parametrize("text", COSTLY)
def test_work_is_bounded(text: str) -> None:
    begin = time.process_time()
    assert judged("q10", text, "infix").verdict in ("unreadable", "incorrect")
    assert time.process_time() - begin < PATIENCE


CRASHES = [
    # a chain of operations, or of entries, is as deep as it is long
    "1*" * 3000 + "1",
    "x" + "[1]" * 3000,
    # the backward pass is deeper still
    "Derivative(" + "sum(h1)*" * 600 + "1, W1[1,1])",
    # an axis where the function takes none
    "trace(ones(3,3), axis=0)",
    # NumPy has 32 axes
    "Sum(x[i]*x[1]" + ", (i,1,2)" * 40 + ")",
]


@pytest.mark.parametrize("text", CRASHES)
def test_no_crash(text: str) -> None:
    assert judged("q10", text, "infix").verdict in ("unreadable", "incorrect")


def test_definitions_do_not_explode(tmp_path: Path) -> None:
    letters = "alpha beta gamma epsilon zeta eta kappa lambda mu nu xi rho tau phi chi psi".split()
    before = ["delta", *letters]
    text = "".join(f"$\\{b} = \\{a} + \\{a}$\n\n" for a, b in zip(before, letters, strict=False))
    begin = time.process_time()
    graded_paper(text + "1. $\\psi h^2_1$\n", tmp_path)
    assert time.process_time() - begin < PATIENCE


@pytest.mark.parametrize("text", [r"z \fi̇ + 1", r"\over 2", r"p_{} + y", "2 × .", r"\sqrt{\over}"])
def test_what_once_raised(text: str) -> None:
    survives(text)
