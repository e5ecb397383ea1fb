r"""LaTeX documents: comments, listings, sections, and lists with their counters."""

import re
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from grader.document.draft import Construct
from grader.document.labels import label_at
from grader.document.listing import listing
from grader.document.lists import LISTS, QUESTION_ENVIRONMENTS, QUESTION_RANK, Lists
from grader.document.mathematics import ENVIRONMENTS, Mathematics
from grader.document.nesting import LabelPart, Numbered
from grader.document.nodes import Code, Comment, Node, Unread
from grader.document.offsets import Range, end_of_line

_OPTIONS = re.compile(r"\s{0,9}\[([^\[\]\n]{0,200})\]")
_ARGUMENT = re.compile(r"\s{0,9}\{([^{}\n]{0,200})\}")
_IF = re.compile(
    r"\\(?:(?P<if>if(?!f(?![A-Za-z]))[A-Za-z]*)|(?P<else>else)|(?P<fi>fi))(?![A-Za-z])"
)
_INPUT = re.compile(r"\\(?P<command>input|include|subfile)\s{0,9}\{(?P<file>[^{}\n]{1,200})\}")
_LISTINGS = r"(?:(?:[BL]?|sp|py)verbatim|lstlisting|minted|python|pycode|comment|filecontents)\*?"
_LISTING_ARGUMENTS = re.compile(
    r"[ \t]{0,9}(?:\[(?P<options>(?:[^\[\]{}]|\{[^{}]{0,200}\}|\[[^\[\]]{0,200}\]){0,999})\])?"
    r"(?:\{(?P<argument>[\w+-]{1,20})\})?[^\n]*+"
)
_LANGUAGE = r"language\s{0,9}=\s{0,9}(?:\{?\[[^\[\]]{0,40}\])?\{?\s{0,9}(?P<language>\w{1,20})"
_SET = re.compile(rf"\\lst(?:set|definestyle)(?![A-Za-z])[\s\S]{{0,999}}?\b{_LANGUAGE}")
_TABLES = {"tabular", "tabularx", "longtable"}
_SECTIONS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")
_LEVELS = {"part": 1, "chapter": 1} | {name: level for level, name in enumerate(_SECTIONS, start=2)}


