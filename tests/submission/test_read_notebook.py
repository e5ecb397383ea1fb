import json
from pathlib import Path
from typing import Any

import pytest
from handing_in import hand_in, labels, outline, paper, refusal, texts

from grader.submission import Place, limits


def notebook(*cells: Any, **others: Any) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells, **others})


def cell(kind: str, source: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source}


def test_markdown_cells_form_one_paper(tmp_path: Path) -> None:
    text = notebook(
        cell("markdown", ["# Question 1\n", "\n", "$x$"]),
        cell("code", "y = '$no$'"),
        cell("markdown", "(a) $y$"),
        cell("raw", "(b) $z$"),
    )
    found = paper(tmp_path, "n.ipynb", text)
    assert outline(found) == ["1:", "x", "1.a:", "y", "1.b:", "z"]
    assert found.items[1].place == Place("n.ipynb", 3, 2, cell=1)
    assert found.items[-1].place == Place("n.ipynb", 1, 6, cell=4)


def test_mathematics_ends_with_its_cell(tmp_path: Path) -> None:
    text = notebook(cell("markdown", "$$ a = b"), cell("markdown", "$$c$$"))
    assert texts(paper(tmp_path, "n.ipynb", text)) == ["a = b", "c"]


def test_notebooks_of_format_three_are_read(tmp_path: Path) -> None:
    cells = [cell("heading", "Question 2"), cell("markdown", ["$x$"])]
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]})
    assert outline(paper(tmp_path, "n.ipynb", text)) == ["2:", "x"]


def test_macros_come_from_all_cells(tmp_path: Path) -> None:
    text = notebook(
        cell("markdown", "$\\newcommand{\\a}{x}$"), cell("markdown", "\\def\\b{y} $\\a\\b$")
    )
    assert paper(tmp_path, "n.ipynb", text).macros == "\\newcommand{\\a}{x}\n\\def\\b{y}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "no cells"),
        ('{"a": 1}', "no cells"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, text: str, message: str) -> None:
    found = refusal(hand_in(tmp_path, "n.ipynb", text))
    assert message in found.message
    assert found.whole_file


@pytest.mark.parametrize("source", [True, None, {"a": 1}, ["a", None]])
def test_a_cell_without_text_does_not_hide_the_others(tmp_path: Path, source: Any) -> None:
    submission = hand_in(
        tmp_path, "n.ipynb", notebook(cell("markdown", source), cell("markdown", "1. $x$"))
    )
    assert labels(submission.papers[0]) == [("1",)]
    assert refusal(submission).place.cell == 1


@pytest.mark.parametrize("odd", [None, 3, [], {}, {"cell_type": []}, {"cell_type": "markdown"}])
def test_odd_cells_do_no_harm(tmp_path: Path, odd: Any) -> None:
    found = paper(tmp_path, "n.ipynb", notebook(odd, cell("markdown", "$x$"), cells_extra=1))
    assert texts(found) == ["x"]


@pytest.mark.parametrize("odd", [{"cells": 3}, {"worksheets": [1, {"cells": None}]}])
def test_a_notebook_without_cells_is_an_empty_paper(tmp_path: Path, odd: Any) -> None:
    submission = hand_in(tmp_path, "n.ipynb", json.dumps(odd))
    assert (submission.papers, submission.refusals) == ((), ())


def test_huge_numbers_and_lone_surrogates_do_no_harm(tmp_path: Path) -> None:
    text = notebook(cell("markdown", "$x$ \ud800 \x00"), number=0)
    text = text.replace('"number": 0', '"number": ' + "9" * 10_000)
    found = paper(tmp_path, "n.ipynb", text)
    assert texts(found) == ["x"]
    assert str(found).encode()


def test_a_notebook_may_be_large_but_not_its_text(tmp_path: Path) -> None:
    large = "x" * limits.TEXT_BYTES
    text = notebook(
        cell("code", large), cell("markdown", "$x$"), cell("markdown", large), cell("raw", "$y$")
    )
    submission = hand_in(tmp_path, "n.ipynb", text)
    assert texts(submission.papers[0]) == ["x"]
    assert refusal(submission).place.cell == 3
