"""The problems that come with the grader: to use as they are, or to begin a new one from."""

import shutil
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from grader.errors import GraderError
from grader.problem import Problem, load

FOLDER = Path(__file__).parents[1] / "library"
"""In a clone it is a link to `problems/`; a wheel has the files."""


class LibraryError(GraderError):
    """There is no such problem, or it cannot be copied."""


def names() -> list[str]:
    """The names of all problems."""
    return sorted(place.name for place in FOLDER.iterdir() if (place / "problem.yaml").is_file())


def problems() -> Iterator[Problem]:
    """All problems, by name."""
    return (load(FOLDER / name) for name in names())


def copy(name: str, folder: Path) -> list[Path]:
    """Copy a problem to a new folder; returns its files. Raises LibraryError."""
    if name not in names():
        close = get_close_matches(name.lower(), names(), n=1)
        suggestion = f" (did you mean {close[0]!r}?)" if close else ""
        raise LibraryError(
            f"no problem {name!r} comes with the grader{suggestion}; see `grader problems`"
        )
    if folder.exists() and any(folder.iterdir()):
        raise LibraryError(f"{folder} exists already and is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in (FOLDER / name).iterdir() if path.is_file())
    return [Path(shutil.copyfile(file, folder / file.name)) for file in files]
