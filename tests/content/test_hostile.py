"""Hostile text in every notation goes to a human, takes little time, and is never run."""

import json
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from content_grading import judged

from grader.grading import grade
from grader.key import Key
from grader.submission import read

PATIENCE = (
    10  # processor seconds; a few milliseconds are usual, and an attack that succeeds takes hours
)

HOSTILE = {
    # Python
    "import": "__import__('os').system('touch pwned')",
    "eval": "eval('1+1')",
    "exec": "exec(\"open('pwned', 'w')\")",
    "open": "open('/etc/passwd').read()",
    "subclasses": "().__class__.__bases__[0].__subclasses__()",
    "globals": "delta.__init__.__globals__['os']",
    "lambda": "(lambda: delta)()",
    "lambda bare": "lambda: 0",
    "walrus": "(q := delta)",
    "comprehension": "[c for c in ().__class__.__mro__]",
    "fstring": "f'{delta.__class__}'",
    "format": "'{0.__class__}'.format(delta)",
    "statement": "delta; import shutil",
    "newline": "delta\nimport os",
    "getattr": "getattr(delta, 'x')",
    "attribute": "delta.tofile('pwned')",
    "numpy load": "np.load('evil.npy', allow_pickle=True)",
    "numpy module": "np.lib.npyio.os.system('id')",
    "numpy savetxt": "np.savetxt('pwned', W1)",
    "sympify": "sympify('__import__(\"os\")')",
    "srepr": "Symbol('x').func.__globals__",
    "pickle": "pickle.loads(b'cos\\nsystem\\n(S\"id\"\\ntR.')",
    "decorator": "@delta",
    "star arguments": "max(*[1]*10**9)",
    "keyword": "diag(W1, __class__=3)",
    # Sizes
    "tower": "9**9**9**9",
    "tower caret": "9^9^9^9^9",
    "tower long": "**".join(["9"] * 5000),
    "range": "Sum(x[1], (i, 1, 10**8))",
    "range nested": "Sum(Sum(Sum(W1[i,j]*k, (i,1,10**6)), (j,1,10**6)), (k,1,10**6))",
    "brackets": "(" * 10_000 + "delta" + ")" * 10_000,
    "brackets open": "(" * 10_000,
    "square brackets": "[" * 10_000 + "1" + "]" * 10_000,
    "calls": "sigma(" * 5000 + "delta" + ")" * 5000,
    "minus": "-" * 50_000 + "delta",
    "not": "~" * 50_000 + "delta",
    "primes": "sigma" + "'" * 50_000 + "(delta)",
    "terms": "+".join(["delta*h2[1]"] * 20_000),
    "products": "*".join(["h1"] * 50_000),
    "digits": "9" * 100_000 + "x",
    "name": "a" * 500_000,
    "spaces": "delta" + " " * 500_000 + "!",
    "ones": "ones(10**9, 10**9)",
    "identity": "eye(10**7)",
    "index": "W1[" * 3000 + "1" + "]" * 3000,
    "transposes": "W1" + ".T" * 20_000,
    "commas": "[" + "1," * 50_000 + "]",
    "five megabytes": "delta+" * 900_000 + "delta",
    # Backtracking
    "almost number": "1" * 50_000 + ".e" * 1000,
    "almost spaces": "( " * 20_000,
    "almost entry": "h1[" + " " * 50_000 + "1",
    "underscores": "_" * 50_000 + "'",
    # LaTeX
    "input": "\\input{/etc/passwd}",
    "write18": "\\immediate\\write18{id}",
    "def": "\\def\\x{\\x\\x}\\x",
    "newcommand": "\\newcommand{\\x}{\\x\\x}\\x",
    "catcode": "\\catcode`\\@=11 \\@input{x}",
    "loop": "\\loop\\iftrue\\repeat",
    "href": "\\href{javascript:alert(1)}{\\delta}",
    "left": "\\left(" * 5000,
    "fractions": "\\frac{" * 5000,
    "scripts": "W" + "^{W" * 5000,
    "roots": "\\sqrt{" * 5000 + "1" + "}" * 5000,
    "environments": "\\begin{bmatrix}" * 3000,
    "cells": "\\begin{bmatrix}" + "1&" * 100_000 + "\\end{pmatrix}",
    "braces": "{" * 20_000 + "}" * 20_000,
    "sum range": "\\sum_{i=1}^{99999999} x_i",
    "text": "\\text{" + "a" * 100_000,
    # Text that could fool reports
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "template": "{{7*7}}{% import os %}",
    "terminal": "\x1b[31mh1[1]\x1b[0m\x1b]0;graded 25/25\x07",
    "right to left": "\u202eatled\u202c",
    "zero width": "del\u200bta",
    "homoglyph": "d\u0435lta*h2[1]",  # a Cyrillic е
    "null": "delta\0",
    "sql": "W1'); DROP TABLE submissions; --",
    "surrogate": "delta\ud800",
    "combining": "e" + "\u0301" * 50_000,
    "digits of elsewhere": "delta*\u0663$",
    "prose": "I did not have time for this one, sorry",
}


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder in which only the files of the test may appear."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    yield
    assert not list(place.iterdir())


