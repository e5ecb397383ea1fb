"""Sentences around right and wrong formulas in five languages: what is not asserted is never accepted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml_data
from hypothesis import given
from hypothesis import strategies as st
from library_keys import key_of

from grader.claims.stances import Stance
from grader.claims.standing import PLAIN, FormulaStanding, standings
from grader.claims.statements import language_of_paper, statements
from grader.grading import grade
from grader.result import QuestionResult
from grader.submission import Formula, read

SENTENCES = yaml_data.load(Path(__file__).with_name("sentences.yaml").read_text("utf-8"))
LEFT = r"\frac{\partial l}{\partial z}"
FORMULAS = {
    "X": f"{LEFT} = p - y",
    "Y": f"{LEFT} = y - p",
    "L": LEFT,
    "V": "p - y",
    "U": "y - p",
}
RIGHT, WRONG, LOOSE = (
    [sentence for rows in SENTENCES[side].values() for sentence in rows]
    for side in ("right", "wrong", "loose")
)


def written(sentence: str) -> str:
    """A sentence with its formulas, below the number of their question."""
    return "4. " + re.sub("<([XYLVU])>", lambda found: f"${FORMULAS[found[1]]}$", sentence)


def result_of(folder: Path, text: str) -> QuestionResult:
    file = folder / "paper.md"
    file.write_text(text, encoding="utf-8")
    return grade(key_of("softmax-cross-entropy"), read(file))["q4"]


def stands(folder: Path, text: str) -> Iterator[tuple[str, FormulaStanding]]:
    """Each formula of a text with its standing."""
    file = folder / "paper.md"
    file.write_text(text, encoding="utf-8")
    (paper,) = read(file).papers
    language = language_of_paper(paper.items)
    items = statements(paper.items, language)
    found = standings(items, language)
    for at, item in enumerate(items):
        if isinstance(item, Formula):
            yield item.text, found.get(at, PLAIN)


def test_there_are_as_many_right_as_wrong_sentences_in_five_languages() -> None:
    sides = SENTENCES["right"], SENTENCES["wrong"]
    assert {len(rows) for side in sides for rows in side.values()} <= {30, 31, 32, 33}
    assert [list(side) for side in sides] == [["en", "de", "fr", "es", "zh"]] * 2


def test_a_right_answer_is_accepted(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for sentence in RIGHT:
        with subtests.test(sentence):
            result = result_of(tmp_path, written(sentence))
            assert result.verdict == "correct", result.messages


def test_what_is_not_asserted_is_not_accepted(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for sentence in [*WRONG, *LOOSE]:
        with subtests.test(sentence):
            assert result_of(tmp_path, written(sentence)).verdict != "correct"


STANCES = [
    ("It is not <Y> but <X>.", [Stance.DENIED, Stance.PLAIN]),
    ("<X> is wrong.", [Stance.DENIED]),
    ("<Y>. Correction: <X>.", [Stance.SUPERSEDED, Stance.PLAIN]),
    ("My old answer was <Y>. The new answer: <X>", [Stance.SUPERSEDED, Stance.PLAIN]),
    ("Suppose <Y>. Then nothing is learned. So <X>.", [Stance.SUPPOSED, Stance.PLAIN]),
    ("Is it <Y>? It is <X>.", [Stance.ASKED, Stance.PLAIN]),
    ("One might expect <Y>, but <X>.", [Stance.EXPECTED, Stance.PLAIN]),
    ("My friend wrote <Y>. I say <X>.", [Stance.QUOTED, Stance.PLAIN]),
    ("<X>. For example, <Y>.", [Stance.PLAIN, Stance.EXAMPLE]),
    ("Since <Y>, we get <X>.", [Stance.REASON, Stance.PLAIN]),
    ("<X> or <Y>", [Stance.OFFERED, Stance.OFFERED]),
    ("<X>, times two.", [Stance.CHANGED]),
    ("<s><Y></s> <X>", [Stance.PLAIN]),
    ("We set $\\frac{\\partial l}{\\partial z} = 0$.", [Stance.CONDITION]),
    ("<X>, of shape $3 \\times 1$.", [Stance.PLAIN, Stance.SHAPE]),
]


@pytest.mark.parametrize(("sentence", "expected"), STANCES)
def test_how_formulas_stand(tmp_path: Path, sentence: str, expected: list[Stance]) -> None:
    assert [one.kind for _, one in stands(tmp_path, written(sentence))] == expected


def test_a_heading_speaks_of_all_below_it(tmp_path: Path) -> None:
    text = f"## Common mistakes\n\n${FORMULAS['X']}$\n\n## Answer\n\n${FORMULAS['Y']}$\n"
    assert [one.kind for _, one in stands(tmp_path, text)] == [Stance.DENIED, Stance.PLAIN]


def test_two_forms_in_other_words_are_one_chain(tmp_path: Path) -> None:
    ((text, _),) = stands(tmp_path, written("<X>, i.e. <V>"))
    assert text == f"{FORMULAS['X']} = {FORMULAS['V']}"


NAMES = [
    ("where $C$ is the number of classes", "correct"),
    ("where $p$ is the vector of probabilities", "correct"),
    ("with $i = 1, \\dots, C$", "correct"),
    ("where $p$ is a vector of ones", "unreadable"),
    ("with $i = 1, \\dots, C - 1$", "unreadable"),
    ("for $y = 0$", "unreadable"),
]


@pytest.mark.parametrize(("words", "verdict"), NAMES)
def test_what_words_say_of_names(tmp_path: Path, words: str, verdict: str) -> None:
    result = result_of(tmp_path, written(f"<X>, {words}."))
    assert result.verdict == verdict, result.messages


# Sentences around an answer

HARMLESS = [
    "This is the usual result.", "I used the chain rule.", "The loss is a scalar.",
    "Das ist die bekannte Formel.", "On utilise la règle de la chaîne.", "Es un resultado conocido.",
    "这里用了链式法则。", "It has one entry for each class.", "The bias does not appear.",
    "There is no sum over the classes.", "Nothing else depends on it.", "See the lecture for a proof.",
]  # fmt: skip
DENIALS = [
    "It is not true that <X>.", "Es ist nicht wahr, dass <X>.", "Il n'est pas vrai que <X>.",
    "No es verdad que <X>.", "并非 <X>。", "<X> is not right.", "<X> ist nicht richtig.",
    "<X> n'est pas correct.", "<X> no es correcto.", "<X> 是不对的。",
]  # fmt: skip


@given(
    sentence=st.sampled_from(RIGHT + WRONG),
    harmless=st.sampled_from(HARMLESS),
    before=st.booleans(),
)
def test_a_harmless_sentence_changes_no_verdict(
    tmp_path_factory: pytest.TempPathFactory, sentence: str, harmless: str, before: bool
) -> None:
    folder = tmp_path_factory.mktemp("paper")
    plain = result_of(folder, written(sentence)).verdict
    both = f"{harmless}\n\n{sentence}" if before else f"{sentence}\n\n{harmless}"
    assert (result_of(folder, written(both)).verdict == "correct") == (plain == "correct")


@given(denial=st.sampled_from(DENIALS), beside=st.sampled_from(HARMLESS))
def test_a_denied_answer_is_never_accepted(
    tmp_path_factory: pytest.TempPathFactory, denial: str, beside: str
) -> None:
    folder = tmp_path_factory.mktemp("paper")
    assert result_of(folder, written(f"{beside} {denial}")).verdict != "correct"


@pytest.mark.parametrize(
    "word", ["not", "or", "wrong", "Correction:", "for example", "minus", "instead of"]
)
def test_the_work_grows_with_the_length_of_a_paper(word: str) -> None:
    """A clause and a sentence have a greatest length, so that no rule looks at more than these."""
    from grader.claims.clauses import contexts
    from grader.submission import Place, Prose

    items: list[Formula | Prose] = []
    for at in range(400):
        items.append(Formula(FORMULAS["X"], False, Place("p.md", 1, at + 1)))
        items.append(Prose(word, Place("p.md", 1, at + 1)))
    found = list(contexts(items, "en"))
    assert max(len(context.clause.pieces) for context in found) <= 60
    assert max(len(context.sentence.clauses) for context in found) <= 31


@pytest.mark.parametrize(
    "line",
    [
        "dl/dz = p - y, or maybe dl/dz = y - p",
        "dl/dz = p - y wrong",
        "dl/dz = p - y with a minus sign",
    ],
)
def test_words_cut_no_plain_formula_in_the_middle(tmp_path: Path, line: str) -> None:
    file = tmp_path / "paper.txt"
    file.write_text(f"4. {line}", encoding="utf-8")
    result = grade(key_of("softmax-cross-entropy"), read(file))["q4"]
    assert result.verdict in ("unreadable", "undecided"), result.messages


PARTLY = yaml_data.load(Path(__file__).with_name("partly_known.yaml").read_text("utf-8"))


def of_partly_known(side: str) -> list[str]:
    return [sentence for rows in PARTLY[side].values() for sentence in rows]


@pytest.mark.parametrize("sentence", of_partly_known("right"))
def test_ordinary_words_are_enough_to_assert_a_formula(tmp_path: Path, sentence: str) -> None:
    assert result_of(tmp_path, written(sentence)).verdict == "correct"


@pytest.mark.parametrize("sentence", of_partly_known("wrong"))
def test_any_other_word_keeps_it_from_being_accepted(tmp_path: Path, sentence: str) -> None:
    assert result_of(tmp_path, written(sentence)).verdict != "correct"
