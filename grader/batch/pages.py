"""Writes the pages of the students whose report has changed."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from grader.batch.engines.processes import context
from grader.batch.store import Store
from grader.batch.worker import follow_parent
from grader.course import Gradebook
from grader.reports import write
from grader.result import Report
from grader.version import __version__

CHUNK = 16
ALONE = 2 * CHUNK  # fewer pages take less time than to start a process


def write_pages(store: Store, gradebook: Gradebook, workers: int) -> Iterator[int]:
    """Write the pages of students whose report changed; yields how many each step wrote."""
    due = _due(store, gradebook)
    names = sorted(due)
    chunks = [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
    for chunk in _written(store.folder, chunks, 1 if len(names) <= ALONE else workers):
        store.add_pages({name: due[name] for name in chunk})
        yield len(chunk)


def _due(store: Store, gradebook: Gradebook) -> dict[str, str]:
    """The students whose pages are out of date, with the digests of their reports."""
    known = store.pages()
    wanted = {report.submission.id: _digest(report) for report in gradebook.reports}
    return {
        name: digest
        for name, digest in wanted.items()
        if known.get(name) != digest or not _page(store.folder, name).exists()
    }


def _page(folder: Path, student: str) -> Path:
    return write.submission_folder(student, folder) / "feedback.html"


def _digest(report: Report) -> str:
    text = json.dumps(report.to_json(instructor=True)) + __version__
    return hashlib.sha256(text.encode()).hexdigest()


def _written(folder: Path, chunks: Sequence[list[str]], workers: int) -> Iterator[list[str]]:
    if workers == 1:
        yield from (_write(folder, chunk) for chunk in chunks)
        return
    with ProcessPoolExecutor(workers, context(), follow_parent) as pool:
        yield from pool.map(_write, [folder] * len(chunks), chunks)


def _write(folder: Path, students: list[str]) -> list[str]:
    """Write the pages of some students."""
    with Store.open(folder) as store:
        for standing in store.gradebook(students).standings:
            if standing.report is not None:
                write.write_submission(standing.report, folder)
    return students
