"""Grading programs: each question by the value that its derivative's name holds when the program has ended.

The values of all draws decide. A right value counts if nothing of equal standing gives the same
derivative another value. A wrong one earns nothing only if the program surely means this derivative, its
names are those of the problem, and it is right under no other layout of vectors and labels.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.claims import questions_marked
from grader.expression import symbols_in
from grader.grading.entry_formulas import is_right_by_entries
from grader.grading.incorrect import WRONG
from grader.grading.outcome import Outcome, for_a_human, result_of
from grader.grading.program_runs import ProgramRuns, Runs, Series, called_name, time_for_one
from grader.grading.program_values import is_near, laid_out, outcome_for, turned
from grader.grading.wrong_lines import WrongLines
from grader.key import Key, QuestionKey
from grader.problem import Question
from grader.problem.model import bases
from grader.program.budget import Budget
from grader.program.code_names import Derived, is_gradient
from grader.program.errors import Failed, Origin, Refused
from grader.program.given import USUAL, Layout
from grader.program.returned import misplaced
from grader.program.running import ENTRY, TOP, Held, Ran
from grader.program.values import Unknown
from grader.result import AnswerRecord, Kind, Message, QuestionResult, Verdict
from grader.submission import Listing, Place

_TRIED = 2  # draws on which a program is tried before it is run on all


@dataclass(frozen=True, slots=True)
class ProgramAnswer:
    """What a program says to a question."""

    outcome: Outcome
    record: AnswerRecord
    messages: tuple[Message, ...] = ()

    def result(self, question: Question) -> QuestionResult:
        """The result, if nothing else answers the question."""
        return result_of(question, self.outcome, self.record, self.messages)


@dataclass(frozen=True, slots=True)
class ProgramAnswers:
    """The answers of the programs of a submission, and the places of pieces that are accounted for."""

    answers: Mapping[str, ProgramAnswer]
    accounted: frozenset[Place] = frozenset()


def graded(key: Key, listings: Sequence[Listing]) -> ProgramAnswers:
    """What programs say to the questions of a problem."""
    answers: dict[str, ProgramAnswer] = {}
    accounted: set[Place] = set()
    for listing in listings:
        found, is_whole = _of_listing(key, listing)
        for question, answer in found.items():
            known = answers.get(question)
            answers[question] = answer if known is None else _both(known, answer)
        if is_whole:
            accounted.update(piece.place for piece in listing.pieces)
    return ProgramAnswers(answers, frozenset(accounted))


def _of_listing(key: Key, listing: Listing) -> tuple[dict[str, ProgramAnswer], bool]:
    """The answers of one program, and whether all of it is accounted for."""
    scopes: dict[object, list[QuestionKey]] = {}
    for one in key.questions.values():
        scopes.setdefault(one.question.scope.key, []).append(one)
    answers: dict[str, ProgramAnswer] = {}
    left: set[str] | None = None  # names that no scope accounts for
    budget = time_for_one(key.questions.values())
    programs = []
    for questions in scopes.values():
        try:
            program = _Program(questions, listing, budget)
            answers |= program.answers()
            unused = program.unaccounted()
        except Refused:
            return answers, False
        left = unused if left is None else left & unused
        programs.append(program)
    for program in programs:  # what time is left after all answers
        for question, message in program.where_wrong():
            answer = answers[question]
            answers[question] = replace(answer, messages=(message, *answer.messages))
    return answers, not left


def beside(result: QuestionResult, question: Question, programs: ProgramAnswers) -> QuestionResult:
    """The result of a question with what the programs say to it.

    What a paper says in formulas comes first. A program that is right counts if no formula could be judged,
    and a human decides if it is right and a formula is not.
    """
    answer = programs.answers.get(question.id)
    if answer is None or result.verdict in (Verdict.CORRECT, Verdict.ERROR):
        return result
    if result.verdict is Verdict.MISSING:
        return answer.result(question)
    if answer.outcome.verdict is not Verdict.CORRECT:
        return result
    if result.verdict is Verdict.UNREADABLE or _may_be_no_answer(result):
        return answer.result(question)
    if result.verdict.needs_review:
        return result
    text = "the program is right, but the formula is not"
    return replace(answer, outcome=_for_a_human(text, "two-answers")).result(question)


def _may_be_no_answer(result: QuestionResult) -> bool:
    """Whether what was found in formulas may not be an answer at all."""
    return any(message.code in _NO_ANSWER for message in result.messages)


_NO_ANSWER = frozenset({"uncertain-place", "left-over", "in-words", "uncertain-words"})


def _both(first: ProgramAnswer, second: ProgramAnswer) -> ProgramAnswer:
    """The answer of two programs to one question: a human decides if they differ."""
    if first.outcome.verdict is second.outcome.verdict:
        return second
    text = "two programs of the submission give this derivative different values"
    return replace(second, outcome=_for_a_human(text, "two-answers"))


def _for_a_human(text: str, code: str) -> Outcome:
    return for_a_human(Message(Kind.ERROR, f"{text}; a person will look at it", code))


class _Program:
    """One program and the questions of one scope."""

    def __init__(self, questions: Sequence[QuestionKey], listing: Listing, budget: Budget) -> None:
        self._questions = questions
        self._listing = listing
        self._runs = ProgramRuns(questions[0], listing, budget)
        self._layouts: set[Layout] = set()  # those under which some answer is right
        self._wrong: dict[str, tuple[Series, Layout]] = {}

    def answers(self) -> dict[str, ProgramAnswer]:
        """What the program says to each question."""
        found = {}
        for key in self._questions:
            try:
                answer = self._answer(key)
            except Refused:
                break  # its time is over
            if answer is not None:
                found[key.question.id] = answer
        return found

    def where_wrong(self) -> Iterator[tuple[str, Message]]:
        """Where the program breaks on its way to wrong answers, by question."""
        breaks: dict[Layout, WrongLines] = {}
        for key in self._questions:
            if key.diagnoses and key.question.id in self._wrong:
                series, layout = self._wrong[key.question.id]
                if layout not in breaks:
                    breaks[layout] = WrongLines(self._runs, layout, self._listing)
                message = breaks[layout].message(key, series)
                if message is not None:
                    yield key.question.id, message

    def _answer(self, key: QuestionKey) -> ProgramAnswer | None:
        named = self._named(self._runs.on_draws(count=_TRIED), key)
        if not named:
            return self._by_entries(key) or self._unnamed(key)
        for layout in self._layouts_to_try():
            if (answer := self._in_layout(key, layout)) is not None:
                return self._only_in(layout, key, named, answer)
        return self._not_right(key, self._layout(key))

    def _layouts_to_try(self) -> Iterator[Layout]:
        """The layouts of the problem; if shapes do not fit in any of them, the mixed ones too."""
        inputs = self._runs.inputs
        yield from inputs.layouts
        ran = [self._runs.on_draws(layout, count=_TRIED).first for layout in inputs.layouts]
        if all(any(isinstance(one, Failed) for one in run.faults) for run in ran):
            yield from inputs.mixed_layouts

    def _named(self, runs: Runs, key: QuestionKey) -> list[Series]:
        """The names that stand for the derivative that a question asks for, of the highest rank only.

        Names come first that are closest to what is declared. A name without a value because some example
        of a call fails says nothing, and a function that does not use what the derivative depends on is
        about something else, such as another layer.
        """
        found = [
            one
            for one in runs.series.values()
            if self._answers(one.held.derived, key.question)
            and not self._is_for_another(one, key.question)
        ]
        closest = max((_closeness(one) for one in found), default=0)
        found = [one for one in found if _closeness(one) == closest]
        valued = [one for one in found if one.values is not None or not self._is_call(one)]
        needed = self._needed(key)
        meant = [one for one in valued if self._uses(runs, one, needed)]
        found = meant or valued or found
        top = min((one.held.rank for one in found), default=TOP)
        return [one for one in found if one.held.rank == top]

    def _answers(self, derived: Derived | None, question: Question) -> bool:
        if derived is None:
            return False
        of, wrt = bases(question.of, question.wrt)
        meant = derived.pair[0] or (self._runs.inputs.loss if self._is_of_loss(wrt) else of)
        return bool(wrt) and derived.pair[1] == wrt and meant == of

    def _is_of_loss(self, wrt: str) -> bool:
        """Whether some question asks for the derivative of the loss by a name."""
        loss = self._runs.inputs.loss
        return any(
            bases(one.question.of, one.question.wrt) == (loss, wrt) for one in self._questions
        )

    def _is_for_another(self, series: Series, question: Question) -> bool:
        """Whether a name stands below the number of another question that it answers."""
        labels = self._listing.labels(series.held.line)
        everything = [one.question for one in self._questions]
        marked = questions_marked(labels, everything) if labels else {}
        return question.id not in marked and any(
            one.id in marked and self._answers(series.held.derived, one) for one in everything
        )

    def _needed(self, key: QuestionKey) -> frozenset[str]:
        """The symbols that a derivative depends on, itself or through quantities."""
        names = symbols_in(key.reference) if key.reference is not None else set()
        return frozenset(
            symbol
            for symbol in key.question.scope.symbols
            if symbol in names or any(self._rests_on(name, symbol) for name in names)
        )

    def _uses(self, runs: Runs, series: Series, needed: Collection[str]) -> bool:
        """Whether a function that was run by itself uses what a derivative depends on, or names for it."""
        reads = runs.first.used_by(series.held.function)
        return reads is None or all(
            name in reads or any(self._rests_on(one, name) for one in reads) for name in needed
        )

    def _rests_on(self, name: str, wrt: str) -> bool:
        """Whether the model computes one name from another."""
        depends = self._runs.inputs.scope.names.depends
        waiting, seen = [name], set()
        while waiting:
            for one in depends.get(waiting.pop(), ()):
                if one == wrt:
                    return True
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return False

    def _is_call(self, series: Series) -> bool:
        """Whether a line of the top level only calls a function of the program."""
        return series.held.rank == TOP and series.held.line in self._calls

    @cached_property
    def _calls(self) -> frozenset[int]:
        own = {one.name for one in self._runs.program.functions}
        own |= {method.name for one in self._runs.program.classes for method in one.methods}
        return frozenset(
            node.lineno
            for node in ast.walk(self._runs.program.tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and called_name(node.value.func) in own
        )

    def _in_layout(self, key: QuestionKey, layout: Layout) -> ProgramAnswer | None:
        """The answer if it is right under another layout of vectors and labels."""
        tried = self._named(self._runs.on_draws(layout, count=_TRIED), key)
        if not any(self._runs.is_right(key, one, layout) for one in tried):
            return None
        self._layouts.add(layout)
        return self._accepted(key, self._named(self._runs.on_draws(layout), key), layout)

    def _only_in(
        self, layout: Layout, key: QuestionKey, named: Sequence[Series], answer: ProgramAnswer
    ) -> ProgramAnswer:
        """An answer that is right only under another layout: the usual one must make no sense."""
        sensible = [one for one in named if one.values and laid_out(key, one.values) is not None]
        if (
            not sensible
            or layout.vectors == USUAL.vectors
            or answer.outcome.verdict is not Verdict.CORRECT
        ):
            return answer
        text = f"the answer is right if vectors are {layout.vectors}s"
        return replace(answer, outcome=_for_a_human(text, "other-reading"))

    def _accepted(
        self, key: QuestionKey, named: Sequence[Series], layout: Layout
    ) -> ProgramAnswer | None:
        """The answer if a name is right; for a human if another one of the same rank is not."""
        right = [one for one in named if self._runs.is_right(key, one, layout)]
        if not right:
            return None
        chosen = right[-1]
        record = self._record(chosen)
        if self._is_circular(key, chosen, layout):
            text = "the program uses this derivative before it computes it"
            return ProgramAnswer(_for_a_human(text, "program"), record)
        if any(
            (one.held.function.rpartition(".")[2], one.held.path) in self._misplaced
            for one in right
        ):
            text = f"`{chosen.held.path}` is returned in another place than is said elsewhere"
            return ProgramAnswer(_for_a_human(text, "two-answers"), record)
        callers = self._callers(chosen)
        ran = self._runs.on_draws(layout, count=_TRIED).first
        others = [
            one for one in named
            if one not in right
            and not self._writers(one) <= callers
            and _may_differ(one, chosen, ran)
        ]  # fmt: skip
        if others:
            lines = " and ".join(self._listing.named(one.held.line) for one in (chosen, others[-1]))
            text = f"the program gives this derivative two different values, in {lines}"
            return ProgramAnswer(_for_a_human(text, "two-answers"), record)
        return ProgramAnswer(Outcome(Verdict.CORRECT, 1.0), record, self._notes(chosen))

    @cached_property
    def _misplaced(self) -> frozenset[tuple[str, str]]:
        return misplaced(self._runs.program.tree)

    def _is_circular(self, key: QuestionKey, series: Series, layout: Layout) -> bool:
        """Whether the program was given this derivative, or one that does not lead to it.

        For the field of an object, it is the methods of its class that count.
        """
        of, wrt = bases(key.question.of, key.question.wrt)
        gradients = self._runs.on_draws(layout, count=_TRIED).first.gradients
        place = series.held.function
        own = [pairs for name, pairs in gradients.items() if f"{name}.".startswith(f"{place}.")]
        pairs = set().union(*(own if place and own else gradients.values()))
        return any(not self._rests_on(name, wrt) for by, name in pairs if by == of)

    def _callers(self, series: Series) -> frozenset[str]:
        """The functions that call the one that a name is in: they add up or pass on what it gives."""
        name = series.held.function.rpartition(".")[2]
        return frozenset(
            function
            for function, called in self._runs.program.calls.items()
            if name and name in called
        )

    def _writers(self, series: Series) -> set[str]:
        """The functions that give a name its value: for the field of an object, its methods."""
        found = {one.scope for one in self._runs.program.targets if one.path == series.held.path}
        methods = {one for one in found if one.startswith(f"{series.held.function}.")}
        return methods or {series.held.function}

    def _layout(self, key: QuestionKey) -> Layout:
        """The layout that a program with a wrong answer is written for: most of it runs there."""

        def unfit(layout: Layout) -> tuple[bool, int, bool]:
            runs = self._runs.on_draws(layout, count=_TRIED)
            is_unproved = layout != USUAL and layout not in self._layouts
            return not self._named(runs, key), len(runs.first.faults), is_unproved

        return min(self._layouts_to_try(), key=unfit)

    def _not_right(self, key: QuestionKey, layout: Layout) -> ProgramAnswer:
        """The answer if no layout makes it right: incorrect if that is sure, else for a human."""
        runs = self._runs.on_draws(layout)
        named = self._named(runs, key)
        last, given = named[-1], runs.first.given
        record = self._record(last)
        if last.values is None:
            return ProgramAnswer(self._unread(last), record)
        if (changed := self._changed(key, layout)) is not None:
            return ProgramAnswer(changed, record)
        if (other := runs.first.changed_through(last.held)) is not None:
            line = self._listing.named(other.line)
            text = f"{line} changes this array through its other name `{other.path}`"
            return ProgramAnswer(_for_a_human(text, "program"), record)
        if is_near(key, last.values):
            text = "the values agree to a few digits only, as with a small constant or differences"
            return ProgramAnswer(_for_a_human(text, "precision"), record)
        if (
            runs.first.faults
            or len(named) > 1
            or given.guessed
            or not (last.held.derived and last.held.derived.is_exact)
        ):
            text = "the value is not right, but not all of the program is certain"
            return ProgramAnswer(_for_a_human(text, "uncertain-names"), record)
        got = laid_out(key, last.values)
        base = got if got is not None else turned(key, last.values)
        if base is None:
            base = np.zeros_like(key.expected)  # no value fits, whatever the noise
        outcome = outcome_for(key, last.values, lambda: self._runs.noise(key, last, layout, base))
        if outcome.verdict in WRONG:
            self._wrong[key.question.id] = last, layout
        return ProgramAnswer(outcome, record, self._notes(last))

    def _unread(self, series: Series) -> Outcome:
        """The outcome of a name whose value could not be worked out."""
        fault = series.fault or Unknown("its value is no array of numbers")
        where = f" in {self._listing.named(fault.line)}" if fault.line is not None else ""
        text = f"the program could not be run as far as this answer{where}: {fault.reason}"
        message = Message(Kind.ERROR, f"{text}; a person will look at it", "program")
        return Outcome(Verdict.UNREADABLE, messages=(message,))

    def _changed(self, key: QuestionKey, layout: Layout) -> Outcome | None:
        """For a human if the answer is right with the values that the problem gives its names."""
        changes = self._runs.on_draws(layout, count=_TRIED).first.given.changes
        if not changes:
            return None
        pinned = self._named(self._runs.on_draws(layout, is_pinned=True), key)
        if not any(self._runs.is_right(key, one, layout) for one in pinned):
            return None
        name, line = next(iter(changes))
        text = (
            "the answer is right with the values that the problem gives, but "
            f"{self._listing.named(line)} gives `{name}` another value"
        )
        return _for_a_human(text, "stated-otherwise")

    def _by_entries(self, key: QuestionKey) -> ProgramAnswer | None:
        """The answer if the program has no value for it, but a right formula for its entries."""
        program, names = self._runs.program, self._runs.inputs.names
        for one in program.targets:
            derived = names.derivative(one.path)
            if self._answers(derived, key.question) and is_right_by_entries(key, program, one.path):
                held = Held(one.path, None, one.line, TOP, "", derived)
                return ProgramAnswer(
                    Outcome(Verdict.CORRECT, 1.0), self._record(Series(held, None))
                )
        return None

    def _unnamed(self, key: QuestionKey) -> ProgramAnswer | None:
        """The answer without a name that says so: below the question's number, or by its value."""
        question = key.question
        if self._listing.question == question.id:
            return self._last_of(key, _without_derivative(self._runs.on_draws()))
        for layout in self._runs.inputs.layouts:
            if (answer := self._unnamed_in(layout, key)) is not None:
                return answer
        return None

    def _last_of(self, key: QuestionKey, mine: Sequence[Series]) -> ProgramAnswer | None:
        """The answer of code that was handed in for this question alone: its last value."""
        if not mine:
            return None
        last = max(mine, key=lambda one: one.held.line)
        record = self._record(last)
        if self._runs.is_right(key, last, USUAL):
            return ProgramAnswer(Outcome(Verdict.CORRECT, 1.0), record, self._notes(last))
        text = "the last value of the program is not right, but it may not be the answer"
        return ProgramAnswer(_for_a_human(text, "uncertain-names"), record)

    def _unnamed_in(self, layout: Layout, key: QuestionKey) -> ProgramAnswer | None:
        below: list[Series] = []
        right: list[Series] = []
        for count in (_TRIED, 0):
            mine = _without_derivative(self._runs.on_draws(layout, count=count))
            below = [one for one in mine if self._is_below(one, key.question)]
            right = [one for one in below or mine if self._runs.is_right(key, one, layout)]
            if not right:
                return None
        self._layouts.add(layout)
        if below or is_gradient(right[-1].held.path):
            record = self._record(right[-1])
            return ProgramAnswer(Outcome(Verdict.CORRECT, 1.0), record, self._notes(right[-1]))
        name, line = right[-1].held.path, self._listing.named(right[-1].held.line)
        text = f"`{name}` in {line} has the value of the answer, but is not named so"
        return ProgramAnswer(_for_a_human(text, "uncertain-names"), self._record(right[-1]))

    def _is_below(self, series: Series, question: Question) -> bool:
        """Whether a name got its value below the number of a question."""
        labels = self._listing.labels(series.held.line)
        everything = [one.question for one in self._questions]
        return bool(labels) and question.id in questions_marked(labels, everything)

    def _record(self, series: Series) -> AnswerRecord:
        line = series.held.line
        place = self._listing.place(line)
        text = self._runs.statement(self._listing.text, line) or series.held.path
        shape = series.values.shape if series.values is not None else None
        return AnswerRecord(
            text, "code", place.path, place.line, place.column, shape=shape, cell=place.cell
        )

    def _notes(self, series: Series) -> tuple[Message, ...]:
        if series.values is not None and series.values.is_single:
            text = "the program computes with float32, so that seven digits were compared"
            return (Message(Kind.NOTE, text, "precision"),)
        return ()

    def unaccounted(self) -> set[str]:
        """The names that may hold another answer.

        None do if all could be run, there are no functions, and each name is given, answers a question, or
        is used on the way to one that does. On the way, `delta1` may be a wrong answer too.
        """
        if self._runs.program.functions or self._runs.program.classes:
            return {_ANYTHING}
        runs = {one: self._runs.on_draws(one, count=_TRIED) for one in (USUAL, *self._layouts)}
        layout = next((one for one, found in runs.items() if not found.first.faults), None)
        if layout is None:
            return {_ANYTHING}
        whole = runs[layout]
        paths = {one.held.path: one.held for one in whole.series.values()}
        known = {path for path, held in paths.items() if self._is_answer(held)}
        on_the_way = self._leading_to(known)
        if any(is_gradient(path) for path in on_the_way):
            on_the_way -= WrongLines(self._runs, layout, self._listing).unplaced
        names = self._runs.inputs.names
        return {
            path for path in paths
            if path not in known and path not in on_the_way and names.meaning(path) is None
        }  # fmt: skip

    def _is_answer(self, held: Held) -> bool:
        """Whether a name answers a question, by itself or by the number that it stands below."""
        everything = [one.question for one in self._questions]
        labels = self._listing.labels(held.line)
        return any(self._answers(held.derived, one) for one in everything) or bool(
            labels and questions_marked(labels, everything)
        )

    def _leading_to(self, known: Collection[str]) -> set[str]:
        """The names that lines of the top level use, in turn, to compute the `known` ones."""
        uses: dict[str, set[str]] = {}
        for node in self._runs.program.tree.body:
            inside = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            for target in [
                one.path for one in self._runs.program.targets if one.line == node.lineno
            ]:
                uses.setdefault(target, set()).update(inside)
        found: set[str] = set()
        waiting = list(known)
        while waiting:
            new = uses.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found


_ANYTHING = "…"  # what a program may answer besides


def _without_derivative(runs: Runs) -> list[Series]:
    """The names with values that name no derivative."""
    return [
        one for one in runs.series.values()
        if (one.values or one.earlier) and one.held.derived is None and one.held.rank <= ENTRY
    ]  # fmt: skip


def _may_differ(series: Series, chosen: Series, ran: Ran) -> bool:
    """Whether a name may have another value than the one that is right.

    A function that Python would stop on these inputs is about others, and so is one with parameters of
    which the problem knows nothing.
    """
    if series.values is not None:
        return True
    function = series.held.function
    if series.fault is None or function == chosen.held.function or ran.is_about_others(function):
        return False
    return series.fault.origin is not Origin.STOPPED


def _closeness(series: Series) -> int:
    """How close a name is to the declared one."""
    return series.held.derived.closeness if series.held.derived is not None else 0
