"""LaTeX and Unicode mathematics → tokens with places: without spacing, fonts, colours and sizes."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, NoReturn

from grader import lexicon
from grader.errors import Span, TooLarge, Unreadable
from grader.lexicon import Role, words
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.macros import BraceGroup, Node, Raw, Stream, cut, definitions, text_of, tree
from grader.notation.names import INFIX_FUNCTIONS, LATEX_FUNCTIONS, Names
from grader.notation.signs import (
    ACCENT_ALIASES,
    ACCENTS,
    FONTS,
    KINDS,
    LOWERED,
    RAISED,
    SPELLED,
    TWINS,
    accented,
    folded,
    fraction,
)

TEXT_LIMIT = 20_000  # characters of one formula

# What words in a formula do; the token has the role as its text. Of several roles the first counts.
ROLES = {
    Role.IF: "if", Role.FOR: "for", Role.ALL: "for", Role.OTHERWISE: "otherwise", Role.WHERE: "where",
    Role.WITH: "with", Role.LET: "let", Role.THEN: "then", Role.AND: "and", Role.OR: "or", Role.BUT: "and",
}  # fmt: skip
WORDS = frozenset(ROLES.values())
CASE_WORDS = frozenset({"if", "for", "where"})  # before a condition
UNDEFINED = re.compile(lexicon.pattern(Role.UNDEFINED), re.IGNORECASE)  # in the place of a value
PUNCTUATION = frozenset({".", ",", ";"})
_SHORT = 3  # letters of a word that may be a product, such as `et`
# Words without a font: `x if z > 0`.
_TYPED = {
    **{word: text for role, text in reversed(ROLES.items()) for word in words(role) if len(word) > _SHORT},
    **{text: text for text in WORDS},
}  # fmt: skip
_MATHEMATICS = re.compile(
    r"[\s,;.:()]*(?P<math>(?:[A-Za-z]\s*[<>=≤≥≠]+\s*)?-?[0-9]+(?:\.[0-9]+)?"
    r"|[A-Za-z]\s*[<>=≤≥≠]+\s*[A-Za-z])?[\s,;.:()]*"
)

_SPACES = frozenset(
    r"\, \; \! \: \> \/ \space \thinspace \medspace \thickspace \enspace \enskip \negthinspace"
    r" \negmedspace \negthickspace \nobreakspace \displaystyle \textstyle \scriptstyle"
    r" \scriptscriptstyle \limits \nolimits \nonumber \notag \hline \hfill \hfil \noindent \centering"
    r" \mathstrut \strut \allowbreak \nobreak \break \relax \null \protect \big \Big \bigg \Bigg \bigl"
    r" \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \bigm \Bigm \biggm \Biggm \middle \small \large"
    r" \Large \LARGE \normalsize \footnotesize \tiny \huge \blacksquare \square \Box \qed \qedhere"
    r" \checkmark \bgroup \egroup".split()
) | {"\\ ", "\\\n", "\\\t"}
_NOTES = {"label", "tag", "tag*", "vspace", "vspace*", "hspace", "hspace*", "mspace", "color", "phantom",
          "hphantom", "vphantom", "ref", "eqref", "cite", "rule"}  # fmt: skip
# Commands around mathematics, and how many arguments come before it.
_WRAPPERS = {
    **dict.fromkeys("boxed ensuremath mathop mathrel mathbin mathord mathopen mathclose mathinner mathpunct"
                    " underline fbox framebox smash mathclap mathllap mathrlap clap llap rlap vcenter bbox"
                    " hl uline emph".split(), 0),
    **dict.fromkeys("textcolor colorbox class style cssId raisebox scalebox parbox".split(), 1),
    "fcolorbox": 2, "resizebox": 2,
}  # fmt: skip
_ARROWS = {"xrightarrow": "\\rightarrow", "xRightarrow": "\\Rightarrow", "xlongequal": "=",
           "xleftarrow": "="}  # fmt: skip
_BIG = {"\\Sigma": "\\sum", "\\Pi": "\\prod"}
_BIG_WORDS = {"sum": "\\sum", "prod": "\\prod"}
_WITH_LIMITS = frozenset({"\\sum", "\\prod"})
# Fonts in which a 1 is an indicator or a vector of ones, not a number.
_BOLD = frozenset("mathbf boldsymbol bm mathbb mathds mathbbm vec pmb symbf bf bold textbf".split())
_BOLD_DIGITS = {"𝟏": ("bold", "1"), "𝟙": ("bold", "1"), "𝟎": ("number", "0"), "𝟘": ("number", "0")}
_TEXT = frozenset("text textbf textit textrm textsf texttt textup mbox hbox textnormal".split())
_OF_LETTERS = _BOLD | set("mathcal cal mathscr mathfrak mathit it".split())
_DOLLARS = frozenset({"$", "\\(", "\\)"})
_WITH_OPTION = frozenset(
    "array aligned alignedat gathered tabular empheq matrix* bmatrix* pmatrix*".split()
)
_WITH_COLUMNS = frozenset(
    "array tabular alignat alignat* alignedat xalignat xalignat* empheq".split()
)
_INSIDE_TEXT = frozenset(f"\\{name}" for name in _WRAPPERS)
_SWITCHES = frozenset("rm bf cal it sf tt".split())  # of the font up to the end of the group
_INDEX_CHARACTERS = set("0123456789ijkmnpqrst")
_ENTITIES = {"&amp": "&", "&lt": "<", "&gt": ">"}
_PAIRS = {"<=": "\\le", ">=": "\\ge", "!=": "\\ne", "==": "=", ":=": "=", "=>": "\\Rightarrow",
          ".dot": "\\cdot", ".*": "\\odot"}  # fmt: skip
_BARE = frozenset({"letter", "word", "accent", "bold"})
_BETWEEN = frozenset({"sum", "product", "relation", "logic", "arrow"})

# Commands of widespread packages, unless the paper defines its own.
PACKAGES = definitions(r"""
    \newcommand{\pdv}[2]{\frac{\partial #1}{\partial #2}}
    \newcommand{\dv}[2]{\frac{d #1}{d #2}}
    \newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
    \newcommand{\abs}[1]{\left\lvert #1 \right\rvert}
    \newcommand{\eqqcolon}{=:} \newcommand{\mleft}{\left} \newcommand{\mright}{\right}
""")


class Token(NamedTuple):
    """A token: kind (command, number, bold, letter, word, accent, prose, sign), text, start, end.

    `name` is that of an environment, for `\\begin` and `\\end`.
    """

    kind: str
    text: str
    start: int
    end: int
    name: str = ""

    @property
    def span(self) -> Span:
        """Its place in the text."""
        return Span(self.start, self.end)


def tokenize(text: str, names: Names, *, plain: bool = False) -> list[Token]:
    """The tokens of a formula, without an end mark. Raises TooLarge, Unreadable.

    A run of letters is one word if the problem or the table of functions knows it; else it is single
    letters, as in TeX. `plain` text has no TeX behind it: `W_ij` has two indices, `h[1]` is an entry,
    `x**10` a power.
    """
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this formula has {len(text)} characters; the limit is {TEXT_LIMIT}")
    nodes = _undollared(tree(folded(text)))
    return _Lexer(text, names, plain).tokens(Stream(nodes, {**PACKAGES, **names.macros}, text))


def _undollared(nodes: Sequence[Node]) -> Sequence[Node]:
    """The nodes without dollars around all of them, which answer files sometimes have."""
    nodes = [node for node in nodes if node.kind != "space"]
    dollars = [at for at, node in enumerate(nodes) if node.text == "$"]
    for width in (2, 1):
        outer = [*range(width), *range(len(nodes) - width, len(nodes))]
        if dollars == outer and len(nodes) > 2 * width:
            return nodes[width:-width]
    return nodes


# 1 for what opens a bracket, -1 for what closes it.
_DEPTH = {"{": 1, "}": -1, "\\begin": 1, "\\end": -1} | {
    text: {"open": 1, "close": -1}[kind]
    for text, kind in KINDS.items()
    if kind in ("open", "close")
}


def _holds(tokens: Sequence[Token], *texts: str) -> bool:
    """Whether one of some signs is outside of all brackets."""
    depth = 0
    for token in tokens:
        depth = max(0, depth + _DEPTH.get(token.text, 0))
        if depth == 0 and token.text in texts:
            return True
    return False


class _Lexer:
    def __init__(self, text: str, names: Names, plain: bool) -> None:
        self.text = text
        self.plain = plain
        self.names = names
        self.bases = names.bases() | names.function_bases.keys()
        self.depth = self.scripts = 0
        self.stream = Stream((), {}, text)
        self.last = Token("sign", "", 0, 0)
        self.fences: list[str] = []  # opened with \\left
        self.environments: list[bool] = []  # whether each began right behind a brace

    def tokens(self, stream: Stream) -> list[Token]:
        """The tokens of one level."""
        outside, self.stream = self.stream, stream
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"groups nested more than {DEPTH_LIMIT} deep", self.text)
        found: list[Token] = []
        before: Node | None = None
        raised: list[Token] = []
        while (node := stream.next()) is not None:
            if node.text == "\\over" and not _holds(found, "=", "&", "\\\\"):
                found = self._over(found, node)
                break
            new = list(self._read(node))
            if not new:
                continue
            if before is not None and before.kind == "number" == node.kind and not self.scripts:
                message = "two numbers side by side are a guess; write a sign between them"
                self._fail(message, node)
            if new[0].text == "^":
                if _is_power(raised) and _is_power(new[1:]):
                    self._fail("two superscripts side by side are a guess; use braces", node)
                raised = new[1:]
            elif new[0].text not in ("_", "'"):
                raised = []
            before, self.last = node, new[-1]
            found.extend(new)
        self.depth -= 1
        self.stream = outside
        return found

    def _nested(self, nodes: Sequence[Node]) -> list[Token]:
        return self.tokens(self.stream.inside(nodes))

    def _argument(self) -> list[Token]:
        """The argument that follows, in braces; nothing at the end."""
        node = self.stream.peek()
        return [] if node is None else _grouped(self._nested(self.stream.argument()), node)

    def _behind(self, node: Node) -> int:
        """Where a command ends with the arguments that were taken."""
        return max(node.end, self.stream.end)

    def _read(self, node: Node) -> Iterator[Token]:
        if node.kind in ("command", "sign", "group"):
            handler = _HANDLERS.get(node.text)
            return handler(self, node) if handler else self._sign(node)
        return getattr(self, f"_{node.kind}")(node)  # type: ignore[no-any-return]

    def _fail(self, message: str, node: Node | Token) -> NoReturn:
        raise Unreadable(message, self.text, Span(node.start, node.end))

    # Numbers, letters, signs

    def _number(self, raw: Raw) -> Iterator[Token]:
        text = _decimal(raw.text, self.bases)
        if text is None:
            self._fail(f"`{raw.text}` can be read as two different numbers", raw)
        yield Token("number", text, raw.start, raw.end)

    def _letters(self, raw: Raw) -> Iterator[Token]:
        if raw.text in _BIG_WORDS and self._has_limits():
            yield Token("command", _BIG_WORDS[raw.text], raw.start, raw.end)
        elif len(raw.text) > 1 and self._is_name(raw.text):
            yield Token("word", raw.text, raw.start, raw.end)
        elif raw.text in _TYPED:
            yield Token("word", _TYPED[raw.text], raw.start, raw.end)
        else:
            yield from self._single(raw)

    def _is_name(self, text: str) -> bool:
        """Whether letters are one name of the problem, or a function."""
        return text in self.bases or text in LATEX_FUNCTIONS

    def _is_function(self, text: str) -> bool:
        """Whether letters are a name of their own, so that the d of `\\mathrm{dot}` is none of o_t."""
        return self._is_name(text) or text in INFIX_FUNCTIONS

    def _single(self, raw: Raw) -> Iterator[Token]:
        """One token a letter, as TeX sets them; `dW2` ends with a declared name and its number."""
        number = self.stream.peek()
        if number is not None and number.kind == "number" and number.start == raw.end:
            for at in range(len(raw.text)):
                name = raw.text[at:] + number.text
                if name in self.names.symbols or name in self.names.dimensions:
                    self.stream.next()
                    before, own = cut(raw, at) if at else (None, raw)
                    yield from _one_by_one(before) if before else ()
                    yield Token("word", name, own.start, number.end)
                    return
        yield from _one_by_one(raw)

    def _accented(self, raw: Raw) -> Iterator[Token]:
        """`ŷ` typed as a letter and a combining mark, or as one character."""
        parts = accented(raw.text)
        if parts is None:
            self._fail(f"unexpected character {raw.text!r}", raw)
        base = SPELLED.get(parts[0], parts[0])
        yield Token("accent", f"\\{parts[1]}{{{base}}}", raw.start, raw.end)

    def _raised(self, raw: Raw) -> Iterator[Token]:
        """`³` as `^{3}`."""
        return self._small(raw, "^", RAISED)

    def _lowered(self, raw: Raw) -> Iterator[Token]:
        return self._small(raw, "_", LOWERED)

    def _small(self, raw: Raw, mark: str, usual: dict[str, str]) -> Iterator[Token]:
        inside = self._nested(tree("".join(usual[c] for c in raw.text), raw.start))
        yield Token("sign", mark, raw.start, raw.start)
        yield from _grouped(inside, raw)

    def _sign(self, node: Node) -> Iterator[Token]:
        is_product = self.plain and node.text == "@"
        text = "\\cdot" if is_product else SPELLED.get(node.text, node.text)
        if text[0] == "\\" or KINDS.get(text) == "reason":
            return iter([self._command(text, node)])
        both = self._pair(text, node)
        return iter(both) if both else self._character(text, node)

    def _command(self, text: str, node: Node) -> Token:
        kind, name = "command", text[1:]
        if text in _BIG and node.text in SPELLED and text not in self.bases and self._has_limits():
            text = _BIG[text]  # the character Σ
        elif KINDS.get(text) == "reason":
            kind = "prose"
        elif text == "\\forall" and not self.scripts:
            kind, text = "word", "for"
        elif text != "\\sum" and (name in self.names.function_bases or name in LATEX_FUNCTIONS):
            kind, text = "word", name
        else:
            text = self._shape(text)
        return Token(kind, text, node.start, node.end)

    def _character(self, text: str, node: Node) -> Iterator[Token]:
        start, end = node.start, node.end
        if self.plain and text == "[" and (index := self._index(node)):
            yield from index
        elif text in KINDS or text in "{}^_&`!":
            yield Token("sign", text, start, end)
        elif text in _BOLD_DIGITS:
            yield Token(*_BOLD_DIGITS[text], start, end)
        elif (parts := fraction(text)) is not None:
            above, below = (Token("number", part, start, end) for part in parts)
            yield from _grouped([above, Token("sign", "/", start, end), below], node)
        elif text.isalpha() and accented(text):
            yield from self._accented(Raw("accented", text, start, end))
        elif text.isalpha():
            yield Token("letter", text, start, end)
        else:
            self._fail(f"unexpected character {text!r}", node)

    def _pair(self, text: str, node: Node) -> list[Token]:
        """What two typed characters make: `<=`, `:=`, NumPy's `.T` and `.dot`, in plain text `**`."""
        following = self.stream.peek()
        if following is None or following.start != node.end:
            return []
        if text == "." and following.text[1:] in FONTS:  # A.\\mathrm{dot}(B)
            self.stream.next()
            name = list(self._font(following))
            if [token.text for token in name] != ["dot"]:
                return [Token("sign", text, node.start, node.end), *name]
            following = Raw("letters", "dot", node.end, name[0].end)
            self.stream.put_back(following)
        both, end = text + following.text, following.end
        if both in _ENTITIES and (entity := self._entity(both, node)):
            return [entity]
        if both in _PAIRS:
            self.stream.next()
            kind = "command" if _PAIRS[both][0] == "\\" else "sign"
            return [Token(kind, _PAIRS[both], node.start, end)]
        if both == ".T" and self.last.end == node.start:
            self.stream.next()
            return list(self._raised(Raw("raised", "ᵀ", node.start, end)))
        if both == "**" and self.plain:
            self.stream.next()
            return list(self._script(Raw("sign", "^", node.start, end)))
        return []

    def _entity(self, text: str, node: Node) -> Token | None:
        """The sign that `&amp;` is in a page."""
        letters, end = self.stream.next(), self.stream.peek()
        assert letters is not None
        if end is not None and end.text == ";" and end.start == letters.end:
            self.stream.next()
            return Token("sign", _ENTITIES[text], node.start, end.end)
        self.stream.put_back(letters)
        return None

    def _index(self, bracket: Node) -> list[Token]:
        """The bracket of `h[1]` as a subscript; nothing if it is not right behind a name, or no index."""
        if self.last.end != bracket.start or self.last.kind not in _BARE or self.names.base != 1:
            return []
        self.stream.put_back(bracket)
        inside = self.stream.option()
        if inside is None:
            self.stream.next()
            return []
        if set(text_of(inside)) <= _INDEX_CHARACTERS | {",", ":", " "}:
            script = self._in_script(inside)
            return [Token("sign", "_", bracket.start, bracket.start), *_grouped(script, bracket)]
        self.stream.put_back(*inside, Raw("sign", "]", inside[-1].end, inside[-1].end + 1))
        return []

    def _shape(self, text: str) -> str:
        r"""`\varphi` as `\phi`, unless the problem or the paper has a `\varphi`."""
        twin = TWINS.get(text)
        if twin is None or text in self.bases:
            return text
        return twin if twin in self.bases or text.startswith("\\var") else text

    def _dots(self, raw: Raw) -> Iterator[Token]:
        yield Token("command", "\\dots", raw.start, raw.end)

    def _has_limits(self) -> bool:
        """Whether a subscript follows, so that Σ is a sum, not a letter."""
        node = self.stream.peek()
        return node is not None and (node.text == "_" or node.kind == "lowered")

    # Groups, scripts, fractions

    def _group(self, node: Node) -> Iterator[Token]:
        assert isinstance(node, BraceGroup)
        lines = list(_lines(node.nodes)) if self.plain else []
        return self._cases(lines, node) if len(lines) > 1 else self._unwrapped(node.nodes, node)

    def _cases(self, lines: Sequence[Sequence[Node]], place: Node) -> Iterator[Token]:
        """A case on each line between braces, in plain text."""
        yield Token("command", "\\begin", place.start, place.start, "cases")
        for line in lines:
            yield from self._nested(line)
            yield Token("command", "\\\\", line[-1].end, line[-1].end)
        yield Token("command", "\\end", place.end, place.end, "cases")

    def _unwrapped(self, nodes: Sequence[Node], place: Node) -> Iterator[Token]:
        """A group; without its braces if it is one name or sign, or holds a whole equation."""
        is_argument = self.last.kind in ("command", "word")
        inner = self._nested(nodes)
        if len(inner) == 1 and not (is_argument and inner[0].kind in _BARE):
            bare = inner[0].kind in _BARE or KINDS.get(inner[0].text) in _BETWEEN
        else:
            is_fraction = any(node.text == "\\over" for node in nodes)
            bare = _holds(inner, "=") or (is_fraction and inner[0].text == "\\frac")
        if bare and len(inner) == 1:
            return iter([inner[0]._replace(start=place.start, end=place.end)])
        return iter(inner if bare else _grouped(inner, place))

    def _script(self, mark: Node) -> Iterator[Token]:
        yield Token("sign", mark.text, mark.start, mark.end)
        node = self.stream.peek()
        self.scripts += 1
        if node is None or node.text in ("^", "_"):
            inside = []
        elif isinstance(node, BraceGroup):
            inside = self._argument()
        elif self.plain and (run := self._run(mark)):
            inside = _grouped(self._nested(run), run[0])
        elif node.kind == "letters":
            inside = self._nested(self.stream.argument())
        else:
            self.stream.next()
            inside = list(self._read(node))
            if SPELLED.get(node.text, node.text) in ("+", "-") and self.stream.peek() is not None:
                inside += self._argument()[1:-1]  # x^-1
            inside = _grouped(inside, node) if len(inside) > 1 else inside
        self.scripts -= 1
        yield from inside

    def _run(self, mark: Node) -> list[Node]:
        """The indices `1k` of `W_1k` or the digits of `x^10` in plain text; nothing if it may be more."""
        run: list[Node] = []
        while (node := self.stream.peek()) is not None and node.kind in ("letters", "number"):
            if run and node.start != run[-1].end:
                break
            run.append(node)
            self.stream.next()
        allowed = _INDEX_CHARACTERS if mark.text == "_" else set("0123456789.")
        if set(text_of(run)) <= allowed:
            return run
        self.stream.put_back(*run)
        return []

    def _frac(self, node: Node) -> Iterator[Token]:
        """A fraction with both arguments in braces."""
        yield Token("command", "\\frac", node.start, node.end)
        yield from self._argument()
        last = self.stream.peek()
        yield from self._argument()
        rest = self.stream.peek()
        if last and rest and last.kind == rest.kind == "number" and rest.start == self.stream.end:
            self._fail("it is not clear where this fraction ends; use braces", node)

    def _over(self, above: list[Token], node: Node) -> list[Token]:
        below = self._nested(self.stream.rest())
        if _holds(below, "=", "&", "\\\\"):
            return [*above, Token("command", "\\over", node.start, node.end), *below]
        start = above[0].start if above else node.start
        return [
            Token("command", "\\frac", start, start),
            *_grouped(above, node),
            *_grouped(below, node),
        ]

    def _root(self, node: Node) -> Iterator[Token]:
        argument = self.stream.peek()
        if node.text != "√" and argument and argument.kind == "number" and len(argument.text) > 1:
            self._fail("LaTeX draws this root over the first digit only; use braces", argument)
        yield Token("command", "\\sqrt", node.start, node.end)
        order = self.stream.option()
        if order is not None:
            inside = self._nested(order)
            place = inside[0] if inside else node
            yield Token("sign", "[", place.start, place.start)
            yield from inside
            end = inside[-1].end if inside else node.end
            yield Token("sign", "]", end, end)
        if isinstance(self.stream.peek(), BraceGroup):
            yield from self._argument()

    def _accent(self, node: Node) -> Iterator[Token]:
        inner = self._nested(self.stream.argument())
        if not inner:
            self._fail(f"{node.text} has no letter to go over", node)
        first, *rest = inner
        mark = ACCENT_ALIASES.get(node.text[1:], node.text[1:])
        shapes = [f"\\{mark}{{{text}}}" for text in (first.text, TWINS.get(first.text, ""))]
        name = next((shape for shape in shapes if shape in self.bases), shapes[0])
        yield Token("accent", name, node.start, first.end)
        yield from rest

    # Fonts and words

    def _font(self, node: Node) -> Iterator[Token]:
        """`\\mathbf{W}` is W; several letters in an upright font are one word."""
        name = node.text[1:]
        following = self.stream.peek()
        if name in _SWITCHES and not isinstance(following, BraceGroup):
            nodes = self.stream.rest()
        else:
            nodes = self.stream.argument()
        end = self._behind(node)
        letters = text_of(nodes).strip()
        if letters == "1" and name in _BOLD:
            yield Token("bold", "1", node.start, end)
        elif name in _TEXT:
            yield from self._text(nodes, node.start, end)
        elif (
            len(letters) > 1
            and letters.isalpha()
            and (name not in _OF_LETTERS or self._is_name(letters))
        ):
            d, of = letters[0], letters[1:]
            if d == "d" and of in self.bases and not self._is_function(letters):  # \\mathrm{dW}
                yield Token("letter", d, node.start, node.start)
                letters = of
            yield Token("word", letters, node.start, end)
        else:
            yield from self._nested(nodes)

    def _text(self, nodes: Sequence[Node], start: int, end: int) -> Iterator[Token]:
        """`\\text{if $x > 0$}`: words, and mathematics between dollars."""
        parts = _around_relations(_between_dollars(nodes))
        for at, part in enumerate(parts):
            if at % 2 or any(node.text in _INSIDE_TEXT for node in part):
                yield from self._nested(part)
            elif part:
                place = (part[0].start, part[-1].end) if len(parts) > 1 else (start, end)
                yield from self._said(text_of(part), part, *place)

    def _said(self, text: str, part: Sequence[Node], start: int, end: int) -> Iterator[Token]:
        """Words with a role, and simple mathematics among them; else a name, or prose."""
        said = text.strip()
        pieces = [] if self.scripts else _pieces(said)
        for role, math in pieces:
            if role:
                yield Token("word", role, start, end)
            else:
                yield from (t._replace(start=start, end=end) for t in self._nested(tree(math)))
        if pieces:
            return
        if len(part) == 1 and part[0].kind == "letters":
            yield Token("word" if len(said) > 1 else "letter", said, start, end)
        elif len(part) == 1 and part[0].kind in ("number", "command"):
            yield from self._nested(part)
        elif said.strip(" ,.;:()[]{}"):
            yield Token("prose", said.strip(" ()[]{}"), start, end)
        elif "," in said:
            yield Token("sign", ",", start, end)

    # Commands with arguments

    def _nothing(self, node: Node) -> Iterator[Token]:
        return iter(())

    def _note(self, node: Node) -> Iterator[Token]:
        """`\\label{…}`: not mathematics."""
        self.stream.option()
        self.stream.argument()
        return iter(())

    def _wrapped(self, node: Node) -> Iterator[Token]:
        """`\\boxed{…}`, `\\textcolor{red}{…}`: what is inside."""
        for _ in range(_WRAPPERS[node.text[1:]]):
            while self.stream.option() is not None:
                pass
            self.stream.argument()
        while self.stream.option() is not None:
            pass
        nodes = self.stream.argument()
        parts = _between_dollars(nodes)
        if len(parts) > 1 and any(text_of(words).strip() for words in parts[::2]):
            return self._text(nodes, node.start, self._behind(node))
        return self._unwrapped([one for part in parts for one in part], node)

    def _labelled(self, node: Node) -> Iterator[Token]:
        """`\\overset{(4)}{=}` is `=`; with a doubt or a denial above it, it is unknown."""
        label = self.stream.argument()
        nodes = self.stream.argument()
        base = self._nested(nodes)
        said = text_of(label)
        is_sign = len(base) == 1 and KINDS.get(base[0].text) in _BETWEEN
        is_big = len(base) == 1 and base[0].text in _WITH_LIMITS
        if is_sign and not any(doubt in said for doubt in ("?", "!", "not", "ne")):
            yield from base
        elif is_big and node.text == "\\underset":
            yield from (
                *base,
                Token("sign", "_", node.start, node.end),
                *_grouped(self._in_script(label), node),
            )
        elif not is_sign and "\\times" in said:  # a shape below a name
            yield from _grouped(base, node) if len(base) > 1 else base
        else:
            yield Token("command", node.text, node.start, node.end)

    def _in_script(self, nodes: Sequence[Node]) -> list[Token]:
        self.scripts += 1
        inside = self._nested(nodes)
        self.scripts -= 1
        return inside

    def _stacked(self, node: Node) -> Iterator[Token]:
        """`\\substack{k \\\\ k \\ne i}` below a sum: its lines with commas between them."""
        for token in self._nested(self.stream.argument()):
            yield token._replace(kind="sign", text=",") if token.text == "\\\\" else token

    def _arrow(self, node: Node) -> Iterator[Token]:
        """An arrow with words above and below it."""
        self.stream.option()
        self.stream.argument()
        text = _ARROWS[node.text[1:]]
        yield Token("command" if text[0] == "\\" else "sign", text, node.start, node.end)

    def _row_of_words(self, node: Node) -> Iterator[Token]:
        """`\\intertext{…}`: a row of words."""
        yield Token("command", "\\\\", node.start, node.end)
        yield from self._text(self.stream.argument(), node.start, self._behind(node))

    def _struck(self, node: Node) -> Iterator[Token]:
        """`\\cancel{…}`: a struck equation is only a remark; what a struck factor means is unknown."""
        inner = self._nested(self.stream.argument())
        if _holds(inner, "="):
            yield Token("prose", "struck out", node.start, self._behind(node))
        else:
            yield Token("command", node.text, node.start, node.end)
            yield from _grouped(inner, node)

    def _negated(self, node: Node) -> Iterator[Token]:
        """`\\not=` is `\\ne`."""
        is_equals = self.stream.take("=")
        yield Token("command", "\\ne" if is_equals else "\\not", node.start, node.end + is_equals)

    # Fences and environments

    def _left(self, node: Node) -> Iterator[Token]:
        fence = self.stream.next()
        self.fences.append("" if fence is None else SPELLED.get(fence.text, fence.text))
        return self._fence(fence)

    def _right(self, node: Node) -> Iterator[Token]:
        """The end of a fence; an invisible one closes a brace."""
        fence = self.stream.next()
        opened = self.fences.pop() if self.fences else ""
        if opened == "\\{" and fence is not None and fence.text == ".":
            return iter([Token("command", "\\}", node.start, fence.end)])
        return self._fence(fence)

    def _fence(self, node: Node | None) -> Iterator[Token]:
        if node is None or node.text == ".":
            return iter(())
        angle = {"<": "\\langle", ">": "\\rangle"}.get(node.text, node.text)
        return self._sign(Raw("sign", angle, node.start, node.end))

    def _begin(self, node: Node) -> Iterator[Token]:
        name = self._name()
        self.environments.append(self.last.text == "\\{")
        yield Token("command", "\\begin", node.start, self._behind(node), name.rstrip("*"))
        if name in _WITH_OPTION:
            self.stream.option()
        if name in _WITH_COLUMNS:
            self.stream.argument()

    def _end(self, node: Node) -> Iterator[Token]:
        """The end of an environment, and of a brace before it that nothing else closes."""
        name = self._name().rstrip("*")
        yield Token("command", "\\end", node.start, self._behind(node), name)
        behind_brace = self.environments.pop() if self.environments else False
        following = self.stream.peek()
        if behind_brace and (
            following is None or following.text not in ("\\right", "\\}", "\\rbrace")
        ):
            yield Token("command", "\\}", self._behind(node), self._behind(node))

    def _name(self) -> str:
        return text_of(self.stream.argument()).strip()


def _decimal(text: str, names: Collection[str]) -> str | None:
    """`0{,}5` as 0.5 and `1{,}000` as 1000; None if it may be another number, as `1{,}234` or `2e-3`."""
    mantissa, e, exponent = text.partition("e")
    if "E" in text and "E" in names:
        return None
    if e and (e in names or (exponent[0] == "-" and mantissa != "1" and "." not in mantissa)):
        return None
    whole, *parts = text.split("{,}")
    if not parts:
        return text
    if len(parts) == 1 and (len(parts[0]) != 3 or whole == "0"):
        return f"{whole}.{parts[0]}" if parts[0].isdecimal() else None
    in_threes = len(whole) <= 3 and all(len(part) == 3 for part in parts)
    is_clear = in_threes and (len(parts) > 1 or parts[0] == "000")
    return whole + "".join(parts) if is_clear else None


def _is_power(script: Sequence[Token]) -> bool:
    """Whether a superscript is not a transpose, a mark or a layer in brackets."""
    inside = [token.text for token in script if token.text not in ("{", "}")]
    return bool(inside) and inside[0] not in ("T", "\\top", "'", "*", "(", "[", "\\{")


def _lines(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The lines of a group that are not blank."""
    line: list[Node] = []
    for node in nodes:
        if node.kind != "space":
            line.append(node)
        elif "\n" in node.text and line:
            yield line
            line = []
    if line:
        yield line


def _around_relations(parts: list[list[Node]]) -> list[list[Node]]:
    """`if i $\\neq$ j` as `if $i \\neq j$`: letters beside a sign that compares are mathematics."""
    for before, sign, behind in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        texts = [SPELLED.get(node.text, node.text) for node in sign if node.kind != "space"]
        if len(texts) == 1 and KINDS.get(texts[0]) == "relation":
            letters = [
                [at for at, node in enumerate(part) if node.kind != "space"]
                for part in (before, behind)
            ]
            if letters[0] and len(before[letters[0][-1]].text) == 1:
                at = letters[0][-1]
                sign[:0], before[at:] = before[at:], []
            if letters[1] and len(behind[letters[1][0]].text) == 1:
                at = letters[1][0] + 1
                sign += behind[:at]
                del behind[:at]
    return parts


def _between_dollars(nodes: Sequence[Node]) -> list[list[Node]]:
    """Nodes cut at dollars: words and mathematics in turn."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if node.text in _DOLLARS:
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


def _pieces(text: str) -> list[tuple[str, str]]:
    """The roles of words, and mathematics between them; nothing if there is more than that."""
    found: list[tuple[str, str]] = []
    at = 0
    marks = [mark for mark in lexicon.find(text) if len(mark.text) > 1 or not mark.text.isascii()]
    for mark in (*marks, None):
        between = _MATHEMATICS.fullmatch(text, at, len(text) if mark is None else mark.start)
        role = next((ROLES[one] for one in ROLES if mark is None or one in mark.roles), None)
        if between is None or role is None:
            return []
        found += [("", between["math"])] if between["math"] else []
        if mark is not None:
            found.append((role, ""))
            at = mark.end
    return found if marks else []


def _grouped(tokens: Sequence[Token], place: Node | Token) -> list[Token]:
    start, end = (tokens[0].start, tokens[-1].end) if tokens else (place.start, place.end)
    opened, closed = Span(start, start), Span(end, end)
    if isinstance(place, BraceGroup):
        opened, closed = Span(place.start, place.start + 1), Span(place.end - 1, place.end)
    return [Token("sign", "{", *opened), *tokens, Token("sign", "}", *closed)]


def _one_by_one(raw: Raw) -> Iterator[Token]:
    """One token a letter."""
    if raw.end - raw.start == len(raw.text):
        for at, letter in enumerate(raw.text, raw.start):
            yield Token("letter", letter, at, at + 1)
        return
    rest = raw
    while len(rest.text) > 1:
        first, rest = cut(rest, 1)
        yield Token("letter", first.text, first.start, first.end)
    yield Token("letter", rest.text, rest.start, rest.end)


_Handler = Callable[[_Lexer, Node], Iterator[Token]]


def _spelled(text: str) -> set[str]:
    return {text, *(spelling for spelling, meant in SPELLED.items() if meant == text)}


_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(_SPACES, _Lexer._nothing),
    **{f"\\{name}": _Lexer._note for name in _NOTES},
    **{f"\\{name}": _Lexer._wrapped for name in _WRAPPERS},
    **{f"\\{name}": _Lexer._font for name in FONTS},
    **{f"\\{name}": _Lexer._accent for name in ACCENTS},
    **{f"\\{name}": _Lexer._arrow for name in _ARROWS},
    **dict.fromkeys(("\\overset", "\\stackrel", "\\underset"), _Lexer._labelled),
    **dict.fromkeys(("\\cancel", "\\bcancel", "\\xcancel", "\\sout", "\\st"), _Lexer._struck),
    **dict.fromkeys(("\\intertext", "\\shortintertext"), _Lexer._row_of_words),
    **dict.fromkeys(_spelled("\\frac"), _Lexer._frac),
    **dict.fromkeys(_spelled("\\sqrt"), _Lexer._root),
    **dict.fromkeys(("^", "_"), _Lexer._script),
    "{": _Lexer._group, "\\substack": _Lexer._stacked, "\\not": _Lexer._negated,
    "\\left": _Lexer._left, "\\right": _Lexer._right, "\\begin": _Lexer._begin, "\\end": _Lexer._end,
}  # fmt: skip
