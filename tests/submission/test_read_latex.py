from pathlib import Path

import pytest
from handing_in import hand_in, labels, outline, paper, prose, refusal, texts

from grader.submission import Formula, Place, limits


def document(body: str, preamble: str = "") -> str:
    return (
        f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


def outline_of(folder: Path, body: str) -> list[str]:
    return outline(paper(folder, "p.tex", document(body)))


def test_only_the_body_is_read(tmp_path: Path) -> None:
    text = "$before$\n" + document("$x$") + "$after$"
    assert texts(paper(tmp_path, "p.tex", text)) == ["x"]


def test_a_fragment_without_a_document_is_read_whole(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.tex", "$x$ \\[ y \\]")) == ["x", "y"]


def test_comments_vanish_without_moving_anything(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.tex", "50\\% % $a$ %\n%\\begin{verbatim}\n  $x % y\n z$")
    assert found.items[-1] == Formula("x    \n z", False, Place("p.tex", 3, 4))


@pytest.mark.parametrize(
    "skipped",
    [
        "\\begin{verbatim}\n$no$ % \n\\end{verbatim}",
        "\\begin{lstlisting}[language=Python]\n$no$\n\\end{lstlisting}",
        "\\begin{comment}$no$\\end{comment}",
        "\\verb|$no$|",
    ],
)
def test_listings_are_skipped(tmp_path: Path, skipped: str) -> None:
    assert texts(paper(tmp_path, "p.tex", f"$a$ {skipped} $b$")) == ["a", "b"]


def test_a_listing_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    assert "b" in texts(paper(tmp_path, "p.tex", "\\begin{verbatim} \\verb|x\n\n$b$"))


def test_spaces_and_prices_are_mathematics_in_tex(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.tex", "$ x $ and $5 $ and $1$2")) == ["x", "5", "1"]


def test_an_unclosed_dollar_ends_with_its_line(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.tex", "see $x = y\n\n\\(z\n\n$w$")) == ["x = y", "z", "w"]


def test_macros_are_collected_from_the_preamble_and_the_body(tmp_path: Path) -> None:
    definitions = [
        "\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}",
        "\\newcommand*\\R[1][n]{\\mathbb{R}^{#1}}",
        "\\renewcommand{\\vec}[1]{\\mathbf{#1}}",
        "\\DeclareMathOperator*{\\relu}{ReLU}",
        "\\def\\W#1{W^{#1}}",
    ]
    text = document("$x$ \\def\\y{$z$}", "\n".join(definitions) + "% \\def\\no{}")
    found = paper(tmp_path, "p.tex", text)
    assert found.macros.split("\n") == [*definitions, "\\def\\y{$z$}"]
    assert texts(found) == ["x"]


@pytest.mark.parametrize("broken", ["\\newcommand{\\a}{", "\\def\\a", "\\newcommand", "\\def{}"])
def test_a_broken_definition_is_none(tmp_path: Path, broken: str) -> None:
    assert paper(tmp_path, "p.tex", f"$x$ {broken}").macros == ""


def test_enumerate_numbers_its_items_by_nesting(tmp_path: Path) -> None:
    body = """\\begin{enumerate}
      \\item $a$
      \\item \\begin{enumerate} \\item $b$ \\item $c$
         \\begin{enumerate} \\item $d$ \\end{enumerate} \\end{enumerate}
      \\item $e$
    \\end{enumerate}"""
    expected = ["1:", "a", "2:", "2.a:", "b", "2.b:", "c", "2.b.i:", "d", "3:", "e"]
    assert outline_of(tmp_path, body) == expected


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ("", "1"),
        ("[label=(\\alph*)]", "a"),
        ("[label=\\textbf{Q\\arabic*.}]", "1"),
        ("[label=\\Roman*.]", "i"),
        ("[(a)]", "a"),
        ("[i.]", "i"),
        ("[1)]", "1"),
        ("[start=4]", "4"),
        ("[label=\\alph*), start=3]", "c"),
        ("[leftmargin=*]", "1"),
    ],
)
def test_enumerate_numbers_in_the_style_of_its_options(
    tmp_path: Path, options: str, first: str
) -> None:
    body = f"\\begin{{enumerate}}{options}\\item $x$\\end{{enumerate}}"
    assert outline_of(tmp_path, body) == [f"{first}:", "x"]


def test_enumerate_can_be_resumed_and_set(tmp_path: Path) -> None:
    body = """\\begin{enumerate}\\item \\item\\end{enumerate}
      \\begin{enumerate}[resume]\\item \\setcounter{enumi}{6}\\item
      \\addtocounter{enumi}{2}\\item\\end{enumerate}"""
    assert outline_of(tmp_path, body) == ["1:", "2:", "3:", "7:", "10:"]


def test_an_item_may_carry_its_own_name(tmp_path: Path) -> None:
    body = """\\begin{enumerate}
      \\item[(b)] $x$ \\item[Q7] $y$ \\item[4] $z$ \\item[---] $w$
      \\item (c) $v$ \\item Q9: $u$
    \\end{enumerate}"""
    found = ["b:", "x", "7:", "y", "4:", "z", "w", "1.c:", "v", "9:", "u"]
    assert outline_of(tmp_path, body) == found


def test_bullets_are_no_markers_but_what_they_say_may_be(tmp_path: Path) -> None:
    body = "\\begin{itemize}\\item $x$ \\item (b) $y$ \\item[Q3] $z$\\end{itemize}"
    assert outline_of(tmp_path, body) == ["x", "b:", "y", "3:", "z"]


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("\\section*{Question 2}", ("2",)),
        ("\\section{2}", ("2",)),
        ("\\subsection{(b)}", ("b",)),
        ("\\paragraph{Q3}", ("3",)),
        ("\\section*{Problem 2: the gradient of $W$}", ("2",)),
        ("\\part{Question 4}", ("4",)),
        ("\\textbf{Q1.} text", ("1",)),
        ("\\noindent\\textbf{Question 2 (3 points)}", ("2",)),
        ("{\\bf 3.} text", ("3",)),
        ("\\underline{Part (b)}", ("b",)),
        ("\\section*{Question 2", ("2",)),
    ],
)
def test_headings_and_bold_text_can_be_markers(
    tmp_path: Path, heading: str, path: tuple[str, ...]
) -> None:
    assert labels(paper(tmp_path, "p.tex", heading)) == [path]


def test_the_rest_of_a_heading_is_text(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.tex", "\\section*{Question 2: of $W$}\n\\section{Back prop} end")
    assert (outline(found), prose(found)) == (["2:", "W"], ["of", "Back prop", "end"])


def test_question_environments_number_themselves(tmp_path: Path) -> None:
    body = """\\begin{problem}$a$\\end{problem} \\begin{problem}[4]$b$\\end{problem}
      \\begin{problem}[A title]$c$\\end{problem} \\begin{exercise}$d$\\end{exercise}
      \\begin{Question}{Q3}$e$\\end{Question}"""
    expected = ["1:", "a", "4:", "b", "5:", "c", "1:", "d", "3:", "e"]
    assert outline_of(tmp_path, body) == expected


def test_question_environments_have_names_in_several_languages(tmp_path: Path) -> None:
    names = ["question", "aufgabe", "frage", "exercice", "ejercicio", "esercizio"]
    body = "".join(f"\\begin{{{name}}}$x$\\end{{{name}}}" for name in names)
    assert outline_of(tmp_path, body) == ["1:", "x"] * len(names)


@pytest.mark.parametrize(
    "line",
    [
        "\\section*{Question 2}",
        "\\subsection*{Aufgabe 2}",
        "\\paragraph{Exercice 2}",
        "\\textbf{Q2.}",
        "\\noindent\\textbf{Frage 2:}",
        "{\\Large \\textbf{Question 2}}",
    ],
)
def test_headings_of_questions(tmp_path: Path, line: str) -> None:
    assert outline_of(tmp_path, f"{line} $x$") == ["2:", "x"]


def test_lines_without_delimiters_end_with_their_item(tmp_path: Path) -> None:
    body = (
        "\\begin{enumerate}\\item ∂l/∂W = δ x \\item I am not sure \\item so dW = x\\end{enumerate}"
    )
    assert outline_of(tmp_path, body) == ["1:", "∂l/∂W = δ x", "2:", "3:", "dW = x"]


def test_the_exam_class_is_understood(tmp_path: Path) -> None:
    body = """\\begin{questions}
      \\question[5] $a$ \\begin{parts} \\part[2] $b$ \\part{} $c$
         \\begin{subparts}\\subpart $d$\\end{subparts} \\end{parts}
      \\titledquestion{Chains} $e$ \\begin{parts}\\part $f$\\end{parts}
    \\end{questions}"""
    expected = ["1:", "a", "1.a:", "b", "1.b:", "c", "1.b.i:", "d", "2:", "e", "2.a:", "f"]
    assert outline_of(tmp_path, body) == expected


def test_sections_and_lists_nest(tmp_path: Path) -> None:
    body = """\\section*{Question 2}
      \\begin{enumerate}[label=(\\alph*)]\\item $x$\\end{enumerate}
      \\subsection*{(b)} $y$ \\section*{Question 3} $z$"""
    assert outline_of(tmp_path, body) == ["2:", "2.a:", "x", "2.b:", "y", "3:", "z"]


def test_display_environments_keep_their_rows(tmp_path: Path) -> None:
    body = "\\begin{align*}\n a &= 1 \\\\[2pt]\n b &= 2\n\\end{align*}"
    (formula,) = paper(tmp_path, "p.tex", body).items
    assert formula == Formula(body, True, Place("p.tex", 1, 1))


def test_other_files_are_not_followed_but_reported(tmp_path: Path) -> None:
    (tmp_path / "other.tex").write_text("$secret$")
    submission = hand_in(tmp_path, "p.tex", "$x$\n\n  \\input{other}\n% \\include{no}")
    assert texts(submission.papers[0]) == ["x"]
    assert refusal(submission).place == Place("p.tex", 3, 3)
    assert "Paste" in str(refusal(submission).hint)


def test_definitions_of_any_spacing_are_read(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.tex", "\\newcommand {\\a} [1] {x}\nQ1: $y$ \\item[z")
    assert (found.macros, outline(found)) == ("\\newcommand {\\a} [1] {x}", ["1:", "y"])


def test_a_problem_may_have_a_letter(tmp_path: Path) -> None:
    assert outline_of(tmp_path, "\\begin{problem}[A] $x$\\end{problem}") == ["a:", "x"]


def test_a_paper_with_too_many_items_is_cut(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "p.tex", "\\question" * (limits.ITEMS + 5))
    assert len(submission.papers[0].items) == limits.ITEMS
    assert "too long" in refusal(submission).message
