"""`source.read`: the data of a good file, the places of its values, and the cache."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.problem import cache, source

ROOT = Path(__file__).parents[2]
HOMEWORK = ROOT / "problems" / "cs1678-hw3"

SMALL = """\
id: small
dimensions: {n: 3}
symbols:
  x: {shape: [n]}
model:
  l: {is: 'sum(x)', latex: l}
questions:
  - {id: q1, of: l, wrt: x}
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_CACHE_DIR", str(tmp_path / "cache"))


def written(folder: Path, text: str) -> Path:
    file = folder / "problem.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def of(folder: Path, text: str) -> source.ProblemSource:
    return source.read(written(folder, text))


# The data of a file.


def test_the_homework() -> None:
    data = source.read(HOMEWORK).data
    assert [question["id"] for question in data["questions"]] == [f"q{n}" for n in range(1, 18)]
    assert sum(question["points"] for question in data["questions"]) == 25
    assert all(question["prompt"] for question in data["questions"])
    assert data["symbols"]["delta"]["latex"] == ["\\delta"]
    assert data["model"]["l"]["upstream"] == {"h3": "delta"}
    assert data["model"]["l"]["latex"][:2] == ["l", "l(\\theta)"]
    assert list(data["model"]) == ["z1", "h1", "h2", "h3", "l"]


def test_defaults(tmp_path: Path) -> None:
    normal = {"kind": "normal", "mean": 0.0, "sd": 1.0}
    assert of(tmp_path, SMALL).data == {
        "id": "small",
        "description": "",
        "variants": {"dimensions": {}, "functions": {}, "model": {}},
        "title": "small",
        "index_base": 1,
        "draws": {"count": 32, "seed": 0},
        "dimensions": {"n": 3},
        "symbols": {"x": {"shape": ["n"], "latex": [], "draw": normal}},
        "functions": {},
        "model": {"l": {"is": "sum(x)", "latex": ["l"]}},
        "questions": [
            {
                "id": "q1",
                "points": 1.0,
                "of": "l",
                "wrt": "x",
                "free": {},
                "symbols": {},
                "prompt": "",
                "labels": [],
                "reference": None,
                "all_or_nothing": False,
                "accept": [],
                "follows": [],
                "mistakes": [],
                "forbid": [],
                "require": [],
                "layout": None,
                "transposed": 0.0,
                "form": "any",
                "steps": {"credit": 0.0},
                "follow_through": 1.0,
                "feedback": "hint",
            }
        ],
        "mistakes": [],
        "forbid": [],
        "require": [],
        "layout": None,
        "transposed": None,
        "form": None,
        "steps": None,
        "follow_through": None,
        "feedback": None,
    }


def test_a_folder_and_its_file_are_the_same_problem() -> None:
    by_folder, by_file = source.read(HOMEWORK), source.read(HOMEWORK / "problem.yaml")
    assert by_folder == by_file
    assert by_folder.folder == HOMEWORK
    assert by_folder.path == HOMEWORK / "problem.yaml"


def test_a_source_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.read(HOMEWORK).digest = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        ("positive", {"kind": "positive", "low": 0.5, "high": 2.0}),
        ("{uniform: {low: 0, high: 1e-6}}", {"kind": "uniform", "low": 0.0, "high": 1e-6}),
        ("{kind: normal, sd: 2}", {"kind": "normal", "mean": 0.0, "sd": 2.0}),
        ("{integers: }", {"kind": "integers", "low": -3, "high": 3}),
        ("bernoulli", {"kind": "mask", "p": 0.5}),
        ("{mask: {p: .25}}", {"kind": "mask", "p": 0.25}),
        ("one_hot", {"kind": "one_hot"}),
        ("simplex", {"kind": "simplex"}),
        ("symmetric", {"kind": "symmetric"}),
    ],
)
def test_draws(tmp_path: Path, draw: str, expected: dict[str, object]) -> None:
    text = SMALL.replace("{shape: [n]}", f"{{shape: [n], draw: {draw}}}")
    assert of(tmp_path, text).data["symbols"]["x"]["draw"] == expected


@pytest.mark.parametrize("written", ["1", "0x1F", "1:30", "no", "1e3", "2001-01-01"])
def test_yaml_does_not_make_numbers_of_text(tmp_path: Path, written: str) -> None:
    data = of(tmp_path, SMALL.replace("of: l", f"of: {written}")).data
    assert data["questions"][0]["of"] == written


def test_names_that_yaml_takes_for_booleans(tmp_path: Path) -> None:
    text = SMALL.replace("  x:", "  y: {shape: []}\n  no: {shape: [2, 010]}\n  x:")
    symbols = of(tmp_path, text).data["symbols"]
    assert list(symbols) == ["y", "no", "x"]
    assert symbols["no"]["shape"] == [2, 10]


