"""Decides which equation of a paper answers which question.

Real papers miss numbers, put two answers under one number, and mix up indices. So each equation is judged
by three hints together: its left-hand side, the markers above it, and the order of questions. Dynamic
programming finds the best labelling of all equations (A. Viterbi, 1967).
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.claims.assembled import assembled
from grader.claims.entries import LISTED, Entry, entries
from grader.claims.matching import THE_SAME, aliases, left_under, similarity
from grader.claims.notes import Words, words
from grader.claims.numbering import labels_of, named, path_of, questions_marked
from grader.claims.plain import PlainEquation
from grader.claims.ranking import chosen as chosen_of
from grader.claims.ranking import rank
from grader.claims.steps import PaperSteps
from grader.expression import Apply, Item, Symbol, base_name
from grader.notation import USUAL, Conventions, Names
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
class FoundAnswer:
    """The answer that a paper gives to a question.

    `names` are those of the question with the student's definitions and index letters; `match` is
    how well the left-hand side names the question (None if there is none to compare); `steps` are the
    other equations of the paper that work out a derivative, `stated` those about the model itself;
    `paper` are all equations of the paper;
    `earlier` are the places of earlier answers to the same question, which it replaces; `moved` means
    that it is under another question's number, `is_shared` that by its left side it answers another one.
    """

    question: str
    entry: Entry
    names: Names
    match: float | None
    steps: PaperSteps
    stated: tuple[Entry, ...] = ()
    earlier: tuple[Place, ...] = ()
    moved: bool = False
    is_shared: bool = False
    paper: tuple[Entry, ...] = ()
    chosen: Entry | None = None
    rivals: "Callable[[], Sequence[FoundAnswer]]" = tuple

    @property
    def names_question(self) -> bool:
        """Whether the left side is the derivative that the question asks for."""
        return self.match is not None and self.match >= THE_SAME


def align(problem: Problem, paper: Paper) -> dict[str, FoundAnswer]:
    """The answers that a paper gives, by question id.

    A line of a listing is an answer only if no other equation is one.
    """
    if not problem.questions:
        return {}
    names, base = _names_on_the_left(problem), problem.index_base
    found = _numbered(entries(paper, names, base, about=problem.description), problem)
    listed = _numbered(entries(paper, names, base, code=True), problem)
    answers = _aligned(found, problem)
    for question in problem.questions:
        if question.id not in answers and (mine := _listed(listed, question, problem)):
            answers[question.id] = _found(question, mine[-1], mine, [*found, *listed], problem)
    return answers


def _names_on_the_left(problem: Problem) -> Names:
    """The names of a problem, with those that single questions declare besides: the x of their `σ(x)`."""
    names = problem.scope.names
    scopes = [q.scope.names for q in problem.questions if q.scope is not problem.scope]
    for own in scopes:
        added = {
            key: name
            for key, name in own.spellings.items()
            if key not in names.spellings and name not in problem.scope.names.symbols
        }
        if added:
            symbols = {name: own.symbols[name] for name in added.values()}
            names = replace(
                names,
                symbols={**symbols, **names.symbols},
                spellings={**added, **names.spellings},
                latex={**own.latex, **names.latex},
                entries={},
            )
    return names


def alone(problem: Problem, question: Question, formula: Formula) -> FoundAnswer | None:
    """The answer in a formula for one question; None if it has none."""
    found = entries(Paper((formula,)), question.scope.names, problem.index_base)
    usable = [entry for entry in found if not entry.is_open and not entry.explains]
    entry = chosen_of(usable, question) or (usable[-1] if usable else None)
    return None if entry is None else _found(question, entry, usable, found, problem)


def in_words(problem: Problem, paper: Paper) -> dict[str, Words]:
    """The words below the marker of each question; of several the last."""
    by_id = {question.id: question for question in problem.questions}

    def marked(labels: tuple[str, ...]) -> list[Question]:
        return [by_id[hit] for hit in questions_marked(labels, problem.questions)]

    return {question.id: said for question, said in words(paper, marked)}


def _aligned(found: Sequence[Entry], problem: Problem) -> dict[str, FoundAnswer]:
    given, found = found, [entry for entry in found if not entry.explains]
    if not found:
        return {}
    questions = problem.questions
    numbered = {hit for entry in found for hit in questions_marked(entry.labels, questions)}
    labels = _best_path(
        [_emissions(entry, questions, numbered) for entry in found],
        _backwards([entry.labels for entry in found], questions),
    )
    meant = _meant(found, labels, problem)
    only = {id(mine[0]) for mine in meant.values() if len(mine) == 1}
    result = {}
    for question in questions:
        mine = meant[question.id]
        own = [e for e in mine if question.id in questions_marked(e.labels, questions)]
        chosen = _answer(own, question) or chosen_of(mine, question)
        if chosen is None:  # an equation beside the answer to another question
            mine = [e for e in found if _says(e, question) and id(e) not in only]
            chosen = chosen_of(mine, question)
        if chosen is not None:
            result[question.id] = _found(question, chosen, mine, given, problem)
    taken = {id(one.chosen) for one in result.values()}
    for question in questions:
        if question.id not in result and (mine := _unasked(question, found, problem)):
            mine = [entry for entry in mine if id(entry) not in taken] or mine
            chosen = chosen_of(mine, question) or mine[-1]
            answer = _found(question, chosen, mine, given, problem)
            result[question.id] = replace(answer, is_shared=id(chosen) in taken)
    return _with_rivals(result, found, problem)


def _with_rivals(
    answers: Mapping[str, FoundAnswer], found: Sequence[Entry], problem: Problem
) -> dict[str, FoundAnswer]:
    """The answers, each with the other equations that may answer its question, found on demand."""

    def rivals(question: Question) -> list[FoundAnswer]:
        others = [one for one in answers.values() if one.question != question.id]
        free = [
            entry
            for entry in found
            if not any(_is_better(one, entry, question, problem) for one in others)
        ]
        return _rivals(question, answers[question.id].chosen, free, found, problem)

    return {
        name: replace(answer, rivals=partial(rivals, problem[name]))
        for name, answer in answers.items()
    }


def _is_better(other: FoundAnswer, entry: Entry, question: Question, problem: Problem) -> bool:
    """Whether an equation is the answer to another question, which it names at least as well."""
    if entry is not other.chosen:
        return False
    left = entry.derivative
    if left is None:
        return True
    return similarity(left, problem[other.question]) >= similarity(left, question)


def _meant(
    found: Sequence[Entry], labels: Sequence[int], problem: Problem
) -> dict[str, list[Entry]]:
    """The equations for each question by their labels, without steps elsewhere."""
    meant: dict[str, list[Entry]] = {question.id: [] for question in problem.questions}
    for entry, label in zip(found, labels, strict=True):
        question = problem.questions[label]
        if not _is_elsewhere(entry, question, problem):
            meant[question.id].append(entry)
    return meant


def _unasked(question: Question, found: Sequence[Entry], problem: Problem) -> list[Entry]:
    """The equations below the number of a question, whose left side may be mistyped.

    For a question with a reference of the author, which has no left side of its own, else those that no
    other question asks for.
    """
    below = [e for e in found if questions_marked(e.labels, problem.questions) == [question.id]]
    usable = [e for e in below if not (e.is_open or e.changed or e.standing.is_beside)]
    bare = [e for e in usable if e.equation is not None and (e.left is None or e.defines)]
    named = [e for e in usable if e.derivative is not None]
    if bare or named or question.of is not None:
        return bare or named
    return [
        e
        for e in found
        if e.derivative is not None
        and not e.is_open
        and not any(similarity(e.derivative, other) for other in problem.questions)
    ]


def _says(entry: Entry, question: Question) -> bool:
    """Whether a left side is exactly the derivative of the question."""
    return entry.derivative is not None and similarity(entry.derivative, question) == 1.0


def _answer(own: Sequence[Entry], question: Question) -> Entry | None:
    """The answer below its own number with its own left side, which beats all others."""
    chosen = chosen_of(own, question)
    return chosen if chosen is not None and rank(chosen, question) >= 2.0 + THE_SAME else None


def _is_elsewhere(entry: Entry, question: Question, problem: Problem) -> bool:
    """Whether an equation is a step or a definition on the way, and not below the marker either."""
    if question.id in questions_marked(entry.labels, problem.questions):
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
    usable = [e for e in listed if not e.is_open and e.formula.notation != "bound"]
    below = [e for e in usable if questions_marked(e.labels, problem.questions) == [question.id]]
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


def names_for(question: Question, entry: Entry, conventions: Conventions = USUAL) -> Names:
    """The names for an answer: the question's, the student's, and the student's index letters."""
    left = left_under(entry.derivative, conventions)
    letters = aliases(left, question) if left is not None else {}
    renamed = {index.name for index in letters.values()}  # their own names have no meaning here
    free = [index for index in question.free if index.name not in renamed]
    known = question.scope.names.with_indices(free, letters)
    return known.with_definitions(entry.definitions)