class Latex(Mathematics):
    """A LaTeX document."""

    has_comments = True

    def __init__(self, source: str) -> None:
        self.lists = Lists()
        super().__init__(source)
        self.add([Numbered(end - 1, end) for _, end, _ in self.headings])

    def body(self) -> Range:
        """The range between the preamble and the end of the document."""
        begins = [at for at in self.where["document"] if self.source[at + 1] == "b"]
        start = self.source.index("}", begins[0]) + 1 if begins else 0
        ends = (at for at in self.where["document"] if at >= start and self.source[at + 1] == "e")
        return start, next(ends, len(self.source))

    # What is not typeset as text

    def comment(self, match: re.Match[str]) -> Node:
        """`% …`."""
        return Comment(*match.span())

    def listing(self, match: re.Match[str]) -> Node | None:
        r"""A `verbatim`, `lstlisting` or `comment` environment; None if it is never closed."""
        start, left = match.span()
        close = self.find(rf"\\end\{{({_LISTINGS})\}}", left, match["listing"])
        if close is None:
            return None
        name = match["listing"].rstrip("*").lower()
        if name in ("comment", "filecontents"):
            return Comment(start, close[1])
        arguments = _LISTING_ARGUMENTS.match(self.source, left, close[0])
        language = self._language(name, arguments)
        left = arguments.end() if arguments else left
        span = (start, close[1], left, close[0])
        return listing(self.source, *span, language=language.lower(), where="listing")

    def _language(self, name: str, arguments: re.Match[str] | None) -> str:
        """The language of a listing, in its arguments or in its name."""
        if name.startswith("py"):
            return "python"
        options = re.search(_LANGUAGE, (arguments and arguments["options"]) or "")
        if name == "lstlisting":
            return options["language"] if options else self._set_language
        return (name == "minted" and arguments and arguments["argument"]) or ""

    @cached_property
    def _set_language(self) -> str:
        r"""The language of all listings: `\lstset{language=Python}`."""
        found = _SET.search(self.source)
        return found["language"] if found else ""

    def verb(self, match: re.Match[str]) -> Node | None:
        r"""`\verb|…|`."""
        start, left = match.span()
        close = self.source.find(match["quote"], left, end_of_line(self.source, left))
        if close < 0:
            return None
        return Code(start, close + 1, (), "", self.source[left:close], left, "listing")

    def iffalse(self, match: re.Match[str]) -> Node | None:
        r"""`\iffalse … \fi`."""
        end = self._endings.get(match.start())
        return Comment(match.start(), end) if end else None

    @cached_property
    def _endings(self) -> dict[int, int]:
        r"""Each `\if…` with the end of its `\else` or `\fi`."""
        ends: dict[int, int] = {}
        opened: list[int] = []
        for match in _IF.finditer(self.source):
            if match["if"]:
                opened.append(match.start())
            elif opened:
                ends.setdefault(opened[-1], match.end())
                if match["fi"]:
                    opened.pop()
        return ends

    def other_file(self, match: re.Match[str]) -> Node:
        r"""`\input{…}`, which is not followed."""
        return _elsewhere(match, *match.span())

    def formula(
        self, start: int, end: int, left: int, right: int, display: bool, notation: str = "latex"
    ) -> Node:
        r"""A formula; one with `\input{…}` in it cannot be read."""
        file = _INPUT.search(self.text, left, right)
        if file:
            return _elsewhere(file, start, end)
        return super().formula(start, end, left, right, display, notation)

    # Structure

    def environment(self, edge: re.Match[str]) -> Node | None:
        """A formula, a list, or the environment of a question."""
        name = edge["name"].rstrip("*")
        if name in ENVIRONMENTS:
            return super().environment(edge)
        if edge["edge"][1] == "e":
            return Numbered(*edge.span(), closes=self.lists.end(name))
        if name in _TABLES and edge.start() in self.closed:
            self.tables.append((edge.start(), self.closed[edge.start()]))
        if name in LISTS:
            options = _OPTIONS.match(self.source, edge.end())
            self.lists.begin(name, options[1] if options else "")
            return Numbered(edge.start(), options.end() if options else edge.end())
        if name.lower() in QUESTION_ENVIRONMENTS:
            return self._question(name.lower(), edge)
        options = _OPTIONS.match(self.source, edge.end())  # \\begin{figure}[h]
        return Numbered(edge.start(), options.end() if options else edge.end())

    def _question(self, name: str, edge: re.Match[str]) -> Node:
        r"""`\begin{problem}`, numbered by LaTeX or by itself: `\begin{problem}[3]`."""
        argument = _OPTIONS.match(self.text, edge.end()) or _ARGUMENT.match(self.text, edge.end())
        label = label_at(self.text, *argument.span(1), heading=1) if argument else None
        if argument is None or label is None:
            return Numbered(*edge.span(), (self.lists.environment(name),))
        part = replace(label.parts[0], rank=QUESTION_RANK)
        if part.text.isdigit():
            self.lists.set(name, int(part.text))
        return Numbered(edge.start(), argument.end(), (part, *label.parts[1:]))

    def heading(self, match: re.Match[str]) -> Node:
        r"""`\section{Question 2}`."""
        name, start = match["section"], match.start()
        if name == "part" and self.lists.has_parts:
            return self.numbered(match, "part")
        left = match.end() + 1
        right = self.braces.get(match.end(), self.end)
        level = _LEVELS[name]
        label = label_at(self.text, left, right, heading=level)
        self.headings.append((start, min(right + 1, self.end), level))
        end = label.end if label else left
        return Numbered(
            start,
            end,
            label.parts if label else (),
            level=level,
            title=self.text[left : min(right, left + 80)],
        )

    def item(self, match: re.Match[str]) -> Node:
        r"""`\item`, with a label of its own, or numbered by its list."""
        start, end = match.span()
        options = _OPTIONS.match(self.text, end)
        if options:
            label = label_at(self.text, *options.span(1), heading=1)
            parts = label.parts if label else ()
            first = tuple(replace(part, rank=self.lists.rank) for part in parts[:1])
            return Numbered(start, options.end(), first + parts[1:])
        number = self.lists.item()
        dollar = min(self.next("$", end), self.next("bracket", end), self.next("parenthesis", end))
        label = label_at(self.text, end, min(end_of_line(self.text, end), dollar))
        counted: tuple[LabelPart, ...] = (number,) if number else ()
        return Numbered(
            start, label.end if label else end, counted + (label.parts if label else ())
        )

    def numbered(self, match: re.Match[str], name: str = "") -> Node:
        r"""`\question[5]`: the brackets hold points."""
        points = _OPTIONS.match(self.text, match.end())
        part = self.lists.command(name or match["numbered"])
        return Numbered(match.start(), points.end() if points else match.end(), (part,))

    def counter(self, match: re.Match[str]) -> Node:
        r"""`\setcounter{enumi}{3}`."""
        relative = match["counter"] == "addtocounter"
        self.lists.set(match["of"], int(match["value"]), relative=relative)
        return Numbered(*match.span())

    constructs: ClassVar[dict[str, Construct]] = {
        "comment": Construct(r"%[^\n]*+", take=comment),
        "begin_listing": Construct(rf"\\begin\{{(?P<listing>(?i:{_LISTINGS}))\}}", take=listing),
        "verb": Construct(r"\\verb\*?(?P<quote>[^A-Za-z\s*])", take=verb),
        "iffalse": Construct(r"\\iffalse(?![A-Za-z])", take=iffalse),
        **Mathematics.definitions,
        "document": Construct(r"\\(?:begin|end)\s{0,9}\{document\}"),
        "input": Construct(
            r"\\(?P<command>input|include|subfile)\s{0,9}\{(?P<file>[^{}\n]{1,200})\}",
            read=other_file,
        ),
        "section_": Construct(
            rf"\\(?P<section>{'|'.join(_LEVELS)})\*?\s{{0,9}}(?=\{{)", read=heading
        ),
        "item": Construct(r"\\item(?![A-Za-z])", read=item),
        "question": Construct(
            r"\\(?P<numbered>titledquestion|question|subsubpart|subpart|part)(?![A-Za-z])",
            read=numbered,
        ),
        "count": Construct(
            r"\\(?P<counter>setcounter|addtocounter)\s{0,9}\{(?P<of>\w{1,40})\}\s{0,9}"
            r"\{\s{0,9}(?P<value>-?\d{1,4})\s{0,9}\}",
            read=counter,
        ),
        **Mathematics.delimiters,
        "edge": Construct(
            Mathematics.delimiters["edge"].pattern, take=Mathematics.pair, read=environment
        ),
    }


def _elsewhere(match: re.Match[str], start: int, end: int) -> Unread:
    """What is in another file."""
    command, name = match["command"], match["file"]
    message = f"\\{command}{{{name}}} was ignored; the grader reads only this file."
    return Unread(start, end, message, f"Paste the contents of {name} into this file.")
