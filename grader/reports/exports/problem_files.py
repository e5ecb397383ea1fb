"""The files of a problem, to be graded with somewhere else."""

from collections.abc import Iterator
from pathlib import Path

from grader.reports.exports.protocol import ExportError

PROBLEM = "problem.yaml"
MOST_BYTES = 50_000_000
"""Of a problem's folder; more than that is some other folder."""

_RESULTS = "results.sqlite"


def problem_files(problem: Path) -> dict[str, bytes]:
    """The files by name, the problem itself as `problem.yaml`; none if it is not there any more.

    `problem` is a folder with `problem.yaml` or a YAML file. Only what is called `problem.yaml` has a
    folder of its own; of any other file's folder the Python modules come along, which it may name.
    Hidden files and results of students stay behind. Raises ExportError if the folder is too large.
    """
    file = problem / PROBLEM if problem.is_dir() else problem
    if not file.is_file():
        return {}
    folder = file.parent
    paths = list(_walk(folder)) if file.name == PROBLEM else sorted(folder.glob("*.py"))
    size = sum(path.stat().st_size for path in paths)
    if size > MOST_BYTES:
        raise ExportError(
            f"{folder} has {size // 1_000_000} MB: put the problem into a folder of its own"
        )
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {**files, PROBLEM: file.read_bytes()}


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__" or path.is_symlink():
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and not (path / _RESULTS).exists():
            yield from _walk(path)
