"""Makes the corpus of answers: all hand-written answers in the repository, and generated ones.

    python tests/golden/collect.py                      # takes 15 minutes; then grade.py --write
    python tests/golden/collect.py --beside FOLDER      # with papers.yaml and listings.yaml from elsewhere

Run it seldom, since comparisons need a fixed corpus. Existing entries are kept.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import answers
import generating
import yaml
from answers import Entry, stored

ROOT = answers.HERE.parents[1]
TESTS = ROOT / "tests"
HOMEWORK = "cs1678-hw3"
LIBRARY = sorted(path.parent.name for path in ROOT.glob("problems/*/problem.yaml"))
LONGEST = 100_000  # characters of a hostile text; other tests try the limits
WATCHED = (
    "grading", "steps", "notation", "submission", "problem", "library", "simplification", "course",
    "test_api.py", "content/test_notations_agree.py", "content/test_styles.py",
    "properties/test_known_faults.py", "diagnosis/test_named.py", "diagnosis/test_example.py",
)  # fmt: skip


class Corpus:
    """The problems and entries so far, without duplicates."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self.entries: dict[str, Entry] = {}
        self._names: dict[str, str] = {}

    def problem(self, text: str, name: str | None = None) -> str:
        """The name of a problem with this text; a digest for problems in tests."""
        name = self._names.setdefault(text, name or sha256(text.encode()).hexdigest()[:6])
        self.problems[name] = text
        return name

    def add(self, entry: Entry) -> None:
        """Add an entry unless the corpus has it."""
        self.entries.setdefault(entry.digest, entry)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries."""
        for entry in entries:
            self.add(entry)


def text_of(path: str) -> str:
    """A file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def listed(path: str) -> Any:
    """A YAML file of the repository."""
    return yaml.safe_load(text_of(path))


# Written by hand


def cases() -> Iterator[Entry]:
    """All `cases.yaml`."""
    for problem in LIBRARY:
        for question, kinds in listed(f"problems/{problem}/cases.yaml").items():
            for kind, written in kinds.items():
                for one in written:
                    case = {"infix": one} if isinstance(one, str) else one
                    notation = "latex" if "latex" in case else "infix"
                    yield Entry(problem, f"cases {kind}", question, notation, case[notation])


def submissions() -> Iterator[Entry]:
    """The sample classes, the papers in ten styles, and the traps."""
    for problem in LIBRARY:
        for path in sorted((ROOT / "submissions" / problem).iterdir()):
            yield Entry(problem, "submissions", files=stored(path))
    styles = TESTS / "content" / "styles"
    for path in sorted(styles.iterdir()):
        if path.suffix != ".yaml":
            yield Entry(HOMEWORK, "styles", files=stored(path))
    for trap in listed("tests/content/styles/traps.yaml").values():
        yield Entry(HOMEWORK, "traps", files={"trap.md": trap["paper"]})


def hostile() -> Iterator[Entry]:
    """Hostile texts as answers and in files, and files that are attacks."""
    from test_hostile import FILES, HOSTILE, RAW

    for text in HOSTILE.values():
        if len(text) > LONGEST:
            continue
        for question in ("q1", "q11"):
            for notation in ("infix", "latex"):
                yield Entry(HOMEWORK, "hostile", question, notation, text)
        for name, made in FILES.items():
            data = made(text).encode("utf-8", "surrogatepass")
            yield Entry(HOMEWORK, "hostile", files={name: answers.content(data)})
    for data in RAW.values():
        for suffix in ("yaml", "json", "ipynb", "csv"):
            yield Entry(HOMEWORK, "hostile", files={f"q1.{suffix}": answers.content(data)})


def documented() -> Iterator[Entry]:
    """The examples of the docs: single answers, answer files, papers."""
    from pages import ALL
    from test_writing_answers import EXAMPLES, REFUSED

    for question, notation, text in EXAMPLES:
        yield Entry(HOMEWORK, "docs", question, notation, text)
    for text, _, _ in REFUSED:
        yield Entry(HOMEWORK, "docs", "q11" if "W" in text else "q1", "infix", text)
    suffixes = {"yaml": "yaml", "json": "json", "markdown": "md", "python": "py"}
    for block in ALL:
        problem = "tanh-mlp" if block.page.startswith("tutorial") else HOMEWORK
        if block.language in suffixes and (
            "answers" in block.text or block.language in ("markdown", "python")
        ):
            name = f"answers.{suffixes[block.language]}"
            yield Entry(problem, "docs", files={name: block.text})


