"""The words of human languages that the grader knows, and what they do in a sentence."""

from grader.lexicon.roles import Mark, Role, find, language_of, words

__all__ = ["Mark", "Role", "find", "language_of", "words"]
