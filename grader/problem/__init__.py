"""YAML → `Problem`."""

from grader.problem.build import load
from grader.problem.model import Declared, Draw, Problem, Python, Quantity, Question, Scope

__all__ = ["Declared", "Draw", "Problem", "Python", "Quantity", "Question", "Scope", "load"]
