"""What may stand in `problem.yaml`: one class for each mapping, one type for each kind of value.

These classes judge each value alone; `checks` judges values against each other. Values come as
text (see `document`), so that pydantic's lax mode reads the numbers.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from grader.problem.codes import CODES
from grader.problem.kinds import Draw, Number, Strict, refusal
from grader.problem.words import near, quoted

MAX_SIZE = 64

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_IDENTITY = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?"
# Columns of gradebook.csv, and names that Windows keeps for devices.
_TAKEN = {"id", "score", "max_score", "status", "con", "prn", "aux", "nul"}
_PYTHON = rf"(?!/)[\w./-]+\.py:{_NAME}"


def is_name(text: str) -> bool:
    """Whether a text can name a symbol, dimension, function, quantity or index."""
    return re.fullmatch(_NAME, text) is not None


def _name(text: str) -> str:
    if not is_name(text):
        raise refusal(
            f"{quoted(text)} is not a name: letters, digits and _ only, not a digit first"
        )
    return text


def _identity(text: str) -> str:
    """An id becomes a file's name and a column's head."""
    if not re.fullmatch(_IDENTITY, text):
        raise refusal(
            f"{quoted(text)} cannot be an id: "
            "up to 64 letters (a-z), digits, and . _ - between them"
        )
    if text.lower() in _TAKEN or re.fullmatch(r"(?i)(com|lpt)\d", text):
        raise refusal(f"{quoted(text)} cannot be an id: reports or file systems use it themselves")
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise refusal("is empty; text is meant")
    return text


def _spelling(text: str) -> str:
    r"""LaTeX is one line; a break inside came from `"\nabla"` in double quotes."""
    text = _text(text).rstrip()  # a block scalar ends in a break of its own
    if "\n" in text:
        raise refusal(
            "LaTeX is one line; in double quotes \\n is a line break, so use single quotes"
        )
    return text.strip()


def _base(number: int) -> int:
    if number not in (0, 1):
        raise refusal(f"index_base is {number}; 0 or 1 is meant")
    return number


def _size(written: Any) -> int | str:
    """A number of entries, or the name of a dimension."""
    if not isinstance(written, str | int):
        raise refusal("a size is a number or the name of a dimension")
    text = str(written)
    if is_name(text):
        return text
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_SIZE:
        raise refusal(f"{quoted(text)} is no size: 1 to {MAX_SIZE}, or the name of a dimension")
    return int(text)


def _function(text: str) -> str:
    """`file.py:function`, in the problem's own folder or below it."""
    if not re.fullmatch(_PYTHON, text) or ".." in text.split(":")[0].split("/"):
        raise refusal(f"{quoted(text)} is not file.py:function, with the file beside the YAML")
    return text


def _code(text: str) -> str:
    if text not in CODES:
        raise refusal(f"{quoted(text)} is not the code of a mistake{near(text, CODES)}")
    return text


def _listed(written: Any) -> Any:
    """One text as a list of one."""
    return [written] if isinstance(written, str) else written


def _stripped(written: Any) -> Any:
    return written.strip() if isinstance(written, str) else written


_LISTED = BeforeValidator(_listed, json_schema_input_type=str | list[str])
Name = Annotated[str, AfterValidator(_name)]
Identity = Annotated[str, AfterValidator(_identity)]
Text = Annotated[str, AfterValidator(_text)]
Prose = Annotated[str, BeforeValidator(_stripped)]
Spellings = Annotated[list[Annotated[str, AfterValidator(_spelling)]], _LISTED]
Labels = Annotated[list[Text], _LISTED]
Size = Annotated[int | str, BeforeValidator(_size)]
Shape = Annotated[list[Size], Field(max_length=2)]
Entries = Annotated[int, Field(ge=1, le=MAX_SIZE)]
Points = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
Feedback = Literal["verdict", "hint", "full"]
Layout = Literal["gradient", "numerator", "either"]
Form = Literal["entries", "index", "any"]
Credit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Texts = Annotated[list[Text], _LISTED]
Code = Annotated[str, AfterValidator(_code)]


class Draws(Strict):
    """How many random assignments of the symbols, and from which seed."""

    count: int = Field(default=32, ge=16, le=4096)
    seed: int = Field(default=0, ge=0, lt=2**63)


class Symbol(Strict):
    """A declared name with a shape, its spellings, and how it is drawn."""

    shape: Shape
    latex: Spellings = Field(default_factory=list)
    draw: Draw = Field(default="normal", validate_default=True)