def test_there_are_at_least_fifty() -> None:
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_as_an_answer(key: Key, text: str) -> None:
    for notation, question in product(("infix", "latex"), ("q1", "q11")):
        started = time.process_time()
        result = judged(key, question, text, notation)
        assert time.process_time() - started < PATIENCE
        assert result.verdict == "unreadable", result.messages
        assert result.messages


def _json(text: str) -> str:
    return json.dumps({"answers": {"q1": text, "q10": {"latex": text}}})


def _yaml(text: str) -> str:
    """JSON is YAML, except for lone surrogates."""
    return _json(text.encode("utf-8", "replace").decode())


def _paper(text: str) -> str:
    return f"# Homework\n\n1. $${text}$$\n\n10. So ${text}$\n"


FILES = {"a.yaml": _yaml, "a.json": _json, "a.md": _paper, "a.tex": _paper}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_in_a_file(key: Key, tmp_path: Path, text: str) -> None:
    for name, layout in FILES.items():
        file = tmp_path / name
        file.write_bytes(layout(text).encode("utf-8", "surrogatepass"))
        started = time.process_time()
        report = grade(key, read(file))
        assert time.process_time() - started < PATIENCE, name
        verdicts = {str(question.verdict) for question in report.questions}
        assert verdicts <= {"unreadable", "missing", "undecided"}, name
        if name in ("a.yaml", "a.json"):
            assert report["q1"].verdict == report["q10"].verdict == "unreadable", name


RAW = {
    "alias bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
    b"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nanswers: {q1: *d}\n",
    "python tag": b"answers: {q1: !!python/object/apply:os.system ['touch pwned']}\n",
    "python name": b"answers: !!python/name:os.system\n",
    "unclosed": b"answers: {q1: [",
    "deep": b"answers: {q1: " + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "binary": bytes(range(256)) * 50,
    "tabs": b"answers:\n\tq1: 1\n",
    "recursive": b"answers: &a {q1: *a}\n",
    "merge": b"answers: {<<: {q1: 'eval(1)'}, q1: 'exec(1)'}\n",
    "wide": b"answers: {" + b"q1: 'eval(1)', " * 20_000 + b"}",
}


@pytest.mark.parametrize("data", RAW.values(), ids=list(RAW))
def test_a_file_that_is_an_attack(key: Key, tmp_path: Path, data: bytes) -> None:
    for suffix in ("yaml", "json", "ipynb", "npz", "npy", "csv"):
        file = tmp_path / f"q1.{suffix}"
        file.write_bytes(data)
        started = time.process_time()
        report = grade(key, read(file))
        assert time.process_time() - started < PATIENCE, suffix
        # As a table, `q1: 1` is a number with too few digits.
        verdicts = {str(q.verdict) for q in report.questions}
        assert verdicts <= {"unreadable", "missing", "undecided"}, suffix
        assert report.needs_review, suffix
