"""The machine: programs compiled to closures, and run on given values."""

from grader.program.machine.facts import ClassFact, FunctionFact, Parameter, TargetFact
from grader.program.machine.frame import Frame, GivenNames, Store
from grader.program.machine.library import Library
from grader.program.machine.program import Program, compiled
from grader.program.machine.run import Machine

__all__ = [
    "ClassFact", "Frame", "FunctionFact", "GivenNames", "Library", "Machine", "Parameter", "Program",
    "Store", "TargetFact", "compiled",
]  # fmt: skip
