"""The groups of wrong answers to a question, as text or as data."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.course.groups import Group
from grader.reports.figures import points
from grader.reports.plain_text import one_line

MOST_NAMES = 6


def plain(found: Sequence[Group]) -> str:
    """Each group, the largest first: its size, the answer, the grader's message, and the students."""
    if not found:
        return "No wrong answers.\n"
    return "\n".join("\n".join(_lines(group)) for group in found) + "\n"


def as_json(found: Sequence[Group]) -> list[dict[str, Any]]:
    """The groups as plain data."""
    return [{**asdict(group), "count": group.count} for group in found]


def _lines(group: Group) -> list[str]:
    noun = "student" if group.count == 1 else "students"
    worth = (
        "waits for you" if group.waits else f"{points(group.points)} of {points(group.max_score)}"
    )
    lines = [f"{group.number}. {group.count} {noun} · {worth}", f"   {one_line(group.text, 160)}"]
    if group.reading and group.reading != group.text:
        lines.append(f"   read as {one_line(group.reading, 160)}")
    if group.message:
        lines.append(f"   {one_line(group.message, 240)}")
    names = ", ".join(one_line(name, 28) for name in group.students[:MOST_NAMES])
    more = group.count - MOST_NAMES
    return [*lines, f"   {names}{f' and {more} more' if more > 0 else ''}", ""]
