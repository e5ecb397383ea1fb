"""The JSON Schema of `problem.yaml`, for completion and checks in editors."""

from typing import Any

from grader.problem.schema import Homework

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as plain data. It allows numbers in quotes, as YAML authors write them."""
    found = {"$schema": DIALECT, **Homework.model_json_schema(by_alias=True, mode="validation")}
    properties = found["$defs"]["SymbolSpec"]["properties"]
    description = "How its values are drawn; see the kinds of draw."
    properties["draw"] = {**_draw(found["$defs"]), "default": "normal", "description": description}
    return found


def _draw(definitions: dict[str, Any]) -> dict[str, Any]:
    """A draw as an author may write it: `mask`, `{mask: {p: 0.3}}`, or `{kind: mask, p: 0.3}`."""
    kinds = {kind: name for name in _KINDS for kind in _names(definitions[name])}
    within = {kind: _parameters(definitions[name]) for kind, name in kinds.items()}
    short = {
        "type": "object", "properties": within, "additionalProperties": False,
        "minProperties": 1, "maxProperties": 1,
    }  # fmt: skip
    full = [{"$ref": f"#/$defs/{name}"} for name in _KINDS]
    return {"anyOf": [{"enum": list(kinds)}, short, *full]}


_KINDS = ("Normal", "Uniform", "Positive", "Integers", "OneHot", "Simplex", "Symmetric", "Mask")


def _names(definition: dict[str, Any]) -> list[str]:
    kind = definition["properties"]["kind"]
    return [kind["const"]] if "const" in kind else list(kind["enum"])


def _parameters(definition: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a kind without its name; null stands for no parameters."""
    own = {name: value for name, value in definition["properties"].items() if name != "kind"}
    return {"type": ["object", "null"], "properties": own, "additionalProperties": False}
