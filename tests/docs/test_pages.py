"""All code blocks and commands in the docs work.

A test follows each page from top to bottom, in its own folder with the problems and submissions of the
project. A block with a title becomes that file. A `console` block runs and must print the lines below its
command. A `sh` block runs. For commands with PLACEHOLDERS only the options are checked. `test_readme` does
the same with README, in a shell.
"""

import doctest
import json
import os
import re
import shlex
import shutil
import tomllib
from contextlib import chdir
from pathlib import Path

import click
import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from pages import ALL, PAGES, ROOT, Block, blocks, commands, did_its_work, is_printed

from grader.cli.group import COMMANDS, group
from grader.problem import load

PLACEHOLDER = re.compile(r"\b[A-Z][A-Z]+\b|tcp://|parts/")
BEFORE = {
    "writing-answers.md": ["grader draw problems/cs1678-hw3 --student student-42"],
}  # commands in the prose of a page
IN_AN_EMPTY_FOLDER = {"tutorial-instructor.md", "tutorial-ci.md"}
TESTED_ELSEWHERE = {"text", "latex"}  # answers, which tests/content/test_writing_answers.py grades


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_a_page_can_be_typed_along(page: Path, tmp_path: Path) -> None:
    if page.name not in IN_AN_EMPTY_FOLDER:
        for name in ("problems", "submissions"):
            shutil.copytree(ROOT / name, tmp_path / name)
    with chdir(tmp_path), pytest.MonkeyPatch.context() as patch:
        for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITLAB_CI"):
            patch.delenv(name, raising=False)
        patch.setitem(os.environ, "COLUMNS", "100")
        for line in BEFORE.get(page.name, ()):
            _run(line, blocks(page)[0])
        for block in blocks(page):
            if block.title:
                file = Path(block.title)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            elif block.language == "console":
                command = block.text.splitlines()[0]
                assert command.startswith("$ grader "), block
                is_printed(block, _run(command[2:], block))
            elif block.language in ("sh", "bash"):
                _run_lines(block)
            elif block.language == "python" and ">>>" not in block.text:
                exec(compile(block.text, str(block), "exec"), {"np": np})


def _run_lines(block: Block) -> None:
    for line in commands(block):
        if PLACEHOLDER.search(line.split("#")[0]):
            _options_exist(line, block)
        else:
            _run(line, block)


def _run(line: str, block: Block) -> str:
    """Run a command and return its output. It must succeed."""
    result = CliRunner().invoke(group, shlex.split(line, comments=True)[1:])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise AssertionError(f"{block}: {line}: {result.exception}") from result.exception
    did_its_work(line, result.exit_code, result.output, block)
    return result.output


def _options_exist(line: str, block: Block) -> None:
    """Assert that the command exists and has these options."""
    words = shlex.split(line, comments=True)[1:]
    assert words[0] in COMMANDS, f"{block}: {line}"
    command = group.get_command(click.Context(group), words[0])
    assert command is not None
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    used = {word.split("=")[0] for word in words if word.startswith("-")}
    assert used <= known, f"{block}: {line}"


def test_every_block_is_of_a_kind_that_is_checked(subtests: pytest.Subtests) -> None:
    for block in ALL:
        with subtests.test(str(block)):
            _is_checked(block)


def _is_checked(block: Block) -> None:
    match block.language:
        case "yaml":
            _yaml(block)
        case "json":
            json.loads(block.text)
        case "toml":
            tomllib.loads(block.text)
        case "" | "console" | "sh" | "bash" | "python" | "markdown":
            pass  # a figure, or run by the test above
        case other:
            assert other in TESTED_ELSEWHERE, f"{block}: no test checks a block of {other!r}"


def _yaml(block: Block) -> None:
    data = yaml.safe_load(block.text)
    assert data is not None


WHOLE = [block for block in ALL if block.language == "yaml" and "\nquestions:" in block.text
         and re.search(r"^id:", block.text, re.M)]  # fmt: skip


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_whole_problem_loads(block: Block, tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(block.text, encoding="utf-8")
    assert load(tmp_path).questions


def test_there_are_whole_problems_and_files_to_type() -> None:
    assert WHOLE
    assert sum(bool(block.title) for block in ALL) >= 5
    assert sum(block.language == "console" for block in ALL) >= 15


def test_each_command_is_shown_somewhere() -> None:
    words = {
        match
        for block in ALL
        if block.language in ("console", "sh", "bash")
        for match in re.findall(r"^(?:\$ )?grader (\w+)", block.text, re.M)
    }
    assert set(COMMANDS) - words <= {"schema", "report", "merge"}, set(COMMANDS) - words


def test_python_of_the_readme(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", "README.md", 0)
    assert test.examples
    with chdir(ROOT):
        assert doctest.DocTestRunner().run(test).failed == 0


LINKS = [
    (page, target)
    for page in PAGES
    for target in re.findall(r"\]\((?!https?://|#)([^)\s]+)\)", page.read_text(encoding="utf-8"))
]


def test_a_link_leads_somewhere(subtests: pytest.Subtests) -> None:
    for page, target in LINKS:
        with subtests.test(page=page.name, target=target):
            _leads_somewhere(page, target)


def _leads_somewhere(page: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    assert file.exists(), target
    if anchor and file.suffix == ".md":
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
        assert anchor in {_anchor(heading) for heading in headings}, target


def _anchor(heading: str) -> str:
    """The id of a heading, as GitHub and the site make it."""
    plain = re.sub(r"[^\w\s-]", "", heading.lower())
    return re.sub(r"\s+", "-", plain.strip())
