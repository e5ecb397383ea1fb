"""The rule for late submissions: deadline, grace, deductions and extensions, read from a YAML file."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from grader.course.student import id_key
from grader.course.timing import Timing, span_text
from grader.errors import AuthorError, Fault

_KEYS = ("deadline", "timezone", "grace", "credit", "extensions")
_SPAN = re.compile(r"(\d+(?:\.\d+)?) *(min|m|h|d|minutes?|hours?|days?)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Lateness:
    """The rule for one homework.

    `steps` are (how late at most, part of the points), the shortest first; what is later than all of them
    earns `after`. `extensions` are the deadlines of single students, by id. Lateness is elapsed time:
    clocks that are set forward or back make no difference.
    """

    deadline: datetime
    grace: timedelta = timedelta(0)
    steps: tuple[tuple[timedelta, float], ...] = ()
    after: float = 1.0
    extensions: Mapping[str, datetime] = field(default_factory=dict)

    def timing(self, student: str, submitted: datetime | None, marked_late: bool = False) -> Timing:
        """How late a submission is, and which part of its points counts."""
        deadline = self.extensions.get(id_key(student), self.deadline)
        if submitted is None:
            return Timing.unknown(deadline, marked_late)
        late = submitted.astimezone(UTC) - deadline.astimezone(UTC)
        if late <= self.grace:
            return Timing(submitted, deadline, timedelta(0))
        credit = next((part for most, part in self.steps if late <= most), self.after)
        kept = "no points are deducted" if credit == 1 else f"{credit:.0%} of the points count"
        return Timing(
            submitted,
            deadline,
            late,
            credit,
            f"handed in {span_text(late) or 'a moment'} late: {kept}",
        )


def read_lateness(path: Path, students: Collection[str] = ()) -> Lateness:
    """The rule in a file. With `students`, an extension for somebody else is a fault.

    Raises AuthorError with all faults, as `file:line:column: key: reason`; OSError.
    """
    return _LatenessReader(path, students).read()


class _LatenessReader:
    def __init__(self, path: Path, students: Collection[str]) -> None:
        self._path, self._students = path, students
        self._faults: list[Fault] = []
        self._zone: tzinfo | None = None

    def read(self) -> Lateness:
        found = self._entries(self._compose(), "", _KEYS)
        if "timezone" in found:
            self._zone = self._read_zone(found["timezone"])
        deadline = self._moment(found["deadline"], "deadline") if "deadline" in found else None
        if "deadline" not in found:
            self._fault(None, "deadline", "is missing")
        grace = self._span(found["grace"], "grace") if "grace" in found else timedelta(0)
        steps, after = self._credit(found.get("credit"))
        extensions = self._extensions(found.get("extensions"), deadline)
        if self._faults or deadline is None:
            raise AuthorError(self._faults)
        return Lateness(deadline, grace or timedelta(0), steps, after, extensions)

    def _compose(self) -> yaml.Node | None:
        with self._path.open("rb") as stream:
            text = stream.read(_MOST_BYTES)
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            reason = getattr(error, "problem", None) or str(error)
            raise AuthorError([Fault(str(self._path), line, column, "", reason)]) from error

    def _entries(
        self, node: yaml.Node | None, path: str, known: Collection[str] | None = None
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, path, "should be a mapping, `name: value`")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self._fault(key, name, "is given twice")
            elif known is not None and name not in known:
                self._fault(key, name, f"is an unknown key{_suggestion(name, known)}")
            found[name] = value
        return found

    def _credit(self, node: yaml.Node | None) -> tuple[tuple[tuple[timedelta, float], ...], float]:
        """`{24 h: 0.9, 3 d: 0.5}`: 90 % within a day, 50 % within three days, later nothing."""
        if node is None:
            return (), 1.0
        steps = []
        for name, value in self._entries(node, "credit").items():
            span = self._span_of(name)
            part = self._part(value, f"credit.{name}")
            if span is None:
                self._fault(
                    value, f"credit.{name}", "the key should be a time span, such as `24 h`"
                )
            elif part is not None:
                steps.append((span, part))
        return tuple(sorted(steps)), 0.0

    def _part(self, node: yaml.Node, path: str) -> float | None:
        try:
            part = float(node.value)
        except (TypeError, ValueError):
            part = -1.0
        if 0 <= part <= 1:
            return part
        self._fault(node, path, "should be a part of the points, from 0 to 1")
        return None

    def _extensions(self, node: yaml.Node | None, deadline: datetime | None) -> dict[str, datetime]:
        """The new deadline of each student; a time span is added to the deadline of all."""
        found = {}
        known = set(map(id_key, self._students))
        for name, value in (self._entries(node, "extensions") if node else {}).items():
            path = f"extensions.{name}"
            if known and id_key(name) not in known:
                self._fault(
                    value, path, f"no student has this id{_suggestion(name, self._students)}"
                )
            span = self._span_of(str(value.value))
            moment = deadline.astimezone(UTC) + span if deadline and span else None
            if span is None:
                moment = self._moment(value, path)
            if moment is not None:
                found[id_key(name)] = moment
        return found

    def _read_zone(self, node: yaml.Node) -> tzinfo | None:
        try:
            return ZoneInfo(str(node.value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._fault(
                node, "timezone", "should be a time zone, such as `America/New_York` or `UTC`"
            )
            return UTC

    def _moment(self, node: yaml.Node, path: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(str(node.value))
        except ValueError:
            self._fault(node, path, "should be a time, such as `2026-11-20 23:59`")
            return None
        if moment.tzinfo is None and self._zone is None:
            self._fault(
                node, path, "has no time zone: add `timezone: America/New_York`, or an offset"
            )
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)

    def _span(self, node: yaml.Node, path: str) -> timedelta | None:
        span = self._span_of(str(node.value))
        if span is None:
            self._fault(node, path, "should be a time span, such as `10 min`, `24 h` or `3 d`")
        return span

    @staticmethod
    def _span_of(text: str) -> timedelta | None:
        match = _SPAN.fullmatch(text.strip())
        return timedelta(**{_UNITS[match[2][0]]: float(match[1])}) if match else None

    def _fault(self, node: yaml.Node | None, path: str, reason: str) -> None:
        mark = node.start_mark if node is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self._faults.append(Fault(str(self._path), line, column, path, reason))


def _suggestion(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
