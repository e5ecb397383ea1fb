"""Another name of `statements`, until everything that reads formulas imports that."""

from grader.notation.statements import Equation, equations

__all__ = ["Equation", "equations"]
