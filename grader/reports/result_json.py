"""`result.json`: the report as data, for machines."""

import json

from grader.result import Report

FILENAME = "result.json"


def render(report: Report) -> str:
    """The JSON of the contract (DESIGN, section 6), in ASCII, which any console and decoder can read."""
    return json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n"
