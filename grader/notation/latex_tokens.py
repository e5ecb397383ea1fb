"""LaTeX mathematics → tokens with places: without spacing, fonts and sizes; Unicode as commands."""

import itertools
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.macros import Raw, expand, raw_tokens
from grader.notation.names import ACCENT_ALIASES, ACCENTS, FONTS, GREEK, LATEX_FUNCTIONS, Names

TEXT_LIMIT = 20_000  # characters of one formula

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
    "\\approx": "=", "\\newline": "\\\\", "\\cr": "\\\\", "\\tabularnewline": "\\\\",
    "\\ldots": "\\dots", "\\cdots": "\\dots",
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
    "⊘": "\\oslash",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀⁱʲᵏˡᵐⁿ", "0123456789+-()Tijklmn", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙ", "0123456789+-()ijklmn", strict=True))
_FRACTIONS = {"½": ("1", "2"), "⅓": ("1", "3"), "⅔": ("2", "3"), "¼": ("1", "4"), "¾": ("3", "4")}
_COMBINING = {
    "\u0302": "hat",
    "\u0304": "bar",
    "\u0303": "tilde",
    "\u0307": "dot",
    "\u030c": "check",
}
_BIG_LETTERS = {"\\Sigma": "\\sum", "\\Pi": "\\prod"}
_BIG_WORDS = {"sum": "\\sum", "prod": "\\prod"}
GREEK_NAMES = {letter: f"\\{name}" for name, letter in GREEK.items()}
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
        """Its place in the text."""
        return Span(self.start, self.end)


def tokenize(text: str, names: Names) -> list[Token]:
    """The tokens of a formula, without an end mark. Raises TooLarge, Unreadable.

    A run of letters is one word if the problem or the table of functions knows it; else it is single
    letters, as in TeX.
    """
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this formula has {len(text)} characters; the limit is {TEXT_LIMIT}")
    functions = frozenset(base for base in names.function_bases if base.isalpha())
    raw = expand(_undollared(raw_tokens(text)), names.macros, text)
    return _Tokenizer(text, raw, names, _known_words(names) | functions, functions).tokens()


def _known_words(names: Names) -> frozenset[str]:
    bases = [base for base, _, _ in (*names.spellings, *names.definitions) if base.isalpha()]
    return WORDS | frozenset(LATEX_FUNCTIONS) | frozenset(bases)


def _undollared(raw: list[Raw]) -> list[Raw]:
    """The tokens without dollars around all of them, which answer files sometimes have."""
    dollars = [at for at, token in enumerate(raw) if token.text == "$"]
    for width in (2, 1):
        inside = range(width, len(raw) - width)
        outer = [*range(width), *range(len(raw) - width, len(raw))]
        if dollars == outer and len(inside) > 0:
            return raw[width:-width]
    return raw


