"""The schema of `problem.yaml`: a class for each mapping, a type for each kind of value.

These classes check each value alone; `checks` compares values with each other. Values come as text (see
`document`), so that pydantic's lax mode reads the numbers.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from grader.problem.codes import CODES
from grader.problem.draw_kinds import Draw, Number, Strict, refusal
from grader.problem.words import cut, near, quoted

MAX_SIZE = 64

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_IDENTITY = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?"
# Columns of gradebook.csv, and names that Windows reserves for devices.
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
    """An id becomes the name of a file and of a column."""
    if not re.fullmatch(_IDENTITY, text):
        raise refusal(
            f"{quoted(text)} cannot be an id: "
            "up to 64 letters (a-z), digits, and . _ - between them"
        )
    if text.lower() in _TAKEN or re.fullmatch(r"(?i)(com|lpt)\d", text):
        raise refusal(f"{quoted(text)} cannot be an id: reports or file systems reserve it")
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise refusal("is empty; expected text")
    return text


def _spelling(text: str) -> str:
    r"""LaTeX is one line; a line break comes from `"\nabla"` in double quotes."""
    text = _text(text).rstrip()  # a block scalar ends with a line break
    if "\n" in text:
        raise refusal(
            "LaTeX must be one line; \\n in double quotes is a line break, so use single quotes"
        )
    return text.strip()


def _base(number: int) -> int:
    if number not in (0, 1):
        raise refusal(f"index_base is {number}; expected 0 or 1")
    return number


def _size(written: Any) -> int | str:
    """A number of entries, or the name of a dimension."""
    if not isinstance(written, str | int):
        raise refusal("a size should be a number or the name of a dimension")
    text = str(written)
    if is_name(text):
        return text
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_SIZE:
        raise refusal(
            f"{quoted(text)} is not a size; expected 1 to {MAX_SIZE}, or the name of a dimension"
        )
    return int(text)


def _function(text: str) -> str:
    """`file.py:function`, in the problem's folder or below it."""
    if not re.fullmatch(_PYTHON, text) or ".." in text.split(":")[0].split("/"):
        raise refusal(f"{quoted(text)} is not file.py:function, with the file beside the YAML")
    return text


def _code(text: str) -> str:
    if text not in CODES:
        raise refusal(f"{quoted(text)} is not the code of a mistake{near(text, CODES)}")
    return text


def _listed(written: Any) -> Any:
    """A single text as a list."""
    return [written] if isinstance(written, str) else written


def _upstream(written: Any) -> Any:
    if isinstance(written, str):
        example = f"upstream: {{h: {cut(written, 20)}}}"
        raise refusal(f"upstream should name the quantity of the gradient, such as `{example}`")
    return written


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
Upstream = Annotated[dict[Name, Text], BeforeValidator(_upstream)]


def _key(text: str, default: Any = ..., **limits: Any) -> Any:
    """A key with its description, which the schema and the reference of `problem.yaml` show."""
    if callable(default):
        return Field(default_factory=default, description=text, **limits)
    return Field(default, description=text, **limits)


class DrawsSpec(Strict):
    """How many random assignments of the symbols, and from which seed."""

    count: int = _key("How many; `grader validate` says how many are needed.", 32, ge=16, le=4096)
    seed: int = _key(
        "The same seed gives the same draws, and the same verdicts.", 0, ge=0, lt=2**63
    )


class SymbolSpec(Strict):
    """A declared name with a shape, its spellings, and how it is drawn."""

    shape: Shape = _key("`[]` is a number, `[n]` a column, `[m, n]` a matrix, `[1, n]` a row.")
    latex: Spellings = _key("Spellings in LaTeX; the first is printed.", list)
    draw: Draw = _key("How it is drawn; see below.", "normal", validate_default=True)


class FunctionSpec(Strict):
    """The author's name for a function that the grader knows."""

    formula: Text = _key("The function, such as `relu`; see below.", alias="is")
    latex: Spellings = _key("Spellings in LaTeX; the first is printed.", list)
    params: dict[Name, Number] = _key("Further arguments, such as the slope of `leaky_relu`.", dict)


class QuantitySpec(Strict):
    """A step of the forward model: an expression, or a loss given only by its upstream gradients."""

    formula: Text | None = _key(
        "Its formula, in symbols and the quantities above it.", None, alias="is"
    )
    upstream: Upstream | None = _key(
        "Instead: the gradients of a loss without a formula, each with the quantity it is by.",
        None, min_length=1,
    )  # fmt: skip
    latex: Spellings = _key("Spellings in LaTeX; the first is printed.", list)


