"""Which listings are programs in Python; nothing is ever run.

The text of a program has the lines of its listing, so that a line of it is a line of the file. What a
notebook, a prompt, a word processor or Python 2 adds goes first, if the text is no Python with it.
"""

import ast
import re
import warnings
from collections.abc import Callable
from functools import partial

from grader.document.limits import PROGRAM_CHARACTERS, PROGRAM_TOKENS

PYTHON = frozenset(
    "python py python2 python3 py3 pycon ipython ipython3 numpy torch pytorch jax sage".split()
)
PLAIN = frozenset({"", "text", "txt", "plain", "plaintext"})  # fences of a text in no language

_STATEMENT = re.compile(
    r"^[ \t]*+(?:(?:import|from|def|for|while|class|print|return|if|with|try|plt|assert)\b(?!\s*=)|>>>)",
    re.MULTILINE,
)
# What only Python with NumPy can mean.
_NUMPY = re.compile(
    r"\b(?:np|numpy|torch|jnp|jax|scipy|math)\.[a-z]|\b(?:axis|keepdims|dim|keepdim|ddof)\s{0,9}="
    r"|\[[^\[\]\n]{0,60}\bNone\b|\blambda\b[^\n:]{0,60}:"
)
# Signs of formulas, outside of comments and strings: `h^2` means nothing for the numbers of NumPy.
_TYPESET = re.compile(r"[∂∇⊙∘×·√∑∏ᵀ²³₀-₉\u2070-\u209f\u0302^]")
_SAID = re.compile(
    r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|#[^\n]*+"
)

# Imports, notebook settings, comments and single names hold no answer.
_SAYS_NOTHING = re.compile(
    r"\s*+(?:(?:import|from|plt\.|[#%!?])[^\n]*+|[\w.]++(?:\[[^\[\]]*+\])?|[\s)\]}\"']*+)\s*+"
)

_TOKEN = re.compile(r"\w++|[^\w\s]")
_FIRST = re.compile(r"^([ \t]++)(?=[^\s#])|^(?=[^\s#])", re.MULTILINE)
_PROMPT = re.compile(r"[ \t]*+(?:>>>|\.\.\.)(?:[ ]|$)|[ \t]*+(?:In ?\[\d{0,4}\]|\.{3,8}):[ ]?")
_SESSION = re.compile(r"\s*+(?:#[^\n]*+\s*+)*+(?:>>>|In ?\[\d{0,4}\]:)")
_BINDS = re.compile(r"[ \t]*+[\w.\[\]'\", ]++[-+*/@]?=(?!=)|[ \t]*+(?:for|if|while|with|def|del)\b")


def program_of(text: str, language: str = "") -> str | None:
    """The program that a listing surely is, in Python, line by line; None for any other listing.

    In no language, only a text that nothing but Python can mean is one.
    """
    is_tagged = language in PYTHON
    if not is_tagged and language not in PLAIN:
        return None
    is_code = has_statement(text) or _NUMPY.search(text) is not None
    if not is_code and (not is_tagged or _TYPESET.search(_SAID.sub("", text))):
        return None
    program = _as_python(text)
    return program if is_tagged or not _is_labelled(program) else None


def has_statement(text: str) -> bool:
    """Whether a line of a text is a statement of a program, and no formula."""
    return _STATEMENT.search(text) is not None


def says_something(text: str) -> bool:
    """Whether a program has a line that may hold an answer."""
    return any(not _SAYS_NOTHING.fullmatch(line) for line in text.split("\n"))


def is_python(text: str) -> bool:
    """Whether a text has the syntax of Python."""
    return _parsed(text) is not None


def is_script(text: str) -> bool:
    """Whether a text is statements in Python, and neither one formula nor one equation over some lines."""
    tree = _parsed(text)
    if tree is None or not tree.body:
        return False
    formulas = [one for one in tree.body if isinstance(one, ast.Expr)]
    signed = any(isinstance(one.value, ast.UnaryOp) for one in formulas)  # a sum that goes on
    if len(tree.body) > 1:
        return len(formulas) < len(tree.body) and not signed
    return not isinstance(tree.body[0], ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign)


