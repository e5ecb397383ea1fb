"""The tables of `results.sqlite`: every result of a class, and how far a batch got.

One process writes, others may read meanwhile (write-ahead log). A result is filed under the student,
the digests of submission and problem, and the grader's version. While these stay the same, nothing is
graded again. Results of the grader and decisions of people are in separate tables.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.errors import GraderError

FILENAME = "results.sqlite"
LOCK = ".writing.sqlite"
SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE problems (digest TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE students (id TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE hand_ins (student TEXT PRIMARY KEY, digest TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE results (
    student TEXT, submission TEXT, problem TEXT, version TEXT, failed INTEGER NOT NULL,
    report BLOB NOT NULL, PRIMARY KEY (student, submission, problem, version));
CREATE TABLE standings (
    student TEXT PRIMARY KEY, submission TEXT NOT NULL, problem TEXT NOT NULL, version TEXT NOT NULL);
CREATE TABLE overrides (
    student TEXT, question TEXT, points REAL NOT NULL, comment TEXT NOT NULL, submission TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (student, question));
CREATE TABLE history (
    at TEXT NOT NULL, event TEXT NOT NULL, student TEXT NOT NULL, question TEXT NOT NULL,
    before REAL, after REAL, reason TEXT NOT NULL);
CREATE TABLE pages (student TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""

_COPIED = (
    "facts",
    "problems",
    "students",
    "hand_ins",
    "results",
    "standings",
    "overrides",
    "history",
)


DAMAGE = (zlib.error, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What reading a row raises that this program did not write."""


class StoreError(GraderError):
    """The results folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The key of a result. `submission` and `problem` are digests, `version` is the grader's."""

    student: str
    submission: str
    problem: str
    version: str


