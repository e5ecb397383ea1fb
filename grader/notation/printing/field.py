"""Mathematics in plain Unicode, as in an e-mail: δ (W³)ᵀ h¹ⱼ."""

import re
import unicodedata
from collections.abc import Sequence

from grader.notation.signs import GREEK

BOLD = {"0": "𝟎", "1": "𝟏", "e": "𝐞", "E": "𝐄"}
_ABOVE = str.maketrans(
    "0123456789+−=()⊤′abcdefghijklmnoprstuvwxyz",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀ′ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
)
_BELOW = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}
_ACCENTED = re.compile(r"\\(\w+)\{\\?(.*)\}")
_TIGHT = frozenset({"∂", ":", "¬", "′", "⊤"})
_RAISED = frozenset(_ABOVE.values())
_LOWERED = frozenset(_BELOW.values())
_CLOSED = re.compile(r"[^\s()\[\]{}/]*(?:\([^()]*\))?")
_ALONE = re.compile(rf"(?:{_CLOSED.pattern}|\([^()]*\))/(?:{_CLOSED.pattern}|\([^()]*\))")


class FieldWriter:
    """Writes one line of Unicode. Scripts that Unicode lacks are put in brackets."""

    def name(self, text: str) -> str:
        accented = _ACCENTED.fullmatch(text)
        if accented is not None:
            mark, inside = accented.groups()
            letter = GREEK.get(inside, inside)
            return unicodedata.normalize("NFC", letter + _ACCENTS.get(mark, ""))
        return GREEK.get(text.removeprefix("\\"), text.removeprefix("\\"))

    def word(self, text: str) -> str:
        return text

    def number(self, text: str) -> str:
        return text

    def bold(self, text: str) -> str:
        return BOLD[text]

    def sign(self, text: str) -> str:
        if not text:
            return " "
        return ", " if text == "," else text if text in _TIGHT else f" {text} "

    def row(self, *parts: str) -> str:
        return re.sub(" {2,}", " ", _opened("".join(parts)))

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        return f"{left}{bare(inside)}{right}"

    def fraction(self, above: str, below: str) -> str:
        return f"({_closed(above)}/{_closed(below)})"

    def script(self, base: str, sub: str, sup: str) -> str:
        last = ord(base[-1:] or " ")
        if base.startswith("√") or (sup and last in _RAISED) or last in _LOWERED:
            base = f"({base})"
        raised = _script(sup, _ABOVE, _RAISED, "^(", ")")
        return base + raised + _script(sub, _BELOW, _LOWERED, "[", "]")

    def root(self, inside: str) -> str:
        return f"√{_closed(inside)}"

    def big_sum(self, below: str, above: str) -> str:
        low, high = below.replace(" ", "").translate(_BELOW), above.translate(_ABOVE)
        if set(map(ord, low)) <= _LOWERED and set(map(ord, high)) <= _RAISED:
            return f"∑{low}{high} "
        return f"∑({below}…{above}) "

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        if not cases:
            return "[" + "; ".join(", ".join(row) for row in rows) + "]"
        return "{" + "; ".join(f"{value} {_case(when)}" for value, when in rows) + "}"


def _opened(text: str) -> str:
    """The text without outer spaces, and without the space after a leading minus."""
    return text[1:].replace(" ", "", 1) if text.startswith(" − ") else text.strip()


def _case(when: str) -> str:
    return when if when == "otherwise" else f"if {when}"


def bare(text: str) -> str:
    """The text without brackets around a single fraction."""
    inside = text[1:-1]
    return inside if text == f"({inside})" and _ALONE.fullmatch(inside) else text


def _closed(text: str) -> str:
    return text if _CLOSED.fullmatch(text) else f"({text})"


def _script(text: str, table: dict[int, int], known: frozenset[int], left: str, right: str) -> str:
    """A script in small letters, or in brackets if Unicode lacks one of them."""
    if not text:
        return ""
    text = bare(text)
    small = text.replace(" ", "").translate(table)
    fits = all(ord(character) in known or character == "," for character in small)
    return small if fits else f"{left}{text}{right}"
