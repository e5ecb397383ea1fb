"""One value of an answer file → one answer: text, numbers, or nothing."""

import re
from collections.abc import Iterable, Iterator

import numpy as np

from grader.document.offsets import normalised
from grader.document.programs import is_script, program_of
from grader.submission import limits
from grader.submission.answerfiles.trees import Items, Node, Pairs, Scalar
from grader.submission.arrays.printed import Printed, printed
from grader.submission.model import ArrayAnswer, Place, TextAnswer
from grader.submission.precision import is_computed, number, precision
from grader.submission.refusals import Refused

FORMS = ("latex", "infix", "code", "array")

_FORMS_HINT = "Write text, a list, {latex: '…'}, {infix: '…'}, {code: '…'} or {array: [[…]]}."
_NOTHING = frozenset(
    ["", "?", "??", "???", "~", "-", "--", "null", "none", "n/a", "na", "tbd", "todo", "idk"]
)
_UNSURE = re.compile(
    r"(?:sorry,? )?(?:i(?:'m| am)? )?"
    r"(?:not sure|unsure|unknown|skip(?:ped)?|no answer|(?:have )?no idea"
    r"|(?:do not|don't|dont) know(?: this| it)?|(?:can't|cannot) do (?:this|it))"
)

# Programs write these into lists of numbers; None is a missing entry.
_CONSTANTS = {"true": 1.0, "false": 0.0, "null": np.nan, "~": np.nan, "": np.nan, "none": np.nan}

