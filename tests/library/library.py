"""The problems of the library with their keys."""

from library_keys import NAMES, PROBLEMS, key_of

ROOT = PROBLEMS.parent
FOLDERS = [PROBLEMS / name for name in NAMES]
KEYS = {name: key_of(name) for name in NAMES}
QUESTIONS = [(name, question) for name in NAMES for question in KEYS[name].questions]
