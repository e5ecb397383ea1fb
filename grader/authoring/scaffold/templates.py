"""Templates for students: a paper, an answer file, and a workflow that checks them."""

from grader.expression import SCALAR, Derivative
from grader.key import Key, QuestionKey
from grader.notation import printing

VALIDATE = """\
# Checks on every push that the questions are sound.
name: validate
on: [push]
permissions: {contents: read}
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - name: Install
        run: pip install .github/*.whl    # the grader, from this repository
      - name: Validate
        run: grader validate .
"""
CHECK = """\
# Checks the answers on every push. Put it into the students' repository, with problem.yaml.
name: check
on: [push]
permissions: {contents: read}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - name: Install
        run: pip install .github/*.whl    # the grader, from this repository
      - name: Check
        run: grader check problem.yaml answers.md
"""


def answers_md(key: Key) -> str:
    """A paper with a section for each answer and its left-hand side."""
    parts = [
        f"# {key.problem.title}",
        "<!-- Derive each gradient, and end with your answer: the last right-hand side counts. -->",
    ]
    for own in key.questions.values():
        parts.append(f"## {own.question.id}")
        parts.append(f"$$\n{_left(own)} = \n$$" if _left(own) else "$$\n\n$$")
    return "\n\n".join(parts) + "\n"


def answers_yaml(key: Key) -> str:
    """An answer file with a line for each question."""
    width = max(len(own.question.id) for own in key.questions.values())
    lines = [
        f"# {key.problem.title}",
        "# `*` multiplies entry by entry, `@` is the matrix product, `.T` the transpose.",
        f"index_base: {key.problem.index_base}",
        "answers:",
    ]
    for own in key.questions.values():
        label = f"{own.question.id}:"
        lines += [f'  {label:<{width + 1}} ""   # {_asked(own)}']
    return "\n".join(lines) + "\n"


def _left(own: QuestionKey) -> str:
    of, wrt = own.question.of, own.question.wrt
    if of is None or wrt is None:
        return ""
    return printing.latex(Derivative(of, wrt, SCALAR), own.question.names).strip()


def _asked(own: QuestionKey) -> str:
    of, wrt, names = own.question.of, own.question.wrt, own.question.names
    size = "×".join(str(size) for size in own.grid)
    if of is None or wrt is None:
        return size
    return f"d {printing.infix(of, names)} / d {printing.infix(wrt, names)}, {size}"