def _found(
    question: Question,
    entry: Entry,
    mine: Sequence[Entry],
    found: Sequence[Entry],
    problem: Problem,
) -> FoundAnswer:
    chosen, entry = entry, assembled(entry, mine, question)
    match = similarity(entry.derivative, question) if entry.derivative is not None else None
    marked = questions_marked(entry.labels, problem.questions)
    return FoundAnswer(
        question=question.id,
        entry=entry,
        names=names_for(question, entry),
        match=match,
        steps=PaperSteps(_steps(found, entry), problem.scope.names, problem.asked),
        stated=tuple(e for e in found if e is not entry and _is_stated(e, entry)),
        earlier=tuple(other.place() for other in mine if _is_earlier(other, entry, question)),
        moved=bool(marked) and question.id not in marked,
        paper=tuple(found),
        chosen=chosen,
    )


def _rivals(
    question: Question,
    chosen: Entry | None,
    free: Sequence[Entry],
    found: Sequence[Entry],
    problem: Problem,
) -> list[FoundAnswer]:
    """The other equations of a paper that may answer a question, in reading order.

    These name its derivative on the left, wherever they stand; or they stand below its number, without a
    left side that says something else.
    """
    return [
        _found(question, entry, (entry,), found, problem)
        for entry in free
        if entry is not chosen and _may_answer(entry, question, problem)
        if not _is_changed_below(chosen, entry)
    ]


