"""Faulty problem files: each gets the right line, column and path, and a useful sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.problem import source

BASE = """\
id: small
dimensions: {n: 3}
symbols:
  x: {shape: [n]}
model:
  l: {is: 'sum(x)', latex: l}
questions:
  - {id: q1, of: l, wrt: x}
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_CACHE_DIR", str(tmp_path / "cache"))


def faults(text: str) -> Iterator[str]:
    with pytest.raises(AuthorError) as caught:
        source.validated("problem.yaml", text)
    return (str(fault).removeprefix("problem.yaml:").strip() for fault in caught.value.faults)


# (a part of BASE, its replacement, the only fault)
ONE_FAULT = {
    # Keys.
    "unknown key": (
        "id: small",
        "id: small\nquestion: 1",
        "2:1: question: unknown key 'question'; did you mean 'questions'?",
    ),
    "unknown key of a question": (
        "of: l,",
        "of: l, pionts: 2,",
        "8:21: questions[0].pionts: unknown key 'pionts'; did you mean 'points'?",
    ),
    "unknown key like no other": (
        "{shape: [n]}",
        "{shape: [n], zzz: 1}",
        "4:19: symbols.x.zzz: unknown key 'zzz'; known: shape, latex, draw",
    ),
    "unknown key of a question's symbol": (
        "of: l,",
        "of: l, symbols: {y: {shapes: [], shape: []}},",
        "8:35: questions[0].symbols.y.shapes: unknown key 'shapes'; did you mean 'shape'?",
    ),
    "unknown key of a model's quantity": (
        "latex: l",
        "latx: l",
        "6:21: model.l.latx: unknown key 'latx'; did you mean 'latex'?",
    ),
    "unknown parameter of a draw": (
        "{shape: [n]}",
        "{shape: [n], draw: {uniform: {lo: 0}}}",
        "4:36: symbols.x.draw.uniform.lo: unknown key 'lo'; did you mean 'low'?",
    ),
    "duplicate key": (
        "symbols:\n",
        "symbols:\n  x: {shape: []}\n",
        "5:3: symbols.x: the key 'x' is given twice, on lines 4 and 5",
    ),
    "duplicate key at the top": (
        "model:",
        "id: other\nmodel:",
        "5:1: id: the key 'id' is given twice, on lines 1 and 5",
    ),
    "key that is not text": (
        "id: small",
        "id: small\n[a]: b",
        "2:1: a key must be text; put text that starts with { or [ into single quotes",
    ),
    "key with a tag": ("model:", "!own model:", "5:1: model: this cannot be a key"),
    "very long key": (
        "id: small",
        "id: small\n" + "k" * 100 + ": 1",
        f"2:1: {'k' * 39}…: unknown key '{'k' * 39}…'; known: id, title, description, "
        "index_base, draws, dimensions, symbols, functions, model, variants, questions, mistakes, …",
    ),
    "merge": (
        "{shape: [n]}",
        "&v {shape: [n]}\n  y: {<<: *v, shape: []}",
        "5:7: symbols.y['<<']: merging with << is not supported; "
        "write the keys out, or alias a whole value",
    ),
    # Values.
    "a word for a number": (
        "of: l,",
        "of: l, points: two,",
        "8:29: questions[0].points: points is 'two'; expected a number",
    ),
    "no value": (
        "of: l,",
        "of: l, points: ,",
        "8:28: questions[0].points: points has no value; expected a number",
    ),
    "zero points": (
        "of: l,",
        "of: l, points: 0,",
        "8:29: questions[0].points: points is '0'; expected more than 0",
    ),
    "negative points": (
        "of: l,",
        "of: l, points: -1,",
        "8:29: questions[0].points: points is '-1'; expected more than 0",
    ),
    "infinite points": (
        "of: l,",
        "of: l, points: inf,",
        "8:29: questions[0].points: points is 'inf'; expected a finite number",
    ),
    "a fraction of a draw": (
        "dimensions:",
        "draws: {count: 20.5}\ndimensions:",
        "2:16: draws.count: count is '20.5'; expected a whole number",
    ),
    "too few draws": (
        "dimensions:",
        "draws: {count: 5}\ndimensions:",
        "2:16: draws.count: count is '5'; expected 16 or more",
    ),
    "index base": (
        "dimensions:",
        "index_base: 2\ndimensions:",
        "2:13: index_base: index_base is 2; expected 0 or 1",
    ),
    "flag": (
        "of: l,",
        "of: l, all_or_nothing: perhaps,",
        "8:37: questions[0].all_or_nothing: all_or_nothing is 'perhaps'; expected true or false",
    ),
    "feedback": (
        "of: l,",
        "of: l, feedback: ful,",
        "8:31: questions[0].feedback: feedback is 'ful'; expected 'verdict', 'hint' or 'full'",
    ),
    "text for a list": (
        "shape: [n]",
        "shape: n",
        "4:14: symbols.x.shape: shape is 'n'; expected a list in [ ]",
    ),
    "text for a mapping": (
        "{is: 'sum(x)', latex: l}",
        "sum(x)",
        "6:6: model.l: l is 'sum(x)'; expected a mapping (key: value)",
    ),
    "a list for text": (
        "of: l,",
        "of: [l],",
        "8:18: questions[0].of: of is a list of 1; expected text",
    ),
    "empty text": ("of: l,", "of: ' ',", "8:18: questions[0].of: is empty; expected text"),
    "three sizes": (
        "shape: [n]",
        "shape: [n, n, n]",
        "4:14: symbols.x.shape: shape is a list of 3; expected at most 2 entries",
    ),
    "no questions": (
        "  - {id: q1, of: l, wrt: x}",
        "  []",
        "8:3: questions: questions is an empty list; expected at least 1 entry",
    ),
    # Dimensions.
    "unknown dimension": (
        "shape: [n]",
        "shape: [m1, n]",
        "4:15: symbols.x.shape[0]: unknown dimension 'm1'; known: n",
    ),
    "misspelt dimension": (
        "{n: 3}\nsymbols:\n  x: {shape: [n]}",
        "{width: 3}\nsymbols:\n  x: {shape: [widht]}",
        "4:15: symbols.x.shape[0]: unknown dimension 'widht'; did you mean 'width'?",
    ),
    "unknown range": (
        "of: l,",
        "of: l, free: {i: k},",
        "8:31: questions[0].free.i: unknown dimension 'k'; known: n",
    ),
    "dimension too large": (
        "{n: 3}",
        "{n: 65}",
        "2:17: dimensions.n: n is '65'; expected 64 or less",
    ),
    "dimension of nothing": (
        "{n: 3}",
        "{n: 0}",
        "2:17: dimensions.n: n is '0'; expected 1 or more",
    ),
    "a size too large": (
        "shape: [n]",
        "shape: [n, 100]",
        "4:18: symbols.x.shape[1]: '100' is not a size; expected 1 to 64, or the name of a dimension",
    ),
    # Names.
    "no identifier": (
        "  x:",
        "  1x: {shape: []}\n  x:",
        "4:3: symbols.1x: '1x' is not a name: letters, digits and _ only, not a digit first",
    ),
    "a name twice": (
        "  x:",
        "  n: {shape: []}\n  x:",
        "4:3: symbols.n: 'n' is declared twice: it is already in dimensions",
    ),
    "a free index that is a symbol": (
        "of: l,",
        "of: l, free: {x: n},",
        "8:28: questions[0].free.x: 'x' is declared twice: it is already in symbols",
    ),
    "a question's symbol over a quantity": (
        "of: l,",
        "of: l, symbols: {l: {shape: []}},",
        "8:31: questions[0].symbols.l: 'l' is declared twice: it is already in model",
    ),
    "an id twice": (
        "wrt: x}",
        "wrt: x}\n  - {id: Q1, of: l, wrt: x}",
        "9:10: questions[1].id: 'Q1' is already an id or a label of questions[0]",
    ),
    "a label twice": (
        "wrt: x}",
        "wrt: x, labels: 1a}\n  - {id: q2, of: l, wrt: x, labels: [b, 1A]}",
        "9:41: questions[1].labels[1]: '1A' is already an id or a label of questions[0]",
    ),
    "a label that is another's id": (
        "wrt: x}",
        "wrt: x}\n  - {id: q2, label: Q1, of: l, wrt: x}",
        "9:21: questions[1].label: 'Q1' is already an id or a label of questions[0]",
    ),
    "an id with a slash": (
        "id: q1",
        "id: ../q1",
        "8:10: questions[0].id: '../q1' cannot be an id: "
        "up to 64 letters (a-z), digits, and . _ - between them",
    ),
    "an id that a spreadsheet runs": (
        "id: q1",
        "id: '=1+1'",
        "8:10: questions[0].id: '=1+1' cannot be an id: "
        "up to 64 letters (a-z), digits, and . _ - between them",
    ),
    "an id that is a column": (
        "id: q1",
        "id: score",
        "8:10: questions[0].id: 'score' cannot be an id: reports or file systems reserve it",
    ),
    # Draws.
    "unknown kind of draw": (
        "{shape: [n]}",
        "{shape: [n], draw: unifrom}",
        "4:25: symbols.x.draw: unknown kind of draw 'unifrom'; did you mean 'uniform'?",
    ),
    "a draw of no order": (
        "{shape: [n]}",
        "{shape: [n], draw: {uniform: {low: 1, high: 0}}}",
        "4:35: symbols.x.draw.uniform: low is 1 and high is 0; low must be less",
    ),
    "a positive draw of negatives": (
        "{shape: [n]}",
        "{shape: [n], draw: {kind: positive, low: -1}}",
        "4:47: symbols.x.draw.positive.low: low is '-1'; expected more than 0",
    ),
    "two kinds of draw": (
        "{shape: [n]}",
        "{shape: [n], draw: {normal: , uniform: }}",
        "4:25: symbols.x.draw: draw should be one kind with its parameters: "
        "{uniform: {low: 0, high: 1}}",
    ),
    "a draw's parameters without a name": (
        "{shape: [n]}",
        "{shape: [n], draw: {normal: 1}}",
        "4:25: symbols.x.draw: normal takes its parameters by name, such as {uniform: {low: 0}}",
    ),
    # Keys that exclude each other.
    "no wrt": (
        ", wrt: x",
        "",
        "8:5: questions[0].wrt: is missing; a question without `reference` needs `of` and `wrt`",
    ),
    "no id": ("id: q1, ", "", "8:5: questions[0].id: is missing"),
    "no shape": ("{shape: [n]}", "{latex: x}", "4:3: symbols.x.shape: is missing"),
    "both is and upstream": (
        "latex: l",
        "upstream: {x: x}",
        "6:3: model.l: give 'is' or 'upstream'; not both",
    ),
    "neither is nor upstream": (
        "is: 'sum(x)', ",
        "",
        "6:3: model.l: give 'is' or 'upstream'; neither is given",
    ),
    "an empty reference": (
        "of: l, wrt: x",
        "reference: {}",
        "8:14: questions[0].reference: give 'expression' or 'python'; neither is given",
    ),
    "python outside of the folder": (
        "of: l, wrt: x",
        "reference: {python: '../own.py:f'}",
        "8:34: questions[0].reference.python: '../own.py:f' is not file.py:function, "
        "with the file beside the YAML",
    ),
    # LaTeX in double quotes.
    "an escape that YAML knows": (
        "latex: l",
        r'latex: "\theta"',
        r"6:28: model.l.latex: \t in double quotes is an escape; put LaTeX into single quotes",
    ),
    "an escape for a line break": (
        "latex: l",
        r'latex: "\nabla l"',
        r"6:28: model.l.latex[0]: LaTeX must be one line; "
        r"\n in double quotes is a line break, so use single quotes",
    ),
    "an escape that YAML does not know": (
        "latex: l",
        r'latex: "\sigma"',
        r"6:30: \s in double quotes is not a YAML escape; put LaTeX into single quotes",
    ),
    "half a character": (
        "latex: l",
        r'latex: "\ud800"',
        "6:28: model.l.latex: this escape is not a valid character",
    ),
    "no character": (
        "latex: l",
        r'latex: "\U00110000"',
        "6:31: this escape is not a valid character",
    ),
    # Invalid YAML.
    "tab": ("  x:", "\tx:", "4:1: a tab; YAML is indented with spaces only"),
    "at sign": (
        "'sum(x)'",
        "@x",
        "6:11: text cannot start with @ here; put it into single quotes",
    ),
    "star": (
        "of: l,",
        "of: *W,",
        "8:18: *W refers to no anchor &W above; text that starts with * goes into single quotes",
    ),
    "index in braces": (
        "wrt: x",
        "wrt: x[1]",
        "8:27: a comma or the closing } is missing after line 8; "
        "or put text that holds [ ] { } , : # or starts with a sign into single quotes",
    ),
    "open quote": (
        "'sum(x)'",
        "'sum(x)",
        "6:11: the quote that opens here is never closed",
    ),
    "open bracket": (
        "[n]}",
        "[n}",
        "4:16: a comma or the closing ] is missing after line 4; "
        "or put text that holds [ ] { } , : # or starts with a sign into single quotes",
    ),
    "colon in text": (
        "id: small",
        "id: small\ntitle: Homework: gradients",
        "2:16: a ':' that YAML does not expect; "
        "put text with a colon into single quotes, or fix the indentation",
    ),
    "indentation": (
        "model:",
        " model:",
        "5:2: this does not line up with the block that begins on line 1; "
        "fix the indentation, or put the text before it into single quotes",
    ),
    "tag": (
        "of: l,",
        "of: !!python/name:os.system l,",
        "8:18: questions[0].of: the tag !!python/name:os.system is not allowed; write plain YAML",
    ),
    "second document": (
        "wrt: x}",
        "wrt: x}\n---\nid: other",
        "9:1: a second document begins here (---); one file holds one problem",
    ),
    "an alias of itself": (
        "[n]",
        "&a [*a]",
        "4:14: an alias refers to something that contains it",
    ),
    "bell": ("small", "sm\all", "1:7: a character that YAML does not allow (U+0007)"),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault(case: str) -> None:
    old, new, expected = ONE_FAULT[case]
    assert BASE.count(old) >= 1
    assert list(faults(BASE.replace(old, new, 1))) == [expected]


def test_all_faults_at_once_in_order() -> None:
    text = BASE.replace("[n]", "[m]").replace("id: q1", "id: q 1, point: 2").replace("3", "three")
    assert [fault.split(":")[0:2] for fault in faults(text)] == [
        ["2", "17"],
        ["4", "15"],
        ["8", "10"],
        ["8", "15"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty; a problem needs `id` and `questions`"),
        ("# nothing\n", "the file is empty; a problem needs `id` and `questions`"),
        ("- 1\n", "1:1: the file is a list of 1; expected a mapping (key: value)"),
        ("text", "1:1: the file is 'text'; expected a mapping (key: value)"),
        ("[" * 100_000, "1:51: nested deeper than 50 levels"),
        ("- " * 100_000, "1:101: nested deeper than 50 levels"),
        ("[" + "a," * 100_000, "1:40000: more than 20,000 values when aliases are written out"),
    ],
)
def test_whole_files(text: str, expected: str) -> None:
    assert list(faults(text)) == [expected]


def test_a_bomb_of_aliases() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (fault,) = faults("\n".join(lines))
    assert fault == "5:5: more than 20,000 values when aliases are written out"


def test_depth_counts_aliases() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]
    (fault,) = faults("\n".join(lines))
    assert fault == "50:6: nested deeper than 50 levels"


