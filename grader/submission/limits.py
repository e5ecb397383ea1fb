"""Limits on a student's files: generous for homework, small enough to stay fast."""

from grader.document.limits import CHARACTERS as TEXT_BYTES
from grader.document.limits import FORMULA_CHARACTERS, LINES

# A million float64 numbers take 8 MB; notebooks carry pictures in their outputs.
ARRAY_BYTES = 16_000_000
NOTEBOOK_BYTES = 16_000_000
DOCUMENT_BYTES = 16_000_000  # with their pictures

# A student's folder holds a few files; a checked-out repository or a data set holds thousands.
FILES = 200
FOLDER_DEPTH = 4
FOLDER_BYTES = 64_000_000

# Each formula takes up to a millisecond to parse later.
FORMULAS = 2_000
MACRO_CHARACTERS = 20_000

# Leftovers to list: a few examples are enough.
LEFTOVERS = 200

# Keeps `\\item\\item\\item` cheap.
ITEMS = 50_000

# The largest sensible answer file has a few hundred entries in lists of lists.
NODES = 10_000
TREE_DEPTH = 20

NUMBERS = 1_000_000
DIMENSIONS = 8

# An .npy header of a plain array has 128 bytes.
HEADER_BYTES = 4_096

__all__ = ["FORMULA_CHARACTERS", "LINES", "TEXT_BYTES"]
