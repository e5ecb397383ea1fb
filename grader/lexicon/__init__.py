"""The words of human languages that the grader knows, and what they do in a sentence."""

from grader.lexicon.roles import NOTES, Mark, Role, find, is_ordinary, language_of, pattern, words

__all__ = ["NOTES", "Mark", "Role", "find", "is_ordinary", "language_of", "pattern", "words"]
