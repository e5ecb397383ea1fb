"""Limits on a document: generous for homework, small enough to stay fast."""

CHARACTERS = 1_000_000  # of text, without code; a megabyte is a book, or hostile
LINES = 20_000  # keeps a megabyte of `1.` lines, or of `\\item\\item\\item`, cheap
FORMULA_CHARACTERS = 20_000
# Of one program: a name or a sign of it takes a kilobyte in its syntax tree.
PROGRAM_CHARACTERS = 100_000
PROGRAM_TOKENS = 30_000
