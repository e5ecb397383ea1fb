"""Splits a class into shards, and merges the stores of shards that separate jobs have graded."""

from collections.abc import Sequence
from pathlib import Path

from grader.batch.discovery import FoundSubmission
from grader.batch.run import FINISHED, STATE
from grader.batch.store import Store, StoreError


def shard(found: Sequence[FoundSubmission], number: int, of: int) -> list[FoundSubmission]:
    """The submissions of one shard (1 to `of`): every `of`-th by id, the same on every machine."""
    return sorted(found, key=lambda submission: submission.id)[number - 1 :: of]


def merge(store: Store, folders: Sequence[Path]) -> None:
    """Add the results of shards to a store.

    Raises StoreError if a shard is unfinished, or was graded with another problem or version.
    """
    first = folders[0]
    with store.transaction():
        for folder in folders:
            with Store.open(folder) as part:
                _check(part, first)
                store.add_rows(part.all_rows())
        store.note(STATE, FINISHED)


def _check(part: Store, first: Path) -> None:
    part.gradebook([])
    with Store.open(first) as other:
        if part.fact("problem") != other.fact("problem") or part.versions() != other.versions():
            raise StoreError(
                f"{part.folder} was graded with another problem or version than {first}; grade it again"
            )
