"""A path → a `Submission`. Bad files become refusals in it, never errors."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from grader.submission import limits
from grader.submission.exports import PROGRAMS, refuse_by_suffix, refuse_disguise
from grader.submission.files import (
    Digest,
    Listed,
    check_size,
    listing,
    load,
    printable,
    unless_link,
)
from grader.submission.formats import ACCEPTED, BY_SUFFIX
from grader.submission.model import Leftover, Paper, Submission
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

CONVERTED = " (converted).md"
"""The end of the name of what a converter made of a file."""


def read(
    path: Path | str,
    *,
    id: str | None = None,  # noqa: A002
    files: Sequence[tuple[str, Path]] = (),
    left_out: Sequence[tuple[str, str]] = (),
    converted: Sequence[tuple[str, Path]] = (),
    trusted: bool = False,
    follow_link: bool = True,
) -> Submission:
    """A student's submission: one file, or a folder of files.

    Args:
        path: the file or folder.
        id: the student's id; the file's stem or the folder's name by default.
        files: names and paths of several loose files, instead of those at `path`.
        left_out: names of files that are not read, and why: `is a link`.
        converted: names of files, and their content as Markdown, which somebody else's program made.
        trusted: whether these are read instead of the files; else the files still wait for a human.
        follow_link: whether `path` itself may be a link; links in a folder are never followed.

    Returns:
        The submission. A file or answer that cannot be read is a `Refusal` in it, never an error.

    Raises:
        OSError: if nothing is at `path`.

    """
    path = Path(path)
    listed = _with_converted(_listed(path, files, follow_link), converted, trusted)
    name = Path(os.path.abspath(path)).name
    stem = name if path.is_dir() else PurePosixPath(name).stem
    digest = _begun(left_out)
    found = _join([*_read_all(listed, digest), _refused(left_out)])
    return Submission(
        id=printable(stem) if id is None else id,
        path=printable(name),
        digest=str(digest),
        papers=found.papers,
        answers=found.answers,
        refusals=found.refusals,
        leftovers=found.leftovers,
    )


def paper_of(text: str) -> Paper:
    """A text in Markdown as a paper."""
    found = BY_SUFFIX[".md"].read(Source("text.md", text.encode()))
    return found.papers[0] if found.papers else Paper(())


def digest_of(
    path: Path | str,
    files: Sequence[tuple[str, Path]] = (),
    left_out: Sequence[tuple[str, str]] = (),
    converted: Sequence[tuple[str, Path]] = (),
    trusted: bool = False,
    follow_link: bool = True,
) -> str:
    """The digest that `read` would give, without interpreting the files.

    Raises OSError if nothing is at `path`.
    """
    digest = _begun(left_out)
    for file, data in _contents(
        _with_converted(_listed(Path(path), files, follow_link), converted, trusted)
    ):
        if isinstance(data, bytes):
            digest.add(file.name, data)
    return str(digest)


def _begun(left_out: Iterable[tuple[str, str]]) -> Digest:
    """A digest that includes the files that are not read."""
    digest = Digest()
    for name, reason in left_out:
        digest.add(printable(name), reason.encode("utf-8", "replace"))
    return digest


def _refused(left_out: Iterable[tuple[str, str]]) -> FileContents:
    faults = (
        (name, Refused(f"This file {reason}, so it was not read.")) for name, reason in left_out
    )
    return FileContents(refusals=tuple(fault.refusal(printable(name)) for name, fault in faults))


def _listed(path: Path, files: Sequence[tuple[str, Path]], follow_link: bool) -> list[Listed]:
    """The files to read. Loose files come from a folder of the class, so none may be a link."""
    if not files:
        return listing(path) if follow_link or not path.is_symlink() else [unless_link(path)]
    return [unless_link(place, name) for name, place in files[: limits.FILES]]


def _with_converted(
    listed: list[Listed], converted: Sequence[tuple[str, Path]], trusted: bool
) -> list[Listed]:
    names = {name for name, _ in converted if trusted}
    texts = [Listed(f"{name}{CONVERTED}", path) for name, path in converted]
    return [*(one for one in listed if one.name not in names), *texts]


def _read_all(files: Iterable[Listed], digest: Digest) -> Iterable[FileContents]:
    for file, data in _contents(files):
        if isinstance(data, Refused):
            yield FileContents(refusals=(data.refusal(file.name),))
            continue
        digest.add(file.name, data)
        try:
            yield _read_one(file.name, data)
        except Refused as fault:
            yield FileContents(refusals=(fault.refusal(file.name),))


def _contents(files: Iterable[Listed]) -> Iterator[tuple[Listed, bytes | Refused]]:
    """Each file with its bytes, or with a refusal."""
    budget = limits.FOLDER_BYTES
    for file in files:
        try:
            data = _bytes(file, budget)
            budget -= len(data)
            yield file, data
        except Refused as fault:
            yield file, fault


def _bytes(file: Listed, budget: int) -> bytes:
    if file.fault:
        raise file.fault
    if budget <= 0:
        raise Refused(
            f"The folder is larger than {limits.FOLDER_BYTES / 1e6:g} MB; "
            "this file comes after that and was not read.",
            hint="Hand in only the files with your answers.",
        )
    return load(file.path, limits.ARRAY_BYTES)


def _read_zip(source: Source) -> FileContents:
    """The files of a zip that the student made, as if they lay in a folder. A zip in it stays closed."""
    from grader.submission.zips import files  # few hand in zips

    check_size(source.data, limits.ARRAY_BYTES)
    parts = []
    for inner, content in files(source.data):
        name = printable(f"{source.name}/{inner}")
        try:
            if isinstance(content, Refused):
                raise content
            parts.append(_read_one(name, content, in_zip=True))
        except Refused as fault:
            parts.append(FileContents(refusals=(fault.refusal(name),)))
    return _join(parts)


def _read_one(name: str, data: bytes, in_zip: bool = False) -> FileContents:
    source = Source(name, data)
    if source.suffix == ".zip" and not in_zip:
        return _read_zip(source)
    format = BY_SUFFIX.get(source.suffix)  # noqa: A001
    if format is None:
        refused = refuse_by_suffix(source.suffix, ACCEPTED)
        if source.suffix not in PROGRAMS:
            raise refused
        code = Leftover("code", source.place())
        return FileContents(
            refusals=(refused.refusal(name),), leftovers=(code,) if data.strip() else ()
        )
    check_size(data, format.limit)
    if not data.strip():
        return FileContents()
    if format.is_text:
        refuse_disguise(data, source.suffix)
    return format.read(source)


def _join(parts: Iterable[FileContents]) -> FileContents:
    everything = list(parts)
    return FileContents(
        papers=tuple(paper for part in everything for paper in part.papers),
        answers=tuple(answer for part in everything for answer in part.answers),
        refusals=tuple(refusal for part in everything for refusal in part.refusals),
        leftovers=tuple(one for part in everything for one in part.leftovers),
    )
