"""`grader check --explain` shows how the grader found and read an answer, not whether it is right."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import PATIENCE, PROBLEM, ROOT, START, SUBMISSIONS, Grader, environment, process

PAPER = f"{SUBMISSIONS}/student-14.md"
BROKEN = f"{SUBMISSIONS}/student-10.yaml"

ANSWERS = r"""answers:
  q1: "delta*(h2[1]"
  q2: {latex: '\delta W^2 h^2'}
  q10: "delta*W3[1,i]*h1[j]"
  q11: {latex: '\delta (W^3)^T (h^1)^T'}
  q15: [1, 2, 3]
  q17: "delta*W1*x.T"
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS)
    return file


def test_the_text_the_reading_and_the_tree(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q11")
    assert run.code == 0
    found = run.out.partition("You wrote")[2]
    assert (
        found
        == r""" (answers.yaml:5):
    \delta (W^3)^T (h^1)^T
  Read as: delta*W3.T @ h1.T, 2×3

  matrix product               δ (W³)ᵀ (h¹)ᵀ  2×3
  ├─ scaling by a number       δ (W³)ᵀ        column of 2
  │  ├─ given                  δ              a number
  │  └─ transpose of           (W³)ᵀ          column of 2
  │     └─ given               W³             row of 2
  └─ transpose of              (h¹)ᵀ          row of 3
     └─ quantity of the model  h¹             column of 3

  `δ (W³)ᵀ (h¹)ᵀ` read as matrix product: 2×1 times 1×3
  `δ (W³)ᵀ` read as scaling: a number times 2×1
"""
    )


def test_a_formula_in_free_indices_is_read_for_each_of_them(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q10")
    assert "Read as: delta*W3[1, i]*h1[j], a number for each i and j\n" in run.out
    assert "entry (1, i) of" in run.out


def test_a_remark_explains_broadcasting(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q17")
    text = " ".join(run.out.split())
    assert "elementwise product: 3×4 times 1×4, with the 1×4 repeated in all 3 rows" in text


def test_several_questions_in_the_order_of_the_problem(grader: Grader, answers: Path) -> None:
    run = grader(
        "check", PROBLEM, str(answers), "--explain", "q17,q10", "--explain=q11", "--format=json"
    )
    assert [question["id"] for question in run.json["questions"]] == ["q10", "q11", "q17"]


def test_all_questions(grader: Grader) -> None:
    run = grader("check", PROBLEM, PAPER, "--explain", "all", "--format", "json")
    assert len(run.json["questions"]) == 17
    assert all(question["tree"] for question in run.json["questions"])


def test_nested_data(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q11", "--format", "json")
    (question,) = run.json["questions"]
    assert question["answer"]["shape"] == [2, 3]
    assert question["tree"]["operation"] == "matrix product"
    scaled, _ = question["tree"]["parts"]
    assert scaled["text"] == "δ (W³)ᵀ"
    assert scaled["reading"] == "delta*W3.T"
    assert scaled["shape"] == [2, 1]
    assert scaled["remark"] == "scaling: a number times 2×1"
    assert scaled["parts"][0] == {
        "operation": "given", "text": "δ", "reading": "delta", "shape": [], "parts": [],
    }  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json"])
def test_it_shows_neither_a_verdict_nor_a_reference(grader: Grader, form: str) -> None:
    run = grader("check", PROBLEM, PAPER, "--explain", "all", "--format", form)
    for word in ("verdict", "Correct", "Incorrect", "expected", "Reference", "reference", "score"):
        assert word not in run.out


def test_an_unreadable_answer_is_shown_with_the_place(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q1")
    assert run.code == 3
    assert "    delta*(h2[1]\n" in run.out
    assert "      delta*(h2[1]\n            ^\n" in run.out
    assert "Read as" not in run.out


def test_shapes_that_do_not_fit_are_shown_with_the_place(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q2")
    assert "the product of 2×3 and 2×1 does not exist" in run.out
    assert "~^\n" in run.out
    assert "Read as" not in run.out


def test_numbers_have_no_tree(grader: Grader, answers: Path) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q15")
    assert run.code == 0
    assert "Read as: 3 numbers\n" in run.out
    data = grader("check", PROBLEM, str(answers), "--explain", "q15", "--format", "json").json
    assert "tree" not in data["questions"][0]


def test_for_a_missing_answer_the_message_lists_those_it_found(
    grader: Grader, answers: Path
) -> None:
    run = grader("check", PROBLEM, str(answers), "--explain", "q3")
    assert run.code == 0
    assert "The grader found no answer to this question." in run.out
    assert "It found answers to: q1, q2, q10, q11, q15, q17." in run.out
    assert "The questions are: q1, q2, q3," in run.out


def test_a_file_that_cannot_be_read_is_not_just_missing(grader: Grader, tmp_path: Path) -> None:
    file = tmp_path / "me.docx"
    file.write_bytes(b"PK\3\4")
    assert "me.docx" in grader("check", PROBLEM, str(file), "--explain", "q3").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--explain", "q111"], "no question 'q111' (did you mean 'q11'?); it has q1, q2"),
        (["--explain", "q1,zz"], "no question 'zz'; it has q1, q2"),
        (["--explain", " , "], "name a question, or `all`"),
        (["--explain", "q1", "-q", "q1"], "does not grade"),
        (["--explain", "q1", "--fail-under", "3"], "does not grade"),
        (["-q", "q111"], "did you mean 'q11'?"),
    ],
)
def test_usage(grader: Grader, words: list[str], message: str) -> None:
    run = grader("check", PROBLEM, PAPER, *words)
    assert run.code == 2
    assert message in run.err
    as_json = grader("check", PROBLEM, PAPER, *words, "--format", "json")
    assert as_json.json["error"]["kind"] == "usage"


def test_a_terminal_that_knows_few_characters(answers: Path) -> None:
    """Lines in ASCII, and formulas in infix."""
    command = [sys.executable, "-c", START, "check", PROBLEM, str(answers), "--explain", "q11"]
    env = environment(PYTHONIOENCODING="ascii")
    run = subprocess.run(command, capture_output=True, encoding="ascii", env=env, timeout=PATIENCE)
    assert "|- scaling by a number" in run.stdout
    assert "`- transpose of" in run.stdout
    assert "`delta*W3.T` read as scaling: a number times 2x1" in run.stdout
    assert "?" not in run.stdout.partition("You wrote")[2]


def test_colours_on_request(answers: Path) -> None:
    words = ["check", PROBLEM, str(answers), "--explain", "q11"]
    assert "\x1b" not in process(*words).stdout
    assert "\x1b[1;36mq11" in process(*words, FORCE_COLOR="1").stdout
    assert "\x1b[1;36m" not in process(*words, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_grading_does_not_import_it() -> None:
    before = "import sys, atexit; atexit.register(lambda: print([m for m in sys.modules if 'expl' in m]))"
    run = process("check", PROBLEM, BROKEN, "-q", "q1", before=before)
    assert run.stdout.endswith("[]\n")


DEEP = [
    "(" * 70 + "delta" + ")" * 70,
    "-" * 70 + "delta",
    "+".join(["delta"] * 140),
    "*".join(["W1"] * 140),
    "[" + ", ".join(["delta*W3[1,1]*h1[1]*x[1]"] * 60) + "]",
]


@pytest.mark.parametrize("text", DEEP, ids=["brackets", "signs", "sum", "product", "list"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_largest_answers_are_explained(
    grader: Grader, tmp_path: Path, text: str, form: str
) -> None:
    file = tmp_path / "me.yaml"
    file.write_text(f'answers: {{q1: "{text}"}}')
    run = grader("check", PROBLEM, str(file), "--explain", "q1", "--format", form)
    assert run.code == 0, run.err + run.out


def test_a_huge_tree_is_cut(grader: Grader, tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    file.write_text(f'answers: {{q1: "{DEEP[-1]}"}}')
    run = grader("check", PROBLEM, str(file), "--explain", "q1")
    assert "more steps; --format json has them all." in run.out


def test_a_program_with_the_shape_of_each_assignment(grader: Grader, tmp_path: Path) -> None:
    paper = tmp_path / "code.md"
    paper.write_text("```python\ndh = W2.T @ g\ndz = dh * (z > 0)\nq = foo(1)\n```\n")
    run = grader("check", str(ROOT / "problems/residual-block"), str(paper), "--explain", "q4")
    assert run.code == 0
    assert "dz = dh * (z > 0)" in run.out
    assert "code.md:3 dz  4 numbers" in run.out
    assert "q  not known: the program uses `foo`, which it does not define" in run.out
