"""Which claims of a paper may answer which question.

A claim may answer a question by its left side, by the number above it, or, where it has neither, by its
place between claims that do. All claims that may are candidates, and `grading` decides between them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from grader.claims.assembled import assembled
from grader.claims.claim import Claim, signs_of
from grader.claims.definitions import own_names
from grader.claims.formulas import is_mention
from grader.claims.left_sides import read_left
from grader.claims.matching import THE_SAME, aliases, is_by_the_same, left_under, similarity
from grader.claims.numbering import labels_of, named, path_of, questions_marked
from grader.claims.paper import claims_of
from grader.claims.plain import PlainEquation
from grader.claims.steps import PaperSteps
from grader.errors import StudentError
from grader.expression import Apply, Derivative, Item, Symbol, base_name
from grader.notation import USUAL, Conventions, Names
from grader.notation.statements import equations
from grader.primitives.build import derivative
from grader.problem.model import Problem, Question
from grader.submission import Formula, Paper, Place, paper_of

FITS = 0.85  # a left side that names all entries of what is asked, or an entry of it
BOXED = 5.0


@dataclass(frozen=True)
class Candidate:
    """A claim that may answer a question.

    `source` is the claim in the table; `claim` has the claims for other entries of the same array with it.
    `beside` are all claims that may answer the question. `is_shared` means that its left side names
    another question, which has no other claim; `is_doubtful` that it names another derivative or has a name
    that may be this one, so that it counts only if it is right.
    """

    question: Question
    source: Claim
    beside: tuple[Claim, ...]
    table: "Table"
    is_shared: bool = False
    is_doubtful: bool = False

    @cached_property
    def claim(self) -> Claim:
        """The claim, with those for other entries of the same array."""
        return assembled(self.source, self.beside, self.question)

    @cached_property
    def names(self) -> Names:
        """The names of the question with the student's definitions and index letters."""
        return names_for(self.question, self.claim)

    @cached_property
    def match(self) -> float | None:
        """How well the left side names the question; None if there is none to compare."""
        left = self.claim.derivative
        return similarity(left, self.question) if left is not None else None

    @property
    def names_question(self) -> bool:
        """Whether the left side is the derivative that the question asks for."""
        return self.match is not None and self.match >= THE_SAME

    @property
    def is_moved(self) -> bool:
        """Whether it is under another question's number."""
        marked = questions_marked(self.claim.labels, self.table.problem.questions)
        return bool(marked) and self.question.id not in marked

    @property
    def is_own(self) -> bool:
        """Whether it stands below the number of the question, with a left side that may be its own."""
        claim = self.claim
        is_slope = isinstance(claim.left, Apply) and claim.left.function.endswith("'")
        fits = claim.is_bare or is_slope or bool(self.match)
        is_below = bool(questions_marked(claim.labels, [self.question]))
        return is_below and fits

    @cached_property
    def steps(self) -> PaperSteps:
        """The other claims whose left side is a derivative."""
        problem = self.table.problem
        others = [
            one
            for one in self.table.claims
            if one is not self.claim and not one.is_open and one.derivative is not None
        ]
        return PaperSteps(tuple(others), problem.scope.names, problem.asked)

    @cached_property
    def about_names(self) -> tuple[Claim, ...]:
        """The claims about the model itself."""
        return tuple(
            one
            for one in self.table.claims
            if one is not self.claim and _is_stated(one, self.claim)
        )

    @property
    def beside_it(self) -> Iterator[Claim]:
        """The other claims in the same part of the paper that may be answers."""
        mine = self.source
        for one in self.table.claims:
            is_other = one.formula.place != mine.formula.place and one.is_beside(mine)
            if is_other and not one.is_open and one.standing.is_answer:
                yield one

    @property
    def company(self) -> Sequence[Claim]:
        """Those of which it is not known what they are about."""
        return [one for one in self.beside_it if one.left is None and not is_mention(one.text)]

    @property
    def is_followed(self) -> bool:
        """Whether its part of the paper goes on with an equation that is not about another derivative."""
        here = self.source.formula.place.line
        return any(
            one.derivative is None or similarity(one.derivative, self.question)
            for one in self.beside_it
            if one.formula.place.line > here
        )

    @property
    def earlier(self) -> tuple[Place, ...]:
        """The places of earlier answers to the question, which this one replaces."""
        return tuple(one.place() for one in self.beside if self._is_earlier(one))

    def _is_earlier(self, other: Claim) -> bool:
        """Whether a claim is an answer of its own, and not a step on the way to this one."""
        if other.section == self.claim.section or other.is_open:
            return False
        same = other.labels == self.claim.labels
        return rank(other, self.question) >= (1.0 if same else 2.0)


