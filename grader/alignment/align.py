"""Which equation of a paper answers which question.

Real papers lose numbers, run two answers under one, and write one index for another. So three hints
are weighed together for every equation: its left-hand side, the markers above it, and the order of
questions. The best labelling of all equations is found by dynamic programming (A. Viterbi, 1967).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.alignment.around import Role
from grader.alignment.assembled import assembled
from grader.alignment.entries import Entry, entries
from grader.alignment.matching import THE_SAME, aliases, similarity
from grader.alignment.plain import PlainEquation
from grader.alignment.steps import Steps
from grader.alignment.words import Words, words
from grader.expression import Apply, Item, Symbol, base_name
from grader.notation import Names
from grader.problem.model import Problem, Question
from grader.submission import Formula, Paper, Place

LEFT_SIDE = 10.0  # for a left-hand side that names the question
OTHER_LEFT_SIDE = -6.0  # for one that names another question exactly
MARKER = 2.0
OTHER_MARKER = -1.0
SKIPPED = -0.3  # for each question left out
MOST_SKIPPED = -1.5  # for any number of them: a paper may answer the last question only
BACKWARDS = -5.0
BACK_TO_MARKER = -1.0
FITS = 0.85  # a left-hand side that names all entries of what is asked, or an entry of it


@dataclass(frozen=True, slots=True)
class Found:
    """The answer that a paper gives to a question.

    `names` are those of the question with the student's definitions and index letters; `match` is
    how well the left-hand side names the question (None if there is none to compare); `steps` are the
    other equations of the paper that work out a derivative, `stated` those about the model itself;
    `earlier` are the places of earlier answers to the same question, which were overridden; `moved`
    tells that it stood under another question's number.
    """

    question: str
    entry: Entry
    names: Names
    match: float | None
    steps: Steps
    stated: tuple[Entry, ...] = ()
    earlier: tuple[Place, ...] = ()
    moved: bool = False


def align(problem: Problem, paper: Paper) -> dict[str, Found]:
    """The answers that a paper gives, by question id.

    What stands in a listing is an answer only where nothing else is one.
    """
    if not problem.questions:
        return {}
    names, base = problem.scope.names, problem.index_base
    found = _numbered(entries(paper, names, base), problem)
    listed = _numbered(entries(paper, names, base, code=True), problem)
    answers = _aligned(found, problem)
    for question in problem.questions:
        if question.id not in answers and (mine := _listed(listed, question, problem)):
            answers[question.id] = _found(question, mine[-1], mine, [*found, *listed], problem)
    return answers


def alone(problem: Problem, question: Question, formula: Formula) -> Found | None:
    """The answer in a formula that is meant for one question; None if there is none in it."""
    found = entries(Paper((formula,)), question.scope.names, problem.index_base)
    usable = [entry for entry in found if not entry.is_open]
    entry = _chosen(usable, question) or (usable[-1] if usable else None)
    return None if entry is None else _found(question, entry, usable, found, problem)


def in_words(problem: Problem, paper: Paper) -> dict[str, Words]:
    """What stands in words below the marker of each question; where there are several, the last."""
    by_id = {question.id: question for question in problem.questions}

    def marked(labels: tuple[str, ...]) -> list[Question]:
        return [by_id[hit] for hit in _marked(labels, problem.questions)]

    return {question.id: said for question, said in words(paper, marked)}


def _aligned(found: Sequence[Entry], problem: Problem) -> dict[str, Found]:
    if not found:
        return {}
    questions = problem.questions
    numbered = {hit for entry in found for hit in _marked(entry.labels, questions)}
    labels = _best_path(
        [_emissions(entry, questions, numbered) for entry in found],
        _backwards([entry.labels for entry in found], questions),
    )
    meant = _meant(found, labels, problem)
    only = {id(mine[0]) for mine in meant.values() if len(mine) == 1}
    result = {}
    for question in questions:
        mine = meant[question.id]
        own = [e for e in mine if question.id in _marked(e.labels, questions)]
        chosen = _answer(own, question) or _chosen(mine, question)
        if chosen is None:  # what was said beside the answer to another question
            mine = [e for e in found if _says(e, question) and id(e) not in only]
            chosen = _chosen(mine, question)
        if chosen is not None:
            result[question.id] = _found(question, chosen, mine, found, problem)
    return result


def _meant(
    found: Sequence[Entry], labels: Sequence[int], problem: Problem
) -> dict[str, list[Entry]]:
    """The equations for each question by their labels, without steps that stand elsewhere."""
    meant: dict[str, list[Entry]] = {question.id: [] for question in problem.questions}
    for entry, label in zip(found, labels, strict=True):
        question = problem.questions[label]
        if not _is_elsewhere(entry, question, problem):
            meant[question.id].append(entry)
    return meant


def _says(entry: Entry, question: Question) -> bool:
    """Whether a left side is the very derivative that is asked for."""
    return entry.derivative is not None and similarity(entry.derivative, question) == 1.0


def _answer(own: Sequence[Entry], question: Question) -> Entry | None:
    """The answer that stands below its own number with its own left side: nothing elsewhere beats it."""
    chosen = _chosen(own, question)
    return chosen if chosen is not None and _rank(chosen, question) >= 2.0 + THE_SAME else None


def _is_elsewhere(entry: Entry, question: Question, problem: Problem) -> bool:
    """Whether an equation is a step or a definition on the way, and not below the marker either."""
    if question.id in _marked(entry.labels, problem.questions):
        return False
    left = entry.derivative
    by_other = left is not None and base_name(left.wrt) != base_name(question.wrt)
    return entry.defines or by_other


def _numbered(found: Sequence[Entry], problem: Problem) -> list[Entry]:
    """Equations whose left side is a question's number, `q11 = …`, under that number."""
    return [_as_marked(entry, problem.questions) for entry in found]


