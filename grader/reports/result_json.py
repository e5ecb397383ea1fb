"""`result.json`: the report as data, for machines."""

import json

from grader.result import Report

FILENAME = "result.json"


def render(report: Report) -> str:
    """The contract's JSON, in ASCII only: any console and any decoder can take it."""
    return json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n"