class Function(Strict):
    """A name of the author's for a function that the grader knows."""

    formula: Text = Field(alias="is")
    latex: Spellings = Field(default_factory=list)
    params: dict[Name, Number] = Field(default_factory=dict)


class Quantity(Strict):
    """A step of the forward model: an expression, or known by its upstream gradients only."""

    formula: Text | None = Field(default=None, alias="is")
    upstream: dict[Name, Text] | None = Field(default=None, min_length=1)
    latex: Spellings = Field(default_factory=list)


class Reference(Strict):
    """A right answer by the author's own hand."""

    expression: Text | None = None
    python: Annotated[str, AfterValidator(_function)] | None = None


class KnownMistake(Strict):
    """A wrong answer that the author foresaw, by its value or by the code of a mistake."""

    expression: Text | None = None
    code: Code | None = None
    message: Text
    credit: Credit = 0.0


class Steps(Strict):
    """What a derivation earns that is set up rightly and ends wrongly."""

    credit: Credit = 0.0


class Rules(Strict):
    """What an author wants beyond the value of an answer, for all questions or for one."""

    mistakes: list[KnownMistake] = Field(default_factory=list)
    forbid: Texts = Field(default_factory=list)
    require: Texts = Field(default_factory=list)
    layout: Layout | None = None
    transposed: Credit | None = None
    form: Form | None = None
    steps: Steps | None = None
    follow_through: Credit | None = None
    feedback: Feedback | None = None


class Variants(Strict):
    """What is drawn for each student from the student's id: one of those that are listed."""

    dimensions: dict[Name, Annotated[list[Entries], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    functions: dict[Name, Annotated[list[Text], Field(min_length=1)]] = Field(default_factory=dict)
    model: dict[Name, Annotated[list[Text], Field(min_length=1)]] = Field(default_factory=dict)


class Asked(Strict):
    """What a question asks, without its rules."""

    id: Identity
    points: Points = 1.0
    of: Text | None = None
    wrt: Text | None = None
    free: dict[Name, Size] = Field(default_factory=dict)
    symbols: dict[Name, Symbol] = Field(default_factory=dict)
    prompt: Prose = ""
    label: Text | None = None
    labels: Labels = Field(default_factory=list)
    reference: Reference | None = None
    all_or_nothing: bool = False
    accept: Texts = Field(default_factory=list)
    follows: Labels = Field(default_factory=list)


class Question(Rules, Asked):
    """One thing asked."""


class Content(Strict):
    """What the file has in it, without the rules for all questions."""

    id: Identity
    title: Prose = ""
    description: Prose = ""
    index_base: Annotated[int, AfterValidator(_base)] = 1
    draws: Draws = Draws()
    dimensions: dict[Name, Entries] = Field(default_factory=dict)
    symbols: dict[Name, Symbol] = Field(default_factory=dict)
    functions: dict[Name, Function] = Field(default_factory=dict)
    model: dict[Name, Quantity] = Field(default_factory=dict)
    variants: Variants = Variants()
    questions: list[Question] = Field(min_length=1)


class Homework(Rules, Content):
    """The whole file."""

    model_config = ConfigDict(title="problem.yaml")


def normalised(homework: Homework) -> dict[str, Any]:
    """Plain JSON-able data with all defaults filled in."""
    data = homework.model_dump(mode="json", by_alias=True)
    data["title"] = data["title"] or data["id"]
    for quantity in data["model"].values():
        for way in ("is", "upstream"):
            if quantity[way] is None:
                del quantity[way]
    for question in data["questions"]:
        question.update(_ruled(question, data))
        question["reference"] = _given(question["reference"])
        label = question.pop("label")
        question["labels"] = [*([label] if label else []), *question["labels"]]
    return data


_DEFAULTS = {
    "layout": None, "transposed": 0.0, "form": "any", "steps": {"credit": 0.0},
    "follow_through": 1.0, "feedback": "hint",
}  # fmt: skip


def _ruled(question: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """The rules of a question: its own, else the problem's, else the usual ones."""
    rules = {}
    for name, usual in _DEFAULTS.items():
        given = (owner[name] for owner in (question, problem) if owner[name] is not None)
        rules[name] = next(given, usual)
    return rules


def _given(reference: dict[str, Any] | None) -> dict[str, Any] | None:
    """A reference without the way that was not taken."""
    if reference is None:
        return None
    return {way: value for way, value in reference.items() if value is not None}