def _parsed(text: str) -> ast.Module | None:
    """The syntax tree; None for a text that is too long, nests too deeply, or is no Python."""
    if len(text) > PROGRAM_CHARACTERS or sum(1 for _ in _TOKEN.finditer(text)) > PROGRAM_TOKENS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_labelled(program: str | None) -> bool:
    """Whether a line is `Q1: dW = …`, which is a formula with its number."""
    tree = _parsed(program) if program is not None else None
    return tree is not None and any(isinstance(one, ast.AnnAssign) for one in tree.body)


# What is not Python


def _as_python(text: str) -> str | None:
    """The text, changed no more than it must be to be Python; None if that does not help."""
    if len(text) > PROGRAM_CHARACTERS:
        return None
    text = _without_prompts(_without_margin(text))
    for change in _CHANGES:
        if is_python(text):
            return text
        text = change(text)
    return text if is_python(text) else None


def _without_margin(text: str) -> str:
    """The text without the indentation of its first statement."""
    first = _FIRST.search(text)
    margin = first[1] if first else None
    if not margin:
        return text
    lines = (
        line.removeprefix(margin) if line.startswith(margin) else _unindented(line)
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _unindented(line: str) -> str:
    """A comment or a blank line without its indentation, which is that of another line."""
    bare = line.lstrip(" \t")
    return bare if not bare or bare.startswith("#") else line


def _without_prompts(text: str) -> str:
    """The lines of a session without `>>>` or `In [3]:`, and without what it printed.

    A line without a prompt that may change a name stays, so that the text is no program.
    """
    if not _SESSION.match(text):
        return text
    prompts = ">>>" in text
    lines = []
    for line in text.split("\n"):
        prompt = _PROMPT.match(line)
        is_printed = not prompt and (prompts or line.lstrip().startswith("Out"))
        lines.append(line[prompt.end() :] if prompt else "" if is_printed else line)
        if is_printed and _BINDS.match(line) and not line.startswith("Out"):
            return text
    return "\n".join(lines)


_SIGNS = str.maketrans(
    {"\u00a0": " ", "−": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "\u200b": None}
)
_MAGIC = re.compile(
    r"^[ \t]*+(?:%{1,2}(?:matplotlib|pylab|load_ext|reload_ext|autoreload|config|time|timeit|capture|pip"
    r"|conda|cd|ls|pwd|run|env|precision|prun|tensorflow_version)\b[^\n]*+|!(?!=)[^\n]*+"
    r"|\?{1,2}[\w.]++[ \t]*+|[\w.]++\?{1,2}[ \t]*+)$",
    re.MULTILINE,
)
_PRINT = re.compile(r"^([ \t]*+)print\b(?![ \t]*+[(=.\[,)])[^\n;\\]*+$", re.MULTILINE)
_EXCEPT = re.compile(r"^([ \t]*+except[ \t]++[\w.]++)[ \t]*+,[ \t]*+(\w++[ \t]*+:)", re.MULTILINE)
_RAISE = re.compile(r"^([ \t]*+raise[ \t]++[\w.]++)[ \t]*+,[^\n;\\]*+$", re.MULTILINE)
_BLANK = re.compile(
    r"^([ \t]*+[\w.]++(?:\[[^\[\]\n]{1,40}\])?[ \t]*+=)[ \t]*+(?:…|\?{1,9}|TODO)?[ \t]*+(#[^\n]*+)?$",
    re.MULTILINE,
)
_INDENT = re.compile(r"^[ \t]++", re.MULTILINE)


def _with_spaces(width: int, text: str) -> str:
    """Tabs at the start of a line as spaces up to the next stop."""
    return _INDENT.sub(lambda found: found[0].expandtabs(width), text)


_CHANGES: tuple[Callable[[str], str], ...] = (
    lambda text: text.translate(_SIGNS),
    partial(_MAGIC.sub, ""),
    partial(_PRINT.sub, r"\1pass"),
    partial(_EXCEPT.sub, r"\1 as \2"),
    partial(_RAISE.sub, r"\1"),
    partial(_BLANK.sub, r"\1 ...  \2"),
    partial(_with_spaces, 8),  # the tabs of Python 2
)
