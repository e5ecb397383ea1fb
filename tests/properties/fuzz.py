"""Searches for new failures for some minutes, with new random numbers each time.

    python tests/properties/fuzz.py            # five minutes
    python tests/properties/fuzz.py --minutes 1 --seed 7

It tries every property in turn on a few hundred new examples until the time is over. It makes a failing
input as small as possible and prints it as text to paste into a test. Then the exit code is 1.
"""

import argparse
import itertools
import random
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from counting import calls
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from property_problems import PROBLEMS, Start, key_of, starts
from property_strategies import (
    SUFFIXES,
    Answer,
    damaged_answers,
    damaged_files,
    graded_file,
    is_accepted,
    is_fair,
    judged,
    judged_text,
    pieces,
    right_anywhere,
    texts,
    wrong_anywhere,
)
from writing import is_known_fault

from grader.errors import StudentError
from grader.notation import infix, latex
from grader.notation.statements import equations

EXAMPLES = 200  # of one property before the next one
PATIENCE = 1.0  # seconds for one input; a few milliseconds are usual
SHRINKING = 20.0  # seconds to make a failing input smaller

Check = Callable[[Any], None]


class Enough(BaseException):
    """The failing input is as small as the time allows."""


@dataclass
class Find:
    """The smallest input that breaks a property, with the failure."""

    shown: str
    how: str
    since: float


def right_stays_right(answer: Answer) -> None:
    """Algebra does not change a verdict."""
    if not is_known_fault(answer.text):
        result = judged(answer)
        texts = [message.text for message in result.messages]
        assert is_accepted(answer, result), f"{result.verdict}: {texts}"


def wrong_stays_wrong(answer: Answer | None) -> None:
    """An answer with other values is not accepted."""
    if answer is not None:
        assert judged(answer).verdict != "correct", "accepted"


def damaged_is_fair(answer: Answer) -> None:
    """A damaged text is accepted only with the right values."""
    assert is_fair(answer, judged(answer)), "accepted, and its values differ"


def latex_is_read(given_text: tuple[Start, str]) -> None:
    """LaTeX by the grammar gives an expression or a StudentError, also cut into equations."""
    start, text = given_text
    judged_text(start, text, "latex")
    names = start.own.question.names
    with suppress(StudentError):
        for equation in equations(text, names):
            with suppress(StudentError):
                latex.parse_left(equation.left or (), names, text)


def infix_is_read(given_text: tuple[Start, str]) -> None:
    """Infix text by the grammar gives an expression or a StudentError."""
    judged_text(given_text[0], given_text[1], "infix")


def files_are_graded(file: tuple[str, bytes]) -> None:
    """There is a report for any bytes."""
    assert len(graded_file(*file).questions) == 17


def work_is_linear(unit: str) -> None:
    """Twice the text takes at most 2.6 times as many calls; one step, at a limit, does not count."""
    names = key_of("cs1678-hw3").problem["q10"].names
    for parse in (infix.parse, latex.parse):

        def work(length: int, parse: Callable[..., object] = parse) -> int:
            text = (unit * length)[:length]
            return calls(lambda: parse(text, names))

        work(500)
        counts = [work(length) for length in (2_000, 4_000, 8_000)]
        steep = [more > 2.6 * less + 500 for less, more in itertools.pairwise(counts)]
        assert not all(steep), f"{counts} calls"


def _texts(notation: str) -> st.SearchStrategy[tuple[Start, str]]:
    begun = [start for problem in PROBLEMS for start in starts(problem)]
    return st.tuples(st.sampled_from(begun), texts(notation))


def properties() -> Mapping[str, tuple[st.SearchStrategy[Any], Check]]:
    """The properties: for each, its inputs and its check."""
    units = st.lists(st.sampled_from(pieces()), min_size=1, max_size=4).map("".join)
    return {
        "right stays right": (right_anywhere(), right_stays_right),
        "wrong stays wrong": (wrong_anywhere(), wrong_stays_wrong),
        "damaged is fair": (damaged_answers(), damaged_is_fair),
        "LaTeX is read": (_texts("latex"), latex_is_read),
        "infix is read": (_texts("infix"), infix_is_read),
        "files are graded": (damaged_files(), files_are_graded),
        "bytes are graded": (
            st.tuples(st.sampled_from(SUFFIXES), st.binary(max_size=600)), files_are_graded,
        ),
        "work is linear": (units, work_is_linear),
    }  # fmt: skip


def in_time(check: Check, example: Any) -> None:
    """The check with a time limit; a slow one gets two more chances, since machines may be busy."""
    for _ in range(3):
        begin = time.perf_counter()
        check(example)
        seconds = time.perf_counter() - begin
        if seconds < PATIENCE:
            return
    raise AssertionError(f"took {seconds:.1f} s")


def tried(inputs: st.SearchStrategy[Any], check: Check, number: int) -> tuple[int, Find | None]:
    """The number of examples that were tried, and the smallest that breaks the property."""
    found: list[Find] = []
    count = 0

    @seed(number)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(inputs)
    def attempt(example: Any) -> None:
        nonlocal count
        count += 1
        try:
            (check if check is work_is_linear else partial(in_time, check))(example)
        except Exception as error:
            _note(found, example, error)
            raise

    with suppress(Exception, Enough):
        attempt()
    return count, found[0] if found else None


def _note(found: list[Find], example: object, error: Exception) -> None:
    """Keep the smallest failing input. Raises Enough when the time for shrinking is over."""
    shown = repr(example)
    how = "".join(traceback.format_exception_only(error)).strip()
    where = traceback.extract_tb(error.__traceback__)[-1]
    how = f"{how}\n  at {where.filename}:{where.lineno}"
    now = time.monotonic()
    if not found:
        found.append(Find(shown, how, now))
    elif len(shown) < len(found[0].shown):
        found[0].shown, found[0].how = shown, how
    if now - found[0].since > SHRINKING:
        raise Enough


def main() -> int:
    """Try all properties in turn until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    print(f"fuzzing for {asked.minutes:g} minutes with seed {asked.seed}")
    end = time.monotonic() + 60 * asked.minutes
    open_ = dict(properties())
    counts = dict.fromkeys(open_, 0)
    finds: dict[str, Find] = {}
    for turn in itertools.count():
        for name, (inputs, check) in list(open_.items()):
            if time.monotonic() > end:
                return summary(counts, finds)
            count, find = tried(inputs, check, asked.seed + turn)
            counts[name] += count
            if find is not None:
                finds[name] = find
                del open_[name]  # one failing input for each property; the others continue
                print(
                    f"\n{name} (seed {asked.seed + turn}):\n  {find.shown}\n  {find.how}",
                    flush=True,
                )
        if not open_:
            return summary(counts, finds)
    raise AssertionError


def summary(counts: Mapping[str, int], finds: Mapping[str, Find]) -> int:
    """Print what was tried; return the exit code."""
    print()
    for name, count in counts.items():
        print(f"{count:8}  {name}{'  BROKEN' if name in finds else ''}")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
