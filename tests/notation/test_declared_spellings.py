r"""Declared spellings are parsed as papers are: fonts, words and commands in scripts, argument lists."""

import pytest

from grader.errors import Unreadable
from grader.expression import Symbol
from grader.notation import Names, latex, printing
from grader.notation.declared import build, split_spelling


@pytest.mark.parametrize(
    ("spelling", "key", "arguments"),
    [
        (r"W^{(2)}", ("W", "2", None), ""),
        (r"\mathbf{W_1}", ("W", None, "1"), ""),
        (r"\bm{\hat{y}}", (r"\hat{y}", None, None), ""),
        (r"\hat{\boldsymbol{\beta}}", (r"\hat{\beta}", None, None), ""),
        (r"\tilde{\bf X}", (r"\tilde{X}", None, None), ""),
        (r"L_{\text{train}}", ("L", None, "train"), ""),
        (r"\mathcal{E}_\text{val}", ("E", None, "val"), ""),
        (r"\theta_\mu", (r"\theta", None, r"\mu"), ""),
        (r"w_{y_i}", ("w", None, "y_i"), ""),
        (r"\varphi", (r"\varphi", None, None), ""),
        (r"{loss}_t", ("loss", None, "t"), ""),
        ("Li", ("Li", None, None), ""),
        ("r'", ("r'", None, None), ""),
        ("h( t - 1 )", ("h", None, None), "(t-1)"),
    ],
)
def test_a_spelling_is_split(
    spelling: str, key: tuple[str, str | None, str | None], arguments: str
) -> None:
    assert split_spelling(spelling) == (key, arguments)


@pytest.mark.parametrize(
    "spelling", ["a_i b", "[x, y]", r"\nabla l", "|x|", "x + y", "", "{", "h(t)(s)"]
)
def test_anything_else_is_no_name(spelling: str) -> None:
    assert split_spelling(spelling) is None


def _names(**spelled: str) -> Names:
    symbols = {name: Symbol(name, (2, 1)) for name in spelled}
    return build(symbols, {name: [text] for name, text in spelled.items()}, {}, {})


def _read(text: str, names: Names) -> str:
    return printing.infix(latex.parse(text, names)[0], names)


def test_arguments_tell_two_names_apart() -> None:
    names = _names(before="h(t-1)", now="h(t)", g="g(x)")
    assert _read("h(t-1) + 2 h(t)", names) == "before + 2*now"
    assert _read("h(t - 1)_2^2", names) == "before[2]**2"
    assert _read("g + g(y)", names) == "g + g"  # there is but one g
    for unknown in ("h", "h(t-2)", "h_t", "h(t"):
        with pytest.raises(Unreadable):
            _read(unknown, names)


def test_the_plain_letter_belongs_to_whoever_declares_it() -> None:
    names = _names(now="h(t)", h="h")
    assert _read("h(t) + h", names) == "now + h"
    with pytest.raises(Unreadable):
        _read("h(t-1)", names)
