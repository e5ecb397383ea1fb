"""Progress of long work: on a terminal a bar with rate and time left, else a line now and then."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

INTERVAL = 10.0  # seconds between lines, without a bar


class Progress:
    """Progress on standard error; nothing if `quiet`."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._stack = ExitStack()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._title, self._total, self._done, self._last_line = "", 0, 0, monotonic()

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            self._bar = self._stack.enter_context(_bar())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stack.close()
        if kind is not None and issubclass(kind, KeyboardInterrupt) and not self._quiet:
            click.echo(
                "Stopped. Start the same command again to continue where it stopped.", err=True
            )

    def start(self, title: str, total: int, before: int = 0) -> None:
        """Begin work of `total` steps; `before` more were done in an earlier run."""
        self._title, self._total, self._done, self._last_line = title, total, 0, monotonic()
        if before:
            self.note(f"{before} of {before + total} were graded before and have not changed")
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(title, total=total)

    def advance(self, steps: int) -> None:
        """Count `steps` more as done."""
        self._done += steps
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)
        elif monotonic() - self._last_line > INTERVAL:
            self._last_line = monotonic()
            self.note(f"{self._title}: {self._done} of {self._total}")

    def note(self, text: str) -> None:
        """Print a note on a line of its own, unless it is empty."""
        from grader.reports.plain_text import one_line

        if self._quiet or not text:
            return
        line = one_line(text, 400)  # it may quote a student's id
        if self._bar is None:
            click.echo(line, err=True)
        else:
            self._bar.console.print(line, markup=False, highlight=False)


@contextmanager
def working(title: str) -> Iterator[Callable[[str], None]]:
    """On a terminal, a status line that the yielded function updates; else nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(title)) as status:
        yield lambda step: status.update(Text(f"{title}: {step}"))


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
