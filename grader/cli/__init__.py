"""The command `grader`: one file a command. Nothing is computed here."""

from grader.cli.group import main

__all__ = ["main"]
