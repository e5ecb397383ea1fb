"""Question markers as people write them: `3.`, `(b)`, `## Question 5`, `**Q7**`, `Solution to Q4`.

A marker is at the start of a line, after list, heading and emphasis markup. A similar text in a sentence
("Question 3 asks for …", "2 layers", "1984. After that") is not a marker.
"""

import re
from dataclasses import dataclass, replace

from grader.document.nesting import LETTER, NUMBER, QUESTION, LabelPart
from grader.lexicon import Role, pattern

# Characters of a line to look at, so that no pattern below can take long.
_REACH = 160

_PART = r"(?:\d{1,3}(?!\d)|(?:[ivx]{1,4}|[a-z])(?![a-z]))"
_BOXED = rf"\\?\({_PART}\\?\)"  # pandoc writes `\(a\)` and `1\.`
_CLOSE = r"(?:[*_}]|</(?:b|strong|u|h[1-6])>){0,3}"
_END = (
    rf"(?P<close>{_CLOSE})(?P<term>[ \t]?[–—-](?=[ \t])|(?:\\?[.:)\]]){{0,2}})(?P<close2>{_CLOSE})"
)

_LEAD = re.compile(
    r"""(?:[\s>|]|\{(?=\\(?:bf|it|[lL]arge|LARGE|[hH]uge))
        |\\(?:noindent|indent|par|newpage|clearpage|(?:big|med|small)skip|[lL]arge|LARGE|[hH]uge|bf|bfseries|it|\\)
         (?![A-Za-z]))*+
    (?P<heading>\#{1,6}(?=[\s\d(*_]))?\s*+
    (?P<bullet>[-+•*‣](?=\s)\s++)?
    (?:\[[ xX]\]\s++)?
    (?P<strong>(?:[*_]{1,3}(?=[^\s*_])|\\(?:textbf|textit|underline|emph)\{|<(?:b|strong|u|h[1-6])>)*+)
    """,
    re.VERBOSE,
)
_QUESTION = re.compile(
    rf"""(?P<open>[(\[](?=\w))?(?P<word>
        (?:(?:{pattern(Role.SOLUTION)}|(?-i:A)(?=\d{{1,2}}\s?[.:)]))(?![^\W\d])\.?
           (?:\s++(?:{pattern(Role.TO)})(?![a-z])
              (?:\s++(?:{pattern(Role.ARTICLE)})(?![a-z])|\s++l['’])?)?\s*+)?
        (?:(?:{pattern(Role.NUMBERED)}|(?P<part>{pattern(Role.PART)}))
           (?![a-zà-ÿ])\.?\s*+(?:(?:{pattern(Role.ORDINAL)})(?![a-z])\.?\s*+)?\#?)?
    )(?P<label>(?:(?<![a-z])|(?=[\d(]))\(?{_PART}\)?(?:\s?{_BOXED}|[.\-]?{_PART}){{0,3}})
    (?(open)[)\]]){_END}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<label>\(\d{{1,3}}\)(?:\s?{_BOXED}){{0,2}}"
    rf"|\d{{1,3}}(?!\d)(?:{_BOXED}|[.\-]?{_PART}){{0,3}}){_END}(?=[\s\\(*]|(?-i:[A-Z])|$)",
    re.IGNORECASE,
)
_LETTER = re.compile(
    rf"(?P<label>{_BOXED}(?:\s?{_BOXED})?|{_PART}){_END}(?=\s|$)",
    re.IGNORECASE,
)
# A part behind a number: `1. (a)`, `Problem 2, part (b)`.
_INNER = re.compile(
    rf"[\s,*_]*+(?:(?:{pattern(Role.PART)})\s)?\s*(?=\(?(?:[a-h]|[ivx]{{1,4}})\))", re.IGNORECASE
)
_WEAK = re.compile(
    r"[ \t]*+(?:0*+(?P<number>\d{1,2})(?:[ \t][-–—](?!\S)|[ \t]*+(?=\n|\Z))|\[(?P<boxed>\d{1,2})\](?!\())"
)

# After `(a)` or `x)`, these show mathematics without dollars.
_OPERATOR = re.compile(r"\s*(?:[=+/^@,;]|\*\s)")
# After a plain `Q4`, these begin an answer, not a sentence about the question.
_REFERS = re.compile(
    r"\s*(?:see|cf\.?|same|(?:is )?(?:the )?same|as in|like|siehe|wie)\s", re.IGNORECASE
)
_PLAIN_QUESTION = 7  # inside any heading, whose levels go from 1 to 6
_PLAIN_PART = 8  # "Part 2" is inside "Question 1"
_BOXED_NUMBER = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A marker in a text: its parts from the outside in, and its end."""

    parts: tuple[LabelPart, ...]
    end: int


@dataclass(frozen=True, slots=True)
class _Setting:
    """The markup around a marker."""

    heading: int
    strong: bool

    @property
    def is_marked(self) -> bool:
        """Whether the author set the line apart."""
        return bool(self.heading or self.strong)


def label_at(text: str, start: int, end: int, heading: int = 0) -> Label | None:
    r"""The marker at `start`, None if there is none.

    Args:
        text: the text.
        start: where a line begins, or what follows `\item`.
        end: where to stop looking: the end of the line, or its first formula.
        heading: the level of the heading that the text is already known to be in, or 0.

    """
    line = text[start : min(end, start + _REACH)]
    lead = _LEAD.match(line)
    if lead is None:  # pragma: no cover - every part of the pattern is optional
        return None
    setting = _Setting(heading or len(lead["heading"] or ""), bool(lead["strong"]))
    label = _question(line, lead.end(), setting) or _bare(line, lead.end(), setting)
    if label is None:
        return None
    label = _with_inner(line, label)
    return replace(label, end=start + label.end)


def weak_label_at(text: str, start: int, end: int) -> Label | None:
    """`[1]`, `1 -`, or `1` alone: a marker only if the lines of a document are numbered so."""
    match = _WEAK.match(text, start, end)
    if match is None:
        return None
    return Label((LabelPart((NUMBER, 0), match["number"] or match["boxed"]),), match.end())


def _question(line: str, start: int, setting: _Setting) -> Label | None:
    """`Question 1`, `Q1:`, `(Q1)`, `Problem 1b`, `Solution to Q4`."""
    match = _QUESTION.match(line, start)
    if match is None or not match["word"] or _multiplies(match, setting):
        return None
    label, rest = match["label"], line[match.end() :]
    closed = match["open"] or label.count(")") > label.count("(")
    if not (setting.is_marked or closed or match["term"].strip() or _may_follow(rest)):
        return None
    level = _PLAIN_PART if match["part"] else _PLAIN_QUESTION
    return Label(_parts(label, (QUESTION, setting.heading or level)), match.end())


def _bare(line: str, start: int, setting: _Setting) -> Label | None:
    """`1.`, `(1)`, `1b)`, `(a)`, `a)`, and `**3**` or `## 3` alone on a line."""
    match = _NUMBER.match(line, start) or _LETTER.match(line, start)
    if match is None or _multiplies(match, setting) or not _is_closed(line, match, setting):
        return None
    unsure = not match["label"][0].isdigit() or match["label"].endswith(")")
    if unsure and _OPERATOR.match(line, match.end()):
        return None
    return Label(_parts(match["label"], _number_rank(match["label"], setting)), match.end())


def _multiplies(match: re.Match[str], setting: _Setting) -> bool:
    """Whether a star behind the label is a product (`Q1*K`), since no star opened before it."""
    return not setting.strong and "*" in match["close"] + match["close2"]


def _is_closed(line: str, match: re.Match[str], setting: _Setting) -> bool:
    """Whether brackets, a dot or a bold line tell the label from a word or a number."""
    label, term, rest = match["label"], match["term"].strip(), line[match.end() :]
    if label.endswith(")"):
        return True
    if setting.is_marked and (term or not rest.strip() or _INNER.match(rest)):
        return True
    if setting.heading and label[0].isdigit() and label[-1].isalpha():
        return True  # `## 2a title`
    if label[0].isdigit():
        return term.startswith((".", ")", ":", "\\"))
    return term.startswith((".", ")", "\\"))


def _number_rank(label: str, setting: _Setting) -> tuple[int, int]:
    if setting.heading:
        return (QUESTION, setting.heading)
    return (NUMBER, 0 if label[0].isdigit() else _BOXED_NUMBER)


def _parts(label: str, first: tuple[int, int]) -> tuple[LabelPart, ...]:
    """The parts of a label such as `1.b(ii)`; `first` is the rank of its first number.

    Below a question 1.2, the items `1.`, `2.` are inside the 2.
    """
    texts = [text.lower() for text in re.findall(_PART, label, re.IGNORECASE)]
    ranks = [first if texts[0].isdigit() else (LETTER, 0)]
    for depth, text in enumerate(texts[1:], start=1):
        outer = (QUESTION, _PLAIN_PART) if first[0] == QUESTION else (NUMBER, 0)
        kind, level = outer if text.isdigit() else (LETTER, 0)
        ranks.append((kind, level + depth))
    return tuple(
        LabelPart(rank, _normalised(text)) for rank, text in zip(ranks, texts, strict=True)
    )


def _normalised(text: str) -> str:
    return str(int(text)) if text.isdigit() else text


def _with_inner(line: str, label: Label) -> Label:
    """The label with a letter right after it, as in `1. (a)`."""
    between = _INNER.match(line, label.end)
    if between is None or label.parts[-1].rank[0] == LETTER:
        return label
    inner = _LETTER.match(line, between.end())
    if inner is None or _OPERATOR.match(line, inner.end()):
        return label
    return Label(label.parts + _parts(inner["label"], (NUMBER, 0)), inner.end())


def _may_follow(rest: str) -> bool:
    """Whether the text after a plain `Question 1` shows that it is a marker, not a sentence."""
    if _REFERS.match(rest) or _INNER.match(rest):
        return True
    first = rest.lstrip()[:1]
    return not first.islower() and (not first or first not in "=+*/^_<>@,;'’")
