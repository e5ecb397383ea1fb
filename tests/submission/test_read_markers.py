from pathlib import Path

import pytest
from handing_in import labels, outline, paper


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("1.", ("1",)),
        ("1)", ("1",)),
        ("12. text", ("12",)),
        ("07)", ("7",)),
        ("(1)", ("1",)),
        ("1: text", ("1",)),
        ("(a)", ("a",)),
        ("a)", ("a",)),
        ("A. Text", ("a",)),
        ("(a)(ii) text", ("a", "ii")),
        ("1. (b) text", ("1", "b")),
        ("1b) text", ("1", "b")),
        ("1(b)", ("1", "b")),
        ("Q1", ("1",)),
        ("Q1:", ("1",)),
        ("q.3 - text", ("3",)),
        ("**Q1.**", ("1",)),
        ("**3.**", ("3",)),
        ("__3__", ("3",)),
        ("**b**", ("b",)),
        ("**a:** text", ("a",)),
        ("### Problem 1b", ("1", "b")),
        ("## Question 5", ("5",)),
        ("## 5", ("5",)),
        ("#5", ("5",)),
        ("## 3 - Gradients", ("3",)),
        ("# (c)", ("c",)),
        ("Question 1", ("1",)),
        ("Question 1 What is it?", ("1",)),
        ("Question #4", ("4",)),
        ("Question No. 4", ("4",)),
        ("Question 1.2", ("1", "2")),
        ("Exercise 2", ("2",)),
        ("Answer 3:", ("3",)),
        ("Answer to Question 3", ("3",)),
        ("Solution to Q4", ("4",)),
        ("Problem 1 (b): text", ("1", "b")),
        ("Problem 2 (3 points)", ("2",)),
        ("Part (b)", ("b",)),
        ("Part II", ("ii",)),
        ("- (b)", ("b",)),
        ("* 2. text", ("2",)),
        ("- [x] 3. done", ("3",)),
        ("> > 2. text", ("2",)),
        ("**Question 3: the gradient**", ("3",)),
        ("<b>Q2</b> text", ("2",)),
        ("   4. text", ("4",)),
        ("1. *Answer:* text", ("1",)),
        ("1. (a) = b", ("1",)),
        ("Aufgabe 3", ("3",)),
        ("**Aufgabe 3 (b):** Text", ("3", "b")),
        ("Lösung zu Aufgabe 3", ("3",)),
        ("Antwort auf Frage 3:", ("3",)),
        ("Frage 2:", ("2",)),
        ("Übung 2", ("2",)),
        ("Teil b)", ("b",)),
        ("Exercice 4 :", ("4",)),
        ("Exercice n° 4", ("4",)),
        ("Solution de l'exercice 3", ("3",)),
        ("Réponse à la question 3", ("3",)),
        ("Ejercicio 5.", ("5",)),
        ("Pregunta 2:", ("2",)),
        ("Respuesta 4:", ("4",)),
        ("Esercizio 1", ("1",)),
        ("<h2>Question 3</h2>", ("3",)),
    ],
)
def test_a_marker_is_known_in_any_usual_form(
    tmp_path: Path, line: str, path: tuple[str, ...]
) -> None:
    assert labels(paper(tmp_path, "p.md", f"{line}\n\n$x$\n")) == [path]


@pytest.mark.parametrize(
    "line",
    [
        "1984. After that it rained.",
        "2024",
        "3.14 is pi",
        "2 layers",
        "2D convolution",
        "1st order",
        "1e-5",
        "Question 1 asks for the gradient",
        "Question 3, however, is hard",
        "Questions are hard",
        "Aufgabe 3 fragt nach dem Gradienten",
        "Frage 3 ist schwer",
        "In question 3 it is",
        "Q1 = W x",
        "Q1*K",
        "f(x) = 3",
        "exp(x) + 1",
        "x.T @ y",
        "e.g. this",
        "i.e. that",
        "(a) + b = c",
        "(abc)",
        "- 1",
        "-1. x",
        "Answer I think",
        "particular 3",
        "and so on (b) inside",
    ],
)
def test_a_number_or_letter_in_a_sentence_is_no_marker(tmp_path: Path, line: str) -> None:
    assert labels(paper(tmp_path, "p.md", f"{line}\n\n$x$\n")) == []


def test_what_follows_on_the_line_belongs_to_the_answer(tmp_path: Path) -> None:
    assert outline(paper(tmp_path, "p.md", "(a) $x$\n(b)$y$")) == ["a:", "x", "b:", "y"]


@pytest.mark.parametrize(
    ("lines", "paths"),
    [
        (["Question 1", "1.", "4."], ["1", "1.1", "1.4"]),
        (["1.", "(a)", "(b)", "2.", "(a)"], ["1", "1.a", "1.b", "2", "2.a"]),
        (["(a)", "(i)", "(ii)", "(b)"], ["a", "a.i", "a.ii", "b"]),
        (["(g)", "(h)", "(i)", "(j)"], ["g", "h", "i", "j"]),
        (["(i)", "(ii)", "(iii)", "(iv)", "(v)"], ["i", "ii", "iii", "iv", "v"]),
        (["2.", "(a)", "(i)", "(b)", "(i)"], ["2", "2.a", "2.a.i", "2.b", "2.b.i"]),
        (["# Problem 1", "## Question 2", "# Problem 2"], ["1", "1.2", "2"]),
        (["## Q1", "1b)", "## Q2"], ["1", "1.b", "2"]),
        (["Question 1", "Part 2", "Part 3", "Question 2"], ["1", "1.2", "1.3", "2"]),
        (["Problem 1b", "(c)"], ["1.b", "1.c"]),
        (["Question 1.2", "Question 1.3"], ["1.2", "1.3"]),
        (["1.", "(1)", "(2)", "2."], ["1", "1.1", "1.2", "2"]),
        (["Question 3", "Answer 3:"], ["3", "3"]),
    ],
)
def test_markers_nest(tmp_path: Path, lines: list[str], paths: list[str]) -> None:
    found = labels(paper(tmp_path, "p.md", "\n\n".join(lines)))
    assert [".".join(path) for path in found] == paths