def _as_marked(entry: Entry, questions: Sequence[Question]) -> Entry:
    name = entry.equation.left if isinstance(entry.equation, PlainEquation) else None
    question = named(name, questions) if name and _QUESTION_NAME.fullmatch(name) else None
    if question is None:
        return entry
    return replace(entry, labels=(question.id,), left=None, defines=False)


_QUESTION_NAME = re.compile(r"[A-Za-z]{1,10}_?\d{1,3}[a-z]?")


def _listed(listed: Sequence[Entry], question: Question, problem: Problem) -> list[Entry]:
    """The equations of listings that may answer a question, the best last.

    By its left side, or by its marker if the left side is but a name.
    """
    usable = [entry for entry in listed if not entry.is_open]
    below = [e for e in usable if _marked(e.labels, problem.questions) == [question.id]]
    named_so = [e for e in usable if _fits_best(e, question, problem, e in below)]
    plain = [e for e in below if e.derivative is None and not isinstance(e.left, Symbol)]
    return [e for e in named_so if e in below] or named_so or plain


def _fits_best(entry: Entry, question: Question, problem: Problem, is_below: bool) -> bool:
    """Whether a left side names a question, and no other one better unless the marker says so."""
    if entry.derivative is None:
        return False
    match = similarity(entry.derivative, question)
    others = [similarity(entry.derivative, other) for other in problem.questions]
    return match > FITS and (is_below or match == max(others))


def names_for(question: Question, entry: Entry) -> Names:
    """What an answer may use: the question's names, the student's, and the student's letters."""
    letters = aliases(entry.derivative, question) if entry.derivative is not None else {}
    known = question.scope.names.with_indices(question.free, letters)
    return known.with_definitions(entry.definitions)


def _found(
    question: Question,
    entry: Entry,
    mine: Sequence[Entry],
    found: Sequence[Entry],
    problem: Problem,
) -> Found:
    entry = assembled(entry, mine, question)
    match = similarity(entry.derivative, question) if entry.derivative is not None else None
    marked = _marked(entry.labels, problem.questions)
    return Found(
        question=question.id,
        entry=entry,
        names=names_for(question, entry),
        match=match,
        steps=Steps(_steps(found, entry), problem.scope.names, problem.asked),
        stated=tuple(e for e in found if e is not entry and _is_stated(e, entry)),
        earlier=tuple(other.place() for other in mine if _is_earlier(other, entry, question)),
        moved=bool(marked) and question.id not in marked,
    )


