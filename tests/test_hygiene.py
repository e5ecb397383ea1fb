"""What must never be in this repository, looked for in the syntax tree rather than by words."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "grader").rglob("*.py"))

# Whatever runs text, or builds objects from bytes, by any name it can be called by.
CALLS = {
    "eval", "exec", "compile", "__import__", "sympify", "parse_expr", "parse_latex", "lambdify",
    "literal_eval", "execfile", "unsafe_load", "full_load", "UnsafeLoader", "FullLoader",
    "exec_module", "run_module", "run_path", "import_module", "system", "popen", "Popen",
}  # fmt: skip
MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "code", "runpy", "ctypes"}

# What stands here is never near a student's text, and says why.
ALLOWED = {
    ("cli/group.py", "import_module"): "our own commands, by a name from our own table",
    ("submission/formats.py", "import_module"): "our own readers, by a name from our own table",
    (
        "python_reference.py",
        "exec_module",
    ): "the author's own Python beside the problem; authors are trusted",
}


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield (node.module or "").split(".")[0]


def _forbidden(tree: ast.AST) -> Iterator[str]:
    """Names that run or unpickle. `re.compile` compiles no program."""
    for node in ast.walk(tree):
        name = _name(node)
        if name in CALLS and not (name == "compile" and _is_of_re(node)):
            yield name
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in CALLS)
        yield from (module for module in _imported(node) if module in MODULES)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and _is_true(node.value):
            yield "allow_pickle=True"


def _is_of_re(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and _name(node.value) == "re"


def _is_true(node: ast.AST) -> bool:
    return not (isinstance(node, ast.Constant) and node.value is False)


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT / "grader"))


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {relative(file): ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES}


def test_no_students_text_is_run(trees: dict[str, ast.Module]) -> None:
    found = {(file, name) for file, tree in trees.items() for name in _forbidden(tree)}
    assert found == set(ALLOWED)


def test_the_walk_sees() -> None:
    for source in (
        "eval(x)", "builtins.exec(x)", "from sympy import sympify", "sympy.parse_expr(x)",
        "import pickle", "from pickle import loads", "np.load(f, allow_pickle=True)",
        "np.load(f, allow_pickle=flag)", "yaml.load(f, Loader=yaml.UnsafeLoader)", "f = eval",
        "os.system(x)", "compile(x, '', 'exec')",
    ):  # fmt: skip
        assert list(_forbidden(ast.parse(source))), source


def test_the_walk_lets_be() -> None:
    harmless = "re.compile(x); np.load(f, allow_pickle=False); self.evaluate(x); executor.submit(x)"
    assert not list(_forbidden(ast.parse(harmless)))


YAML = ("yaml.load", "yaml.load_all")


def test_yaml_is_loaded_by_safe_loaders(trees: dict[str, ast.Module]) -> None:
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in YAML:
                assert "Safe" in ast.unparse(node), f"{file}:{node.lineno}"


@cache
def _tracked() -> list[Path]:
    """The files that git knows or would know; all of them where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# Where somebody's machine keeps things; spelt so that this line does not name one.
PLACES = re.compile(r"(?<![\w.])/(?:wor[k]|far[m]|hom[e]/[a-z]|User[s]/[A-Za-z]|roo[t])/")


def test_no_file_names_a_place_of_one_machine() -> None:
    suffixes = (".py", ".md", ".yaml", ".toml", ".sh", ".cfg", ".txt", ".j2", ".css", ".tex", "run")
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in _tracked()
        if file.name.endswith(suffixes)
        for match in PLACES.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_a_class_has_a_name_of_its_own(trees: dict[str, ast.Module]) -> None:
    """The nodes of a document and the parts of an interpreter are named as everywhere: link, function."""
    inside = [name for name in trees if name.startswith("program/")]
    others = [name for name in trees if name not in inside and name != "document/nodes.py"]
    for files in (inside, others):
        named = Counter(
            node.name
            for name in files
            for node in ast.walk(trees[name])
            if isinstance(node, ast.ClassDef)
        )
        assert [name for name, times in named.items() if times > 1] == []


def test_nothing_computed_is_kept() -> None:
    kept = {file.suffix for file in _tracked()} & {".pyc", ".sqlite", ".egg-info"}
    assert not kept


def readme_commands() -> list[str]:
    """The lines of README's first shell block."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```(?:sh|bash|console|shell)\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return [line for line in block[1].splitlines() if line.strip() and not line.startswith("#")]


def test_readme_begins_with_two_commands() -> None:
    main_job, tests = readme_commands()
    assert "grader grade problems/cs1678-hw3 submissions/cs1678-hw3" in main_job
    assert "pytest" in tests
    for command in (main_job, tests):
        assert "-m venv .venv" in command
        assert not command.endswith("\\")


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


# Words that say a thing in a way of our own; docs/glossary.md has the usual ones.
OWN_WORDS = re.compile(
    r"\b(?:told|tells the student|hand-ins|rooms|house|lie or stand)\b", re.IGNORECASE
)


def test_words_are_the_usual_ones() -> None:
    read = [*SOURCES, *(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in read
        for match in OWN_WORDS.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


TOOLS = ("code/grade", "code/injure", "field/grade", "field/injure", "wording/grade", "golden/grade",
         "golden/compare")  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_of_the_tests_starts_by_itself(tool: str) -> None:
    command = [sys.executable, f"tests/{tool}.py", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "usage:" in shown.lower()
