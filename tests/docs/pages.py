"""The pages of the documentation, cut into their blocks, and what the commands in them must do."""

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
_CODES = {"check": {0, 1}, "grade": {0, 5}}  # of a command that did its work; any other ends with 0
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what follows the language, and where it stands."""

    page: str
    line: int
    language: str
    info: str
    text: str

    @property
    def title(self) -> str:
        """The file that the block is, if it is one."""
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
    """The lines that call the grader; every other one is known to be somebody else's."""
    for line in block.text.splitlines():
        if line.startswith("grader "):
            yield line
        else:
            assert not line.strip() or line.startswith(_OTHERS), f"{block}: {line}"


def did_its_work(line: str, code: int, printed: str, block: Block) -> None:
    """A command ends as the page says: a problem is sound, an export complete, a paper readable."""
    fine = _CODES.get(line.split()[1], {0}) | ({3} if "? Not readable" in block.text else set())
    assert code in fine, f"{block}: {line}: exit code {code}: {printed}"


def is_printed(block: Block, printed: str) -> None:
    """Every line below the command of a `console` block, but `…`, is printed, in this order."""
    _, *shown = block.text.splitlines()
    lines = iter([_masked(line) for line in printed.splitlines()])
    for line in shown:
        if line != "…":
            wanted = _masked(line)
            cut = wanted.removesuffix(" …")
            assert any(one == wanted or (cut != wanted and one.startswith(cut)) for one in lines), (
                f"{block}: {line!r} is not printed"
            )


def _masked(line: str) -> str:
    """Without the digits that another draw would change."""
    return _NUMBERS.sub(lambda match: " " if match[0].isspace() else "#", line.rstrip())


ALL = [block for page in PAGES for block in blocks(page)]
