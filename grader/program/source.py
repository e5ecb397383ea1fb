"""The text of a program as a tree, under limits. Nothing here is compiled or run."""

import ast
import re
import warnings

from grader.program.errors import Refused

LENGTH = 200_000  # characters
NODES = 30_000
NESTING = 60  # levels of the tree
TERMS = 1_000  # of one chain of operators, which is a tree as deep as it is long
FIELDS = 1_000  # of one f-string, for which Python 3.11 takes time that grows with the square
_BRACKETS = 100
_FORMATTED = frozenset({"f", "fr", "rf"})
_TOKENS = re.compile(r"""
      (?P<long>(?:'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}) | (?:"{3}(?:[^"\\]|\\.|"(?!""))*+"{3}))
    | (?P<string>'(?:[^'\\\n]|\\.)*+' | "(?:[^"\\\n]|\\.)*+")
    | (?P<comment>\#[^\n]*+)
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<end>[\n;,:=])
    | (?P<word>\w++)
    | (?P<sign>[^\s\w])
    """, re.VERBOSE | re.DOTALL)  # fmt: skip
_MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?:%|!|\?|\w[\w.]*[ \t]*\?+[ \t]*$|\w+[ \t]*=[ \t]*[!%])")
_OLD_PRINT = re.compile(r"^(?P<indent>[ \t]*)print(?:[ \t]+(?![ \t=(.\[])|[ \t]*$)")
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?:[ ]|$)")


def parse(text: str) -> ast.Module:
    """The tree of a program.

    What only notebooks and Python 2 understand (`%matplotlib`, `!pip`, `x?`, `print x`) is left out,
    so that lines keep their numbers. Raises Refused, with the line.
    """
    if len(text) > LENGTH:
        raise Refused(f"a program of more than {LENGTH:,} characters")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").lstrip("\ufeff")
    _check_nesting(text)
    try:
        tree = _parsed(text)
    except Refused as fault:
        tree = _mended(text, fault)
    _check_tree(tree)
    return tree


def _mended(text: str, fault: Refused) -> ast.Module:
    mended = "\n".join([_without_magic(line) for line in text.split("\n")])
    attempts = [mended, _dedented(mended)] if mended != text else [_dedented(text)]
    for attempt in attempts:
        if attempt != text:
            try:
                return _parsed(attempt)
            except Refused:
                continue
    raise fault


def _without_magic(line: str) -> str:
    line = _PROMPT.sub("", line)
    found = _MAGIC.match(line) or _OLD_PRINT.match(line)
    return f"{found['indent']}pass" if found else line


def _dedented(text: str) -> str:
    """The text without the indentation that all its lines have."""
    lines = text.split("\n")
    indents = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
    common = min(indents, key=len, default="")
    if not common or not all(indent.startswith(common) for indent in indents):
        return text
    return "\n".join([line[len(common) :] if line.strip() else "" for line in lines])


def _parsed(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        reason = (error.msg or "invalid syntax").split("(")[0].strip()
        raise Refused(f"this is not Python: {reason[:100]}", error.lineno) from None
    except (ValueError, OverflowError):
        raise Refused("this is not Python: it holds what no program may hold") from None
    except (RecursionError, MemoryError):
        raise Refused("the program is nested too deeply") from None


def _check_nesting(text: str) -> None:
    """Raise Refused if the parser would go deeper than its own stack allows, or take too long."""
    depth = terms = 0
    line = 1
    outer: list[int] = []
    word = ""  # that stands directly before
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
            outer.append(terms)
            terms = 0
        elif kind == "close":
            depth -= 1
            terms = (outer.pop() if outer else 0) + 1
        elif kind == "end":
            terms = 0
        elif kind in ("sign", "word"):
            terms += 1
        elif kind in ("string", "long") and word in _FORMATTED and token[0].count("{") > FIELDS:
            line += text.count("\n", 0, token.start())
            raise Refused(f"a text of more than {FIELDS:,} fields", line)
        word = token[0].lower() if kind == "word" else ""
        if depth > _BRACKETS or terms > 2 * TERMS:
            line += text.count("\n", 0, token.start())
            raise Refused("the program is nested too deeply", line)


def _check_tree(tree: ast.Module) -> None:
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > NODES:
            raise Refused(f"a program of more than {NODES:,} parts")
        if depth > TERMS:
            raise Refused("the program is nested too deeply", _line(level))
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _line(level: list[ast.AST]) -> int | None:
    lines = [node.lineno for node in level if hasattr(node, "lineno")]
    return min(lines, default=None)


def depth_of(node: ast.AST) -> int:
    """The levels of a tree; a chain of operators such as `a + b + c` is one level."""
    deepest = 0
    stack = [(node, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        for child in ast.iter_child_nodes(node):
            same = (
                isinstance(node, ast.BinOp) and isinstance(child, ast.BinOp) and child is node.left
            )
            stack.append((child, depth + (not same)))
    return deepest
