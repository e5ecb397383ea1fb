"""What an author wants of answers beyond their value: read, and checked against the questions.

Rules are read when the questions stand: what is said of a question whose own expressions are faulty
would only repeat their faults.
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
    """The questions with their rules. What is wrong with a rule goes to `note`, with its path."""
    own = zip(questions, data["questions"], strict=True)
    # The layout comes first: it says which shape the other rules' expressions must have.
    laid_out = [replace(q, rules=Rules(layout=one["layout"])) for q, one in own]
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
        self.readable: set[int] = set()  # mistakes of the whole problem that some question reads
        self.fitting: set[int] = set()  # and those whose shape some question's answer has

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
            self.readable.add(at)
            if misfit(question, node) is None:
                self.fitting.add(at)
                found.append(_known(one, node))
        return tuple(found)

    def note_unused(self) -> None:
        """Complain of what is said for the whole problem and fits no question."""
        for at, one in enumerate(self.data["mistakes"]):
            if one["expression"] is None or at in self.fitting:
                continue
            path = ("mistakes", at, "expression")
            if at in self.readable:
                self.note(path, "this is the shape of no question's answer")
            else:
                self.parse(one["expression"], self.questions[0].names, path)

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
        """An answer has index letters if the question does, or if an array is to be derived."""
        if data["form"] != "index" or question.free:
            return
        if derived(question) is None:
            reason = "without `free`, or `of` and `wrt`, there is no index to write the answer in"
            self.note((*path, "form"), reason)
        elif derived(question) == SCALAR:
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
        if base_name(earlier.of) is None:
            return (
                f"`{name}` differentiates an expression; give it a name in `model` to go on from it"
            )
        if not is_whole(earlier):
            return f"`{name}` asks for some entries only; what follows needs all of them"
        return None if _leads_to(earlier, question) else (
            f"what `{name}` asks for is not on the way to what `{question.id}` asks for")  # fmt: skip


def _known(data: Mapping[str, Any], node: Expression | None) -> KnownMistake:
    return KnownMistake(data["message"], float(data["credit"]), data["code"], node)


def _asks(question: Question) -> bool:
    return question.of is not None and question.wrt is not None and question.reference is None


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