@dataclass(frozen=True)
class Table:
    """The claims of a paper in reading order."""

    problem: Problem
    claims: tuple[Claim, ...]

    @cached_property
    def answers(self) -> Mapping[str, tuple[Candidate, ...]]:
        """The candidates for each question that has any, the most likely one first."""
        return _Answers(self).found()


def table_of(problem: Problem, paper: Paper) -> Table:
    """The claims of a paper."""
    if not problem.questions:
        return Table(problem, ())
    names, base = _names_on_the_left(problem), problem.index_base
    found = claims_of(paper, names, base, about=problem.description)
    questions = problem.questions
    return Table(
        problem,
        tuple(_in_scope(_as_marked(one, questions), problem) for one in found),
    )


def alone(problem: Problem, question: Question, formula: Formula) -> Candidate | None:
    """The answer in a formula for one question; None if it has none."""
    found = claims_of(Paper((formula,)), question.scope.names, problem.index_base)
    usable = [one for one in found if not one.is_open and not one.explains]
    chosen = _best(usable, question) or (usable[-1] if usable else None)
    if chosen is None:
        return None
    return Candidate(question, chosen, tuple(usable), Table(problem, tuple(found)))


def names_for(question: Question, claim: Claim, conventions: Conventions = USUAL) -> Names:
    """The names for an answer: the question's, the student's, and the student's index letters."""
    left = left_under(claim.derivative, conventions)
    letters = aliases(left, question) if left is not None else {}
    renamed = {index.name for index in letters.values()}  # their own names have no meaning here
    free = [index for index in question.free if index.name not in renamed]
    known = question.scope.names.with_indices(free, letters)
    return known.with_definitions(claim.definitions)


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


def _in_scope(claim: Claim, problem: Problem) -> Claim:
    """A claim about the derivative that a question asks for in names of its own.

    The x of `σ'(x)` may be a number there, and an array in the model.
    """
    if claim.derivative is not None or claim.equation is None:
        return claim
    for question in problem.questions:
        if question.scope is not problem.scope:
            names = question.scope.names.with_definitions(claim.definitions)
            left = read_left(claim.equation, names)
            if isinstance(left, Derivative) and similarity(left, question) == 1.0:
                return replace(claim, left=left, defines=False)
    return claim


def _as_marked(claim: Claim, questions: Sequence[Question]) -> Claim:
    """`q11 = …`: a left side that is a question's number is that number."""
    name = claim.equation.left if isinstance(claim.equation, PlainEquation) else None
    question = named(name, questions) if name and _QUESTION_NAME.fullmatch(name) else None
    if question is None:
        return claim
    return replace(claim, labels=(question.id,), left=None, defines=False)


_QUESTION_NAME = re.compile(r"[A-Za-z]{1,10}_?\d{1,3}[a-z]?")


