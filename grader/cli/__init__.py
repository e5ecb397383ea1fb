"""The command `grader`, a module for each command. They parse options and print; they compute nothing."""

from grader.cli.group import main

__all__ = ["main"]