def test_one_label_may_be_written_in_the_singular(tmp_path: Path) -> None:
    text = SMALL.replace("id: q1,", "id: q1, label: 1b, labels: [Problem 1b],")
    assert of(tmp_path, text).data["questions"][-1]["labels"] == ["1b", "Problem 1b"]


def test_all_that_a_question_may_have(tmp_path: Path) -> None:
    text = SMALL + (
        "  - id: q2\n    points: 2.5\n    labels: ['1a', Problem 1 (a)]\n    all_or_nothing: yes\n"
        "    feedback: full\n    free: {i: n, j: 2}\n    symbols: {x: {shape: []}}\n"
        "    reference: {expression: x}\n"
        "feedback: verdict\n"
    )
    first, second = of(tmp_path, text).data["questions"]
    assert first["feedback"] == "verdict"
    assert second["feedback"] == "full"
    assert second["labels"] == ["1a", "Problem 1 (a)"]
    assert second["all_or_nothing"] is True
    assert second["free"] == {"i": "n", "j": 2}
    assert second["reference"] == {"expression": "x"}
    assert second["of"] is None


def test_aliases_are_allowed(tmp_path: Path) -> None:
    text = SMALL.replace("x: {shape: [n]}", "x: &v {shape: [n]}\n  y: *v")
    symbols = of(tmp_path, text).data["symbols"]
    assert symbols["x"] == symbols["y"]


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "problem.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    read = source.read(file)
    assert read.data["id"] == "small"
    assert str(read.fault(("id",), "no")) == "problem.yaml:1:5: id: no"


# The places of its values.


@pytest.mark.parametrize(
    ("path", "offset", "place"),
    [
        (("questions", 0, "wrt"), None, "8:26: questions[0].wrt"),
        (("questions", 0, "wrt"), 0, "8:26: questions[0].wrt"),
        (("model", "l", "is"), None, "6:11: model.l.is"),
        (("model", "l", "is"), 4, "6:16: model.l.is"),
        (("model", "l", "latex", 0), 0, "6:28: model.l.latex[0]"),
        (("symbols", "x", "draw", "kind"), None, "4:3: symbols.x.draw.kind"),
        (("questions", 0, "free"), None, "8:5: questions[0].free"),
        (("questions", 7), None, "7:1: questions[7]"),
        ((), None, "1:1"),
    ],
)
def test_places(
    tmp_path: Path, path: tuple[str | int, ...], offset: int | None, place: str
) -> None:
    fault = of(tmp_path, SMALL).fault(path, "no", offset)
    assert str(fault) == f"problem.yaml:{place}: no"


@pytest.mark.parametrize(
    ("scalar", "offset", "column"),
    [
        ("W1 @ x", 3, 12),
        ("'a''b+c'", 3, 14),
        (r'"a\\b\x41+c"', 4, 18),
        ("&an W1 @ x", 3, 16),
        ("&an 'W1'", 1, 15),
        ("!!str 'W1'", 1, 17),
    ],
)
def test_offsets_in_scalars(tmp_path: Path, scalar: str, offset: int, column: int) -> None:
    read = of(tmp_path, SMALL.replace("{is: 'sum(x)', latex: l}", f"\n    is: {scalar}"))
    fault = read.fault(("model", "l", "is"), "no", offset)
    assert (fault.line, fault.column) == (7, column)


def test_an_offset_in_several_lines_is_the_scalars_place(tmp_path: Path) -> None:
    read = of(
        tmp_path, SMALL.replace("{is: 'sum(x)', latex: l}", "\n    is: >-\n      x\n      +x")
    )
    fault = read.fault(("model", "l", "is"), "no", 2)
    assert (fault.line, fault.column) == (7, 9)


# Its digest.


def test_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    digest = of(tmp_path, SMALL).digest
    assert digest == f"sha256:{hashlib.sha256(SMALL.encode()).hexdigest()}"
    assert of(tmp_path, SMALL + "# a comment\n").digest != digest


def test_the_digest_covers_python_references(tmp_path: Path) -> None:
    text = SMALL + "  - {id: q2, reference: {python: 'own.py:answer'}}\n"
    module = tmp_path / "own.py"
    module.write_text("def answer(x): return x\n", encoding="utf-8")
    before = of(tmp_path, text).digest
    module.write_text("def answer(x): return 2 * x\n", encoding="utf-8")
    assert of(tmp_path, text).digest != before


@pytest.mark.parametrize("prior", [False, True])
def test_a_python_file_that_is_not_there(tmp_path: Path, prior: bool) -> None:
    text = SMALL + "  - {id: q2, reference: {python: 'own.py:answer'}}\n"
    if prior:  # the cache holds the file's data already
        (tmp_path / "own.py").touch()
        of(tmp_path, text)
        (tmp_path / "own.py").unlink()
    with pytest.raises(AuthorError, match=r"9:34: questions\[1\].reference.python: own.py cannot"):
        of(tmp_path, text)