# `"\frac"` in double quotes is a form feed and `rac`; `"\nabla"` is a new line and `abla`.
_EATEN_BACKSLASH = re.compile(
    r"[\x07\x08\x0b\x0c\x1b\x85\u2028\u2029]"
    r"|\n(?:abla|eq?\b|u\b|ot\b|exists)"
    r"|\t(?:heta|au\b|anh|imes|ext|op\b|frac|o\b|ilde|rac)"
    r"|\r(?:ight|ho\b|angle|m\b)"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def answer(
    question: str, node: Node, place: Place, index_base: int | None, among_numbers: bool = False
) -> TextAnswer | ArrayAnswer | None:
    """The answer of a value to a question; None if the value is empty.

    `among_numbers` means that the file holds computed numbers and no formula, so that short numbers in
    quotes are no formulas either.

    Raises:
        Refused: if the value is not an answer, with its place and question.

    """
    reader = _Value(question, place, index_base, among_numbers)
    if not question:
        raise reader.refused(node, "This answer has no question id.")
    return reader.read(node)


def are_numbers(nodes: Iterable[Node]) -> bool:
    """Whether the values of a file are numbers, in quotes or not, and a program computed some of them."""
    computed = False
    for node in nodes:
        if is_omitted(node):
            continue
        if isinstance(node, Pairs) or any(_numeral(leaf) is None for leaf in _leaves(node)):
            return False
        computed = computed or is_computed(leaf.text.strip() for leaf in _leaves(node))
    return computed


def is_omitted(node: Node) -> bool:
    """Whether a value is no answer: empty, `?`, `null`, "I don't know"."""
    if isinstance(node, Scalar):
        words = node.text.strip().casefold().replace("’", "'").rstrip(".! ")
        return words in _NOTHING or bool(_UNSURE.fullmatch(words))
    return isinstance(node, Items) and all(is_omitted(item) for item in node.items)


class _Value:
    def __init__(
        self, question: str, place: Place, index_base: int | None, among_numbers: bool
    ) -> None:
        self._question = question
        self._place = place
        self._index_base = index_base
        self._among_numbers = among_numbers

    def read(self, node: Node) -> TextAnswer | ArrayAnswer | None:
        if isinstance(node, Pairs):
            return self._form(node)
        if is_omitted(node):
            return None
        if all(_value(leaf, isinstance(node, Items)) is not None for leaf in _leaves(node)):
            return self._array(node)
        numbers, surely = self._numbers(node)
        if numbers is not None and (surely or self._among_numbers):
            return numbers
        return self._infix(node)

    def _numbers(self, node: Node) -> tuple[ArrayAnswer | None, bool]:
        """The array of numbers in quotes or as a program prints them, and whether it is no formula.

        `"1"` may be a formula, `"0.318310"` is none.
        """
        leaves = list(_leaves(node))
        if all(_numeral(leaf) is not None for leaf in leaves):
            return self._array(node), is_computed(leaf.text.strip() for leaf in leaves)
        found = self._printed(node)
        return (self._answer(found), found.surely) if found else (None, False)

    def _answer(self, found: Printed) -> ArrayAnswer:
        return ArrayAnswer.of(self._question, found.array, found.precision, self._place)

    def refused(self, node: Node, message: str, hint: str = _FORMS_HINT) -> Refused:
        return Refused(
            message,
            line=node.line,
            column=node.column,
            question=self._question or None,
            hint=hint,
        )

    def _form(self, node: Pairs) -> TextAnswer | ArrayAnswer | None:
        """`{latex: …}`, `{infix: …}`, `{code: …}` or `{array: …}`."""
        names = [key.text.strip().lower() for key, _ in node.pairs]
        if len(names) != 1 or names[0] not in FORMS:
            written = ", ".join(names)[:60]
            raise self.refused(node, f"A map with {written!r} is not an answer.")
        value = node.pairs[0][1]
        if is_omitted(value):
            return None
        if names[0] == "array":
            return self._array(value)
        if names[0] == "code":
            return self._code(value)
        return self._latex(value) if names[0] == "latex" else self._infix(value)

    def _latex(self, node: Node) -> TextAnswer:
        if not isinstance(node, Scalar):
            raise self.refused(node, "`latex:` needs one text.", "Write matrices in LaTeX.")
        return self._text(node, node.text, "latex")

    def _code(self, node: Node) -> TextAnswer:
        if not isinstance(node, Scalar):
            raise self.refused(node, "`code:` needs one text.", "Write its lines below `code: |`.")
        program = program_of(normalised(node.text), "python")
        if program is None:
            message = "The code of this answer is not Python."
            raise self.refused(node, message, "Write it as it runs, or the answer as a formula.")
        return self._text(Scalar(program, False, node.line, node.column), program, "code")

    def _infix(self, node: Node) -> TextAnswer:
        if isinstance(node, Scalar) and is_script(normalised(node.text)):
            return self._code(node)
        return self._text(node, self._expression(node, inside=False), "infix")

    def _expression(self, node: Node, *, inside: bool = True) -> str:
        """The infix text of a value: lists become `[a, b]`."""
        if isinstance(node, Items):
            return f"[{', '.join(self._expression(item) for item in node.items)}]"
        if isinstance(node, Pairs):
            raise self.refused(node, "A list cannot hold a map.", "Quote each entry.")
        self._check_backslashes(node)
        if inside and is_omitted(node):
            raise self.refused(node, "An entry of this list is empty.", "Write 0 if it is zero.")
        if inside and not _is_one_expression(node.text):
            message = f"The entry {node.text[:60]!r} is not one expression with matching brackets."
            raise self.refused(node, message, "Write one expression for each entry, in quotes.")
        return node.text

    def _text(self, node: Node, text: str, notation: str) -> TextAnswer:
        if isinstance(node, Scalar):
            self._check_backslashes(node)
        if len(text) > limits.FORMULA_CHARACTERS:
            message = f"This answer is longer than {limits.FORMULA_CHARACTERS} characters."
            raise self.refused(node, message, "Write it shorter, with sums or matrix products.")
        text = normalised(text).strip()
        return TextAnswer(self._question, text, notation, self._place, self._index_base)

    def _check_backslashes(self, node: Scalar) -> None:
        if node.quoted and _EATEN_BACKSLASH.search(node.text):
            message = "A backslash was read as an escape, which broke the LaTeX of this answer."
            hint = "In YAML use single quotes; in JSON write every backslash twice."
            raise self.refused(node, message, hint)

    def _array(self, node: Node) -> ArrayAnswer:
        if isinstance(node, Scalar) and (found := self._printed(node)):
            return self._answer(found)
        shape = self._shape(node)
        values = []
        for leaf in _leaves(node):
            value = _numeral(leaf)
            if value is None:
                message = f"{leaf.text[:60]!r} is not a number, and an array holds only numbers."
                raise self.refused(leaf, message)
            values.append(value)
        array = np.array(values, dtype=np.float64).reshape(shape)
        written = precision(leaf.text.strip() for leaf in _leaves(node))
        return ArrayAnswer.of(self._question, array, written, self._place)

    def _printed(self, node: Node) -> Printed | None:
        """The array that a program printed; a fault in it has the place of the value."""
        try:
            return printed(_joined(node))
        except Refused as fault:
            raise self.refused(node, fault.message, fault.hint or _FORMS_HINT) from fault

    def _shape(self, node: Node) -> tuple[int, ...]:
        if isinstance(node, Pairs):
            raise self.refused(node, "An array cannot hold a map.")
        if isinstance(node, Scalar):
            return ()
        shapes = {self._shape(item) for item in node.items}
        if len(shapes) > 1:
            message = "The rows of this array have different lengths."
            raise self.refused(node, message, "Write every entry of every row.")
        shape = (len(node.items), *(shapes.pop() if shapes else ()))
        if len(shape) > limits.DIMENSIONS:
            raise self.refused(node, f"An array has at most {limits.DIMENSIONS} dimensions.")
        return shape


def _leaves(node: Node) -> Iterator[Scalar]:
    """The scalars of nested lists; a map inside counts as text."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Items):
        for item in node.items:
            yield from _leaves(item)
    else:
        yield Scalar("{", True, node.line, node.column)


def _joined(node: Node) -> str:
    """Nested lists of text as one text: `[[0.1 0.2], [0.3 0.4]]`."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return f"[{', '.join(map(_joined, node.items))}]"
    return "{"


def _numeral(leaf: Scalar) -> float | None:
    """The number of a scalar inside a list, in quotes or not."""
    return number(leaf.text.strip()) if leaf.quoted else _value(leaf, inside=True)


def _value(leaf: Scalar, inside: bool) -> float | None:
    """The number of a bare scalar; `inside` a list some words are numbers too."""
    if leaf.quoted:
        return None
    text = leaf.text.strip()
    value = number(text)
    return _CONSTANTS.get(text.lower()) if value is None and inside else value


def _is_one_expression(text: str) -> bool:
    """Whether brackets match without a comma outside them, so that an entry adds no entries."""
    opened: list[str] = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in _PAIRS and (not opened or opened.pop() != _PAIRS[character]):
            return False
        if character in ",;" and not opened:
            return False
    return not opened
