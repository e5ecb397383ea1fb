"""LaTeX mathematics → tokens: spacing, fonts and sizes gone, Unicode spelled out, places kept."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.names import ACCENT_ALIASES, ACCENTS, FONTS, GREEK, LATEX_FUNCTIONS, Names

TEXT_LIMIT = 20_000  # characters of one formula

_TOKEN = re.compile(
    r"(?P<command>\\[A-Za-z]+\*?|\\.)|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<letters>[A-Za-z]+)"
    r"|(?P<space>[\s~]+|%[^\n]*)|(?P<sign>.)",
    re.DOTALL,
)
_DROPPED = frozenset(
    r"\, \; \! \: \  \> \space \left \right \middle \displaystyle \textstyle \scriptstyle \limits "
    r"\nolimits \nonumber \notag \hline \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr "
    r"\Biggl \Biggr \bigm \Bigm \hfill \noindent \centering \mathstrut \strut \allowbreak".split()
) | {"\\ ", "\\\n"}  # fmt: skip
_DROPPED_WITH_GROUP = frozenset({"\\label", "\\tag", "\\tag*", "\\vspace", "\\hspace", "\\color",
                                 "\\phantom", "\\ref", "\\eqref"})  # fmt: skip
_UNWRAPPED = frozenset({"\\boxed", "\\ensuremath", "\\mathop", "\\mathrel", "\\mathbin",
                        "\\underline", "\\fbox"})  # fmt: skip
_SYNONYMS = {
    "\\leq": "\\le", "\\geq": "\\ge", "\\neq": "\\ne", "\\leqslant": "\\le", "\\geqslant": "\\ge",
    "\\lbrace": "\\{", "\\rbrace": "\\}", "\\lbrack": "[", "\\rbrack": "]", "\\lvert": "|",
    "\\rvert": "|", "\\vert": "|", "\\lVert": "\\|", "\\rVert": "\\|", "\\Vert": "\\|",
    "\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\cfrac": "\\frac", "\\qquad": "\\quad",
    "\\intercal": "\\top", "\\bullet": "\\odot", "\\circ": "\\odot", "\\ast": "*",
    "\\lt": "<", "\\gt": ">", "\\to": "\\rightarrow", "\\implies": "\\Rightarrow",
    "\\iff": "\\Rightarrow", "\\therefore": "\\Rightarrow", "\\because": "\\Rightarrow",
    "\\coloneqq": "=", "\\equiv": "=", "\\triangleq": "=", "\\gets": "=", "\\leftarrow": "=",
    "\\approx": "=", "\\newline": "\\\\", "\\cr": "\\\\", "\\ldots": "\\dots", "\\cdots": "\\dots",
    "\\dotsc": "\\dots", "\\dotsb": "\\dots", "\\mathds": "\\mathbb", "\\mathbbm": "\\mathbb",
    "\\land": "\\wedge", "\\lor": "\\vee", "\\varnothing": "\\emptyset", "\\lang": "\\langle",
    "\\rang": "\\rangle", "\\dot*": ".*",
}  # fmt: skip
_UNICODE = {
    **{letter: f"\\{name}" for name, letter in GREEK.items()},
    "∂": "\\partial", "∇": "\\nabla", "∑": "\\sum", "⊙": "\\odot", "∘": "\\odot", "•": "\\odot",
    "⊗": "\\otimes", "×": "\\times", "·": "\\cdot", "⋅": "\\cdot", "−": "-", "–": "-", "≤": "\\le",
    "≥": "\\ge", "≠": "\\ne", "′": "'", "’": "'", "√": "\\sqrt", "←": "=", "≈": "=", "≡": "=",
    "⇒": "\\Rightarrow", "→": "\\rightarrow", "…": "\\dots", "∏": "\\prod", "∈": "\\in",
    "⟨": "\\langle", "⟩": "\\rangle", "‖": "\\|", "∞": "\\infty", "𝟙": "1", "⊤": "\\top",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀⁱʲᵏˡᵐⁿ", "0123456789+-()Tijklmn", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙ", "0123456789+-()ijklmn", strict=True))
# Fonts in which a 1 is an indicator or a vector of ones, not a number.
_BOLD = frozenset("mathbf boldsymbol bm mathbb vec pmb symbf bf textbf".split())
_TEXT = frozenset("text textbf textit textrm mbox textnormal".split())
WORDS = frozenset("if otherwise else elsewhere for when and or where let with then".split())


class Token(NamedTuple):
    """A token: kind (command, number, bold, letter, word, accent, prose, sign), text, start, end."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


