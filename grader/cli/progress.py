"""What is told of long work: a bar with rate and time left on a terminal, a line per event otherwise."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

EVERY = 10.0  # seconds between lines, where there is no bar


class Progress:
    """Progress on standard error; nothing at all if `quiet`."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._stack = ExitStack()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._what, self._total, self._done, self._told = "", 0, 0, monotonic()

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            self._bar = self._stack.enter_context(_bar())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stack.close()
        if kind is not None and issubclass(kind, KeyboardInterrupt) and not self._quiet:
            click.echo(
                "Stopped. Start the same command again, and it goes on where it was.", err=True
            )

    def start(self, what: str, total: int, before: int = 0) -> None:
        """Begin a piece of work of `total` steps; `before` were done at another time."""
        self._what, self._total, self._done, self._told = what, total, 0, monotonic()
        if before:
            self.tell(f"{before} of {before + total} were graded before and have not changed")
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(what, total=total)

    def advance(self, steps: int) -> None:
        """Some steps are done."""
        self._done += steps
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)
        elif monotonic() - self._told > EVERY:
            self._told = monotonic()
            self.tell(f"{self._what}: {self._done} of {self._total}")

    def tell(self, event: str) -> None:
        """A line of its own about something that happened; an empty one is not told."""
        from grader.reports.plain_text import one_line

        if self._quiet or not event:
            return
        event = one_line(event, 400)  # it may quote a student's id
        if self._bar is None:
            click.echo(event, err=True)
        else:
            self._bar.console.print(event, markup=False, highlight=False)


@contextmanager
def working(title: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(title)) as status:
        yield lambda what: status.update(Text(f"{title}: {what}"))


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.0f}/s")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
    console = Console(stderr=True)
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
