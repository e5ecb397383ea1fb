"""The programs of a submission: what belongs to one, where it stands, and for which question."""

import json
from pathlib import Path

import pytest
from handing_in import by_question, hand_in, outline, refusal

from grader.submission import Listing, Place, listings_of, read


def listing(folder: Path, name: str, text: str | bytes) -> Listing:
    (only,) = listings_of(hand_in(folder, name, text))
    return only


def notebook(*cells: tuple[str, str], **metadata: object) -> str:
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    return json.dumps({"cells": made, "metadata": metadata})


def test_a_file_is_one_piece(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\nimport numpy as np\r\n\r\ndW = d\t@ x.T\r\n"
    found = listing(tmp_path, "a.py", text)
    (piece,) = found.pieces
    assert (piece.where, piece.place) == ("file", Place("a.py", 1))
    assert found.text == "# -*- coding: utf-8 -*-\nimport numpy as np\n\ndW = d\t@ x.T"
    assert found.place(4) == Place("a.py", 4)


def test_the_cells_of_a_notebook_are_one_program(tmp_path: Path) -> None:
    text = notebook(
        ("markdown", "## Question 2"), ("code", "%matplotlib inline\nimport numpy as np"),
        ("code", "# (a)\ndz = o - y\n"), ("code", "db = dz"), ("code", "%%bash\nls"),
        ("code", "dW = x^T dz"), ("markdown", "## Question 3"), ("code", "dx = 1"),
    )  # fmt: skip
    found = listing(tmp_path, "n.ipynb", text)
    assert found.text == "\nimport numpy as np\n# (a)\ndz = o - y\ndb = dz\ndx = 1"
    assert [found.place(line) for line in (2, 4, 6)] == [
        Place("n.ipynb", 2, cell=2), Place("n.ipynb", 2, cell=3), Place("n.ipynb", 1, cell=8)
    ]  # fmt: skip
    assert [found.labels(line) for line in (2, 3, 5, 6)] == [
        ("2",), ("2", "a"), ("2", "a"), ("3",)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "about", [{"language_info": {"name": "R"}}, {"kernelspec": {"language": "julia"}}]
)
def test_a_notebook_in_another_language_is_for_a_human(
    tmp_path: Path, about: dict[str, object]
) -> None:
    submission = hand_in(tmp_path, "n.ipynb", notebook(("code", "x = 1"), **about))
    assert listings_of(submission) == ()
    assert [one.what for one in submission.leftovers] == ["code"]


def test_the_fences_of_a_paper_are_one_program(tmp_path: Path) -> None:
    text = """## Question 1

```python
dz = o - y
```
and then

- so

  ```
  # Question 2
  dW = np.outer(dz, x)
  ```

```
db = dz.T
```

> ```py
> dx = 1
> ```
"""
    found = listing(tmp_path, "p.md", text)
    assert found.text == "dz = o - y\n# Question 2\ndW = np.outer(dz, x)\ndx = 1"
    assert [found.place(line).line for line in (1, 2, 3, 4)] == [4, 11, 12, 20]
    assert [found.labels(line) for line in (1, 3, 4)] == [("1",), ("1", "2"), ("1", "2")]
    assert "db = dz.T" in outline(read(tmp_path / "p.md").papers[0])


def test_the_listings_of_latex_are_one_program(tmp_path: Path) -> None:
    text = r"""\lstset{basicstyle=\ttfamily, language=Python}
\begin{document}
\section{Question 3}
\begin{lstlisting}[caption={a [b]},
    label=x]
    dz = o - y
\end{lstlisting}
\begin{minted}[fontsize=\small]{python}
dW = 2
\end{minted}
\begin{verbatim}
db = np.sum(dz)
\end{verbatim}
\begin{verbatim}
dx = dz
\end{verbatim}
\begin{lstlisting}[language={[x86]Assembler}]
mov = 3
\end{lstlisting}
\end{document}
"""
    found = listing(tmp_path, "p.tex", text)
    assert found.text == "dz = o - y\ndW = 2\ndb = np.sum(dz)"
    assert [found.place(line).line for line in (1, 2, 3)] == [6, 9, 12]
    assert {found.labels(line) for line in (1, 2, 3)} == {("3",)}


@pytest.mark.parametrize(
    ("comment", "labels"),
    [
        ("# Q3", ("3",)),
        ("# Question 3: the weights", ("3",)),
        ("#### 3(a)", ("3", "a")),
        ("# ---- Problem 3 ----", ("3",)),
        ("# %% Q3", ("3",)),
        ("#%% (b)", ("b",)),
        ("# (b) the biases", ("b",)),
        ("# 3", ()),
        ("# 3 layers", ()),
        ("# 3. the backward pass", ()),
        ("# question 3 asks for more", ()),
        ("# (see above)", ()),
    ],
)
def test_comments_name_questions(tmp_path: Path, comment: str, labels: tuple[str, ...]) -> None:
    found = listing(tmp_path, "a.py", f"x = 1\n{comment}\ny = 2\n")
    assert found.labels(1) == ()
    assert found.labels(3) == labels


def test_a_comment_says_nothing_of_the_text_below(tmp_path: Path) -> None:
    found = hand_in(tmp_path, "p.md", "Q1:\n```python\n# Q2\nx = 1\n```\n$y = 2$\n").papers[0]
    assert outline(found)[-1] == "y = 2"


def test_an_answer_may_be_code(tmp_path: Path) -> None:
    text = """answers:
  q1: {code: "dz = o - y\\nu = np.outer(dz, x)"}
  q2: |
    dz = o
    np.sum(dz)
  q3: np.sum(dz)
"""
    submission = hand_in(tmp_path, "a.yaml", text)
    assert [one.question for one in listings_of(submission)] == ["q1", "q2"]
    first, second = listings_of(submission)
    assert (first.place(2), second.place(1).line) == (Place("a.yaml", 2, 7), 3)
    assert by_question(submission)["q1"] == "dz = o - y\nu = np.outer(dz, x)"


@pytest.mark.parametrize("value", ["'a b'", "[a]", "{a: b}"])
def test_an_answer_in_code_must_be_code(tmp_path: Path, value: str) -> None:
    found = refusal(hand_in(tmp_path, "a.yaml", f"q1: {{code: {value}}}\n"))
    assert found.question == "q1"


@pytest.mark.parametrize(
    ("text", "pieces", "left"),
    [
        (b"", 0, 0),
        (b"\n \n", 0, 0),
        (b"import numpy as np\n", 1, 0),
        (b"print 'a'\nx = 1\n", 1, 1),
        (b"x = 1\n" * 160_000, 0, 1),
        (b"this is no python at all\n", 0, 1),
        (b"x = '\xff\xfe'  # caf\xe9\n", 1, 1),
    ],
)
def test_a_file_is_a_program_or_is_left_over(
    tmp_path: Path, text: bytes, pieces: int, left: int
) -> None:
    submission = hand_in(tmp_path, "a.py", text)
    assert submission.refusals == ()
    assert sum(len(one.pieces) for one in listings_of(submission)) == pieces
    assert [one.what for one in submission.leftovers] == ["code"] * left
    assert all(one.is_program == bool(pieces) for one in submission.leftovers)


@pytest.mark.parametrize(
    ("text", "message"),
    [(b"\x00\x01\x02" * 99, "binary"), (b"x = 1\n" * 300_000, "larger"), (b"%PDF-1.4", ".pdf")],
)
def test_what_is_no_text_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    found = refusal(hand_in(tmp_path, "a.py", text))
    assert message in found.message
    assert found.whole_file


def test_each_file_is_a_program_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    for name, text in {"a.py": "x = 1", "b.py": "y = 2", "p.md": "1. $x$\n"}.items():
        (tmp_path / "one" / name).write_text(text)
    assert [one.text for one in listings_of(read(tmp_path / "one"))] == ["x = 1", "y = 2"]
