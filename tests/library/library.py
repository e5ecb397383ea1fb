"""The problems of the library with their keys."""

from functools import cache
from pathlib import Path

from grader import key as keys
from grader.key import Key
from grader.problem import load

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(file.parent for file in ROOT.glob("problems/*/problem.yaml"))
NAMES = [folder.name for folder in FOLDERS]


@cache
def key_of(name: str) -> Key:
    """The key of a problem of the library."""
    return keys.build(load(ROOT / "problems" / name))


KEYS = {name: key_of(name) for name in NAMES}
QUESTIONS = [(name, question) for name in NAMES for question in KEYS[name].questions]