def test_a_fault_in_an_aliased_value_is_reported_once() -> None:
    text = BASE.replace("x: {shape: [n]}", "x: &v {shape: [k]}\n  y: *v")
    (fault,) = faults(text)
    assert fault == "4:18: symbols.x.shape[0]: unknown dimension 'k'; known: n"


# Files without text.


def refused(path: Path) -> str:
    with pytest.raises(AuthorError) as caught:
        source.read(path)
    (fault,) = caught.value.faults
    return str(fault)


def test_no_file(tmp_path: Path) -> None:
    expected = f"problem.yaml: there is no problem.yaml in {tmp_path}"
    assert refused(tmp_path) == expected
    assert refused(tmp_path / "problem.yaml") == expected


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "problem.yaml"
    file.write_bytes("id: small\ntitle: Übüng\n".encode().replace("ü".encode(), b"\xfc"))
    assert refused(file) == "problem.yaml:2:10: not UTF-8 text; save the file in UTF-8"


def test_too_large(tmp_path: Path) -> None:
    file = tmp_path / "problem.yaml"
    file.write_bytes(b"# " + b"x" * 1_000_000)
    assert refused(file) == "problem.yaml: larger than 1,000,000 bytes"


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "problem.yaml").touch()
    monkeypatch.setattr(Path, "open", denied)
    assert refused(tmp_path) == "problem.yaml: cannot be read: Permission denied"
