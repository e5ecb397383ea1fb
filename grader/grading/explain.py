"""How the answer to one question was found and read, with nothing said about whether it is right."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from grader.errors import StudentError
from grader.grading.collected import Collected, Given, InWords, Numbers, Written, collect
from grader.grading.grade import complaint
from grader.grading.judge import judge
from grader.grading.leftovers import concerning, listed, unplaced
from grader.grading.numbers import record_of
from grader.grading.outcome import unread
from grader.grading.reading_tree import ReadingNode, tree_of
from grader.grading.shown_reading import ShownReading, shown_reading
from grader.key import Key
from grader.problem import Question
from grader.result import AnswerRecord, Kind, Message, SubmissionRecord
from grader.submission import Submission

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found for a question, and how it was read.

    `answer` is None if nothing was found. `tree` is None for numbers and for what could not be read;
    then `messages` say why.
    """

    id: str
    prompt: str
    answer: AnswerRecord | None = None
    tree: ReadingNode | None = None
    messages: tuple[Message, ...] = ()

    @property
    def read(self) -> bool:
        """Whether there is an answer, and it could be read."""
        return self.answer is not None and self.answer.shape is not None

    def to_json(self) -> dict[str, Any]:
        """The explanation as plain data."""
        data: dict[str, Any] = {"id": self.id, "found": self.answer is not None, "read": self.read}
        if self.answer is not None:
            data["answer"] = self.answer.to_json()
        if self.tree is not None:
            data["tree"] = self.tree.to_json()
        return {**data, "messages": [message.to_json() for message in self.messages]}


@dataclass(frozen=True, slots=True)
class Explained:
    """How answers of one submission were read.

    `asked` are the ids of all questions, `answered` of those to which an answer was found.
    """

    problem: str
    title: str
    submission: SubmissionRecord
    questions: tuple[Explanation, ...]
    answered: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def unreadable(self) -> bool:
        """Whether there are answers, and none of them could be read."""
        answers = [question for question in self.questions if question.answer is not None]
        return bool(answers) and not any(question.read for question in answers)

    def to_json(self) -> dict[str, Any]:
        """The explanations as plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "problem": self.problem,
            "submission": asdict(self.submission),
            "asked": list(self.asked),
            "answered": list(self.answered),
            "questions": [question.to_json() for question in self.questions],
        }


def explain(key: Key, submission: Submission, ids: Collection[str]) -> Explained:
    """How the answers to some questions were read, by the functions that grading reads them with."""
    key = key.of(submission.id)
    problem = key.problem
    collected = collect(problem, submission)
    given = collected.given
    lost = tuple([complaint(refusal) for refusal in unplaced(problem, submission)])
    asked = tuple([question.id for question in problem.questions])
    answered = tuple([name for name in asked if _is_answer(given.get(name))])
    found = tuple(
        _explained(key, question, given[question.id])
        if question.id in given
        else Explanation(
            question.id, question.prompt, messages=(*lost, *_left(question, collected))
        )
        for question in problem.questions
        if question.id in ids
    )
    record = SubmissionRecord(submission.id, submission.path, submission.digest)
    return Explained(problem.id, problem.title, record, found, answered, asked)


def _left(question: Question, collected: Collected) -> list[Message]:
    """What may be the answer to a question that has none."""
    mine = concerning(question.id, collected.leftovers)
    return [listed(mine)] if mine else []


def _is_answer(given: Given | None) -> bool:
    return given is not None and (not isinstance(given, InWords) or given.words.states)


def _explained(key: Key, question: Question, given: Given) -> Explanation:
    if isinstance(given, Written):
        return _written(key, question, given)
    if isinstance(given, Numbers):
        return Explanation(question.id, question.prompt, record_of(given), None, given.messages)
    result = judge(key, question, given, "")  # which has nothing to judge here, and says why
    messages = (*result.messages, *given.messages)
    return Explanation(question.id, question.prompt, result.answer, None, messages)


def _written(key: Key, question: Question, given: Written) -> Explanation:
    try:
        reading = given.read()
    except StudentError as error:
        record = ShownReading().record(given)
        messages = (*unread(error).messages, *given.messages)
        return Explanation(question.id, question.prompt, record, None, messages)
    record = shown_reading(key[question.id], reading).record(given)
    notes = [Message(Kind.NOTE, note, "reading") for note in reading.notes]
    tree = tree_of(reading.node, question.scope)
    return Explanation(question.id, question.prompt, record, tree, (*notes, *given.messages))