class Reference(Strict):
    """A right answer that the author gives."""

    expression: Text | None = _key("A closed form.", None)
    python: Annotated[str, AfterValidator(_function)] | None = _key(
        "`file.py:function` beside the YAML: a dict of arrays in, an array out.", None
    )


class KnownMistakeSpec(Strict):
    """A wrong answer that the author foresaw, given by an expression or by the code of a mistake."""

    expression: Text | None = _key("A wrong answer with the same values.", None)
    code: Code | None = _key("Instead: the code of a mistake, such as `transposed`.", None)
    message: Text = _key("What the feedback says to the student.")
    credit: Credit = _key("The part of the points that it earns.", 0.0)


class StepsSpec(Strict):
    """The credit for a derivation with a right set-up and a wrong result."""

    credit: Credit = _key("The part of the points.", 0.0)


class RulesSpec(Strict):
    """The author's rules for answers beyond their value, for all questions or for one."""

    mistakes: list[KnownMistakeSpec] = _key("Wrong answers that you foresaw.", list)
    forbid: Texts = _key("Names that an answer must not use.", list)
    require: Texts = _key("Names that an answer must use.", list)
    layout: Layout | None = _key("The layout of derivatives; without it, the usual one.", None)
    transposed: Credit | None = _key("The part of the points for the other layout.", None)
    form: Form | None = _key("Every entry written out, or one formula in the indices.", None)
    steps: StepsSpec | None = _key("Credit for a right set-up.", None)
    follow_through: Credit | None = _key("The part of the points for follow-through.", None)
    feedback: Feedback | None = _key("How much students see; `full` shows references.", None)


class Variants(Strict):
    """What differs between students: one value of each list, chosen by the student's id."""

    dimensions: dict[Name, Annotated[list[Entries], Field(min_length=1)]] = _key("Sizes.", dict)
    functions: dict[Name, Annotated[list[Text], Field(min_length=1)]] = _key(
        "Functions for a name in `functions`.", dict
    )
    model: dict[Name, Annotated[list[Text], Field(min_length=1)]] = _key(
        "Formulas for a quantity of `model`, of the same shape.", dict
    )


class Asked(Strict):
    """A question without its rules."""

    id: Identity = _key("A column of the gradebook, and the name in answer files.")
    points: Points = _key("What a right answer earns.", 1.0)
    of: Text | None = _key("What is differentiated: a quantity, an entry, an expression.", None)
    wrt: Text | None = _key("By what: a symbol, a quantity, or an entry of one.", None)
    free: dict[Name, Size] = _key("Index variables with their sizes.", dict)
    symbols: dict[Name, SymbolSpec] = _key(
        "Symbols of this question alone; they hide others.", dict
    )
    prompt: Prose = _key("What students read: text with LaTeX between dollars.", "")
    label: Text | None = _key("How students number it, such as `1b`.", None)
    labels: Labels = _key("Several of these.", list)
    reference: Reference | None = _key("A right answer, if `of` and `wrt` cannot express it.", None)
    all_or_nothing: bool = _key("No points for some right entries.", False)
    accept: Texts = _key("Further right answers, with other values.", list)
    follows: Labels = _key("Earlier questions that an answer may follow from.", list)


class QuestionSpec(RulesSpec, Asked):
    """One question: its own keys, and the rules."""


class Content(Strict):
    """The content of the file, without the rules for all questions."""

    id: Identity = _key("The name of the problem, and of the folder of results.")
    title: Prose = _key("The title on every page; without it, the id.", "")
    description: Prose = _key("Markdown for the handout: what the network is.", "")
    index_base: Annotated[int, AfterValidator(_base)] = _key("The first index: 1 or 0.", 1)
    draws: DrawsSpec = _key("How many random assignments, from which seed.", DrawsSpec())
    dimensions: dict[Name, Entries] = _key("Names for sizes.", dict)
    symbols: dict[Name, SymbolSpec] = _key("Inputs, weights, upstream gradients.", dict)
    functions: dict[Name, FunctionSpec] = _key("Your names for functions, such as `sigma`.", dict)
    model: dict[Name, QuantitySpec] = _key(
        "The forward model, in the order of its computation.", dict
    )
    variants: Variants = _key("What differs from student to student.", Variants())
    questions: list[QuestionSpec] = _key("What is asked, in order.", min_length=1)


class Homework(RulesSpec, Content):
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
    """A reference without its unused key."""
    if reference is None:
        return None
    return {key: value for key, value in reference.items() if value is not None}
