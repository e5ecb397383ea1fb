"""The words of five languages: what they do in a sentence, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lexicon import NOTES, Role, find, language_of, words

LANGUAGES = {
    "en": "It is not true that this holds, but we get it.",
    "de": "Es ist nicht wahr, dass das gilt, aber wir erhalten es.",
    "fr": "Ce n’est pas vrai, mais on obtient cela.",
    "es": "No es cierto que esto valga, pero obtenemos eso.",
    "zh": "这不是真的，但是我们得到它。",
}


@pytest.mark.parametrize(("language", "text"), LANGUAGES.items())
def test_each_language_is_recognised_and_has_the_same_roles(language: str, text: str) -> None:
    assert language_of(text) == language
    found = [role for mark in find(text) for role in mark.roles]
    assert {Role.NOT, Role.BUT, Role.CONCLUDE} <= set(found)


@pytest.mark.parametrize(
    ("text", "role", "said"),
    [
        ("isn't it", Role.NOT, "n't"),
        ("isn’t it", Role.NOT, "n’t"),
        ("This is NOT it", Role.NOT, "NOT"),
        ("c’est-à-dire", Role.THAT_IS, "c’est-à-dire"),
        ("并非如此", Role.NOT, "并非"),
        ("ein Spezialfall", Role.EXAMPLE, "Spezialfall"),
        ("it is multiplied", Role.OPERATION, "multiplied"),
    ],
)
def test_words_and_phrases(text: str, role: Role, said: str) -> None:
    assert said in [mark.text for mark in find(text) if role in mark.roles]


def test_words_of_notes_are_looked_for_apart() -> None:
    """`no solution` is a blank answer, but denies something in a sentence about a formula."""
    assert [Role.BLANK in mark.roles for mark in find("no solution", among=NOTES)] == [True]
    assert Role.NOT in find("no solution")[0].roles
    assert "photographed" in [mark.text for mark in find("as photographed", among=NOTES)]


def test_the_longer_phrase_counts() -> None:
    assert next(mark.text for mark in find("Not only that")) == "Not only"
    assert not any(Role.NOT in mark.roles for mark in find("Not only"))


def test_a_word_of_several_languages_is_of_the_language_of_the_text() -> None:
    """`da` is "since" in German and "gives" in Spanish; `also` is "hence" in German."""
    german, spanish = find("da es nicht von ihr abhängt"), find("no da lo mismo que eso")
    assert Role.SINCE in german[0].roles
    assert Role.EQUALS in spanish[1].roles
    assert Role.CONCLUDE in find("also", "de")[0].roles
    assert Role.CONCLUDE not in find("also", "en")[0].roles


def test_single_words_of_a_role() -> None:
    assert {"otherwise", "sonst", "sinon", "否则"} <= words(Role.OTHERWISE)
    assert not any(" " in word for word in words(Role.OTHERWISE))


@given(st.text(max_size=80))
def test_marks_are_in_order_inside_the_text(text: str) -> None:
    end = 0
    for mark in find(text):
        assert end <= mark.start < mark.end <= len(text)
        assert text[mark.start : mark.end] == mark.text
        assert mark.roles
        end = mark.end
