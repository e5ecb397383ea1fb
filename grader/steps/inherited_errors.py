"""Members that are wrong only because the student's answer to another question is wrong.

The member before is right and contains that derivative by name. With the student's value for the name, it
gives the wrong member.
"""

from collections.abc import Sequence

from grader.claims import Claim
from grader.comparison import compare
from grader.errors import StudentError
from grader.expression import Derivative, Expression, transform, walk
from grader.key import QuestionKey
from grader.notation import Reading
from grader.steps.chain import Chain
from grader.steps.statements import reader


def inherited_from(
    key: QuestionKey, chain: Chain, before: Claim, after: Claim, answers: Sequence[Claim]
) -> Claim | None:
    """The answer to another question that turns one member into the next; None if none does."""
    try:
        right, wrong = chain.read(before), chain.read(after)
    except StudentError:
        return None
    named = [part for part in walk(right.node) if isinstance(part, Derivative)]
    able = (answer for answer in answers if answer.left in named)
    return next((one for one in able if _gives(key, right, one, wrong.node)), None)


def _gives(key: QuestionKey, right: Reading, answer: Claim, wrong: Expression) -> bool:
    """Whether a right member has the values of a wrong one, if `answer` is taken as true."""
    try:
        replacement = reader(key, answer).node
        if answer.left is None or replacement.shape != answer.left.shape:
            return False
        node = transform(right.node, lambda part: replacement if part == answer.left else part)
        key.check_shape(node, right.used)
        value, got = key.evaluate(node), key.evaluate(wrong)
        noise = key.noise_of(node, value)
    except (StudentError, ValueError):
        return False
    return compare(got, value, noise, lambda: key.noise_of(wrong, got)).correct
