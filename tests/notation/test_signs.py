r"""What looks the same in print is read the same; what may be two things is not decided."""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.api import load_problem
from grader.errors import StudentError, TooLarge, Unreadable
from grader.expression import Index
from grader.notation import infix, latex, macros, printing, signs
from grader.notation.latex_tokens import tokenize
from grader.notation.names import Names

PROBLEM = r"""
id: signs
dimensions: {n: 2, m: 3}
symbols:
  A: {shape: [n, n]}
  B: {shape: [n, n]}
  W2: {shape: [n, n], latex: 'W^{(2)}'}
  x: {shape: []}
  y: {shape: []}
  s: {shape: [], latex: '\hat s'}
  phi: {shape: [], latex: '\phi'}
  eps: {shape: [], latex: '\epsilon'}
  z: {shape: [n]}
  h2: {shape: [n], latex: h_2}
functions:
  g: {is: sigmoid, latex: '\sigma'}
model:
  l: {is: sum(A @ z)*x}
questions:
  - {id: q, points: 1, prompt: p, reference: {expression: x + 2*y}}
"""


@cache
def names() -> Names:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        declared = load_problem(Path(name))["q"].names
    return declared.with_indices([Index("i", 1, 2), Index("j", 1, 2)], {})


def read_as(text: str) -> str:
    return printing.infix(latex.parse(text, names())[0], names())


def canonical(text: str) -> str:
    return printing.infix(infix.parse(text, names())[0], names())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # commands around mathematics
        (r"\ensuremath{x} + y", "x + y"),
        (r"\ifmmode x \else $y$ \fi + y", "x + y"),
        (r"\iffalse x \else y \fi", "y"),
        (r"x {\cdot} y", "x*y"),
        (r"\textcolor{red}{x} + y", "x + y"),
        (r"\textcolor[rgb]{1,0,0}{x + 2y}", "x + 2*y"),
        (r"{\color{red} x} + y", "x + y"),
        (r"\color[HTML]{FF0000} x + y", "x + y"),
        (r"\colorbox{yellow}{$x + 2y$}", "x + 2*y"),
        (r"\fcolorbox{red}{white}{$\displaystyle x + 2y$}", "x + 2*y"),
        (r"\bbox[5px,border:2px solid red]{x + 2y}", "x + 2*y"),
        (r"\boxed{x} + y", "x + y"),
        (r"\pdv{l}{x} + \norm{z}", "Derivative(l, x) + norm(z)"),
        # fonts
        (r"{\bold A} z", "A @ z"),
        (r"\bold{A} z", "A @ z"),
        (r"{\bf A z}", "A @ z"),
        (r"{\rm tanh}(x)", "tanh(x)"),
        (r"{\rm tanh} x", "tanh(x)"),
        (r"\mathit{tanh}(x)", "tanh(x)"),
        # numbers and scripts
        (r"0{,}5 x", "0.5*x"),
        (r"1{,}000 x", "1000*x"),
        (r"12{,}000{,}000 x", "12000000*x"),
        (r"1E5 x", "100000*x"),
        (r"1.5e-3 x", "0.0015*x"),
        (r"\frac12 x", "1/2*x"),
        (r"\frac1{2x}", "1/(2*x)"),
        (r"2^\frac12", "2**(1/2)"),
        (r"x^-1", "x**-1"),
        (r"e^-x", "exp(-x)"),
        (r"{h}_{2}", "h2"),
        (r"W^{(2)}^T z", "W2.T @ z"),
        # brackets, spaces, operators
        (r"\mleft( x + y \mright) y", "(x + y)*y"),
        (r"\left\lgroup x + y \right\rgroup y", "(x + y)*y"),
        (r"\llbracket x > 0 \rrbracket y", "(x > 0)*y"),
        (r"x\thinspace y \kern3pt x \hskip 1em plus 2pt y \hspace*{3pt} x", "x*y*x*y*x"),
        (r"x \div y", "x/y"),
        (r"x \over 2", "x/2"),
        (r"{x + y \over 2} y", "(x + y)/2*y"),
        (r"\underset{2 \times 2}{A} z", "A @ z"),
        (r"\sum\nolimits_{\substack{k = 1}}^{2} z_k", "Sum(z[k], (k, 1, 2))"),
        # letters in two shapes
        (r"\varphi x", "phi*x"),
        (r"\varepsilon x", "eps*x"),
        ("φ ϕ ε ϵ", "phi*phi*eps*eps"),
        # Unicode
        ("ŝ y", "s*y"),
        ("s\u0302 y", "s*y"),
        ("∑ₖ₌₁² zₖ", "Sum(z[k], (k, 1, 2))"),
        ("Σₐ zₐ", "Sum(z[a], (a, 1, 2))"),
        ("𝟏ᵀ A z", "ones(1, 2) @ A @ z"),
        ("W⁽²⁾ᵢⱼ", "W2[i, j]"),
        ("eˣ + e⁻ˣ", "exp(x) + exp(-x)"),
        ("x − y – x ‑ y", "x - y - x - y"),
        ("σ’(x) σ′(x) σ‘(x)", "g'(x)*g'(x)*g'(x)"),
        ("𝐀 𝐳 + 𝖠ᵀ 𝘻", "A @ z + A.T @ z"),
        ("𝑥 + 𝒙 + ｘ", "x + x + x"),
        ("（x ＋ y）y", "(x + y)*y"),
        ("½ x ⅝", "1/2*x*(5/8)"),
        ("x ÷ y ∕ x", "x/y/x"),
        ("x ∙ y ⋅ x ∗ y", "x*y*x*y"),
        ("A ○ B ∘ A", "A*B*A"),
        ("∥z∥ + ∣x∣", "norm(z) + abs(x)"),
        ("x\u200b + y\u00a0\u2061 x", "x + y*x"),
    ],
)
def test_spellings(text: str, meant: str) -> None:
    assert read_as(text) == canonical(meant)


