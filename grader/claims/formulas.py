"""What the text of a formula shows without reading it: a name, a size, a condition, a claim."""

import re

_SCRIPTS = r"(?:\s*+(?:[_^]\s*+(?:\{[^{}]*+\}|\\?[^\W_]++)|'))*+"
_NAME = (
    rf"(?:\\[A-Za-z]++\s*+(?:\{{[^{{}}]*+\}})?|[A-Za-z][^\W_]*+|[^\W\d]|\d+(?:\.\d+)?){_SCRIPTS}"
)
_BRACED = r"(?:[^{}=+]|\{[^{}]*+\})*+\}"
_LENGTH = r"(?:\d+|[A-Za-z](?:_\{?\w{1,5}\}?)?)"
_SIZE = re.compile(
    rf"\(?{_LENGTH} ?(?:\\times|×|\\text\{{ ?x ?\}}) ?{_LENGTH}\)?"
    r"|[^=]{0,80}\\in\s*(?:\\mathbb|\\R\b|\\Re\b|ℝ).*"
)
_MENTION = re.compile(
    rf"(?:{_NAME}|\\[dt]?frac ?\{{ ?(?:\\partial|\\mathrm|∂|d){_BRACED} ?\{{{_BRACED}) ?[.,;:=]?"
)
_DERIVATIVE = re.compile(
    r"\s*(?:\\[dt]?frac\s*\{?\s*(?:\\partial|\\mathrm\{d\}|d\b|∂)|\\partial|\\nabla|∂|∇|d\w{1,3}\s?/\s?d)"
)
_COMPARISON = re.compile(
    r"\\(?:neq?|leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|\\not\s*=|[<>≠≤≥]"
)
_UNEQUAL = re.compile(r"\\not\s*=|\\neq?(?![A-Za-z])|≠")
_NUMBER = re.compile(r"\s*[-−]?\s*[\d.,]+\s*")
_VALUE = re.compile(rf"\s*{_NAME}\s*(?:=|\\[lg]eq?|[<>≤≥])\s*[-−]?[\d.]+\s*")
_SPECIFIC = re.compile(rf"\s*{_NAME}\s*=\s*(?:[-−]?\d[\d.]*|{_NAME})\s*[.,;]?\s*")
_INDEX_IS = re.compile(r"\s*(?:[i-nw]|\\ell)\s*=\s*(?:[i-nw]|\\ell|\d{1,3})\s*")
_INDICES = re.compile(r"\s*[i-n]\s*=\s*[i-n]\s*")
_ZERO = re.compile(
    r"=\s*(?:0|\\(?:mathbf|vec|bm)\s*\{?\s*0\s*\}?)\s*[.,;]?\s*(?:\\end\{[^{}]*\})?\s*\Z"
)
_LAYOUT = re.compile(
    r"\\(?:begin|end|label|tag)\s*\{[^{}]*\}|\\(?:displaystyle|left|right|[,;!:]|quad)|[\s&{}$]"
)
_BLANKS = re.compile(  # they show nothing
    r"[\s\u200b-\u200d\u2060-\u2063\ufeff]+|\\(?:begin|end|label)\s*\{[^{}]*\}"
)
_SHORT = 200  # characters of a condition


def is_mention(text: str) -> bool:
    """Whether a formula only mentions something: a name, a number, a size, a derivative alone."""
    text = _BLANKS.sub(" ", text).strip()
    return _MENTION.fullmatch(text) is not None or is_size(text)


def is_size(text: str) -> bool:
    """Whether a formula is a size, such as `n \\times m`, or says where something lies."""
    return _SIZE.fullmatch(text.strip()) is not None


def is_number(text: str) -> bool:
    """Whether a formula is a number."""
    return _NUMBER.fullmatch(text) is not None


def is_derivative(text: str) -> bool:
    """Whether a formula begins with a derivative."""
    return _DERIVATIVE.match(text) is not None


def is_set_to_zero(text: str) -> bool:
    """Whether a formula is a derivative that equals zero."""
    return is_derivative(text) and _ZERO.search(text) is not None


def is_comparison(text: str) -> bool:
    """Whether a formula is a comparison: `z > 0`, `i \\ne j`."""
    return "=" not in text.replace("\\not=", "") and _COMPARISON.search(text) is not None


def is_condition(text: str) -> bool:
    """Whether a formula compares or sets an index, and is no range such as `1 ≤ i ≤ n`."""
    if len(text) > _SHORT:
        return False
    one = len(_COMPARISON.findall(text)) == 1 and "=" not in text
    return one or _INDEX_IS.fullmatch(text) is not None


def equates_indices(text: str) -> bool:
    """Whether a formula says that two indices are equal: `the term with $k = j$`."""
    return _INDICES.fullmatch(text) is not None


def is_value(text: str) -> bool:
    """Whether a formula gives a name a number: `s = 0`."""
    return _VALUE.fullmatch(text) is not None


def claims(text: str) -> bool:
    """Whether a formula says something: it is no mention, no comparison, no value of a name."""
    return not is_mention(text) and _SPECIFIC.fullmatch(text) is None and not is_comparison(text)


def is_unequal(text: str) -> bool:
    """Whether a formula says what a derivative is not."""
    left, *right = _UNEQUAL.split(text, maxsplit=1)
    return bool(right) and is_derivative(left) and is_mention(left)


def left_side(text: str) -> str | None:
    """The left side of a formula without its blanks and layout; None if there is none."""
    left, equals, _ = text.partition("=")
    return _LAYOUT.sub("", left).replace("dfrac", "frac") if equals else None
