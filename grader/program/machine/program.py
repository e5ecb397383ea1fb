"""A program, compiled once: closures for its statements, and what can be seen without running it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.program.errors import RAISED, ProgramError, of
from grader.program.machine.context import MODULE, Context, Rules, Scope, bound_names
from grader.program.machine.definitions import DEFINITIONS, with_constructors
from grader.program.machine.expressions import EXPRESSIONS
from grader.program.machine.facts import ClassFact, Facts, FunctionFact, TargetFact, facts_of
from grader.program.machine.frame import Run
from grader.program.machine.functions import CALLS
from grader.program.machine.library import Library, standard
from grader.program.machine.statements import STATEMENTS, block
from grader.program.machine.targets import TARGETS
from grader.program.source import parse

RULES = Rules({**EXPRESSIONS, **CALLS}, {**STATEMENTS, **DEFINITIONS}, TARGETS)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A program that can be run any number of times. `watched` names are asked for when they are stored."""

    text: str
    tree: ast.Module = field(repr=False)
    watched: frozenset[str]
    facts: Facts = field(repr=False)
    defines: frozenset[str] = field(repr=False)
    library: Library = field(repr=False)
    body: Run = field(repr=False)

    @property
    def functions(self) -> tuple[FunctionFact, ...]:
        """The functions of the top level."""
        return self.facts.functions

    @property
    def classes(self) -> tuple[ClassFact, ...]:
        """The classes of the top level."""
        return self.facts.classes

    @property
    def called(self) -> frozenset[str]:
        """The names of all functions and methods that are called anywhere."""
        return frozenset().union(*self.facts.calls.values())

    @property
    def calls(self) -> Mapping[str, frozenset[str]]:
        """The names that are called, by the function in which they are; "" is the top level."""
        return self.facts.calls

    @property
    def targets(self) -> tuple[TargetFact, ...]:
        """All places where the program stores, in the order of the text."""
        return self.facts.targets

    @property
    def reads(self) -> frozenset[str]:
        """All names that the program loads."""
        return self.facts.reads


def _modules(tree: ast.Module, facts: Facts) -> set[str]:
    """The names that may be modules: those that are imported, and those that the program gives no value."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {
        alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names
    }
    return imported | (facts.reads - {target.path for target in facts.targets})


def compiled(
    text: str, watched: frozenset[str] = frozenset(), library: Library | None = None
) -> Program:
    """Compile a program.

    Raises Refused if it is not Python or above a limit. A statement that is not run is refused only
    when it is reached.
    """
    library = library or standard()
    try:
        tree = with_constructors(parse(text))
        facts = facts_of(tree)
        library = library.spoken(_modules(tree, facts))
        defines = bound_names(tree.body)
        context = Context(RULES, library, frozenset(watched), Scope(MODULE))
        return Program(
            text, tree, frozenset(watched), facts, defines, library, block(context, tree.body)
        )
    except ProgramError:
        raise
    except RAISED as error:
        raise of(error) from None
