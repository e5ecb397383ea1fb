"""Writes a number of draws into `problem.yaml`, and leaves every other character as it is."""

from pathlib import Path

import yaml

from grader.problem.source import FILE


def fix_draws(path: Path, count: int) -> None:
    """Set `draws.count` in a problem's folder or file, which must be valid."""
    file = path / FILE if path.is_dir() else path
    with file.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(with_count(text, count))


def with_count(text: str, count: int) -> str:
    """A problem's YAML with another number of draws."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    pairs = {key.value: (key, value) for key, value in root.value}
    if "draws" not in pairs:
        at = text.index("\n", pairs["id"][1].end_mark.index) + 1
        return f"{text[:at]}draws: {{count: {count}}}\n{text[at:]}"
    draws = pairs["draws"][1]
    within = draws.value if isinstance(draws, yaml.MappingNode) else []
    for key, value in within:
        if key.value == "count":
            return text[: value.start_mark.index] + str(count) + text[value.end_mark.index :]
    if not isinstance(draws, yaml.MappingNode) or not within:
        return f"{text[: draws.start_mark.index]}{{count: {count}}}{text[draws.end_mark.index :]}"
    first = within[0][0].start_mark
    gap = ", " if draws.flow_style else "\n" + " " * first.column
    return f"{text[: first.index]}count: {count}{gap}{text[first.index :]}"
