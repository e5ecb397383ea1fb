"""What an author wants of answers beyond their value: read, and checked against the questions.

Rules are read when the questions stand: what is said of a question whose own expressions are faulty
would only repeat their faults.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.errors import StudentError
from grader.expression import SCALAR, Expression, Index, Item, Shape, shape_text
from grader.notation import Names, infix
from grader.primitives.build import derivative
from grader.problem.model import KnownMistake, Question, Rules, bases
from grader.problem.words import near

Path = tuple[str | int, ...]
Parse = Callable[[str, Names, Path], Expression | None]
Note = Callable[[Path, str], None]


def ruled(
    data: Mapping[str, Any], questions: Sequence[Question], parse: Parse, note: Note
) -> tuple[Question, ...]:
    """The questions with their rules. What is wrong with a rule goes to `note`, with its path."""
    reader = _Reader(data, questions, parse, note)
    found = tuple(replace(q, rules=reader.rules(at)) for at, q in enumerate(questions))
    reader.note_unused()
    return found


class _Reader:
    def __init__(
        self, data: Mapping[str, Any], questions: Sequence[Question], parse: Parse, note: Note
    ) -> None:
        self.data = data
        self.questions = questions
        self.parse = parse
        self.note = note
        self.fitting: set[int] = set()  # mistakes of the whole problem that some question has

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
        for at, one in enumerate(data["mistakes"]):
            node = None
            if one["expression"] is not None:
                node = self._fitting(
                    question, one["expression"], (*path, "mistakes", at, "expression")
                )
            found.append(_known(one, node))
        return tuple(found)

    def _shared_mistakes(self, question: Question) -> tuple[KnownMistake, ...]:
        """The problem's mistakes, those whose expression makes no sense in this question left out."""
        found = []
        for at, one in enumerate(self.data["mistakes"]):
            if one["expression"] is None:
                found.append(_known(one, None))
                continue
            try:
                node = infix.parse(one["expression"], question.names)[0]
            except StudentError:
                continue
            if _misfit(question, node) is None:
                self.fitting.add(at)
                found.append(_known(one, node))
        return tuple(found)

    def note_unused(self) -> None:
        """Complain of what is said for the whole problem and fits no question."""
        for at, one in enumerate(self.data["mistakes"]):
            if one["expression"] is not None and at not in self.fitting:
                path = ("mistakes", at, "expression")
                if self.parse(one["expression"], self.questions[0].names, path) is not None:
                    self.note(path, "this is the shape of no question's answer")

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
        misfit = None if node is None else _misfit(question, node)
        if misfit is not None:
            self.note(path, misfit)
        return node

    # Names

    def _named(
        self, rule: str, question: Question, data: Mapping[str, Any], path: Path
    ) -> tuple[str, ...]:
        """Names of the question, and of the whole problem as far as this question has them."""
        known = question.scope.names.symbols
        for at, name in enumerate(data[rule]):
            if name not in known:
                place = (*path, rule, at)
                self.note(place, f"`{name}` is no symbol or quantity here{near(name, known)}")
        anywhere = {name for q in self.questions for name in q.scope.names.symbols}
        for at, name in enumerate(self.data[rule]):
            if name not in anywhere and question is self.questions[0]:
                self.note((rule, at), f"`{name}` is no symbol or quantity{near(name, anywhere)}")
        shared = (name for name in self.data[rule] if name in known)
        return tuple(dict.fromkeys((*data[rule], *shared)))

    def _check_form(self, question: Question, data: Mapping[str, Any], path: Path) -> None:
        shape = _target(question)
        if data["form"] == "index" and not question.free and shape == SCALAR:
            self.note((*path, "form"), "the answer is one number: there is no index to write it in")

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
            later = "; it must stand before this question" if name in ids else near(name, ids)
            return f"there is no earlier question `{name}`{later}"
        if not _asks(question) or not _asks(earlier):
            return "both questions must ask for a derivative, with `of` and `wrt`"
        if earlier.scope.key != question.scope.key:
            return f"`{name}` has symbols of its own, so its answer has no value here"
        if not _is_whole(earlier):
            return f"`{name}` asks for one entry; what follows needs all of them"
        return None if _leads_to(earlier, question) else (
            f"what `{name}` asks for is not on the way to what `{question.id}` asks for")  # fmt: skip


def _known(data: Mapping[str, Any], node: Expression | None) -> KnownMistake:
    return KnownMistake(data["message"], float(data["credit"]), data["code"], node)


def _target(question: Question) -> Shape | None:
    """The shape of the derivative that is asked for; None if a reference says what is asked."""
    if question.of is None or question.wrt is None:
        return question.reference.shape if isinstance(question.reference, Expression) else None
    try:
        return derivative(question.of, question.wrt).shape
    except StudentError:
        return None


def _misfit(question: Question, node: Expression) -> str | None:
    """Why an expression cannot be an answer to a question; None if it can."""
    target = _target(question)
    if target is None or question.free or node.shape in (target, target[::-1]):
        return None
    return f"this is {shape_text(node.shape)}, the question asks for {shape_text(target)}"


def _asks(question: Question) -> bool:
    return question.of is not None and question.wrt is not None and question.reference is None


def _is_whole(question: Question) -> bool:
    """Whether a question asks for all entries: of whole arrays, or of entries over all indices."""
    for node in (question.of, question.wrt):
        if isinstance(node, Item) and not all(
            isinstance(selector, Index) or size == 1
            for selector, size in zip((node.row, node.column), node.base.shape, strict=True)
        ):
            return False
    return True


def _leads_to(earlier: Question, question: Question) -> bool:
    """Whether the backward pass of a question goes through what an earlier one asks for."""
    depends = question.scope.names.depends
    (of, via), (target, source) = bases(earlier.of, earlier.wrt), bases(question.of, question.wrt)
    if (of, via) == (target, source):
        return True
    on_the_way = via == source or (
        via in question.scope.model and source in depends.get(via, frozenset())
    )
    return on_the_way and (of == target or of in depends.get(target, frozenset()))
