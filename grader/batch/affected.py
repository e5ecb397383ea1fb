"""Which questions a change to `problem.yaml` can affect."""

from typing import Any

import yaml

JUDGED_ALONE = frozenset({
    "points", "accept", "mistakes", "forbid", "require", "layout", "transposed", "form", "steps",
    "follow_through", "feedback", "all_or_nothing",
})  # fmt: skip
"""Keys that affect the result of their own question only, not which formula answers which question."""


def affected(old: str, new: str) -> frozenset[str] | None:
    """The ids of the questions whose results may differ between two texts; None if all may.

    A question that follows from a changed one is affected too.
    """
    before, after = _parsed(old), _parsed(new)
    has_python = "python:" in old + new  # that file may have changed too
    if before is None or after is None or has_python:
        return None
    if _without(before, {"questions"}) != _without(after, {"questions"}):
        return None
    was, now = _questions(before), _questions(after)
    if len(was) != len(now) or not was:
        return None
    pairs = list(zip(was, now, strict=True))
    if any(_without(a, JUDGED_ALONE) != _without(b, JUDGED_ALONE) for a, b in pairs):
        return None
    changed = {str(b["id"]) for a, b in pairs if a != b}
    return frozenset(_with_followers(changed, now)) or None


def _parsed(text: str) -> dict[str, Any] | None:
    data = yaml.safe_load(text)
    return data if isinstance(data, dict) else None


def _without(data: dict[str, Any], keys: "frozenset[str] | set[str]") -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}


def _questions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions; none if the text is malformed."""
    found = data.get("questions")
    questions = found if isinstance(found, list) else []
    well_formed = all(isinstance(question, dict) and "id" in question for question in questions)
    return questions if well_formed else []


def _with_followers(changed: set[str], questions: list[dict[str, Any]]) -> set[str]:
    size = -1
    while size != len(changed):
        size = len(changed)
        for question in questions:
            follows = question.get("follows") or ()
            earlier = {follows} if isinstance(follows, str) else set(follows)
            if earlier & changed:
                changed.add(question["id"])
    return changed
