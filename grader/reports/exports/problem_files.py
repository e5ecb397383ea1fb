"""The files of a problem, for grading on another machine."""

from collections.abc import Iterator
from pathlib import Path

from grader.reports.exports.protocol import ExportError

PROBLEM = "problem.yaml"
MOST_BYTES = 50_000_000
"""The size of a problem's folder. A larger folder has other things in it."""

_RESULTS = "results.sqlite"


def problem_files(problem: Path) -> dict[str, bytes]:
    """The files by name, with the problem as `problem.yaml`; empty if the problem does not exist.

    `problem` is a folder with a `problem.yaml`, or a YAML file. A `problem.yaml` comes with its whole
    folder, any other YAML file only with the Python modules beside it, which it may use. Hidden files and
    results of students are left out. Raises ExportError if the folder is too large.
    """
    file = problem / PROBLEM if problem.is_dir() else problem
    if not file.is_file():
        return {}
    folder = file.parent
    paths = list(_walk(folder)) if file.name == PROBLEM else sorted(folder.glob("*.py"))
    size = sum(path.stat().st_size for path in paths)
    if size > MOST_BYTES:
        raise ExportError(
            f"{folder} has {size // 1_000_000} MB; put the problem into its own folder"
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
