"""Shared by the commands for a class: the engine that grades, and the reports after a change."""

from functools import partial
from typing import TYPE_CHECKING

import click

from grader.cli.progress import Progress

if TYPE_CHECKING:
    from grader.batch.engines.protocol import Engine
    from grader.batch.store import Store
    from grader.course import Gradebook
    from grader.problem import Problem


def engine(
    problem: "Problem",
    workers: str,
    timeout: float,
    memory: int,
    scheduler: str | None = None,
    only: frozenset[str] | None = None,
) -> "Engine":
    """The engine: processes on this machine, or a Dask cluster. `only` limits it to these questions.

    Raises AuthorError if the problem is invalid, ClusterError if no scheduler answers.
    """
    from grader import key
    from grader.batch import Job, Limits
    from grader.batch.engines.processes import Here
    from grader.batch.worker import grade_one, grade_some

    key.build(problem)  # an invalid problem fails here, before any process starts
    grader = grade_one if only is None else partial(grade_some, only=only)
    job, limits = Job(problem.path.absolute(), grader), Limits(timeout, memory)
    if scheduler is None:
        return Here(job, count(workers), limits)
    from grader.batch.engines.cluster import Cluster

    return Cluster(job, scheduler, limits)


def report(store: "Store", workers: str, progress: Progress | None = None) -> "Gradebook":
    """Write the pages that changed and the files of the class, and return the gradebook."""
    from grader.batch.pages import write_pages
    from grader.reports.write import write_class

    gradebook = store.gradebook()
    progress = progress or Progress(quiet=True)
    progress.start("Writing pages", len(gradebook.reports))
    for written in write_pages(store, gradebook, count(workers)):
        progress.advance(written)
    write_class(gradebook, store.folder)
    return gradebook


def count(workers: str) -> int:
    """The number of processes for `--workers`: a number, or `auto`. Raises BadParameter."""
    from grader.batch.engines.processes import processors

    if workers == "auto":
        return processors()
    if not workers.isdecimal() or not 1 <= int(workers) <= 256:
        message = "give a number from 1 to 256, or `auto`."
        raise click.BadParameter(message, param_hint="--workers")
    return int(workers)
