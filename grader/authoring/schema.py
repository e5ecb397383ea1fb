"""The JSON Schema of `problem.yaml`, for editors that complete and check while one types."""

from typing import Any

from grader.problem.schema import Homework

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as plain data. Numbers may stand as text, as they do in YAML with quotes."""
    return {"$schema": DIALECT, **Homework.model_json_schema(by_alias=True, mode="validation")}
