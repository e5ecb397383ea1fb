"""Sheets to print: the handout for students, and the worked key for instructors."""

from grader.authoring.sheets import html, markdown, tex
from grader.authoring.sheets.handout import handout
from grader.authoring.sheets.worked_key import worked_key

FORMATS = {"md": markdown.render, "tex": tex.render, "html": html.render}

__all__ = ["FORMATS", "handout", "worked_key"]
