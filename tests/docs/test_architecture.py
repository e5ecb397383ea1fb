"""The page on the architecture has the layers that import-linter enforces, and files that exist."""

import re
import tomllib

from pages import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_the_layers_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    rows = re.findall(r"^\| (\d+) \| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    on_the_page = [set(re.findall(r"\w+", packages)) for _, packages in rows]
    assert on_the_page == [set(re.findall(r"\w+", layer)) for layer in layers]
    assert [int(number) for number, _ in rows] == [*reversed(range(len(layers)))]


def test_every_file_and_folder_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)+(?:\w+\.\w+|\w*))`", PAGE))
    assert len(named) > 30
    missing = [
        name
        for name in named
        if not any(
            (parent / name).exists() or (parent / f"{name}.py").exists()
            for parent in (ROOT / "grader", ROOT)
        )
    ]
    assert missing == []