def _is_earlier(other: Entry, chosen: Entry, question: Question) -> bool:
    """Whether an equation is an answer of its own, and not a step on the way to the chosen one."""
    if other.section == chosen.section or other.is_open:
        return False
    same = other.labels == chosen.labels
    return _rank(other, question) >= (1.0 if same else 2.0)


def _is_stated(entry: Entry, answer: Entry) -> bool:
    """Whether an equation says what a quantity, an entry of one, or the derivative of a function is.

    What is said of a derivative below another question's marker is an answer to that one.
    """
    left = entry.equation.left if entry.equation is not None else None
    if not left or entry.is_open or entry.derivative is not None or entry.defines:
        return False
    if entry.role is Role.CASE:
        return False  # `zero at $s = 0$` does not say that s is zero
    if isinstance(entry.left, Symbol | Item):
        return True
    primed = not isinstance(left, str) and any(token.text == "'" for token in left)
    return (primed or isinstance(entry.left, Apply)) and entry.labels in ((), answer.labels)


def _steps(found: Sequence[Entry], apart: Entry) -> tuple[Entry, ...]:
    """The other equations that say what a derivative is."""
    return tuple(e for e in found if e is not apart and not e.is_open and e.derivative is not None)


# Which equation belongs to which question


def _emissions(
    entry: Entry, questions: Sequence[Question], numbered: Collection[str]
) -> list[float]:
    """How well an equation fits each question, apart from the order.

    Below a marker the entries of the array that is asked for there are that array, even if another
    question asks for entries; and a number says more than a left side that is not quite that of
    another question which is `numbered` in the paper too.
    """
    left = entry.derivative
    matches = [similarity(left, question) if left is not None else 0.0 for question in questions]
    exact = 1.0 in matches
    marked = _marked(entry.labels, questions)
    scores = []
    for match, question in zip(matches, questions, strict=True):
        is_marked = question.id in marked
        if is_marked and match > THE_SAME:
            match = 1.0
        other = exact and match < 1.0
        if marked and not is_marked and match < 1.0 and question.id in numbered:
            match = 0.0
        by_marker = 0.0 if not marked else MARKER if is_marked else OTHER_MARKER
        scores.append((OTHER_LEFT_SIDE if other else LEFT_SIDE * match) + by_marker)
    return scores


def _marked(labels: tuple[str, ...], questions: Sequence[Question]) -> list[str]:
    """The questions that markers can mean: the longest run of inner labels that names any."""
    for start in range(len(labels)):
        path = _path(".".join(labels[start:]))
        hits = [q.id for q in questions if path in _labels(q.id, q.labels)]
        if hits:
            return hits
    return []


def named(label: str | None, questions: Sequence[Question]) -> Question | None:
    """The question of an id as a student may write it: `q1`, `Q1`, `1`."""
    path = _path(label or "")
    hits = [q for q in questions if q.id == label] or [
        q for q in questions if path and path in _labels(q.id, q.labels)
    ]
    return hits[0] if len(hits) == 1 else None