# The cache.


def entries() -> list[Path]:
    return sorted(cache.folder().glob("*"))


def test_a_second_read_is_the_same(tmp_path: Path) -> None:
    first = of(tmp_path, SMALL)
    assert len(entries()) == 1
    second = of(tmp_path, SMALL)
    assert second.data == first.data
    assert second == first
    path = ("questions", 0, "wrt")
    assert second.fault(path, "no", 0) == first.fault(path, "no", 0)


def test_a_cached_start_imports_neither_yaml_nor_pydantic(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from grader.problem import source\n"
        "assert 'yaml' not in sys.modules\n"
        f"source.read(Path({str(HOMEWORK)!r}))\n"
        "print(json.dumps(sorted({'yaml', 'pydantic'} & set(sys.modules))))"
    )

    def start() -> list[str]:
        out = subprocess.check_output(
            [sys.executable, "-c", "import json;" + code],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return list(json.loads(out))

    assert start() == ["pydantic", "yaml"]
    assert start() == []


def test_another_text_or_version_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of(tmp_path, SMALL)
    assert cache.cached(SMALL.encode()) is not None
    assert cache.cached(SMALL.encode() + b" ") is None
    monkeypatch.setattr(cache, "__version__", "other")
    assert cache.cached(SMALL.encode()) is None


def test_a_faulty_file_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(AuthorError):
        of(tmp_path, "id: x")
    assert entries() == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"key": 1}', b"[" * 100_000])
def test_a_damaged_entry_is_no_entry(tmp_path: Path, damage: bytes) -> None:
    first = of(tmp_path, SMALL)
    entries()[0].write_bytes(damage)
    assert of(tmp_path, SMALL).data == first.data
    assert cache.cached(SMALL.encode()) == first.data


def forged(entry: bytes) -> bytes:
    """An entry with other points, which somebody edited."""
    return entry.replace(b'"points": 1', b'"points": 9')


def test_an_edited_entry_is_no_entry(tmp_path: Path) -> None:
    first = of(tmp_path, SMALL.replace("wrt: x", "wrt: x, points: 1"))
    (entry,) = entries()
    assert forged(entry.read_bytes()) != entry.read_bytes()
    entry.write_bytes(forged(entry.read_bytes()))
    assert of(tmp_path, SMALL.replace("wrt: x", "wrt: x, points: 1")).data == first.data


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and no modes")
@pytest.mark.parametrize("kind", ["pipe", "folder", "link to nowhere", "device"])
def test_an_entry_that_is_no_file_is_no_entry(tmp_path: Path, kind: str) -> None:
    first = of(tmp_path, SMALL)
    (entry,) = entries()
    entry.unlink()
    match kind:
        case "pipe":
            os.mkfifo(entry)  # opening it would wait for ever
        case "folder":
            entry.mkdir()
        case "device":
            entry.symlink_to("/dev/zero")
        case _:
            entry.symlink_to(tmp_path / "nowhere")
    assert of(tmp_path, SMALL).data == first.data


@pytest.mark.skipif(sys.platform == "win32", reason="no modes")
@pytest.mark.parametrize("who", ["folder", "entry"])
def test_what_others_can_write_is_not_used(tmp_path: Path, who: str) -> None:
    of(tmp_path, SMALL)
    (entry,) = entries()
    (entry.parent if who == "folder" else entry).chmod(0o777)
    assert cache.cached(SMALL.encode()) is None
    entry.unlink()
    of(tmp_path, SMALL)
    assert (entries() == []) == (who == "folder")


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADER_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert of(tmp_path, SMALL).data["id"] == "small"


def test_only_so_many_entries_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 20)
    for n in range(cache.MAX_ENTRIES + 5):
        cache.store(str(n).encode(), {"n": n})
        os.utime(cache._file(cache._key(str(n).encode())), (n, n))
    cache.store(b"last", {"n": -1})
    assert len(entries()) == cache.MAX_ENTRIES
    assert cache.cached(b"0") is None
    assert cache.cached(b"last") == {"n": -1}


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/gradient-grader"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/gradient-grader"),
        ("linux", {}, "/home/me/.cache/gradient-grader"),
        ("darwin", {}, "/home/me/Library/Caches/gradient-grader"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/gradient-grader"),
        ("win32", {}, "/home/me/AppData/Local/gradient-grader"),
        ("linux", {"GRADER_CACHE_DIR": "/mine"}, "/mine"),
    ],
)
def test_the_folder_by_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    for name in ("GRADER_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert cache.folder().as_posix() == expected


def test_no_home_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("GRADER_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert of(tmp_path, SMALL).data["id"] == "small"