class _Answers:
    """Finds the candidates of a table for each question."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._questions = table.problem.questions
        self._claims = [one for one in table.claims if not one.explains]
        self._marked = self._in_full(
            {id(one): questions_marked(one.labels, self._questions) for one in table.claims}
        )
        self._similar = {  # how well each left side names each question
            id(one): {it.id: similarity(one.derivative, it) for it in self._questions}
            for one in self._claims
            if one.derivative is not None
        }
        self._leave_out_others()
        self._numbered = {hit for one in self._claims for hit in self._marked[id(one)]}
        self._by_order = self._ordered()

    @cached_property
    def _prompted(self) -> dict[str, str | None]:
        return {q.id: _asked_as(q) for q in self._questions if q.of and q.wrt}

    def found(self) -> dict[str, tuple[Candidate, ...]]:
        result: dict[str, tuple[Candidate, ...]] = {}
        for question in self._questions:
            beside = [one for one in self._claims if self._belongs(one, question)]
            below = [one for one in beside if question.id in self._marked[id(one)]]
            chosen = self._certain(below, question) or _best(beside, question)
            if chosen is not None:
                result[question.id] = self._candidates(question, chosen, beside)
        known = dict(result)
        for question in self._questions:
            if question.id not in result and (found := self._wanting(question, known)):
                result[question.id] = found
        return result

    def _wanting(
        self, question: Question, known: Mapping[str, Sequence[Candidate]]
    ) -> tuple[Candidate, ...]:
        """The candidates for a question that has none of its own, from the surest kind that there is."""
        alone = {id(found[0].source) for found in known.values() if len(found[0].beside) == 1}
        taken = {id(found[0].source) for found in known.values()}
        again = [one for one in self._claims if self._says(one, question) and id(one) not in alone]
        if chosen := _best(again, question):  # beside the answer to another question
            return self._candidates(question, chosen, again)
        mistyped = self._mistyped(question)
        free = [one for one in mistyped if id(one) not in taken]
        for beside, is_shared in ((free, False), (mistyped, True)):
            if beside:
                chosen = _best(beside, question) or beside[-1]
                return (Candidate(question, chosen, tuple(beside), self._table, is_shared),)
        if doubtful := [*self._doubtful(question), *self._of_a_letter_again(question, known)]:
            return tuple(reversed(doubtful))
        return ()

    def _says(self, claim: Claim, question: Question) -> bool:
        """Whether a left side is exactly the derivative of the question."""
        return id(claim) in self._similar and self._similar[id(claim)][question.id] == 1.0

    def _candidates(
        self, question: Question, chosen: Claim, beside: Sequence[Claim]
    ) -> tuple[Candidate, ...]:
        rivals = [
            Candidate(question, one, (one,), self._table)
            for one in beside
            if one is not chosen and self._may_answer(one, question)
            if not _is_changed_below(chosen, one)
        ]
        is_bare = chosen.derivative is None and question.id not in self._marked[id(chosen)]
        doubtful = self._doubtful(question)
        rivals = [one for one in doubtful if is_bare or one.names_question] + rivals
        return Candidate(question, chosen, tuple(beside), self._table), *rivals

    def _doubtful(self, question: Question) -> list[Candidate]:
        """The claims that may be about a question, so that they count if they are right.

        Those about a name that the paper calls the derivative, and those for a derivative by the same
        quantity that no question asks for.
        """
        return [
            Candidate(question, claim, (claim,), self._table, is_doubtful=True)
            for one in self._claims
            if not (one.is_open or one.changed)
            and (claim := self._by_name(one, question) or self._of_another(one, question))
        ]

    def _of_a_letter_again(
        self, question: Question, known: Mapping[str, Sequence[Candidate]]
    ) -> Iterator[Candidate]:
        """The claims for the derivative of another question, which another part of the paper answers.

        A paper often has one letter for several losses, one in each part.
        """
        for one in self._claims:
            left = one.derivative
            if left is None or one.is_open or one.changed or not is_by_the_same(left, question):
                continue
            names = self._similar[id(one)]
            others = [found for name, found in known.items() if names[name]]
            if others and all(
                any(o.claim.heading != one.heading for o in found) for found in others
            ):
                yield Candidate(question, one, (one,), self._table, is_doubtful=True)

    def _by_name(self, claim: Claim, question: Question) -> Claim | None:
        """The claim about a name of the derivative that is asked for, the paper's or the prompt's."""
        meant = claim.meant
        signs = claim.signs(left=True) if claim.derivative is None else ""
        if signs.strip() and self._prompted.get(question.id) == signs:
            assert question.of is not None
            assert question.wrt is not None
            meant = derivative(question.of, question.wrt)
        if meant is None or similarity(meant, question) < THE_SAME:
            return None
        return replace(claim, left=meant, defines=False)

    def _of_another(self, claim: Claim, question: Question) -> Claim | None:
        left = claim.derivative
        if left is None or not is_by_the_same(left, question):
            return None
        return None if any(self._similar[id(claim)].values()) else claim

    def _may_answer(self, claim: Claim, question: Question) -> bool:
        if claim.is_open or claim.equation is None or not claim.standing.is_answer:
            return False
        is_own = question.id in self._marked[id(claim)]
        return _names(claim, question) or (is_own and _may_be_bare(claim))

    def _certain(self, below: Sequence[Claim], question: Question) -> Claim | None:
        """The claim below its own number with its own left side, which goes before all others."""
        chosen = _best(below, question)
        is_certain = chosen is not None and rank(chosen, question) >= 2.0 + THE_SAME
        return chosen if is_certain else None

    # Which question a claim belongs to

    def _in_full(self, marked: Mapping[int, Mapping[str, int]]) -> dict[int, list[str]]:
        """The questions below whose number each claim stands.

        If a paper has a question's number in full, `1.2.1`, a `1` elsewhere is another one.
        """
        counts = [hit for hits in marked.values() for hit in hits.items()]
        longest = {name: max(n for one, n in counts if one == name) for name, _ in counts}
        return {
            claim: [name for name, count in hits.items() if count == longest[name]]
            for claim, hits in marked.items()
        }

    def _leave_out_others(self) -> None:
        """Leave out numbers that are not those of the problem.

        They may be others if the paper has unknown ones besides. Then the number of a question that is only
        answered by its left side elsewhere is another one.
        """
        known = [labels_of(question.id, question.labels) for question in self._questions]
        paths = {path_of(".".join(one.labels)) for one in self._claims if one.labels}
        if all(any(path in one for one in known) for path in paths):
            return
        for question in self._questions:
            naming = [one for one in self._claims if one.labels and _names(one, question)]
            if naming and not any(question.id in self._marked[id(one)] for one in naming):
                for one in self._claims:
                    hits = self._marked[id(one)]
                    self._marked[id(one)] = [hit for hit in hits if hit != question.id]

    def _belongs(self, claim: Claim, question: Question) -> bool:
        """Whether a claim is about a question by its number, its left side or its place."""
        is_below = question.id in self._marked[id(claim)]
        if claim.derivative is None:
            return is_below or self._by_order.get(id(claim)) == question.id
        return self._match(claim, question) > 0.0 and (
            is_below or self._by_order.get(id(claim), question.id) == question.id
        )

    def _match(self, claim: Claim, question: Question) -> float:
        """How well a left side names a question, 0 if it names another one better.

        Below a number the entries of the array that is asked for there are that array; and a number says
        more than a left side that is not quite that of another question with a number in the paper.
        """
        left, marked = claim.derivative, self._marked[id(claim)]
        if left is None:
            return 0.0
        match = self._similar[id(claim)][question.id]
        best = max(self._similar[id(claim)].values())
        if question.id in marked:
            is_it = match > THE_SAME
            return 1.0 if is_it else match if best < 1.0 else 0.0
        is_other = base_name(left.wrt) != base_name(question.wrt)
        if match < best or is_other or (marked and match < 1.0 and question.id in self._numbered):
            return 0.0
        return match

    def _ordered(self) -> dict[int, str]:
        """The question of each claim that has it by its place only.

        These are claims without a number and a left side, and with a left side that fits several questions
        alike. Between two claims whose questions are known, they answer the questions between, if there
        are as many, or if there is just one.
        """
        order = [question.id for question in self._questions]
        sure = {id(one): self._sure(one) for one in self._claims}
        answered = {hit for hits in sure.values() if len(hits) == 1 for hit in hits}
        result: dict[int, str] = {}
        run: list[Claim] = []
        last = -1
        for claim in [*self._claims, None]:
            hits = sure[id(claim)] if claim is not None else []
            if claim is not None and len(hits) != 1:
                if hits:
                    run.append(claim)
                continue
            until = order.index(hits[0]) if claim is not None else len(order)
            between = [hit for hit in order[last + 1 : until] if hit not in answered]
            between = [hit for hit in between if any(hit in sure[id(one)] for one in run)]
            if len(between) == len(run):
                result |= {id(one): hit for one, hit in zip(run, between, strict=True)}
            elif len(between) == 1:
                result |= {id(one): between[0] for one in run}
            run, last = [], until
        return result

    def _sure(self, claim: Claim) -> list[str]:
        """The questions that a claim may be about; none if it is about none, or only beside others."""
        if marked := self._marked[id(claim)]:
            return marked
        if claim.derivative is not None:
            fit = [(q.id, self._match(claim, q)) for q in self._questions]
            return [hit for hit, match in fit if match > 0.0]
        is_answer = not claim.is_open and claim.standing.is_answer and not claim.defines
        if not is_answer or rank(claim, self._questions[0]) < 1.0:
            return []
        return [q.id for q in self._questions if q.id not in self._numbered]

    # Claims that answer for want of better ones

    def _mistyped(self, question: Question) -> list[Claim]:
        """The claims below the number of a question, whose left side may be mistyped.

        For a question with a reference of the author, which has no left side of its own, else those that no
        other question asks for.
        """
        below = [one for one in self._claims if self._marked[id(one)] == [question.id]]
        usable = [
            one for one in below if not (one.is_open or one.changed or one.standing.is_beside)
        ]
        bare = [one for one in usable if one.equation is not None and _may_be_bare(one)]
        found = bare or [one for one in usable if one.derivative is not None]
        if found or question.of is not None:
            return found
        return [
            one
            for one in self._claims
            if one.derivative is not None
            and not one.is_open
            and not any(self._similar[id(one)].values())
        ]


def _asked_as(question: Question) -> str | None:
    """The signs of the first undeclared name in a prompt: `What is $\\bar{g}$?`, `$\\delta = …$?`."""
    names = question.scope.names
    for item in paper_of(question.prompt).items:
        with suppress(StudentError):
            for one in equations(item.text, names) if isinstance(item, Formula) else ():
                name = one.members[0]
                is_index = len(name) == 1 and name[0].text.islower()
                if name and not is_index and any(True for _ in own_names(name, names)):
                    return signs_of(name)
    return None


def _may_be_bare(claim: Claim) -> bool:
    """Whether the left side says nothing of a derivative, or cannot be read."""
    return claim.left is None or claim.defines


def _names(claim: Claim, question: Question) -> bool:
    """Whether a left side is the derivative of the question."""
    return claim.derivative is not None and similarity(claim.derivative, question) >= THE_SAME


def _is_changed_below(chosen: Claim, claim: Claim) -> bool:
    """Whether words change the answer, which is in the same section: no other claim counts instead."""
    is_changed = bool(chosen.changed) and chosen.standing.is_answer
    return is_changed and chosen.section == claim.section


def _is_stated(claim: Claim, answer: Claim) -> bool:
    """Whether a claim says what a quantity, an entry of one, or the derivative of a function is.

    A derivative below another question's marker is an answer to that question.
    """
    left = claim.equation.left if claim.equation is not None else None
    if not left or claim.is_open or claim.derivative is not None or claim.defines:
        return False
    if claim.formula.heading:
        return False  # the title of a part
    if not claim.standing.is_asserted:
        return False  # `zero at $s = 0$` does not say that s is zero
    if claim.labels != answer.labels[: len(claim.labels)]:
        return False  # what another part says holds there
    primed = not isinstance(left, str) and any(token.text == "'" for token in left)
    return primed or isinstance(claim.left, Symbol | Item | Apply)


# The best of several claims


def _best(beside: Sequence[Claim], question: Question) -> Claim | None:
    """The last of the claims that most look like the answer."""
    usable = [one for one in beside if not one.is_open]
    usable = [one for one in usable if one.standing.is_answer] or usable
    aside = {id(one) for one in _called_upon(usable)}
    usable = [one for one in usable if id(one) not in aside] or usable
    ranks = [rank(one, question) for one in usable]
    top = max(ranks, default=-1.0)
    return None if top < 0 else usable[-1 - ranks[::-1].index(top)]


def _called_upon(usable: Sequence[Claim]) -> list[Claim]:
    """The claims that only define a name which the others use."""
    naming = [one for one in usable if one.defines]
    said = "\n".join(one.signs(left=False) for one in usable) if naming else ""
    return [one for one in naming if re.search(re.escape(one.signs(left=True)) + "(?![_^])", said)]


def rank(claim: Claim, question: Question) -> float:
    """2 + match for a left side that names the question, 1 for none, 0 for another, −1 for prose.

    A formula that cannot be read ranks like one without a left side: a human must see it. What the
    student put in a box goes before all that is not.
    """
    plain = _plain_rank(claim, question)
    return plain + BOXED if plain >= 1.0 and "\\boxed" in claim.formula.text else plain


def _plain_rank(claim: Claim, question: Question) -> float:
    if claim.equation is None:
        return 1.0
    is_below = bool(questions_marked(claim.labels, [question]))
    if claim.derivative is not None:
        match = similarity(claim.derivative, question)
        if match > THE_SAME and is_below:
            match = 1.0  # below its marker the entries are as good as the whole
        return 2.0 + match if match > 0 else 0.0
    if claim.standing.is_beside:
        return -1.0
    if claim.equation.left is None:
        return 1.0 if claim.announced else -1.0
    if claim.defines and is_below:
        return 1.0  # `13. G = …`: the answer, by a name of the student's own
    if isinstance(claim.left, Symbol):
        return -1.0  # a statement of the model, or of a definition
    return 1.0 if claim.left is None else 0.0