@pytest.mark.parametrize(
    "text",
    [
        r"1{,}234 x", r"1\,000x", r"1~000 x", "1 2 x", "1.1.1", r"\frac1234", r"\frac{1}234", "2e-3 x",
        r"\sqrt23", "x^2^3", "x^{2}^{3}", r"y = x \over 2",
        r"\cancel{x} y", r"\frac{\cancel{x} y}{\cancel{x}}", r"\sout{x} y", "x\u0336 y",
        r"x \overset{?}{=} y", r"\href{x}{y}", r"A \star B", "x\u202e y",
    ],
)  # fmt: skip
def test_guesses_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_as(text)


@pytest.mark.parametrize("declared", [r"\varphi", r"\phi"])
def test_both_shapes_mean_the_letter_that_is_declared(declared: str) -> None:
    text = PROBLEM.replace(r"'\phi'", f"'{declared}'")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(text, encoding="utf-8")
        own = load_problem(Path(name))["q"].names
    for written in (r"\varphi", r"\phi", "φ", "ϕ"):
        assert printing.infix(latex.parse(written, own)[0], own) == "phi"


def test_every_spelling_of_a_sign_is_that_sign() -> None:
    for sign in signs.SIGNS:
        for spelling in (*sign.glyphs, *(f"\\{name}" for name in sign.commands.split())):
            assert signs.SPELLED[spelling] == sign.text


def test_no_character_stands_for_two_signs() -> None:
    spellings = [glyph for sign in signs.SIGNS for glyph in sign.glyphs]
    spellings += [name for sign in signs.SIGNS for name in sign.commands.split()]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"A.T.dot(B)", "A.T @ B"),
        (r"A.\mathrm{dot}(B.T)", "A @ B.T"),
        (r"x <= y", "x <= y"),
        (r"(x != y) z", "(x != y)*z"),
    ],
)
def test_what_is_typed_as_in_numpy(text: str, meant: str) -> None:
    assert read_as(text) == canonical(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A_ij x", "A[i, j]*x"),
        ("A_12", "A[1, 2]"),
        ("z_1x", "z[1]*x"),
        ("A[i,j] z[1]", "A[i, j]*z[1]"),
        ("z [x]", "z*x"),
        ("x**10 + x^10", "x**10 + x**10"),
        ("A @ z", "A @ z"),
    ],
)
def test_plain_text_has_no_tex_behind_it(text: str, meant: str) -> None:
    tokens = tokenize(text, names(), plain=True)
    node = latex.read_tokens(tokens, names(), text).node
    assert printing.infix(node, names()) == canonical(meant)


# Properties

PIECES = ["\\frac", "{", "}", "x", "W", "12", ".5", "^", "_", "'", "\\\\[2pt]", "\\left(", "\\right.",
          "\\begin{array}{l}", "\\end{array}", "\\text{if $x$}", "\\over", "\\hat", "\\mathbf", "\\rm", "²",
          "ᵢⱼ", "𝐖", "½", "%c\n", "\\kern 3pt", "$", "{,}", "\\ifmmode", "\\else", "\\fi", "\\boxed",
          "\\overset", "=", "\\not", "[", "]", "\\sqrt", " ", "\\pdv", "~", "一"]  # fmt: skip
FORMULAS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)


@given(FORMULAS.map(lambda text: text.replace("%", "")))
def test_nodes_are_the_whole_text(text: str) -> None:
    try:
        nodes = macros.tree(text)
    except StudentError:
        return
    check_places(nodes, 0, len(text), text)


def check_places(nodes: Sequence[macros.Node], begin: int, end: int, text: str) -> None:
    for node in nodes:
        assert node.start == begin
        begin = node.end
        if isinstance(node, macros.BraceGroup):
            check_places(node.nodes, node.start + 1, node.end - 1, text)
        elif node.text != "\\\\":
            assert text[node.start : node.end] == node.text
    assert begin == end


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    folded = signs.folded(text)
    assert len(folded) == len(text)
    assert signs.folded(folded) == folded


@given(FORMULAS)
def test_tokens_are_in_order_and_inside_the_text(text: str) -> None:
    try:
        tokens = tokenize(text, names())
    except StudentError:
        return
    for token in tokens:
        assert 0 <= token.start <= token.end <= len(text)
        assert token.text
    assert [t.start for t in tokens if t.end > t.start] == sorted(
        t.start for t in tokens if t.end > t.start
    )


@given(st.sampled_from(PIECES), st.sampled_from([r"\newcommand{\m}[1]{#1#1}", r"\def\m{\m x}"]))
def test_macros_end(piece: str, definition: str) -> None:
    own = names().with_macros(macros.definitions(definition))
    nested = r"\m{" * 40 + piece + "}" * 40
    with pytest.raises(StudentError):
        tokenize(nested, own)


@pytest.mark.parametrize(
    "text", ["{" * 5000, "\\m" * 5000, "\\frac" * 4000, "^-" * 5000, "[" * 10000]
)
def test_deep_or_long_formulas_end(text: str) -> None:
    own = names().with_macros(macros.definitions(r"\newcommand{\m}[1]{{#1}}"))
    try:
        tokenize(text, own)
    except StudentError as error:
        assert isinstance(error, TooLarge | Unreadable)  # noqa: PT017
