"""Hostile programs are refused or harmless, in little time and memory.

`escapes.txt` has one program for each way out that somebody may try. A name `pwned` must never get a
value. Whatever else a program holds at its end is one of our kinds of values, and while it ran Python
opened, imported, compiled and started nothing. By day a program may take a tenth of its steps.
"""

import re
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.random
import pytest
from random_programs import given
from sampling import examples

from grader.program import values
from grader.program.budget import STEPS, Budget
from grader.program.errors import Refused
from grader.program.machine import GivenNames, Machine, compiled

PATIENCE = (
    6.0  # processor seconds; a few milliseconds are usual, and an attack that succeeds takes hours
)
ROOM = 250e6  # bytes; a few are usual, and an attack that succeeds takes all there are

PLAIN = (
    bool,
    int,
    float,
    str,
    np.bool_,
    np.integer,
    np.floating,
    type(None),
    type(...),
    slice,
    range,
)
DTYPES = {
    np.dtype(kind)
    for kind in ("bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
}


def escapes() -> dict[str, str]:
    """All programs by name; ⟦text⟧×3 stands for the text three times, with its escapes worked out."""
    text = (Path(__file__).parent / "escapes.txt").read_text(encoding="utf-8")
    parts = re.split(r"^#: (.+)\n", text, flags=re.MULTILINE)[1:]
    return {name: _written_out(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _written_out(body: str) -> str:
    def times(match: re.Match[str]) -> str:
        part = re.sub(r"\\(u[\da-f]{4}|x[\da-f]{2}|[nrt\\])", _character, match[1])
        return part * int(match[2])

    return re.sub(r"⟦(.*?)⟧×(\d+)", times, body)


def _character(match: re.Match[str]) -> str:
    short = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    return short.get(match[1]) or chr(int(match[1][1:], 16))


ESCAPES = escapes()
KINDS = list(dict.fromkeys(name.split(": ")[0] for name in ESCAPES))


class Given(GivenNames):
    def __init__(self) -> None:
        self.values = given(0)

    def value(self, name: str) -> object:
        value = self.values[name]
        return value.copy() if isinstance(value, np.ndarray) else value


class Watch:
    """What Python did by itself, as it tells its audit hooks."""

    FORBIDDEN = re.compile(
        r"open|import|exec|compile|os\.|subprocess|socket|pickle|ctypes|shutil|tempfile|marshal"
        r"|object\.__|code\.__|function\.__|sys\._|gc\.|glob|webbrowser|urllib|mmap|signal|builtins\.(input|breakpoint)"
    )

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and self.FORBIDDEN.match(event):
            self.seen.append(f"{event} {arguments!r:.100}")


@pytest.fixture(scope="module")
def watch() -> Watch:
    """One hook for all: it cannot be taken away, only switched off."""
    return Watch()


def foreign(value: object, seen: set[int], depth: int = 0) -> Iterator[object]:
    """What is none of our kinds, anywhere in a value."""
    if id(value) in seen or depth > 50:
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray or value.dtype not in DTYPES:
            yield value
    elif isinstance(value, list | tuple | set | frozenset) and type(value) in (
        list,
        tuple,
        set,
        frozenset,
    ):
        for part in [*value][:1000]:
            yield from foreign(part, seen, depth + 1)
    elif type(value) is dict:
        for key, part in [*value.items()][:1000]:
            yield from foreign(key, seen, depth + 1)
            yield from foreign(part, seen, depth + 1)
    elif isinstance(value, values.Instance):
        yield from foreign(value.fields, seen, depth + 1)
    elif not (isinstance(value, PLAIN) or type(value).__module__.startswith("grader.program")):
        yield value


def run(text: str, steps: int = STEPS) -> dict[str, object]:
    """All names at the end."""
    try:
        machine = Machine(compiled(text), Given(), Budget(steps))
    except Refused:
        return {}
    machine.run()
    return dict(machine.globals)


@pytest.mark.sampled
@pytest.mark.parametrize("kind", KINDS)
def test_an_escape_ends_nowhere(
    kind: str,
    watch: Watch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    subtests: pytest.Subtests,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in ESCAPES if name.split(": ")[0] == kind]:
        with subtests.test(name):
            _ends_nowhere(ESCAPES[name], watch)
            assert not list(tmp_path.iterdir())
            assert capfd.readouterr().out == ""


def _ends_nowhere(text: str, watch: Watch) -> None:
    before = vars(np).copy()
    watch.seen.clear()
    tracemalloc.start()
    begin = time.process_time()
    watch.on = True
    try:
        found = run(text, examples(STEPS // 10, STEPS))
    finally:
        watch.on = False
        spent = time.process_time() - begin
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert not [one for one in watch.seen if not _is_parsing(one)]
    assert isinstance(found.get("pwned", values.Unknown("")), values.Unknown), found["pwned"]
    assert not [*foreign(found, set())]
    assert before == vars(np)
    assert spent < PATIENCE
    assert most < ROOM


def _is_parsing(event: str) -> bool:
    """`ast.parse` makes a tree and no code, and is audited as compiling.

    For a syntax error it looks for the line in a file of the name of the program, `<unknown>`.
    """
    return event.startswith(("compile ", "open ('<unknown>'"))


def test_parsing_compiles_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one use of Python's own compiler asks for the tree only."""
    import ast
    import builtins

    flags: list[int] = []
    real = builtins.compile

    def noted(*arguments: object, **more: object) -> object:
        flags.append(arguments[3] if len(arguments) > 3 else more.get("flags", 0))  # type: ignore[arg-type]
        return real(*arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "compile", noted)
    run("a = 1\ndef f(): return a\nb = f()\n")
    monkeypatch.undo()
    assert flags and all(flag & ast.PyCF_ONLY_AST for flag in flags)


def test_an_f_string_of_many_fields_is_not_parsed() -> None:
    """Python 3.11 takes minutes for as many as a program has room for."""
    many = "{1}" * 50_000
    for prefix in ("f", "F", "rf", "Fr"):
        with pytest.raises(Refused, match="fields") as refused:
            compiled(f"a = 1\nb = {prefix}'{many}'")
        assert refused.value.line == 2
    assert run(f"a = '{many}'")
    assert run("b = 1\na = f'" + "{b}" * 500 + "'")


def test_there_are_enough() -> None:
    assert len(ESCAPES) >= 300
    assert len(KINDS) > 20
