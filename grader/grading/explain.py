"""How answers were found and read, without a word on whether they are right."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from grader.errors import StudentError
from grader.grading import programs
from grader.grading.collected import Collected, Given, InWords, Numbers, Written, collect
from grader.grading.judge import judge
from grader.grading.leftovers import leftovers_for, leftovers_message, unplaced
from grader.grading.numbers import record_of
from grader.grading.outcome import unread
from grader.grading.program_lines import ProgramLine, program_lines
from grader.grading.reading_tree import ReadingNode, tree_of
from grader.grading.run import refusal_message
from grader.grading.shown_reading import ShownReading, shown_reading
from grader.key import Key
from grader.problem import Question
from grader.result import AnswerRecord, Kind, Message, SubmissionRecord
from grader.submission import Submission, listings_of

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer that was found for a question, and how it was read.

    `answer` is None if none was found. `tree` is None for numbers and programs, and for an answer that
    could not be read; `messages` say why.
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
    """How the answers of one submission were read.

    `asked` are the ids of all questions, `answered` those of the questions with an answer. `program` has
    the assignments of code with their shapes.
    """

    problem: str
    title: str
    submission: SubmissionRecord
    questions: tuple[Explanation, ...]
    answered: tuple[str, ...]
    asked: tuple[str, ...]
    program: tuple[ProgramLine, ...] = ()

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
            "program": [line.to_json() for line in self.program],
        }


def explain(key: Key, submission: Submission, ids: Collection[str]) -> Explained:
    """How the answers to some questions were read, by the same functions as in grading."""
    key = key.of(submission.id)
    problem = key.problem
    collected = collect(problem, submission)
    given = collected.given
    listings = listings_of(submission)
    programmed = programs.graded(key, listings).answers
    lost = tuple([refusal_message(refusal) for refusal in unplaced(problem, submission)])
    asked = tuple([question.id for question in problem.questions])
    answered = tuple([name for name in asked if _is_answer(given.get(name)) or name in programmed])
    found = []
    for question in problem.questions:
        if question.id not in ids:
            continue
        mine = given.get(question.id)
        if question.id in programmed and not _is_answer(mine):
            record = programmed[question.id].record
            found.append(Explanation(question.id, question.prompt, record))
        elif mine is not None:
            found.append(_explained(key, question, mine))
        else:
            left = (*lost, *_left(question, collected))
            found.append(Explanation(question.id, question.prompt, messages=left))
    about = SubmissionRecord(submission.id, submission.path, submission.digest)
    lines = program_lines(key, listings)
    return Explained(problem.id, problem.title, about, tuple(found), answered, asked, lines)


def _left(question: Question, collected: Collected) -> list[Message]:
    """The parts of a submission that may be the answer to a question without one."""
    mine = leftovers_for(question.id, collected.leftovers)
    return [leftovers_message(mine)] if mine else []


def _is_answer(given: Given | None) -> bool:
    return given is not None and (not isinstance(given, InWords) or given.words.states)


def _explained(key: Key, question: Question, given: Given) -> Explanation:
    if isinstance(given, Written):
        return _written(key, question, given)
    if isinstance(given, Numbers):
        return Explanation(question.id, question.prompt, record_of(given), None, given.messages)
    result = judge(key, question, given, "")  # nothing to judge here: the result says why
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