@lru_cache(maxsize=4096)
def _labels(question_id: str, own: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """How a question may be marked: its id, its id's number, the author's own labels."""
    paths = [_path(label) for label in (question_id, *own)]
    stripped = [path[1:] for path in paths if len(path) > 1 and path[0] in _MARKER_WORDS]
    return frozenset([*paths, *stripped])


_MARKER_WORDS = frozenset("q p ex question problem exercise part task item".split())


def _path(label: str) -> tuple[str, ...]:
    """A label as its runs of digits and letters: `2b`, `2.b` and `2 (b)` are the same."""
    return tuple(re.findall(r"\d+|[^\W\d_]+", label.lower()))


def _backwards(
    labels: Sequence[tuple[str, ...]], questions: Sequence[Question]
) -> list[Sequence[float]]:
    """What it costs for each equation to go back to each question: little if its marker says so.

    That is trusted only if all markers are those of the problem. Where parts are numbered anew below
    each heading the order tells.
    """
    known = [_labels(question.id, question.labels) for question in questions]
    paths = {label: _path(".".join(label)) for label in labels}
    far = [BACKWARDS] * len(questions)
    if any(path and not any(path in one for one in known) for path in paths.values()):
        return [far] * len(labels)
    near = {
        label: [BACK_TO_MARKER if path in one else BACKWARDS for one in known]
        for label, path in paths.items()
    }
    return [near[label] for label in labels]


def _best_path(
    scores: Sequence[Sequence[float]], backwards: Sequence[Sequence[float]]
) -> list[int]:
    """The labelling with the greatest sum of emissions and transitions."""
    count = len(scores[0])
    best = [scores[0][q] + _skipped(q) for q in range(count)]
    back: list[list[int]] = []
    for row, costs in zip(scores[1:], backwards[1:], strict=True):
        came = []
        following = []
        for q in range(count):
            steps = [best[p] + _transition(p, q, costs[q]) for p in range(count)]
            p = max(range(count), key=steps.__getitem__)
            came.append(p)
            following.append(steps[p] + row[q])
        back.append(came)
        best = following
    path = [max(range(count), key=lambda q: best[q])]
    for came in reversed(back):
        path.append(came[path[-1]])
    return path[::-1]


def _transition(before: int, after: int, backwards: float) -> float:
    if after == before:
        return 0.0
    return backwards if after < before else _skipped(after - before - 1)


def _skipped(questions: int) -> float:
    return max(MOST_SKIPPED, SKIPPED * questions)


# Which of a question's equations is the answer


def _chosen(mine: Sequence[Entry], question: Question) -> Entry | None:
    """The last of the equations that most look like the answer."""
    usable = [entry for entry in mine if not entry.is_open]
    aside = {id(entry) for entry in _called_upon(usable)}
    usable = [entry for entry in usable if id(entry) not in aside] or usable
    if not usable:
        return None
    top = max(_rank(entry, question) for entry in usable)
    if top < 0:
        return None
    return [entry for entry in usable if _rank(entry, question) == top][-1]


def _called_upon(usable: Sequence[Entry]) -> list[Entry]:
    """The equations that only say what a name means that the others are written with."""
    naming = [entry for entry in usable if entry.defines]
    said = "\n".join(entry.signs(left=False) for entry in usable) if naming else ""
    return [e for e in naming if re.search(re.escape(e.signs(left=True)) + "(?![_^])", said)]


def _rank(entry: Entry, question: Question) -> float:
    """2 + match for a left side that names the question, 1 for none, 0 for another, −1 for prose.

    A formula that cannot be read ranks like one without a left side: a human must see it. What the
    student put in a box goes before all that is not.
    """
    boxed = BOXED if "\\boxed" in entry.formula.text else 0.0
    rank = _plain_rank(entry, question)
    return rank + boxed if rank >= 1.0 else rank


BOXED = 5.0


def _plain_rank(entry: Entry, question: Question) -> float:
    if entry.equation is None:
        return 1.0
    if entry.derivative is not None:
        match = similarity(entry.derivative, question)
        if match > THE_SAME and _marked(entry.labels, [question]):
            match = 1.0  # below its marker the entries are as good as the whole
        return 2.0 + match if match > 0 else 0.0
    if entry.role is not None:
        return -1.0
    if entry.equation.left is None:
        return 1.0 if entry.announced else -1.0
    if entry.defines and entry.labels and _marked(entry.labels, [question]):
        return 1.0  # `13. G = …`: the answer, by a name of the student's own
    if isinstance(entry.left, Symbol):
        return -1.0  # a statement of the model, or of a definition
    return 1.0 if entry.left is None else 0.0
