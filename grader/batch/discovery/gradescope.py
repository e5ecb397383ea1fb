"""The export of Gradescope: folders `submission_123/`, and their students in `submission_metadata.yml`.

The submission of a group counts for each of its members.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from grader.batch.discovery.entries import entries
from grader.batch.discovery.folder import by_name
from grader.batch.discovery.found_submission import FoundSubmission
from grader.course.student import id_key
from grader.submission.files import printable

METADATA = "submission_metadata.yml"
_MOST_BYTES = 50_000_000  # ten thousand submissions with their histories


class _SafeRubyLoader(yaml.SafeLoader):
    """Reads YAML that Ruby wrote: an object of a class becomes a plain mapping; none is ever created."""


def _plain(loader: _SafeRubyLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


_SafeRubyLoader.add_multi_constructor("!", _plain)


def recognise(folder: Path) -> bool:
    """Whether there is a metadata file that is not a link."""
    metadata = folder / METADATA
    return metadata.is_file() and not metadata.is_symlink()


def submissions(folder: Path) -> list[FoundSubmission]:
    """One submission for each submitter; a folder that the metadata does not list goes by its name."""
    known = _metadata(folder / METADATA)
    found = []
    for place in entries(folder):
        if not place.name.startswith("submission_"):
            found.append(by_name(place))
        elif place.name != METADATA:
            found.extend(_submissions(place, known.get(place.name) or known.get(place.stem) or {}))
    return _by_address(found)


def _by_address(found: list[FoundSubmission]) -> list[FoundSubmission]:
    """People with one id and different addresses are different: they go by their addresses."""
    people: dict[str, set[str]] = {}
    for each in found:
        people.setdefault(id_key(each.id), set()).add(id_key(each.email))
    return [
        replace(each, id=each.email) if each.email and len(people[id_key(each.id)]) > 1 else each
        for each in found
    ]


def _metadata(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        text = stream.read(_MOST_BYTES)
    try:
        data = yaml.load(text, _SafeRubyLoader)  # noqa: S506 - a SafeLoader that builds nothing
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _submissions(place: Path, data: Any) -> list[FoundSubmission]:
    if not isinstance(data, dict):
        data = {}
    submitters = data.get(":submitters")
    listed = submitters if isinstance(submitters, list) else []
    people = [person for person in listed if isinstance(person, dict)] or [{}]
    return [_submission(place, person, _moment(data.get(":created_at"))) for person in people]


def _submission(place: Path, person: dict[str, Any], submitted: datetime | None) -> FoundSubmission:
    sid, email, name = (_text(person.get(key)) for key in (":sid", ":email", ":name"))
    number = place.stem.removeprefix("submission_")
    return FoundSubmission(
        id=printable(sid or email.partition("@")[0] or number),
        path=place,
        submitted=submitted,
        name=printable(name),
        email=printable(email),
    )


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _moment(value: Any) -> datetime | None:
    """A time with its zone; Ruby's time objects have it under `utc`."""
    if isinstance(value, dict):
        value = value.get("utc")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # a zone that leads out of the calendar
        return None