class Database:
    """The tables. Open it with `open` (to read) or `writing`."""

    def __init__(self, database: sqlite3.Connection, folder: Path) -> None:
        self.folder = folder
        self.database = database
        self._lock: sqlite3.Connection | None = None

    @classmethod
    def open(cls, results: Path) -> Self:
        """Open the store of a results folder for reading. Raises StoreError if there is none."""
        file = results if results.is_file() else results / FILENAME
        if not file.is_file():
            message = f"{results} holds no results: run `grader grade` first, or name its --out"
            raise StoreError(message)
        return cls(_connect(file), file.parent)

    @classmethod
    def existing(cls, results: Path) -> Self:
        """Like `writing`, but raises StoreError if the folder holds no results yet."""
        cls.open(results).close()
        return cls.writing(results)

    @classmethod
    def writing(cls, folder: Path) -> Self:
        """Open the store of a results folder for writing; create it if there is none.

        Raises StoreError if another process is writing, or if the store has another version.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = _locked(folder)
        try:
            store = cls(_connect(folder / FILENAME), folder)
        except BaseException:
            lock.close()
            raise
        store._lock = lock
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Close the store and let another process write."""
        self.database.close()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside the block, or nothing."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.rollback()
            raise
        self.database.commit()

    @contextmanager
    def undamaged(self) -> Iterator[None]:
        """Whatever cannot be read inside the block was not written by the grader: a StoreError."""
        try:
            yield
        except DAMAGE as error:
            raise StoreError(
                f"{self.folder / FILENAME} is damaged ({error!r}); move it away and grade again, or take "
                "it from a backup: it also holds your own decisions"
            ) from error

    def fact(self, name: str) -> str:
        """The value of a fact, or an empty text."""
        row = self.database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        """Set the value of a fact."""
        self.database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def add_problem(self, digest: str, data: Mapping[str, Any]) -> None:
        """Save a problem as it was graded, and make it the one that counts."""
        text = json.dumps(data)
        self.database.execute("INSERT OR REPLACE INTO problems VALUES (?, ?)", (digest, text))
        self.note("problem", digest)

    def problem(self) -> dict[str, Any]:
        """The problem that counts: path, id, title, columns. Raises StoreError if there is none."""
        row = self.database.execute(
            "SELECT data FROM problems WHERE digest = ?", (self.fact("problem"),)
        ).fetchone()
        if row is None:
            raise StoreError(f"nothing has been graded in {self.folder} yet")
        data: dict[str, Any] = json.loads(row[0])
        return data

    def set_class(
        self, students: Mapping[str, Any], submissions: Mapping[str, tuple[str, Any]]
    ) -> None:
        """Replace the students of the class, and their submissions (digest and data), by id."""
        self.database.execute("DELETE FROM students")
        self.database.execute("DELETE FROM hand_ins")
        listed = [(name, json.dumps(data)) for name, data in students.items()]
        self.database.executemany("INSERT INTO students VALUES (?, ?)", listed)
        rows = [(name, digest, json.dumps(data)) for name, (digest, data) in submissions.items()]
        self.database.executemany("INSERT INTO hand_ins VALUES (?, ?, ?)", rows)

    def students(self, only: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """The students of the class, or `only` some, sorted by id."""
        rows = self._rows("SELECT id, data FROM students", "id", only)
        return {name: json.loads(data) for name, data in rows}

    def submissions(
        self, only: Collection[str] | None = None
    ) -> dict[str, tuple[str, dict[str, Any]]]:
        """The digest and the data of every submission, or `only` of some students, by student."""
        rows = self._rows("SELECT student, digest, data FROM hand_ins", "student", only)
        return {name: (digest, json.loads(data)) for name, digest, data in rows}

    def add_results(self, results: Iterable[tuple[Filed, bool, str]]) -> None:
        """File results: the key, whether the grader failed, and the report as JSON."""
        self.database.executemany(
            "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)",
            [(f.student, f.submission, f.problem, f.version, failed, zlib.compress(text.encode()))
             for f, failed, text in results],
        )  # fmt: skip

    def filed(self, problem: str, version: str) -> dict[tuple[str, str], bool]:
        """The results for this problem and version: (student, submission) → whether grading failed."""
        rows = self.database.execute(
            "SELECT student, submission, failed FROM results WHERE problem = ? AND version = ?",
            (problem, version),
        )
        return {(student, submission): bool(failed) for student, submission, failed in rows}

    def result(self, filed: Filed) -> str | None:
        """The report under a key, as JSON; None if there is none."""
        row = self.database.execute(
            "SELECT report FROM results "
            "WHERE student = ? AND submission = ? AND problem = ? AND version = ?",
            (filed.student, filed.submission, filed.problem, filed.version),
        ).fetchone()
        return zlib.decompress(row[0]).decode() if row else None

    def set_standings(self, filed: Iterable[Filed]) -> None:
        """Make these results count for their students; for all other students nothing counts."""
        self.database.execute("DELETE FROM standings")
        self.database.executemany(
            "INSERT INTO standings VALUES (?, ?, ?, ?)",
            [(f.student, f.submission, f.problem, f.version) for f in filed],
        )

    def standings(self, only: Collection[str] | None = None) -> dict[str, Filed]:
        """The key of the result that counts, by student."""
        query = "SELECT student, submission, problem, version FROM standings"
        rows = self._rows(query, "student", only)
        return {row[0]: Filed(*row) for row in rows}

    def set_override(
        self, student: str, question: str, points: float, comment: str, submission: str
    ) -> None:
        """Save a person's decision on a question, with the digest of the submission they looked at."""
        self.database.execute(
            "INSERT OR REPLACE INTO overrides VALUES (?, ?, ?, ?, ?, datetime('now'))",
            (student, question, points, comment, submission),
        )

    def drop_override(self, student: str, question: str) -> bool:
        """Delete a person's decision; returns whether there was one."""
        done = self.database.execute(
            "DELETE FROM overrides WHERE student = ? AND question = ?", (student, question)
        )
        return done.rowcount > 0

    def overrides(
        self, only: Collection[str] | None = None
    ) -> dict[str, list[tuple[str, float, str, str]]]:
        """People's decisions, by student: question, points, comment, digest of the submission."""
        query = "SELECT student, question, points, comment, submission FROM overrides"
        rows = self._rows(query, "student", only, order="at")
        found: dict[str, list[tuple[str, float, str, str]]] = {}
        for student, *decision in rows:
            found.setdefault(student, []).append(tuple(decision))
        return found

    def record(self, event: str, changes: Iterable[tuple[str, str, float, float, str]]) -> None:
        """Add to the history: student, question, points before and after, reason."""
        self.database.executemany(
            "INSERT INTO history VALUES (datetime('now'), ?, ?, ?, ?, ?, ?)",
            [(event, *change) for change in changes],
        )

    def history(self) -> list[tuple[str, str, str, str, float, float, str]]:
        """All changes of points: time (UTC), event, student, question, before, after, reason."""
        return list(self.database.execute("SELECT * FROM history ORDER BY rowid"))

    def pages(self) -> dict[str, str]:
        """The digest of the report that each student's pages were last made from."""
        return dict(self.database.execute("SELECT student, digest FROM pages"))

    def _rows(
        self, query: str, column: str, only: Collection[str] | None, order: str = ""
    ) -> list[tuple[Any, ...]]:
        """The rows of a query in order; with `only`, look up these ids by the index of the table."""
        ordered = f"ORDER BY {order or column}"
        if only is None:
            return list(self.database.execute(f"{query} {ordered}"))
        one = f"{query} WHERE {column} = ? {ordered}"
        return [row for name in sorted(only) for row in self.database.execute(one, (name,))]

    def versions(self) -> set[str]:
        """The grader versions of the results that count."""
        return {row[0] for row in self.database.execute("SELECT version FROM standings")}

    def all_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows by table, without those about pages."""
        return {name: list(self.database.execute(f"SELECT * FROM {name}")) for name in _COPIED}  # noqa: S608

    def add_rows(self, tables: Mapping[str, list[tuple[Any, ...]]]) -> None:
        """Add the rows of another store; they replace rows with the same key."""
        for name, rows in tables.items():
            marks = ", ".join("?" * len(rows[0])) if rows else ""
            if rows:
                self.database.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", rows)  # noqa: S608

    def forget_pages(self) -> None:
        """Make all pages due again."""
        self.database.execute("DELETE FROM pages")

    def add_pages(self, made: Mapping[str, str]) -> None:
        """Save the digests of the reports that pages were made from."""
        self.database.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?)", made.items())


def _locked(folder: Path) -> sqlite3.Connection:
    """Lock the folder; the lock ends with the process, even if it is killed."""
    lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise
        raise StoreError(
            f"another grader is writing to {folder}; wait until it has finished"
        ) from error
    return lock


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        _prepare(database, file)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, file: Path) -> None:
    """Create the tables, or check that the file has our version of them."""
    try:
        with closing(database.execute("PRAGMA user_version")) as rows:
            version = rows.fetchone()[0]
    except sqlite3.OperationalError:
        raise  # it could not be opened; what is in it is not known
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{file} was not written by the grader; move it away, or choose another --out"
        ) from error
    if version == 0:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"{file} was written by another version of the grader (store {version}, this one writes "
            f"{SCHEMA_VERSION}); grade into another folder with --out"
        )
    database.execute("PRAGMA synchronous = NORMAL")
