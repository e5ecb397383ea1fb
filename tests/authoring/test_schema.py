"""The JSON Schema accepts what the loader accepts, and reports faults to editors."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from grader.authoring.schema import schema
from grader.cli.group import group

ROOT = Path(__file__).parents[2]
PROBLEMS = sorted(ROOT.glob("problems/*/problem.yaml"))
VALIDATOR = Draft202012Validator(schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("file", PROBLEMS, ids=lambda file: file.parent.name)
def test_the_library_is_valid(file: Path) -> None:
    errors = list(VALIDATOR.iter_errors(yaml.safe_load(file.read_text("utf-8"))))
    assert not errors, errors[0]


SMALL = """
id: small
dimensions: {n: 3}
symbols: {x: {shape: [n], latex: [x, X], draw: {uniform: {low: 0, high: 1}}}, y: {shape: [3]}}
functions: {sigma: {is: relu}}
variants: {dimensions: {n: [3, 4]}}
model: {l: {is: sum(x)}}
mistakes: [{code: sign, message: wrong, credit: 0.5}]
questions: [{id: q1, of: l, wrt: x, free: {}, labels: one, follows: q0, accept: x}]
"""


def test_short_forms_are_valid() -> None:
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(SMALL)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: small", "ident: small"),
        ("shape: [n]", "shape: [n, n, n]"),
        ("{n: 3}", "{n: 100}"),
        ("of: l, wrt", "off: l, wrt"),
        ("credit: 0.5", "credit: 5"),
        ("uniform: {low: 0, high: 1}", "unform: {low: 0}"),
        ("code: sign", "code: [sign]"),
    ],
)
def test_what_an_editor_underlines(old: str, new: str) -> None:
    assert old in SMALL
    assert list(VALIDATOR.iter_errors(yaml.safe_load(SMALL.replace(old, new, 1))))


def test_the_command_prints_it() -> None:
    assert json.loads(CliRunner().invoke(group, ["schema"]).output) == schema()
