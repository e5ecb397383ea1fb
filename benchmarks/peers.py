"""What Math-Verify and mitxgraders say of the inputs of the page on conformance.

    python benchmarks/peers.py

Writes tests/conformance/peers.tsv, see docs/conformance.md. Needs an environment of its own with `pip
install math-verify[antlr4_13_2] numpy scipy pyparsing pyyaml`, and on PYTHONPATH a clone of
github.com/mitodl/mitx-grading-library, which is on no index. Imports nothing of this project.
"""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from math_verify import parse, verify
from mitxgraders import FormulaGrader, MatrixGrader, RealMatrices, RealVectors
from mitxgraders.exceptions import MITxError
from mitxgraders.version import __version__ as version_of_mitxgraders

FOLDER = Path(__file__).parents[1] / "tests" / "conformance"
NOT_EXPRESSED = "–"
SAMPLES = {1: RealVectors, 2: RealMatrices}


def math_verify(row: dict[str, Any], reference: dict[str, str]) -> str:
    """The verdict of Math-Verify; papers are given to it whole."""
    if "latex" in row:
        text = f"${row['latex']}$"
    elif "ipynb" in row:
        text = "\n\n".join(row["ipynb"])
    else:
        text = next(row[notation] for notation in ("infix", "md", "tex", "txt") if notation in row)
    found = parse(text)
    if verify(parse(f"${reference['latex']}$"), found):
        return "correct"
    return "incorrect" if any(not isinstance(one, str) for one in found) else "unreadable"


def mitxgraders(
    row: dict[str, Any], reference: dict[str, str], shapes: dict[str, list[int]]
) -> str:
    """The verdict of mitxgraders, which takes formulas as text."""
    if "infix" not in row or "infix" not in reference:
        return NOT_EXPRESSED
    arrays = {
        name: SAMPLES[len(shape)](shape=shape if len(shape) > 1 else shape[0])
        for name, shape in shapes.items()
        if shape
    }
    settings = {"answers": reference["infix"], "variables": [*shapes]}
    grader = (
        MatrixGrader(**settings, sample_from=arrays, max_array_dim=2)
        if arrays
        else FormulaGrader(**settings)
    )
    try:
        return "correct" if grader(None, row["infix"])["ok"] else "incorrect"
    except MITxError:
        return "unreadable"


def main() -> None:
    """Write a line for each input."""
    data = yaml.safe_load((FOLDER / "inputs.yaml").read_text(encoding="utf-8"))
    names = (f"Math-Verify {version('math-verify')}", f"mitxgraders {version_of_mitxgraders}")
    lines = ["\t".join(("id", *names))]
    for section in data["sections"]:
        problem = data["problems"][section["problem"]]
        for row in section["inputs"]:
            reference = problem["references"][row["question"]]
            said = (math_verify(row, reference), mitxgraders(row, reference, problem["shapes"]))
            lines.append("\t".join((row["id"], *said)))
            print(lines[-1], file=sys.stderr)
    (FOLDER / "peers.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
