"""The pages of the documentation, cut into blocks, and checks of the commands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(
    r"^(?P<fence>`{3,4})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)$", re.DOTALL | re.M
)
_OTHERS = ("pipx ", "pip ", "python3 ", ".venv/", ".ci/", "git ", "just ")
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?e[-+]?\d+|-?\d+\.\d+|draw \d+| +|-{2,}")
_CODES = {"check": {0, 1}, "grade": {0, 5}}  # exit codes of success; of other commands only 0
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the rest of its first line, its text and its place."""

    page: str
    line: int
    language: str
    info: str
    text: str

    @property
    def title(self) -> str:
        """The name of the file in this block, if it is a file."""
        found = _TITLE.search(self.info)
        return found[1] if found else ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, _, info = match["info"].strip().partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page.name, line, language, info, match["text"]))
    return found


def commands(block: Block) -> Iterator[str]:
    """The lines that call the grader. All other lines must call known programs."""
    for line in block.text.splitlines():
        if line.startswith("grader "):
            yield line
        else:
            assert not line.strip() or line.startswith(_OTHERS), f"{block}: {line}"


def did_its_work(line: str, code: int, printed: str, block: Block) -> None:
    """Assert that a command succeeded: a problem is sound, an export complete, a paper readable."""
    fine = _CODES.get(line.split()[1], {0}) | ({3} if "? Not readable" in block.text else set())
    assert code in fine, f"{block}: {line}: exit code {code}: {printed}"


def is_printed(block: Block, printed: str) -> None:
    """Assert that the command of a `console` block prints the lines below it, except `…`, in order."""
    _, *shown = block.text.splitlines()
    lines = iter([_masked(line) for line in printed.splitlines()])
    for line in shown:
        if line != "…":
            wanted = _masked(line)
            cut = wanted.removesuffix(" …")
            assert any(
                printed_line == wanted or (cut != wanted and printed_line.startswith(cut))
                for printed_line in lines
            ), f"{block}: {line!r} is not printed"


def _masked(line: str) -> str:
    """The line without digits that depend on the draw."""
    return _NUMBERS.sub(lambda match: " " if match[0].isspace() else "#", line.rstrip())


ALL = [block for page in PAGES for block in blocks(page)]
