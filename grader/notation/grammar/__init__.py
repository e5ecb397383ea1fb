"""LaTeX mathematics → syntax tree → expression."""

from grader.notation.grammar.entrance import (
    layer_of,
    parse,
    parse_left,
    parse_tokens,
    read_tokens,
)

__all__ = ["layer_of", "parse", "parse_left", "parse_tokens", "read_tokens"]
