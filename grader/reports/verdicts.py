"""How verdicts, entries and kinds of messages look and read: the one table of words and symbols.

A symbol always differs in shape, never in colour alone, and has an ASCII twin for terminals that
cannot print it. `tone` names the colours of the HTML, `style` those of the terminal.
"""

from dataclasses import dataclass

from grader.result import Kind, Verdict

REVIEW = "A person will look at this; it is not a zero."


@dataclass(frozen=True, slots=True)
class Look:
    """How one verdict is shown. `sentence` says what it means to the student; it may be empty."""

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
        "No answer to this question was found. If you gave one, check how it is marked.",
    ),
    Verdict.UNDECIDED: Look(
        "Undecided",
        "≈",
        "=",
        "review",
        "magenta",
        f"The grader could not decide about this question. {REVIEW}",
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
"""In the order in which they are shown."""

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
    """How one entry of a grid is shown; what is not known counts as undecided."""
    return ENTRY_LOOKS.get(entry, ENTRY_LOOKS["undecided"])