def _is_changed_below(chosen: Entry | None, entry: Entry) -> bool:
    """Whether words change the answer, which is in the same section: no other claim counts instead."""
    if chosen is None or not chosen.changed or not chosen.standing.is_answer:
        return False
    return chosen.section == entry.section


def _may_answer(entry: Entry, question: Question, problem: Problem) -> bool:
    if entry.is_open or entry.equation is None or entry.standing.is_beside or entry.changed:
        return False
    if entry.derivative is not None and similarity(entry.derivative, question) >= THE_SAME:
        return True
    is_own = question.id in questions_marked(entry.labels, problem.questions)
    return is_own and (entry.left is None or entry.defines)


def _is_earlier(other: Entry, chosen: Entry, question: Question) -> bool:
    """Whether an equation is an answer of its own, and not a step on the way to the chosen one."""
    if other.section == chosen.section or other.is_open:
        return False
    same = other.labels == chosen.labels
    return rank(other, question) >= (1.0 if same else 2.0)


def _is_stated(entry: Entry, answer: Entry) -> bool:
    """Whether an equation says what a quantity, an entry of one, or the derivative of a function is.

    A derivative below another question's marker is an answer to that question.
    """
    left = entry.equation.left if entry.equation is not None else None
    if not left or entry.is_open or entry.derivative is not None or entry.defines:
        return False
    if entry.formula.notation in LISTED:
        return False  # what a listing does to a name holds from there on: see `Entry.rests_on`
    if not entry.standing.is_asserted:
        return False  # `zero at $s = 0$` does not say that s is zero
    if entry.labels != answer.labels[: len(entry.labels)]:
        return False  # what another part says holds there
    primed = not isinstance(left, str) and any(token.text == "'" for token in left)
    return primed or isinstance(entry.left, Symbol | Item | Apply)


def _steps(found: Sequence[Entry], apart: Entry) -> tuple[Entry, ...]:
    """The other equations with a derivative on the left."""
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
    marked = questions_marked(entry.labels, questions)
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


def _backwards(
    labels: Sequence[tuple[str, ...]], questions: Sequence[Question]
) -> list[Sequence[float]]:
    """The cost for each equation of going back to each question; small if its marker says so.

    Markers count only if all of them are those of the problem. If numbers restart below each heading,
    the order decides.
    """
    known = [labels_of(question.id, question.labels) for question in questions]
    paths = {label: path_of(".".join(label)) for label in labels}
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
