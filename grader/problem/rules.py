"""Reads the author's rules, and checks them against the questions.

Rules are read after the questions, and only if these have no faults: else rules would repeat them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.errors import StudentError
from grader.expression import SCALAR, Expression, base_name
from grader.notation import Names, infix
from grader.problem.model import KnownMistake, Question, Rules, bases
from grader.problem.target import derived, is_whole, misfit
from grader.problem.words import near

Path = tuple[str | int, ...]
Parse = Callable[[str, Names, Path], Expression | None]
Note = Callable[[Path, str], None]


def ruled(
    data: Mapping[str, Any], questions: Sequence[Question], parse: Parse, note: Note
) -> tuple[Question, ...]:
    """The questions with their rules. `note` gets the faults of rules, each with its path."""
    pairs = zip(questions, data["questions"], strict=True)
    # The layout comes first: it decides which shape the expressions of other rules must have.
    laid_out = [replace(q, rules=Rules(layout=own["layout"])) for q, own in pairs]
    reader = _RulesReader(data, laid_out, parse, note)
    found = tuple(replace(q, rules=reader.rules(at)) for at, q in enumerate(laid_out))
    reader.note_unused()
    return found


class _RulesReader:
    def __init__(
        self, data: Mapping[str, Any], questions: Sequence[Question], parse: Parse, note: Note
    ) -> None:
        self.data = data
        self.questions = questions
        self.parse = parse
        self.note = note
        self.readable: set[int] = set()  # mistakes of the whole problem that parse in some question
        self.fitting: set[int] = set()  # those that also have the shape of its answer

    def rules(self, at: int) -> Rules:
        question, data, path = self.questions[at], self.data["questions"][at], ("questions", at)
        self._check_form(question, data, path)
        return Rules(
            mistakes=(*self._own_mistakes(question, data, path), *self._shared_mistakes(question)),
            accept=self._accepted(question, data, path),
            forbid=self._named("forbid", question, data, path),
            require=self._named("require", question, data, path),
            layout=data["layout"],
            transposed=float(data["transposed"]),
            form=data["form"],
            steps_credit=float(data["steps"]["credit"]),
            follows=self._followed(at, data["follows"], path),
            follow_through=float(data["follow_through"]),
        )

    # Expressions

    def _own_mistakes(
        self, question: Question, data: Mapping[str, Any], path: Path
    ) -> tuple[KnownMistake, ...]:
        found = []
        for at, mistake in enumerate(data["mistakes"]):
            node = None
            if mistake["expression"] is not None:
                node = self._fitting(
                    question, mistake["expression"], (*path, "mistakes", at, "expression")
                )
            found.append(_known(mistake, node))
        return tuple(found)

    def _shared_mistakes(self, question: Question) -> tuple[KnownMistake, ...]:
        """The mistakes of the problem, without those whose expression does not fit this question."""
        found = []
        for at, mistake in enumerate(self.data["mistakes"]):
            if mistake["expression"] is None:
                found.append(_known(mistake, None))
                continue
            try:
                node = infix.parse(mistake["expression"], question.names)[0]
            except StudentError:
                continue
            self.readable.add(at)
            if misfit(question, node) is None:
                self.fitting.add(at)
                found.append(_known(mistake, node))
        return tuple(found)

    def note_unused(self) -> None:
        """Note the mistakes of the whole problem that fit no question."""
        for at, mistake in enumerate(self.data["mistakes"]):
            if mistake["expression"] is None or at in self.fitting:
                continue
            path = ("mistakes", at, "expression")
            if at in self.readable:
                self.note(path, "no question has an answer of this shape")
            else:
                self.parse(mistake["expression"], self.questions[0].names, path)

    def _accepted(
        self, question: Question, data: Mapping[str, Any], path: Path
    ) -> tuple[Expression, ...]:
        nodes = (
            self._fitting(question, text, (*path, "accept", at))
            for at, text in enumerate(data["accept"])
        )
        return tuple(node for node in nodes if node is not None)

    def _fitting(self, question: Question, text: str, path: Path) -> Expression | None:
        node = self.parse(text, question.names, path)
        reason = None if node is None else misfit(question, node)
        if reason is not None:
            self.note(path, reason)
        return node

    # Names

    def _named(
        self, rule: str, question: Question, data: Mapping[str, Any], path: Path
    ) -> tuple[str, ...]:
        """The names in the question's own rule, and those in the problem's rule that it has."""
        known = question.scope.names.symbols
        for at, name in enumerate(data[rule]):
            if name not in known:
                place = (*path, rule, at)
                self.note(place, f"there is no symbol or quantity `{name}` here{near(name, known)}")
        anywhere = {name for q in self.questions for name in q.scope.names.symbols}
        for at, name in enumerate(self.data[rule]):
            if name not in anywhere and question is self.questions[0]:
                self.note(
                    (rule, at), f"there is no symbol or quantity `{name}`{near(name, anywhere)}"
                )
        shared = (name for name in self.data[rule] if name in known)
        return tuple(dict.fromkeys((*data[rule], *shared)))

    def _check_form(self, question: Question, data: Mapping[str, Any], path: Path) -> None:
        """An answer has index letters if the question has some, or if it asks for an array."""
        if data["form"] != "index" or question.free:
            return
        if derived(question) is None:
            reason = "an index form needs `free`, or `of` and `wrt`"
            self.note((*path, "form"), reason)
        elif derived(question) == SCALAR:
            self.note((*path, "form"), "the answer is one number, so it has no index form")

    # Follow-through

    def _followed(self, at: int, ids: Sequence[str], path: Path) -> tuple[str, ...]:
        earlier = {q.id: q for q in self.questions[:at]}
        for nth, name in enumerate(ids):
            reason = self._unfollowable(self.questions[at], earlier.get(name), name)
            if reason is not None:
                self.note((*path, "follows", nth), reason)
        return tuple(ids)

    def _unfollowable(self, question: Question, earlier: Question | None, name: str) -> str | None:
        """Why a question cannot follow from an earlier one; None if it can."""
        if earlier is None:
            ids = [q.id for q in self.questions]
            later = "; it must come before this question" if name in ids else near(name, ids)
            return f"there is no earlier question `{name}`{later}"
        if not _asks(question) or not _asks(earlier):
            return "both questions must ask for a derivative, with `of` and `wrt`"
        if earlier.scope.key != question.scope.key:
            return f"the two questions have different symbols, so the answer to `{name}` means nothing here"
        if base_name(earlier.of) is None:
            return f"`{name}` differentiates an expression; name it in `model`, so that others can follow"
        if not is_whole(earlier):
            return f"`{name}` asks only for some entries; a question that follows needs all of them"
        return None if _leads_to(earlier, question) else (
            f"the derivative of `{question.id}` does not go through that of `{name}`")  # fmt: skip


def _known(data: Mapping[str, Any], node: Expression | None) -> KnownMistake:
    return KnownMistake(data["message"], float(data["credit"]), data["code"], node)


def _asks(question: Question) -> bool:
    return question.of is not None and question.wrt is not None and question.reference is None


def _leads_to(earlier: Question, question: Question) -> bool:
    """Whether the backward pass of a question goes through the derivative of an earlier one."""
    depends = question.scope.names.depends
    (of, via), (target, source) = bases(earlier.of, earlier.wrt), bases(question.of, question.wrt)
    if (of, via) == (target, source):
        return True
    on_the_way = via == source or (
        via in question.scope.model and source in depends.get(via, frozenset())
    )
    return on_the_way and (of == target or of in depends.get(target, frozenset()))