class _Tokenizer:
    def __init__(
        self,
        text: str,
        raw: list[Raw],
        names: Names,
        words: frozenset[str],
        functions: frozenset[str],
    ) -> None:
        self.text = text
        self.raw = raw
        self.names = names
        self.words = words
        self.functions = functions
        self.at = 0
        self.depth = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while self.at < len(self.raw):
            if found and found[-1].kind == "sign" and found[-1].text in ("^", "_"):
                self._split_script()
            raw = self.raw[self.at]
            self.at += 1
            tokens = list(getattr(self, f"_{raw.kind}")(raw))
            if len(tokens) > 1 and raw.kind == "command" and found and found[-1].text in ("_", "^"):
                tokens = _grouped(tokens)  # _\\mathrm{in} is one script
            found.extend(tokens)
        return found

    def _number(self, raw: Raw) -> Iterator[Token]:
        yield Token("number", raw.text, raw.start, raw.end)

    def _letters(self, raw: Raw) -> Iterator[Token]:
        if raw.text in _BIG_WORDS and self._has_script():
            yield Token("command", _BIG_WORDS[raw.text], raw.start, raw.end)
        elif raw.text in self.words and len(raw.text) > 1:
            yield Token("word", raw.text, raw.start, raw.end)
        else:
            name = self._numbered(raw)
            yield from _single(raw, raw.text.removesuffix(name))
            if name:
                yield self._with_number(raw, name)

    def _numbered(self, raw: Raw) -> str:
        """The end of a run of letters that is a declared name with the number after it: `dW2`."""
        following = self.raw[self.at] if self.at < len(self.raw) else None
        if following is None or following.kind != "number" or following.start != raw.end:
            return ""
        for at in range(len(raw.text)):
            name = raw.text[at:] + following.text
            if name in self.names.symbols or name in self.names.dimensions:
                return raw.text[at:]
        return ""

    def _with_number(self, raw: Raw, name: str) -> Token:
        number = self.raw[self.at]
        self.at += 1
        return Token("word", name + number.text, number.start - len(name), number.end)

    def _accented(self, raw: Raw) -> Iterator[Token]:
        """`ŷ` typed as a letter and a combining mark, or as one character."""
        pair = unicodedata.normalize("NFD", raw.text)
        letter, accent = pair[0], _COMBINING.get(pair[1:])
        if accent is None:
            message = f"unexpected character {raw.text!r}"
            raise Unreadable(message, self.text, Span(raw.start, raw.end))
        base = GREEK_NAMES.get(letter, letter)
        yield Token("accent", f"\\{accent}{{{base}}}", raw.start, raw.end)

    def _sign(self, raw: Raw) -> Iterator[Token]:
        text, start, end = raw.text, raw.start, raw.end
        for table, mark in ((_SUPERSCRIPTS, "^"), (_SUBSCRIPTS, "_")):
            if text in table:
                yield from self._unicode_script(table, mark, raw)
                return
        if text in _FRACTIONS:
            above, below = _FRACTIONS[text]
            yield from _grouped([Token("number", above, start, end), Token("sign", "/", start, end),
                                 Token("number", below, start, end)])  # fmt: skip
            return
        if text == "." and [part.text for part in self.raw[self.at : self.at + 2]] == [".", "."]:
            text = "…"
            self.at += 2
        translated = _UNICODE.get(text, text)
        if translated in _BIG_LETTERS and self._has_script():
            translated = _BIG_LETTERS[translated]
        if translated.startswith("\\"):
            yield from self._command(raw._replace(text=translated))
        elif translated == ":" and self._next_is("="):
            return
        elif translated in "{}()[]^_&+-*/=<>|,.;:'!`" or translated == "1":
            yield Token("number" if translated == "1" else "sign", translated, start, end)
        elif text.isalpha() and len(unicodedata.normalize("NFD", text)) > 1:
            yield from self._accented(raw)
        elif text.isalpha():
            yield Token("letter", text, start, end)
        else:
            raise Unreadable(f"unexpected character {text!r}", self.text, Span(start, end))

    def _unicode_script(self, table: dict[str, str], mark: str, raw: Raw) -> Iterator[Token]:
        """`³₁₁` as `^{3}_{11}`."""
        run = [raw]
        while self.at < len(self.raw) and self.raw[self.at].text in table:
            run.append(self.raw[self.at])
            self.at += 1
        yield Token("sign", mark, raw.start, raw.end)
        yield Token("sign", "{", raw.start, raw.end)
        signs = [(table[part.text], part) for part in run]
        for is_number, group in itertools.groupby(signs, lambda sign: sign[0].isdigit()):
            parts = list(group)
            if is_number:  # ¹⁰ is ten
                digits = "".join(char for char, _ in parts)
                yield Token("number", digits, parts[0][1].start, parts[-1][1].end)
            else:
                for char, part in parts:
                    kind = "letter" if char.isalpha() else "sign"
                    yield Token(kind, char, part.start, part.end)
        yield Token("sign", "}", raw.start, run[-1].end)

    def _next_is(self, sign: str) -> bool:
        return self.at < len(self.raw) and self.raw[self.at].text == sign

    def _has_script(self) -> bool:
        """Whether a subscript follows, so that Σ is a sum, not a letter."""
        return self.at < len(self.raw) and (
            self.raw[self.at].text == "_" or self.raw[self.at].text in _SUBSCRIPTS
        )

    def _command(self, raw: Raw) -> Iterator[Token]:
        text = _SYNONYMS.get(raw.text, raw.text)
        start, end = raw.start, raw.end
        name = text[1:]
        if text in _DROPPED:
            if name in ("left", "right", "middle") and self._next_is("."):
                self.at += 1
        elif text in _DROPPED_WITH_GROUP:
            self._group()
        elif name in FONTS:
            yield from self._font(start, name)
        elif name in ACCENTS:
            yield from self._accent(name, raw)
        elif text in _UNWRAPPED:
            yield from self._unwrapped()
        elif text == "\\prime":
            yield Token("sign", "'", start, end)
        elif text != "\\sum" and (name in self.functions or name in LATEX_FUNCTIONS):
            yield Token("word", name, start, end)
        elif text.startswith("\\"):
            yield Token("command", text, start, end)
        else:
            yield Token("sign", text, start, end)

    def _unwrapped(self) -> Iterator[Token]:
        """The content of a box, without its braces if it is a whole equation."""
        at = self.at
        group = self._group() if self._next_is("{") else []
        if any(raw.text == "=" for raw in group):
            yield from self._nested(group)
        else:
            self.at = at

    def _group(self) -> list[Raw]:
        """The raw tokens of the argument that follows: a group, or one token."""
        if self.at >= len(self.raw):
            return []
        if self.raw[self.at].text != "{":
            self.at += 1
            return self.raw[self.at - 1 : self.at]
        depth, first = 0, self.at + 1
        while self.at < len(self.raw):
            text = self.raw[self.at].text
            self.at += 1
            depth += (text == "{") - (text == "}")
            if depth == 0:
                return self.raw[first : self.at - 1]
        opened = self.raw[first - 1]
        span = Span(opened.start, opened.end)
        raise Unreadable("this group is never closed", self.text, span)

    def _font(self, start: int, name: str) -> Iterator[Token]:
        """`\\mathbf{W}` is W; several letters in a font are one word."""
        if (
            self.at < len(self.raw)
            and self.raw[self.at].kind == "letters"
            and name not in ("rm", "bf", "cal")
        ):
            self._split_letters()
        if name in ("rm", "bf", "cal", "operatorname*") and not self._next_is("{"):
            return
        group = self._group()
        end = self.raw[self.at - 1].end if self.at else start
        letters = "".join(raw.text for raw in group)
        if letters == "1" and name in _BOLD:
            yield Token("bold", "1", start, end)
            return
        if len(group) == 1 and group[0].kind == "letters" and len(letters) > 1:
            yield Token("word", letters, start, end)
        elif name in _TEXT and (len(group) != 1 or group[0].kind == "sign"):
            yield from self._words(group, start, end)
        else:
            yield from self._nested(group)

    def _words(self, group: list[Raw], start: int, end: int) -> Iterator[Token]:
        """`\\text{if $x > 0$}`: known words, mathematics between dollars, and prose."""
        parts: list[list[Raw]] = [[]]
        for raw in group:
            if raw.text in ("$", "\\(", "\\)"):
                parts.append([])
            else:
                parts[-1].append(raw)
        for at, part in enumerate(parts):
            if at % 2:
                yield from self._nested(part)
            elif part:
                yield from self._plain_words(part, start, end)

    def _plain_words(self, part: list[Raw], start: int, end: int) -> Iterator[Token]:
        letters = [raw.text for raw in part if raw.kind == "letters"]
        if letters and all(text in WORDS for text in letters):
            for text in letters:
                yield Token("word", text, start, end)
        else:
            words = self.text[part[0].start : part[-1].end]
            yield Token("prose", words.strip(" ()[]{}") or " ", start, end)

    def _nested(self, group: list[Raw]) -> list[Token]:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"fonts and accents nested more than {DEPTH_LIMIT} deep", self.text)
        outer, at = self.raw, self.at
        self.raw, self.at = group, 0
        tokens = self.tokens()
        self.raw, self.at = outer, at
        self.depth -= 1
        return tokens

    def _split_script(self) -> None:
        """Split a script as TeX does, `X^Tr` is Xᵀ r, unless the word is a name."""
        raw = self.raw[self.at]
        if raw.kind == "letters" and raw.text in self.words:
            self._split_letters()

    def _split_letters(self) -> None:
        """Split a run of letters after the first: `\\mathbf Wx` sets only the W bold."""
        raw = self.raw[self.at]
        if len(raw.text) > 1:
            first = raw._replace(text=raw.text[0], end=_inside(raw, 1))
            rest = raw._replace(text=raw.text[1:], start=_inside(raw, 1))
            self.raw[self.at : self.at + 1] = [first, rest]

    def _accent(self, name: str, raw: Raw) -> Iterator[Token]:
        if self.at < len(self.raw) and self.raw[self.at].kind == "letters":
            self._split_letters()
        inner = self._nested(self._group())
        if not inner:
            raise Unreadable(
                f"\\{name} has no letter to go over", self.text, Span(raw.start, raw.end)
            )
        first, *rest = inner
        accent = ACCENT_ALIASES.get(name, name)
        yield Token("accent", f"\\{accent}{{{first.text}}}", raw.start, first.end)
        yield from rest


def _grouped(tokens: list[Token]) -> list[Token]:
    start, end = tokens[0].start, tokens[-1].end
    return [Token("sign", "{", start, start), *tokens, Token("sign", "}", end, end)]


def _single(raw: Raw, letters: str) -> Iterator[Token]:
    """One token a letter, as TeX sets them."""
    for at, letter in enumerate(letters):
        yield Token("letter", letter, _inside(raw, at), _inside(raw, at + 1))


def _inside(raw: Raw, offset: int) -> int:
    """The place of the letter at an offset; text from a macro has the place of the macro."""
    whole = raw.end - raw.start == len(raw.text)
    return raw.start + offset if whole else raw.end if offset else raw.start