def formulas(corpus: Corpus) -> Iterator[Entry]:
    """Real formulas: each answers a question whose reference is the meaning of its author."""
    settings = listed("tests/notation/corpus/settings.yaml")
    for formula in listed("tests/notation/corpus/formulas.yaml"):
        question = {"id": "q1", "prompt": "p", "free": formula.get("free", {})}
        meant = [golden for chain in formula.get("reads", ()) for golden in chain]
        for reference in (*reversed(meant), "0"):
            if isinstance(reference, str):
                asked = {**question, "reference": {"expression": reference}}
                text = yaml.safe_dump({"id": formula["setting"], **settings[formula["setting"]],
                                       "questions": [asked]}, sort_keys=False)  # fmt: skip
                if is_sound(text):
                    notation = formula.get("notation", "latex")
                    yield Entry(corpus.problem(text), "formulas", "q1", notation, formula["text"])
                    break


def is_sound(text: str) -> bool:
    """Whether this version of the grader accepts a problem."""
    from grader.errors import AuthorError
    from grader.key import build
    from grader.problem import load

    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "problem.yaml")
        file.write_text(text, encoding="utf-8")
        try:
            build(load(file))
        except AuthorError:
            return False
    return True


def beside(folder: Path, corpus: Corpus) -> Iterator[Entry]:
    """Papers with problems of their own, and listings for problems of the library."""
    for one in yaml.safe_load((folder / "papers.yaml").read_text(encoding="utf-8")):
        problem = corpus.problem(one["problem"])
        yield Entry(problem, "papers", files={one["file"]: one["answer"]})
    for one in yaml.safe_load((folder / "listings.yaml").read_text(encoding="utf-8")):
        yield Entry(one["problem"], "listings", files={one["file"]: one["text"]})


def worded(corpus: Corpus) -> Iterator[Entry]:
    """Answers with words around their formulas, in five languages, and whole papers: see tests/wording."""
    originals = {one["id"]: one for one in listed("tests/wording/answers.yaml")}
    translated = listed("tests/wording/translations.yaml")
    for one in (*originals.values(), *translated):
        answer = originals[one.get("of", one["id"])]
        source = f"wording {one.get('language', 'en')} {answer['verdict']}"
        yield Entry(answer["problem"], source, files={f"paper.{answer['format']}": one["text"]})
    for one in listed("tests/wording/papers.yaml"):
        own = "\n" in one["problem"]
        problem = corpus.problem(one["problem"]) if own else one["problem"]
        yield Entry(problem, "wording papers", files={one["file"]: one["answer"]})


def of_tests(corpus: Corpus) -> Iterator[Entry]:
    """The submissions of the other tests, recorded while they run."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder, "record")
        record.touch()
        environment = {**os.environ, "PYTHONPATH": str(answers.HERE), "GOLDEN_RECORD": str(record)}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "recording",
            "-p",
            "no:cacheprovider",
            "-q",
        ]
        subprocess.run(
            [*command, *(f"tests/{name}" for name in WATCHED)], cwd=ROOT, env=environment
        )
        yield from recorded(record, corpus)


def recorded(record: Path, corpus: Corpus) -> Iterator[Entry]:
    """The entries of a record of the tests."""
    for line in record.read_text(encoding="utf-8").splitlines():
        data: dict[str, Any] = json.loads(line)
        size = len(data.get("text", "")) + sum(map(len, map(str, data.get("files", {}).values())))
        if 0 < size <= LONGEST:
            data["on"] = corpus.problem(data.pop("problem")) if "problem" in data else data["on"]
            yield Entry.from_json(data)


def in_order(entries: Mapping[str, Entry]) -> list[Entry]:
    """The entries by source, problem, question and notation; hand-written ones keep their order."""
    return sorted(
        entries.values(),
        key=lambda one: (one.source, one.problem, _natural(one.question), one.notation),
    )


def _natural(question: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, question))
    return int(digits or 0), question


def main() -> None:
    """Collect everything and write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=Path, help="a folder with papers.yaml and listings.yaml")
    parser.add_argument(
        "--record", type=Path, help="a record of the tests, in place of running them"
    )
    parser.add_argument("--count", type=int, default=20_000, help="how many answers are generated")
    asked = parser.parse_args()
    sys.path[:0] = [str(TESTS / name) for name in (".", "content", "docs", "properties")]
    corpus = Corpus()
    if answers.CORPUS.exists():
        problems, entries = answers.load()
        for name, text in problems.items():
            corpus.problem(text, name)
        corpus.extend(entries)
    for name in LIBRARY:
        corpus.problem(text_of(f"problems/{name}/problem.yaml"), name)
    for name, text in generating.own_problems().items():
        corpus.problem(text, name)
    for some in (cases(), submissions(), hostile(), documented(), formulas(corpus), worded(corpus)):
        corpus.extend(some)
    if asked.beside:
        corpus.extend(beside(asked.beside, corpus))
    corpus.extend(recorded(asked.record, corpus) if asked.record else of_tests(corpus))
    if not any(entry.source.startswith("generated") for entry in corpus.entries.values()):
        corpus.extend(generating.generated(corpus.problems, asked.count))
    used = {entry.problem for entry in corpus.entries.values()}
    problems = {name: text for name, text in corpus.problems.items() if name in used}
    answers.save(problems, in_order(corpus.entries))


if __name__ == "__main__":
    main()
