"""An accent is part of a name: X̂ is not X."""

import pytest

from grader.expression import Symbol
from grader.notation import Names, printing


@pytest.mark.parametrize(
    ("spelling", "shown"),
    [
        (r"\hat{X}", "<mover><mi>X</mi><mo>^</mo></mover>"),
        (r"\tilde{h}_t", "<mover><mi>h</mi><mo>~</mo></mover>"),
        (r"\widehat{\beta}", "<mover><mi>β</mi><mo>^</mo></mover>"),
        (r"\mathcal{L}", "<mi>L</mi>"),
    ],
)
def test_accent(spelling: str, shown: str) -> None:
    names = Names(symbols={"s": Symbol("s", (1, 1))}, latex={"s": spelling})
    assert shown in printing.mathml(names.symbols["s"], names)
