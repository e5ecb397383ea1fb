"""The words and symbols for verdicts, entries and kinds of messages, in one table.

Symbols differ in shape, not in colour alone. Each has an ASCII twin for terminals that cannot print it.
`tone` names the colours in HTML, `style` those in a terminal.
"""

from dataclasses import dataclass

from grader.result import Kind, Verdict

REVIEW = "A person will look at this; it is not a zero."


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a verdict. `sentence` explains it to the student, if it needs explaining."""

    word: str
    symbol: str
    ascii: str
    tone: str
    style: str
    sentence: str = ""


LOOKS: dict[Verdict, Look] = {
    Verdict.CORRECT: Look("Correct", "✓", "+", "correct", "green"),
    Verdict.PARTIAL: Look(
        "Partly correct", "◐", "~", "partial", "yellow", "Some of this answer is right."
    ),
    Verdict.INCORRECT: Look("Incorrect", "✗", "x", "incorrect", "red"),
    Verdict.UNREADABLE: Look(
        "Not readable",
        "?",
        "?",
        "review",
        "magenta",
        f"The grader could not read this answer. {REVIEW}",
    ),
    Verdict.MISSING: Look(
        "No answer",
        "–",
        "-",
        "missing",
        "dim",
        "The grader found no answer to this question. If you gave one, check that it names the question, "
        "by its number or by its left-hand side.",
    ),
    Verdict.UNDECIDED: Look(
        "Undecided",
        "≈",
        "=",
        "review",
        "magenta",
        f"The grader could not decide this question. {REVIEW}",
    ),
    Verdict.ERROR: Look(
        "Grader error",
        "!",
        "!",
        "review",
        "magenta",
        f"Something went wrong in the grader, not in your work. {REVIEW}",
    ),
}

ENTRY_LOOKS: dict[str, Look] = {
    "correct": Look("right", "✓", "+", "correct", "green"),
    "incorrect": Look("wrong", "✗", "x", "incorrect", "red"),
    "undecided": Look("undecided", "?", "?", "review", "magenta"),
}

KIND_TITLES: dict[Kind, str] = {
    Kind.ERROR: "Problem",
    Kind.MISTAKE: "Mistake",
    Kind.STEP: "Where it breaks",
    Kind.HINT: "Hint",
    Kind.NOTE: "Note",
}
"""In the order of the feedback."""

ASCII_TWINS: dict[int, str] = {ord(look.symbol): look.ascii for look in LOOKS.values()} | {
    ord("·"): "|",
    ord("…"): "...",
    ord("×"): "x",
    ord("├"): "|",
    ord("└"): "`",
    ord("│"): "|",
    ord("─"): "-",
}
"""For `str.translate`."""


def entry_look(entry: str) -> Look:
    """The look of one entry of a grid; an unknown word looks undecided."""
    return ENTRY_LOOKS.get(entry, ENTRY_LOOKS["undecided"])
