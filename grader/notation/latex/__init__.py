"""LaTeX mathematics → expression."""

from grader.notation.latex.parser import parse, parse_left, parse_tokens, read_tokens
from grader.notation.latex.scripts import layer_of

__all__ = ["layer_of", "parse", "parse_left", "parse_tokens", "read_tokens"]
