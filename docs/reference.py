"""Writes the pages of docs/ that are made from the schema, the tables of functions and problems/.

python docs/reference.py
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.authoring.schema import schema
from grader.primitives import TABLE, is_function
from grader.problem import load
from grader.program import library as code

DOCS = Path(__file__).parent
PROBLEMS = DOCS.parent / "problems"

_TOP = """\
# problem.yaml

*Made from the schema by `docs/reference.py`.* A [problem](glossary.md#problem) is a folder with a
`problem.yaml`. The file declares [symbols](glossary.md#symbol): inputs, weights, [upstream
gradients](glossary.md#upstream-gradient). From these it computes [quantities](glossary.md#quantity) in a
[forward model](glossary.md#forward-model), and it asks questions about their derivatives. You write
formulas in it as [students write theirs](writing-answers.md) in [answer files](glossary.md#answer-file).

The grader reports all faults of a file at once, with line and column. `grader validate` then proves that
its questions are [sound](glossary.md#sound). To have an editor complete and check the file, run `grader
schema --out problem.schema.json` and begin the file with `# yaml-language-server:
$schema=problem.schema.json`.

A whole problem:

```yaml
id: two-layers
title: Two layers and a half
description: A hidden layer of ReLU units, a linear output, half the squared error.
draws: {count: 32, seed: 7}
dimensions: {n0: 4, n1: 3, n2: 2}
symbols:
  x:  {shape: [n0], latex: x}
  W1: {shape: [n1, n0], latex: W^1}
  b1: {shape: [n1], latex: b^1}
  W2: {shape: [n2, n1], latex: W^2}
  y:  {shape: [n2], latex: y}
functions:
  sigma: {is: relu, latex: \\sigma}
model:
  z: {is: W1 @ x + b1, latex: z}
  h: {is: sigma(z), latex: h}
  o: {is: W2 @ h, latex: [o, '\\hat{y}']}
  l: {is: 'sum((o - y)**2)/2', latex: [l, L]}
questions:
  - {id: q1, points: 1, of: l, wrt: o, prompt: 'What is $\\frac{\\partial l}{\\partial o}$?'}
  - {id: q2, points: 2, of: l, wrt: W2}
  - {id: q3, points: 2, of: l, wrt: 'W1[i,j]', free: {i: n1, j: n0}}
  - {id: q4, points: 1, of: o, wrt: x}
```

Choose sizes that are all different and above 1: then no transposed or misplaced matrix fits by accident.
Square matrices are fine where the network has them, as in a recurrent one. `grader validate` says if a
mistake hides behind that.

A name is made of letters, digits and `_`: `Wz`, `h_prev`. Answer files use names. Papers use spellings:
letters, Greek letters and accents with scripts, such as `W_z`, `'h_{t-1}'`, `'\\hat{y}'`, `'W^{(2)}'`.
Indices of entries follow the scripts: `h_{t-1,i}`, `W_{z,ij}` or `(W_z)_{ij}`. In formulas `*` is entry by
entry and `@` the matrix product.
"""
_SECTIONS = (
    ("", "The file"),
    ("DrawsSpec", "draws"),
    ("SymbolSpec", "symbols"),
    ("FunctionSpec", "functions"),
    ("QuantitySpec", "model"),
    ("Variants", "variants"),
    ("QuestionSpec", "questions"),
    ("Reference", "reference"),
    ("KnownMistakeSpec", "mistakes"),
    ("StepsSpec", "steps"),
)
_BETWEEN = {
    "model": """\
Each quantity comes below those that it is computed from. Where the rest of a network does not matter,
`upstream` says which [gradient](glossary.md#upstream-gradient) arrives at which quantity. The loss then has
a name and no formula:

```yaml
id: one-layer
dimensions: {n: 3, m: 2}
symbols:
  x: {shape: [n]}
  W: {shape: [m, n]}
  g: {shape: [m]}
model:
  z: {is: W @ x}
  h: {is: tanh(z)}
  l: {upstream: {h: g}, latex: \\ell}
questions:
  - {id: q1, of: l, wrt: W}
```
""",
    "questions": """\
A question without a `prompt` asks "What is ∂l/∂W (2×3)?". Index variables get their range from `free`:
`{of: 'z[i]', wrt: 'x[j]', free: {i: m, j: n}}` asks for one formula for all i and j.
""",
    "variants": """\
Neighbours get different networks ([variants](glossary.md#variant)). The same id always gets the same one:
in `grader handout`, `draw` and `show` with `--student ID`, and in `grade`, whose feedback names it. `grader
validate` checks the file as written, each choice alone, and up to 64 combinations of choices. `cases.yaml`
belongs to the file as written. A handout without `--student` says that it is an example.

```yaml
variants:
  dimensions: {n1: [3, 4, 5]}
  functions: {sigma: [relu, tanh, sigmoid]}
  model: {l: ['sum((o - y)**2)/2', 'sum((o - y)**4)/4']}
```
""",
    "mistakes": "[Rules](rules.md) has examples of mistakes and of the rules above.\n",
}
_KINDS = ("Normal", "Uniform", "Positive", "Integers", "OneHot", "Simplex", "Symmetric", "Mask")
_CASES = """\
## cases.yaml

A file beside `problem.yaml`: answers with the [verdict](glossary.md#verdict) that you expect. `grader
validate` grades them.

```yaml
q1:
  right:
    - "o - y"
    - {latex: '\\hat{y} - y'}
  wrong:
    - {infix: "y - o", verdict: incorrect, codes: [sign]}
    - "2*(o - y)"
    - {infix: "(o - y", verdict: unreadable}
```

| key | meaning |
|---|---|
| `infix` | An answer as in an answer file. A plain text is one, too. |
| `latex` | Instead: an answer in LaTeX. |
| `verdict` | What a wrong answer gets: `partial`, `unreadable` or `undecided`; without it, `incorrect`. |
| `score` | The points that it gets. |
| `codes` | Codes of mistakes that the feedback must contain ([the catalogue](mistakes.md)). |
"""


def problem_yaml() -> str:
    """The page about `problem.yaml`."""
    found = schema()
    parts = [_TOP]
    for name, title in _SECTIONS:
        part = found["$defs"][name] if name else found
        parts.append("\n".join(_section(part, title)))
    parts.append("\n".join(_draws(found["$defs"])))
    parts.append("\n".join(_functions()))
    return "\n".join([*parts, _CASES])


def _section(part: dict[str, Any], title: str) -> Iterator[str]:
    heading = title if title == "The file" else f"`{title}`"
    yield f"## {heading}\n"
    text = part.get("description", "").splitlines()[0]
    if title != "The file":
        yield f"{text}\n"
    yield from _table(part)
    yield ""
    if title in _BETWEEN:
        yield _BETWEEN[title]


def _table(part: dict[str, Any]) -> Iterator[str]:
    yield "| key | what | default |"
    yield "| --- | --- | --- |"
    for name, key in part["properties"].items():
        yield f"| `{name}` | {key.get('description', '')}{_limits(key)} | {_default(name, key, part)} |"


def _default(name: str, key: dict[str, Any], part: dict[str, Any]) -> str:
    if name in part.get("required", ()):
        return "required"
    value = key.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _limits(key: dict[str, Any]) -> str:
    """The range of a number, or the words that may stand there."""
    for one in (key, *key.get("anyOf", ())):
        if "enum" in one and name_list(one["enum"]):
            return f" One of {name_list(one['enum'])}."
        low = one.get("minimum", one.get("exclusiveMinimum"))
        high = one.get("maximum", one.get("exclusiveMaximum"))
        if low is not None and high is not None and high < 1e9:
            above = "above " if "exclusiveMinimum" in one else ""
            return f" From {above}{low:g} to {high:g}."
    return ""


def name_list(words: list[Any]) -> str:
    """Words as code, with commas."""
    return ", ".join(f"`{word}`" for word in words) if len(words) < 10 else ""


def _draws(definitions: dict[str, Any]) -> Iterator[str]:
    yield "## Kinds of draw\n"
    yield "`draw: mask`, or with parameters `draw: {mask: {p: 0.3}}`.\n"
    yield "| kind | what | parameters |"
    yield "| --- | --- | --- |"
    for name in _KINDS:
        part = definitions[name]
        kind = part["properties"]["kind"]
        shown = kind.get("const") or kind["enum"][0]
        own = {key: value for key, value in part["properties"].items() if key != "kind"}
        parameters = ", ".join(f"`{key}` ({value.get('default')})" for key, value in own.items())
        yield f"| `{shown}` | {part['description']} | {parameters} |"
    yield ""


def _functions() -> Iterator[str]:
    yield "## Functions\n"
    yield (
        "Elementwise functions act on each entry, and `f'` is the derivative of `f`. Operators are "
        "`+ - * / **`, `@` for the matrix product and `.T` for the transpose.\n"
    )
    yield "| function | spellings | in LaTeX | entry by entry |"
    yield "| --- | --- | --- | --- |"
    for row in sorted(TABLE.values(), key=lambda row: row.name):
        if row.infix and not row.name.endswith("'"):
            infix = ", ".join(f"`{name}`" for name in dict.fromkeys(row.infix))
            latex = ", ".join(f"`\\{name}`" for name in dict.fromkeys(row.latex))
            yield f"| {row.name} | {infix} | {latex} | {'yes' if is_function(row.name) else ''} |"
    yield ""


def library() -> str:
    """The page about `problems/`."""
    lines = [
        "# The library",
        "",
        "*Made from `problems/` by `docs/reference.py`.* Each problem has a handout, a",
        "[worked key](glossary.md#worked-key), cases that `grader validate` checks, and sample submissions",
        "in `submissions/`. Every [reference](glossary.md#reference) agrees with HIPS autograd to 1e-9",
        "on a model that was written independently. All of them come with the grader:",
        "",
        "```sh",
        "grader problems",
        "grader new my-lstm --from lstm-cell",
        "```",
        "",
        "| problem | what it is | questions | points |",
        "| --- | --- | --- | --- |",
    ]
    for file in sorted(PROBLEMS.glob("*/problem.yaml")):
        problem = load(file)
        points = sum(question.points for question in problem.questions)
        about = _comment(file)
        lines.append(f"| `{problem.id}` | {about} | {len(problem.questions)} | {points:g} |")
    return "\n".join(lines) + "\n"


def _comment(file: Path) -> str:
    """The comment on top of a file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if not line.startswith("#"):
            break
        found.append(line.lstrip("# "))
    return " ".join(found)


_CODE = """\
# Functions in code

*Made from the tables of `grader/program/library` by `docs/reference.py`.* A
[program](writing-answers.md#programs) may call these. Everything else goes to a human, with its name and
line. To add one is to add a row.

| module | functions |
| --- | --- |
"""


def code_functions() -> str:
    """The page about what a program may call."""
    found: dict[str, list[str]] = {}
    for path in code.FUNCTIONS:
        module, _, name = path.rpartition(".")
        if module in code.MODULES.values():
            found.setdefault(module, []).append(name)
    tables = {f"`{module}`": names for module, names in sorted(found.items())} | {
        "Python": list(code.BUILTINS),
        "methods of arrays": [*code.ATTRIBUTES, *code.METHODS],
        "helpers of courses that a file imports and does not hold": list(code.HELPERS),
    }
    rows = [
        f"| {title} | {', '.join(f'`{name}`' for name in sorted(set(names)))} |"
        for title, names in tables.items()
    ]
    return _CODE + "\n".join(rows) + "\n"


PAGES = {
    "problem-yaml.md": problem_yaml,
    "library.md": library,
    "code-functions.md": code_functions,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
