"""A right derivation never has a break, and no text makes the search fail."""

import re
from pathlib import Path

import pytest
import yaml_data
from hypothesis import given, settings
from hypothesis import strategies as st
from library_keys import HOMEWORK, key_of
from sampling import examples

from grader.grading import grade
from grader.grading.collected import Written, collect
from grader.notation import printing
from grader.primitives.build import derivative
from grader.result import Verdict
from grader.steps import first_break, message_of
from grader.steps.quoting import LENGTH, quoted
from grader.submission import Formula, Marker, Paper, Place, Submission, TextAnswer, read

STYLES = Path(__file__).parents[1] / "content" / "styles"
CASES = Path(__file__).parents[2] / "problems" / "cs1678-hw3" / "cases.yaml"
KEY = key_of(HOMEWORK)
PIECES = [
    r"\frac{\partial l}{\partial W^2_{ij}}", r"\frac{\partial l}{\partial W^2}", "=", "=", "=", "&=",
    r"\delta", "W^3_{1i}", "W^3", "(W^3)^T", "h^1_j", "h^1", "x_1", r"\sigma'(z^1)", "+", "-", r"\\",
    r"\frac{\partial l}{\partial h^2_i}", r"\frac{\partial h^2}{\partial h^1}", r"\sum_k", "{", "}",
    r"\begin{align}", r"\end{align}", ",", r"\text{where}", "g", "g_i", r"\frac", "^", "_", r"\boxed{",
    "9^{9^9}", "0/0", "W2[1,1]", "dW2", "@", "\n", "δ", "\x00", "\u202e", "if", "1/0", "=" * 60,
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=60)
bounded = settings(max_examples=examples(30, 600))


def searched(submission: Submission) -> None:
    for question, answer in collect(KEY.problem, submission).given.items():
        if isinstance(answer, Written) and answer.chain is not None:
            found = first_break(KEY[question], answer.chain)
            if found is not None:
                message = message_of(found)
                assert "\n" not in message.text
                assert message.text.isprintable()


@pytest.mark.sampled
@bounded
@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from(["latex", "plain", "code"]))
def test_no_paper_makes_it_fail(blocks: list[str], notation: str) -> None:
    items = [
        Formula(text, True, Place("paper", 3 + at), notation) for at, text in enumerate(blocks)
    ]
    paper = Paper((Marker(("10",), Place("paper", 1)), *items))
    searched(Submission("one", "paper", "", (paper,)))


@pytest.mark.sampled
@bounded
@given(texts, st.sampled_from(["latex", "infix"]))
def test_no_answer_makes_it_fail(text: str, notation: str) -> None:
    answer = TextAnswer("q11", text, notation, Place("answers", 1))
    searched(Submission("one", "answers", "", (), (answer,)))


@pytest.mark.sampled
@bounded
@given(texts | st.text(alphabet="{}^_\\frac ab", max_size=600))
def test_a_quotation_is_short_and_on_one_line(text: str) -> None:
    quotation = quoted(text)
    assert quotation.isprintable()
    assert len(quotation) <= LENGTH + 2


@pytest.mark.parametrize("style", sorted(p.name for p in STYLES.glob("*") if p.suffix != ".yaml"))
def test_right_papers_have_no_break(style: str) -> None:
    submission = read(STYLES / style)
    verdicts = {result.id: result.verdict for result in grade(KEY, submission).questions}
    broken = set()
    for question, answer in collect(KEY.problem, submission).given.items():
        if verdicts[question] is Verdict.CORRECT and isinstance(answer, Written) and answer.chain:
            found = first_break(KEY[question], answer.chain)
            if found is not None:
                broken.add(question)
    assert broken == set()


@pytest.mark.parametrize("question", [q.id for q in KEY.problem.questions if q.id != "q6"])
def test_right_answers_are_right_in_a_chain(question: str) -> None:
    """All right answers of the cases in one chain, and a wrong one at its end."""
    asked = KEY.problem[question]
    assert asked.of is not None
    assert asked.wrt is not None
    left = printing.latex(derivative(asked.of, asked.wrt), asked.scope.names)
    cases = yaml_data.load(CASES.read_text(encoding="utf-8"))[question]["right"]
    right = [case["latex"] for case in cases if isinstance(case, dict) and "latex" in case]
    members = [text for text in right if not _RELATION.search(text)]
    wrong = f"7 \\left({members[0]}\\right)"
    answer = TextAnswer(question, " = ".join([left, *members, wrong]), "latex", PLACE)
    taken = collect(KEY.problem, Submission("one", "answers", "", (), (answer,))).given[question]
    assert isinstance(taken, Written)
    assert taken.chain is not None
    found = first_break(KEY[question], taken.chain)
    assert found is not None
    assert found.before is not None
    numbers = found.before.number, found.part.number
    assert numbers == (len(members) + 1, len(members) + 2)
    assert found.setup


_RELATION = re.compile(r"=|\\\\|,|\\text")  # a text with one of these is more than one member
PLACE = Place("answers", 1)
