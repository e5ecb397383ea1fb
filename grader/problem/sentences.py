"""pydantic's errors as complaints that an instructor understands."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from grader.problem.checks import Complaint, Path
from grader.problem.schema import Homework
from grader.problem.words import cut, near, quoted

# The start of pydantic's error type → what it expected.
_EXPECTED = {
    "int_": "a whole number",
    "float_": "a number",
    "finite_number": "a finite number",
    "string_": "text",
    "bool_": "true or false",
    "list_": "a list in [ ]",
    "dict_": "a mapping (key: value)",
    "model_": "a mapping (key: value)",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "literal_error": "{expected}",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entry",
}


def translated(error: ValidationError, root: type[BaseModel] = Homework) -> Iterator[Complaint]:
    """A complaint for each of pydantic's errors; `root` is the schema of the file."""
    for detail in error.errors(include_url=False):
        path = tuple(step for step in detail["loc"] if step != "[key]")
        at_key = detail["type"] == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
        yield Complaint(path, _reason(path, dict(detail), root), at_key)


def _reason(path: Path, detail: dict[str, Any], root: type[BaseModel]) -> str:
    """The sentence for one error."""
    kind: str = detail["type"]
    if kind == "author":
        return str(detail["ctx"]["reason"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"unknown key {quoted(str(path[-1]))}{near(str(path[-1]), _keys(path[:-1], root))}"
    if kind == "union_tag_invalid":
        return _unknown_kind(detail)
    return f"{_subject(path)} {_state(detail['input'])}; {_expected(kind, detail)}"


def _unknown_kind(detail: dict[str, Any]) -> str:
    kinds = [kind.strip(" '") for kind in detail["ctx"]["expected_tags"].split(",")]
    tag = detail["ctx"]["tag"]
    return f"unknown kind of draw {quoted(tag)}{near(tag, kinds)}"


def _expected(kind: str, detail: dict[str, Any]) -> str:
    """What the value should be; pydantic's own words for an error that is not in the table."""
    fits = [start for start in _EXPECTED if kind.startswith(start)]
    if not fits:
        return str(detail["msg"])
    return "expected " + _EXPECTED[max(fits, key=len)].format(**detail.get("ctx", {}))


def _subject(path: Path) -> str:
    """The name of the faulty value; an entry of a list has the list's name."""
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "the file"
    return cut(names[-1]) if isinstance(path[-1], str) else f"an entry of {cut(names[-1])}"


def _state(value: Any) -> str:
    """What the value is instead."""
    if value is None:
        return "has no value"
    if isinstance(value, dict):
        return "is a mapping"
    if isinstance(value, list):
        return f"is a list of {len(value)}" if value else "is an empty list"
    return f"is {quoted(str(value))}"


def _keys(path: Path, root: type[BaseModel]) -> list[str]:
    """The keys that the mapping at a path may have."""
    whole = root.model_fields.get("root")
    kind: Any = whole.annotation if whole else root
    for step in path:
        kind = _inside(kind, step)
    model = _model(kind, path[-1] if path else "")
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _inside(kind: Any, step: str | int) -> Any:
    """The type one step inside a type."""
    if get_origin(kind) in (dict, list):
        return get_args(kind)[-1]
    inside = next((part for part in get_args(kind) if get_origin(part) in (dict, list)), None)
    if inside is not None:
        return get_args(inside)[-1]  # the type was "a list, or nothing"
    model = _model(kind, step)
    if model is None:
        return None
    # The kind of a draw is a step in pydantic's path, but not a field.
    return model.model_fields[str(step)].annotation if step in model.model_fields else kind


def _model(kind: Any, step: str | int) -> type[BaseModel] | None:
    """The class of a mapping; of several the one with `step` as its `kind`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    if get_origin(kind) is Annotated:
        return _model(get_args(kind)[0], step)
    if get_origin(kind) in (Union, UnionType):
        found = [model for part in get_args(kind) if (model := _model(part, step))]
        tagged = [model for model in found if _has_tag(model, step)]
        return next(iter(tagged or found), None)
    return None


def _has_tag(model: type[BaseModel], step: str | int) -> bool:
    field = model.model_fields.get("kind")
    return field is not None and step in get_args(field.annotation)
