"""Real formulas: each is read as its author meant it, or refused for a stated reason."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
import yaml_data

from grader import errors
from grader.errors import StudentError
from grader.expression import Index
from grader.notation import USUAL, Names, infix, latex, printing
from grader.notation.latex_tokens import Token
from grader.notation.statements import equations
from grader.problem import load

CORPUS = Path(__file__).parent / "corpus"
QUESTION = {"id": "q", "reference": {"expression": "0"}, "prompt": "None is asked."}

Formula = dict[str, Any]
Said = str | StudentError  # the reading of a member in infix, or the reason why it is refused
Golden = str | dict[str, str]  # the right reading of a member, or `refused`: why it has no value


def listed(name: str) -> Any:
    return yaml_data.load((CORPUS / name).read_text(encoding="utf-8"))


SETTINGS: dict[str, dict[str, Any]] = listed("settings.yaml")
FORMULAS: list[Formula] = listed("formulas.yaml")
INSIDE = [formula for formula in FORMULAS if "reads" in formula]
OUTSIDE = [formula for formula in FORMULAS if "outside" in formula]


@cache
def declared(setting: str) -> Names:
    """The names of a setting, as the loader reads them from a `problem.yaml`."""
    data = {"id": setting, **SETTINGS[setting], "questions": [QUESTION]}
    with tempfile.TemporaryDirectory() as name:
        text = yaml.safe_dump(data, sort_keys=False)
        (Path(name) / "problem.yaml").write_text(text, encoding="utf-8")
        return load(Path(name))["q"].names


def names_of(formula: Formula) -> Names:
    """The names that a formula may use, its free index letters among them."""
    names = declared(formula["setting"])
    free = formula.get("free", {})
    return names.with_indices([Index(i, 1, names.dimensions[n]) for i, n in free.items()], {})


def canonical(text: str, names: Names) -> str:
    return printing.infix(infix.parse(text, names)[0], names)


def members(formula: Formula) -> list[Sequence[str | Sequence[Token]]]:
    """The equations of a formula, split into members, without empty ones at the end."""
    text: str = formula["text"]
    if formula.get("notation") == "infix":
        return [text.split("=")]
    found = equations(text, names_of(formula))
    return [
        [member for member in (*equation.members, *equation.approximate) if member]
        for equation in found
    ]


def said(member: str | Sequence[Token], formula: Formula) -> Said:
    names = names_of(formula)
    try:
        if isinstance(member, str):
            return canonical(member, names)
        conventions = formula.get("conventions", USUAL)
        reading = latex.read_tokens(member, names, formula["text"], conventions)
        return printing.infix(reading.node, names)
    except StudentError as error:
        return error


def reading(formula: Formula) -> list[list[Said]]:
    return [[said(member, formula) for member in chain] for chain in members(formula)]


def agrees(got: Said, golden: Golden, names: Names) -> bool:
    """Whether the reading of a member is the right one, up to spacing."""
    if isinstance(golden, dict):
        return isinstance(got, StudentError) and golden["refused"] in got.message
    return got == canonical(golden, names)


def pairs(formula: Formula) -> Iterator[tuple[Said, Golden]]:
    """Each reading with the right one. Raises ValueError if their numbers differ."""
    for chain, goldens in zip(reading(formula), formula["reads"], strict=True):
        yield from zip(chain, goldens, strict=True)


def is_read(formula: Formula) -> bool:
    """Whether all members that have a value are read."""
    refused = sum(isinstance(got, StudentError) for chain in reading(formula) for got in chain)
    return refused <= sum(isinstance(one, dict) for chain in formula["reads"] for one in chain)


def marked(formula: Formula, flaws: tuple[str, ...]) -> Any:
    """A formula as a parameter; if it has one of these flaws, the test is expected to fail."""
    reasons = [formula[flaw] for flaw in flaws if flaw in formula]
    marks = [pytest.mark.xfail(strict=True, reason=reason) for reason in reasons]
    return pytest.param(formula, id=str(formula["id"]), marks=marks)


def cases(formulas: list[Formula], *flaws: str) -> list[Any]:
    return [marked(formula, flaws) for formula in formulas]


@pytest.mark.parametrize("formula", cases(INSIDE, "xfail", "misread"))
def test_is_read_as_meant(formula: Formula) -> None:
    names = names_of(formula)
    assert [(got, golden) for got, golden in pairs(formula) if not agrees(got, golden, names)] == []


@pytest.mark.parametrize("formula", cases(OUTSIDE, "misread"))
def test_is_refused(formula: Formula) -> None:
    family, phrase = formula["outside"]
    refusals = [got for chain in reading(formula) for got in chain if isinstance(got, StudentError)]
    wanted = [one for one in refusals if isinstance(one, getattr(errors, family))]
    assert any(phrase in one.message for one in wanted), refusals


@pytest.mark.parametrize("formula", cases(INSIDE, "misread"))
def test_is_never_misread_in_silence(formula: Formula) -> None:
    names = names_of(formula)
    wrong = [
        (got, golden)
        for got, golden in pairs(formula)
        if isinstance(got, str) and not agrees(got, golden, names)
    ]
    assert wrong == []


def test_every_formula_is_judged() -> None:
    assert [formula["id"] for formula in FORMULAS] == list(range(1, 113))
    assert all(("reads" in formula) != ("outside" in formula) for formula in FORMULAS)
    assert {formula["setting"] for formula in FORMULAS} == set(SETTINGS)


def test_how_many_are_read_as_meant() -> None:
    assert sum("xfail" not in formula and "misread" not in formula for formula in INSIDE) >= 80


def test_the_less_usual_reading_is_never_silent() -> None:
    """Where the author means the less usual reading, the usual one has a note on both."""
    for formula in (one for one in INSIDE if "conventions" in one):
        names, text = names_of(formula), formula["text"]
        member = members(formula)[0][1]
        if formula["id"] == 66:  # the usual reading has no derivative of two axes
            with pytest.raises(StudentError):
                latex.read_tokens(member, names, text)  # type: ignore[arg-type]
        else:
            notes = latex.read_tokens(member, names, text).notes  # type: ignore[arg-type]
            assert any("it could also be read" in note for note in notes)


def test_how_many_are_read() -> None:
    assert sum(map(is_read, INSIDE)) >= 0.97 * len(INSIDE)
