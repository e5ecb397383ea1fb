"""The cost of a student does not grow with the class, counted in rows, passes and comparisons."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from batch_classes import PROBLEM, a_class

from grader.batch import Job, Store, run
from grader.batch.database import Database
from grader.batch.discovery import discover
from grader.batch.pages import write_pages
from grader.batch.worker import work
from grader.course import Column, Gradebook, Standing, Student, Timing
from grader.course import groups as grouping
from grader.course.lateness import read_lateness
from grader.problem import load
from grader.reports import class_html, feedback_html, gradebook_csv, prompts
from grader.result import (
    AnswerRecord,
    Instructor,
    QuestionResult,
    Report,
    SubmissionRecord,
    Verdict,
)


class Here:
    """Grades in this process."""

    def grade(self, found: list[Any]) -> Iterator[list[Any]]:
        yield work(Job(PROBLEM), found)


def graded(folder: Path, count: int) -> Store:
    """The store of a graded class, open for writing."""
    problem, found = load(PROBLEM), discover(a_class(folder / "class", count))
    store = Store.writing(folder / "out")
    run.enlist(store, problem, found)
    for _ in run.graded(store, problem, run.begin(store, problem, found, False), Here()):
        pass
    run.finish(store, problem)
    return store


def rows_read(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> int:
    """The number of rows about students that an action reads from the store."""
    counts, read = [], Database._rows

    def counted(self: Database, *how: Any, **more: Any) -> Iterator[tuple[Any, ...]]:
        for row in read(self, *how, **more):
            counts.append(1)
            yield row

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_rows", counted)
        action()
    return len(counts)


def test_each_page_reads_its_own_student_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 40
    with graded(tmp_path, count) as store:
        store.set_override("s0003", "q1", 0.5, "seen", "sha256:0")
        book = store.gradebook()
        tables = 3  # students, submissions, and what counts
        rows = rows_read(monkeypatch, lambda: list(write_pages(store, book, 1)))
        assert rows == tables * count + 1
        assert rows_read(monkeypatch, lambda: store.standing("s0003")) == tables + 1


def test_a_part_of_the_class_is_read_like_the_whole(tmp_path: Path) -> None:
    with graded(tmp_path, 6) as store:
        store.set_override("s0004", "q1", 0.5, "seen", "sha256:0")
        whole = store.gradebook().standings
        assert store.gradebook(["s0004", "s0001", "nobody"]).standings == (whole[1], whole[4])


class Counted(tuple[Standing, ...]):
    """Standings that count how often they are iterated."""

    passes = 0

    def __iter__(self) -> Iterator[Standing]:
        type(self).passes += 1
        return super().__iter__()


def passes(render: Callable[[Gradebook], str], standings: list[Standing]) -> int:
    book = Gradebook("p", "P", (Column("q1", 1.0),), Counted(standings))
    Counted.passes = 0
    render(book)
    return Counted.passes


@pytest.mark.parametrize("render", [gradebook_csv.render, class_html.render])
def test_a_class_file_takes_the_same_number_of_passes_for_any_size(
    render: Callable[[Gradebook], str],
) -> None:
    def of(count: int) -> list[Standing]:
        return [Standing(Student(f"s{number}")) for number in range(count)]

    assert passes(render, of(5)) == passes(render, of(50))


def test_lateness_of_one_student_adds_the_columns() -> None:
    timing = Timing(datetime(2026, 11, 1, tzinfo=UTC))
    with_one = (Standing(Student("ann")), Standing(Student("bob"), timing=timing))
    assert Gradebook("p", "P", (), with_one).has_deadline
    assert not Gradebook("p", "P", (), with_one[:1]).has_deadline


def test_a_prompt_is_typeset_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typeset: list[str] = []

    def counted(text: str, pieces: Any = prompts.pieces) -> Iterator[prompts.PromptPiece]:
        typeset.append(text)
        return pieces(text)

    feedback_html.prompt.cache_clear()
    monkeypatch.setattr(prompts, "pieces", counted)
    with graded(tmp_path, 8) as store:
        pages = sum(write_pages(store, store.gradebook(), 1))
        asked = {question.prompt for question in load(PROBLEM).questions}
    assert pages == 8
    assert sorted(typeset) == sorted(text.strip() for text in asked)


def wrong(number: int, projection: tuple[float, float]) -> Report:
    """A report with one wrong answer of these values."""
    answer = AnswerRecord(f"a{number}", "infix")
    seen = Instructor(projection=projection)
    question = QuestionResult("q1", Verdict.INCORRECT, 0.0, 1.0, answer=answer, instructor=seen)
    record = SubmissionRecord(f"s{number:04}", "", "")
    return Report("p", "P", "", "", 0, 32, record, (question,))


def book_of(projections: list[tuple[float, float]]) -> Gradebook:
    return Gradebook.of(wrong(number, one) for number, one in enumerate(projections))


def in_turn(projections: list[tuple[float, float]]) -> set[frozenset[str]]:
    """The groups by comparing all with the first that is left: slow, but obviously right."""
    left = sorted(range(len(projections)), key=lambda number: projections[number])
    found = set()
    while left:
        first = projections[left[0]]
        near = [number for number in left if grouping._same(projections[number], first)]
        left = [number for number in left if number not in near]
        found.add(frozenset(f"s{number:04}" for number in near))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_the_same_as_by_comparing_all(seed: int) -> None:
    chance = random.Random(seed)
    values = [0.0, 1.0, -1.0, 3e-9, 1e6]
    projections = []
    for _ in range(80):
        one, other = chance.choice(values), chance.choice(values)
        # Within the tolerance, at its edge, and a little beyond it.
        near = chance.choice([0.0, 1e-16, 0.9e-9, 1e-9, 1.1e-9, 5e-9])
        projections.append((one + near * max(abs(one), abs(other)), other * (1 + near)))
    found = grouping.groups(book_of(projections), "q1")
    assert {frozenset(group.students) for group in found} == in_turn(projections)


def test_different_answers_are_compared_only_with_their_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []
    same = grouping._same
    monkeypatch.setattr(grouping, "_same", lambda *pair: compared.append(1) or same(*pair))
    count = 200
    found = grouping.groups(book_of([(float(number), 1.0) for number in range(count)]), "q1")
    assert len(found) == count
    assert len(compared) <= 3 * count


class CountedIds(list[str]):
    """Ids that count how often they are iterated."""

    passes = 0

    def __iter__(self) -> Iterator[str]:
        type(self).passes += 1
        return super().__iter__()


def test_extensions_take_one_pass_over_the_class(tmp_path: Path) -> None:
    rule = tmp_path / "late.yaml"
    names = ", ".join(f"s{number}: 1 d" for number in range(30))
    rule.write_text(f"deadline: 2026-10-31 23:59Z\nextensions: {{{names}}}\n")
    CountedIds.passes = 0
    lateness = read_lateness(rule, CountedIds(f"S{number}" for number in range(40)))
    assert len(lateness.extensions) == 30
    assert CountedIds.passes == 1