def tokenize(text: str, names: Names) -> list[Token]:
    """The tokens of a formula, without an end mark. Raises TooLarge, Unreadable.

    A run of letters is one word where the problem or the table of functions knows it, and single
    letters otherwise, as TeX sets it.
    """
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this formula has {len(text)} characters; at most {TEXT_LIMIT} are read")
    functions = frozenset(base for base in names.function_bases if base.isalpha())
    return _Tokenizer(text, _known_words(names) | functions, functions).tokens()


def _known_words(names: Names) -> frozenset[str]:
    bases = [base for base, _, _ in (*names.spellings, *names.definitions) if base.isalpha()]
    return WORDS | frozenset(LATEX_FUNCTIONS) | frozenset(bases)


class _Tokenizer:
    def __init__(self, text: str, words: frozenset[str], functions: frozenset[str]) -> None:
        self.text = text
        self.words = words
        self.functions = functions
        self.raw = [
            (match.lastgroup or "", match.group(), match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        ]
        self.at = 0
        self.depth = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while self.at < len(self.raw):
            kind, text, start = self.raw[self.at]
            self.at += 1
            found.extend(getattr(self, f"_{kind}")(text, start))
        return found

    def _number(self, text: str, start: int) -> Iterator[Token]:
        yield Token("number", text, start, start + len(text))

    def _letters(self, text: str, start: int) -> Iterator[Token]:
        if text in self.words and len(text) > 1:
            yield Token("word", text, start, start + len(text))
            return
        for at, letter in enumerate(text, start):
            yield Token("letter", letter, at, at + 1)

    def _sign(self, text: str, start: int) -> Iterator[Token]:
        for table, mark in ((_SUPERSCRIPTS, "^"), (_SUBSCRIPTS, "_")):
            if text in table:
                yield from self._unicode_script(table, mark, text, start)
                return
        translated = _UNICODE.get(text, text)
        if translated.startswith("\\"):
            yield from self._command(translated, start, 1)
        elif translated == ":" and self._next_is("="):
            return
        elif translated in "{}()[]^_&+-*/=<>|,.;:'!`" or translated == "1":
            yield Token("number" if translated == "1" else "sign", translated, start, start + 1)
        elif text.isalpha():
            yield Token("letter", text, start, start + 1)
        else:
            raise Unreadable(f"unexpected character {text!r}", self.text, Span(start, start + 1))

    def _unicode_script(
        self, table: dict[str, str], mark: str, text: str, start: int
    ) -> Iterator[Token]:
        """`³₁₁` as `^{3}_{11}`."""
        run = [text]
        while self.at < len(self.raw) and self.raw[self.at][1] in table:
            run.append(self.raw[self.at][1])
            self.at += 1
        yield Token("sign", mark, start, start + 1)
        yield Token("sign", "{", start, start + 1)
        for offset, char in enumerate(table[char] for char in run):
            kind = "number" if char.isdigit() else "letter" if char.isalpha() else "sign"
            yield Token(kind, char, start + offset, start + offset + 1)
        yield Token("sign", "}", start, start + len(run))

    def _next_is(self, sign: str) -> bool:
        return self.at < len(self.raw) and self.raw[self.at][1] == sign

    def _command(self, text: str, start: int, length: int = 0) -> Iterator[Token]:
        end = start + (length or len(text))
        text = _SYNONYMS.get(text, text)
        name = text[1:]
        if text in _DROPPED:
            if name in ("left", "right", "middle") and self._next_is("."):
                self.at += 1
        elif text in _DROPPED_WITH_GROUP:
            self._group()
        elif name in FONTS:
            yield from self._font(start, name)
        elif name in ACCENTS:
            yield from self._accent(name, start)
        elif text in _UNWRAPPED:
            return
        elif text == "\\prime":
            yield Token("sign", "'", start, end)
        elif text != "\\sum" and (name in self.functions or name in LATEX_FUNCTIONS):
            yield Token("word", name, start, end)
        elif text.startswith("\\"):
            yield Token("command", text, start, end)
        else:
            yield Token("sign", text, start, end)

    def _group(self) -> list[tuple[str, str, int]]:
        """The raw tokens of the argument that follows: a group, or one token."""
        if self.at >= len(self.raw):
            return []
        if self.raw[self.at][1] != "{":
            self.at += 1
            return self.raw[self.at - 1 : self.at]
        depth, first = 0, self.at + 1
        while self.at < len(self.raw):
            text = self.raw[self.at][1]
            self.at += 1
            depth += (text == "{") - (text == "}")
            if depth == 0:
                return self.raw[first : self.at - 1]
        raise Unreadable("this group is never closed", self.text, self._span(first - 1))

    def _span(self, at: int) -> Span:
        start = self.raw[at][2]
        return Span(start, start + 1)

    def _font(self, start: int, name: str) -> Iterator[Token]:
        """`\\mathbf{W}` is W; several letters in a font are one word."""
        if (
            self.at < len(self.raw)
            and self.raw[self.at][0] == "letters"
            and name not in ("rm", "bf", "cal")
        ):
            self._split_letters()
        if name in ("rm", "bf", "cal", "operatorname*") and not self._next_is("{"):
            return
        group = self._group()
        end = self.raw[self.at - 1][2] + 1 if self.at else start
        letters = "".join(text for kind, text, _ in group)
        if letters == "1" and name in _BOLD:
            yield Token("bold", "1", start, end)
            return
        if len(group) == 1 and group[0][0] == "letters" and len(letters) > 1:
            yield Token("word", letters, start, end)
        elif name in _TEXT and len(group) != 1:
            yield from self._words(group, start, end)
        else:
            yield from self._nested(group)

    def _words(self, group: list[tuple[str, str, int]], start: int, end: int) -> Iterator[Token]:
        """`\\text{if $x > 0$}`: known words, mathematics between dollars, and prose."""
        parts: list[list[tuple[str, str, int]]] = [[]]
        for raw in group:
            if raw[1] in ("$", "\\(", "\\)"):
                parts.append([])
            else:
                parts[-1].append(raw)
        for at, part in enumerate(parts):
            if at % 2:
                yield from self._nested(part)
            elif part:
                yield from self._said(part, start, end)

    def _said(self, part: list[tuple[str, str, int]], start: int, end: int) -> Iterator[Token]:
        letters = [text for kind, text, _ in part if kind == "letters"]
        if letters and all(text in WORDS for text in letters):
            for text in letters:
                yield Token("word", text, start, end)
        else:
            said = self.text[part[0][2] : part[-1][2] + len(part[-1][1])]
            yield Token("prose", said.strip(), start, end)

    def _nested(self, group: list[tuple[str, str, int]]) -> list[Token]:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"fonts and accents more than {DEPTH_LIMIT} deep", self.text)
        outer, at = self.raw, self.at
        self.raw, self.at = group, 0
        tokens = self.tokens()
        self.raw, self.at = outer, at
        self.depth -= 1
        return tokens

    def _split_letters(self) -> None:
        """`\\mathbf Wx` sets only the W bold: split a run of letters behind the first."""
        _, text, start = self.raw[self.at]
        if len(text) > 1:
            rest = ("letters", text[1:], start + 1)
            self.raw[self.at : self.at + 1] = [("letters", text[0], start), rest]

    def _accent(self, name: str, start: int) -> Iterator[Token]:
        if self.at < len(self.raw) and self.raw[self.at][0] == "letters":
            self._split_letters()
        inner = self._nested(self._group())
        if not inner:
            span = Span(start, start + len(name) + 1)
            raise Unreadable(f"\\{name} stands over nothing", self.text, span)
        first, *rest = inner
        accent = ACCENT_ALIASES.get(name, name)
        yield Token("accent", f"\\{accent}{{{first.text}}}", start, first.end)
        yield from rest
