# Shortcuts for developers; each is one line that can be typed by hand. See CONTRIBUTING.md.

# Set up .venv with everything
setup:
    python3 -m venv .venv && .venv/bin/pip install --quiet --editable '.[dev]'

# Run all tests, on all processors
test:
    .venv/bin/pytest -n auto

# Run some tests: just some tests/core -k softmax
some *words:
    .venv/bin/pytest {{words}}

# Try more of the same: every mutant, every library problem validated, many examples of each property
nightly:
    .venv/bin/pytest -n auto -m nightly

# Lint, format, types, import contract
lint:
    .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

# Put the format right
format:
    .venv/bin/ruff format . && .venv/bin/ruff check --fix .

# Grade the class that comes with the project; 5 says that some answers need a human
grade:
    .venv/bin/grader grade problems/cs1678-hw3 submissions/cs1678-hw3 || [ $? -eq 5 ]

# Compute the arrays of student-06 and student-07 anew
arrays:
    .venv/bin/python tests/content/array_answers.py

# Look for what the tests have not met yet, for five minutes by default: just fuzz 30
fuzz minutes='5':
    .venv/bin/python tests/properties/fuzz.py --minutes {{minutes}}

# Grade everything there is and print what moved: just golden, just golden main, just golden OLD NEW
golden *words:
    .venv/bin/python tests/golden/compare.py {{words}}

# What CI does, from scratch
ci:
    .ci/run
