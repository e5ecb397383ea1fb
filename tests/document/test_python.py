"""Which listings are programs, and what is taken away so that they are Python."""

import pytest

from grader.document.programs import is_python, is_script, program_of

PYTHON = [
    "dW2 = dZ2 @ A1.T / m",
    "def f(x):\n    return x  # ∂l/∂x = x^2",
    "x = 'h^2 ∘ g'",
    "for i in range(3):\n    dW[i] = d",
]
ONLY_PYTHON = [
    "db = np.sum(dz, axis=0)",
    "db = dz.sum(axis=0)",
    "dW = d[:, None] * x",
    "import numpy",
    "def f(x):\n    return x",
    "for i in range(3):\n    dW[i] = d",
    "relu = lambda z: z",
    "x = torch.mm(a, b)",
]
FORMULAS = [
    "dW2 = dZ2 @ A1.T",
    "dW1 = delta * h[1]",
    "dW = (1 - h^2) x",
    "∂l/∂W = δ hᵀ",
    "Q1: np.sum(G, axis=0)",
    "Q3: dW3 = delta*h2.T",
    "so we get np.sum of all",
]


@pytest.mark.parametrize("text", PYTHON)
@pytest.mark.parametrize("language", ["python", "py", "ipython", "torch"])
def test_what_is_called_python_is_a_program(text: str, language: str) -> None:
    assert program_of(text, language) == text


@pytest.mark.parametrize("text", ONLY_PYTHON)
@pytest.mark.parametrize("language", ["", "text"])
def test_in_no_language_what_only_python_can_mean_is_a_program(text: str, language: str) -> None:
    assert program_of(text, language) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_other_lines_are_formulas(text: str) -> None:
    assert program_of(text) is None


@pytest.mark.parametrize("language", ["matlab", "julia", "r", "bash", "json", "latex"])
def test_other_languages_are_no_python(language: str) -> None:
    assert program_of("import x\ny = np.dot(a, b)", language) is None


@pytest.mark.parametrize("text", ["dW = (1 - h^2) * x", "dW = d ∘ h", "dW = d * hᵀ", "dW = d x.T"])
def test_formulas_in_a_fence_for_python_are_formulas(text: str) -> None:
    """NumPy has another meaning for these signs, or none."""
    assert program_of(text, "python") is None


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("  # a\n  x = 1\n\n  if x:\n    y = 2", "# a\nx = 1\n\nif x:\n  y = 2"),
        ("# a\n    x = 1\n    y = 2", "# a\nx = 1\ny = 2"),
        (">>> def f():\n...     return x\n...\n>>> x\n1", "def f():\n    return x\n\nx\n"),
        ("In [3]: x = 1\n   ...: y = 2\nOut[3]: 2\n", "x = 1\ny = 2\n\n"),
        ("%matplotlib inline\n!pip install x\nnp.sum?\nx = 1", "\n\n\nx = 1"),
        ("print 'a', x\nx = 1", "pass\nx = 1"),
        ("try:\n\tf()\nexcept E, e:\n\traise E, 'a'", "try:\n\tf()\nexcept E as e:\n\traise E"),
        ("if x:\n\ty = 1\n        z = 2", "if x:\n        y = 1\n        z = 2"),
        ("dW = …\ndb =  # TODO\ndx = ???\nx = 1", "dW = ...  \ndb = ...  # TODO\ndx = ...  \nx = 1"),
        ("x\u00a0= 1 − y['a']\nz = ‘b’", "x = 1 - y['a']\nz = 'b'"),
    ],
)  # fmt: skip
def test_what_others_add_to_python_is_taken_away(text: str, program: str) -> None:
    """Each line stays where it is."""
    found = program_of(text, "python")
    assert found == program
    assert found.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "print x; W2 = 0 * W2\ndW = d",
        "print x, \\\n  y\nx = 1",
        ">>> x = 1\nW2 = 0 * W2\n>>> dW = d",
        "x = (a\n%b\n)\nprint x",
        "def f(:\n  pass",
        "%%bash\nls -l",
    ],
)
def test_nothing_that_may_change_a_value_is_taken_away(text: str) -> None:
    found = program_of(text, "python")
    assert found is None or "%b" in found


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "-" * 50_000 + "1",
        "a" + ".b" * 20_000,
        "a;" * 50_000,
        "x = 1\n" * 200_000,
        "9" * 50_000,
        "lambda:" * 10_000,
        "\x00",
        "'\ud800'",
        "x = \\",
        "f'{" * 1000,
    ],
)
def test_hostile_text_is_no_python(text: str) -> None:
    assert not is_python(text)


@pytest.mark.parametrize(
    "text", ["dz = o - y\nnp.outer(dz, x)", "def f(x):\n    return x", "a = b; c = a"]
)
def test_statements_are_a_script(text: str) -> None:
    assert is_script(text)


@pytest.mark.parametrize(
    "text", ["a + b", "dW = a\n+ b", "a + b\n- c", "np.outer(a, b)", "W1 = d", ""]
)
def test_one_formula_is_no_script(text: str) -> None:
    assert not is_script(text)
