"""Shards of a class, graded by jobs that know nothing of each other, made one store again."""

from collections.abc import Sequence
from pathlib import Path

from grader.batch.discovery import FoundSubmission
from grader.batch.run import FINISHED, STATE
from grader.batch.store import Store, StoreError


def shard(found: Sequence[FoundSubmission], number: int, of: int) -> list[FoundSubmission]:
    """The submissions of one shard (1 to `of`): every `of`-th by id, the same wherever it is asked."""
    return sorted(found, key=lambda one: one.id)[number - 1 :: of]


def merge(store: Store, folders: Sequence[Path]) -> None:
    """Take in the results of shards. Raises StoreError if one is unfinished, or graded otherwise."""
    first = folders[0]
    with store.together():
        for folder in folders:
            with Store.open(folder) as part:
                _check(part, first)
                store.take_in(part.copy_of())
        store.note(STATE, FINISHED)


def _check(part: Store, first: Path) -> None:
    part.gradebook([])
    with Store.open(first) as other:
        if part.fact("problem") != other.fact("problem") or part.versions() != other.versions():
            raise StoreError(
                f"{part.folder} was graded by another problem or version than {first}; grade it again"
            )
