"""The export of Gradescope: folders `submission_123/` and `submission_metadata.yml`, which says whose.

A hand-in of a group counts for each of its members.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from grader.batch.discovery.found_submission import FoundSubmission
from grader.submission.files import printable

METADATA = "submission_metadata.yml"
_MOST_BYTES = 50_000_000  # ten thousand submissions with their histories


class _SafeRubyLoader(yaml.SafeLoader):
    """Reads what Ruby wrote: objects of a class are plain mappings, and nothing is ever built."""


def _plain(loader: _SafeRubyLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


_SafeRubyLoader.add_multi_constructor("!", _plain)


def recognise(folder: Path) -> bool:
    """Whether the metadata is there, and no link to some."""
    metadata = folder / METADATA
    return metadata.is_file() and not metadata.is_symlink()


def hand_ins(folder: Path) -> list[FoundSubmission]:
    """One hand-in a submitter; folders of which the metadata says nothing go by their own names."""
    known = _metadata(folder / METADATA)
    found = []
    for place in sorted(path for path in folder.iterdir() if path.name.startswith("submission_")):
        if place.name != METADATA:
            found.extend(_hand_ins(place, known.get(place.name) or known.get(place.stem) or {}))
    return found


def _metadata(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        text = stream.read(_MOST_BYTES)
    try:
        data = yaml.load(text, _SafeRubyLoader)  # noqa: S506 - a SafeLoader that builds nothing
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _hand_ins(place: Path, data: Any) -> list[FoundSubmission]:
    if not isinstance(data, dict):
        data = {}
    submitters = data.get(":submitters")
    people = [one for one in submitters or () if isinstance(one, dict)] or [{}]
    return [_hand_in(place, one, _moment(data.get(":created_at"))) for one in people]


def _hand_in(place: Path, person: dict[str, Any], submitted: datetime | None) -> FoundSubmission:
    sid, email, name = (str(person.get(key) or "") for key in (":sid", ":email", ":name"))
    number = place.stem.removeprefix("submission_")
    return FoundSubmission(
        id=printable(sid or email.partition("@")[0] or number),
        path=place,
        submitted=submitted,
        name=printable(name),
        email=printable(email),
    )


def _moment(value: Any) -> datetime | None:
    """A time with its zone; Ruby's own objects hold it as `utc`."""
    if isinstance(value, dict):
        value = value.get("utc")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
