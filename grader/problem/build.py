"""Validated data → `Problem`: parses the expressions, derives shapes, collects all faults."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.errors import AuthorError, Fault, StudentError, UnknownName
from grader.expression import (
    SCALAR,
    Expression,
    Index,
    Shape,
    Symbol,
    base_name,
    free_indices,
    shape_text,
    symbols_in,
)
from grader.notation import Function, Names, declared, infix
from grader.notation.names import INFIX_FUNCTIONS
from grader.primitives import TABLE
from grader.primitives.build import mul, ones
from grader.problem.model import Declared, Draw, Problem, Python, Quantity, Question, Scope
from grader.problem.prompt import with_prompt
from grader.problem.rules import ruled
from grader.problem.source import ProblemSource

Path_ = tuple[str | int, ...]


def build(source: ProblemSource) -> Problem:
    """The problem in a file that has been read. Raises AuthorError with all faults."""
    return _ProblemBuild(source).problem()


_INDEXED = re.compile(r"(\w+)\[([^\[\]]*)$")  # an array, and the text before one of its indices


class _ProblemBuild:
    def __init__(self, source: ProblemSource) -> None:
        self.source = source
        self.data = source.data
        self.faults: list[Fault] = []
        self.lost: set[str] = set()  # names with a faulty text: what uses them is not reported
        self.dimensions: dict[str, int] = dict(self.data["dimensions"])

    def problem(self) -> Problem:
        self.functions = self._functions()
        scope = self._scope(self._symbols(self.data["symbols"], ("symbols",)))
        questions = tuple(
            self._question(data, at, scope) for at, data in enumerate(self.data["questions"])
        )
        if not self.faults:  # rules of a faulty question would only repeat its faults
            questions = ruled(self.data, questions, self._parse, self._fault)
        if self.faults:
            raise AuthorError(self.faults)
        return Problem(
            id=self.data["id"],
            title=self.data["title"],
            digest=self.source.digest,
            seed=self.data["draws"]["seed"],
            draws=self.data["draws"]["count"],
            index_base=self.data["index_base"],
            scope=scope,
            questions=questions,
            path=self.source.path,
            description=self.data["description"],
            source=self.source if any(self.data["variants"].values()) else None,
        )

    def _fault(self, path: Path_, reason: str, offset: int | None = None) -> None:
        self.faults.append(self.source.fault(path, reason, offset))

    # Names

    def _functions(self) -> dict[str, Function]:
        functions = {}
        for name, data in self.data["functions"].items():
            primitive = INFIX_FUNCTIONS.get(data["is"])
            if primitive is None:
                self._fault(("functions", name, "is"), _unknown_function(data["is"]))
                self.lost.add(name)
                continue
            extra = tuple(float(value) for value in data["params"].values())
            if len(extra) > TABLE[primitive].arity[1] - 1:
                most = TABLE[primitive].arity[1] - 1
                self._fault(
                    ("functions", name),
                    f"{primitive} takes at most {most} parameters, not {len(extra)}",
                )
                continue
            functions[name] = Function(name, primitive, tuple(data["latex"]), extra)
        return functions

    def _symbols(self, data: Mapping[str, Any], path: Path_) -> dict[str, Declared]:
        return {
            name: Declared(
                name,
                self._shape(entry["shape"]),
                tuple(entry["latex"]),
                Draw(entry["draw"]["kind"], _params(entry["draw"])),
                len(entry["shape"]),
            )
            for name, entry in data.items()
        }

    def _shape(self, sizes: list[int | str]) -> Shape:
        """[] is a scalar, [n] a column, [m, n] a matrix."""
        rows, columns = ([self._size(size) for size in sizes] + [1, 1])[:2]
        return rows, columns

    def _size(self, size: int | str) -> int:
        return size if isinstance(size, int) else self.dimensions[size]

    def _names(self, symbols: Mapping[str, Declared], model: Mapping[str, Quantity]) -> Names:
        everything: list[Declared | Quantity] = [*symbols.values(), *model.values()]
        nodes = {item.name: Symbol(item.name, item.shape) for item in everything}
        latex = {item.name: item.latex for item in everything}
        scalars = [nodes[q.name] for q in model.values() if q.shape == SCALAR]
        loss = scalars[-1] if scalars else None
        matrices = [symbol.name for symbol in symbols.values() if symbol.axes == 2]
        table = declared.build(
            nodes, latex, self.functions, self.dimensions, loss, matrices, _depends(model)
        )
        one_hot = tuple(
            s.name for s in symbols.values() if s.draw.kind == "one_hot" and 1 in s.shape
        )
        return replace(table.based(self.data["index_base"]), one_hot=one_hot)

    # The model

    def _scope(self, symbols: dict[str, Declared]) -> Scope:
        model: dict[str, Quantity] = {}
        for name, data in self.data["model"].items():
            quantity = self._quantity(name, data, self._names(symbols, model))
            if quantity is not None:
                model[name] = quantity
            else:
                self.lost.add(name)
        return Scope(symbols, model, self._names(symbols, model))

    def _quantity(self, name: str, data: Mapping[str, Any], known: Names) -> Quantity | None:
        path = ("model", name)
        latex = tuple(data["latex"])
        if "is" in data:
            node = self._parse(data["is"], known, (*path, "is"))
            return None if node is None else Quantity(name, node.shape, node, {}, latex)
        upstream = {}
        for target, text in data["upstream"].items():
            place = (*path, "upstream", target)
            node = self._parse(text, known, place)
            if target in self.lost:
                continue
            if target not in known.symbols:
                self._fault(place, f"`{target}` is not computed before `{name}`")
            elif node is not None:
                if node.shape not in (known.symbols[target].shape, SCALAR):
                    self._fault(
                        place,
                        f"the gradient is {shape_text(node.shape)}, but `{target}` is "
                        f"{shape_text(known.symbols[target].shape)}",
                    )
                upstream[target] = _spread(node, known.symbols[target].shape)
        return Quantity(name, SCALAR, None, upstream, latex)

    def _parse(self, text: str, known: Names, path: Path_) -> Expression | None:
        try:
            return infix.parse(text, known)[0]
        except StudentError as error:
            if not self.lost.isdisjoint(_words(text)):
                return None
            offset = error.span.start if error.span else None
            reason = f"{error.message} ({error.hint})" if error.hint else error.message
            clearer = self._too_early(text, known, path) or self._without_range(error, known, path)
            self._fault(path, clearer or reason, offset)
            return None

    def _too_early(self, text: str, known: Names, path: Path_) -> str | None:
        """The reason if the text uses a quantity that the model computes later, or in a circle."""
        if path[0] != "model":
            return None
        name, model = str(path[1]), self.data["model"]
        for other in _words(text):
            if other == name:
                return f"`{name}` is computed from itself"
            if other in model and other not in known.symbols:
                if name in _reached(model, other):
                    return f"`{name}` and `{other}` are computed from each other"
                return f"`{other}` is used before it is computed: move `{other}` above `{name}`"
        return None

    def _without_range(self, error: StudentError, known: Names, path: Path_) -> str | None:
        """The reason if the error is an index without a range."""
        span = error.span
        if path[0] != "questions" or span is None or not isinstance(error, UnknownName):
            return None
        name = error.source[span.start : span.end]
        before = error.source[: span.start]
        if before.count("[") == before.count("]") or not name.isidentifier():
            return None
        size = self._axis(before, known)
        return f"the index `{name}` has no range; add one, such as `free: {{{name}: {size}}}`"

    def _axis(self, before: str, known: Names) -> str | int:
        """The size of the axis of an index, found from the text before the index."""
        base = _INDEXED.search(before)
        symbol = known.symbols.get(base[1]) if base else None
        if base is None or symbol is None:
            return next(iter(self.dimensions), 3)
        size = max(symbol.shape) if 1 in symbol.shape else symbol.shape[base[2].count(",") > 0]
        return next((name for name, known_ in self.dimensions.items() if known_ == size), size)

    # Questions

    def _question(self, data: Mapping[str, Any], at: int, base: Scope) -> Question:
        path: Path_ = ("questions", at)
        scope = self._narrowed(base, data, path)
        free = tuple(Index(name, 1, self._size(size)) for name, size in data["free"].items())
        known = scope.names.with_indices(free, {})
        of = self._optional(data.get("of"), known, (*path, "of"))
        wrt = self._optional(data.get("wrt"), known, (*path, "wrt"))
        if wrt is not None and base_name(wrt) is None:
            self._fault(
                (*path, "wrt"), "`wrt` should be a symbol, a quantity, or an entry of one of them"
            )
        self._check_asked(of, wrt, data, scope, path)
        return with_prompt(
            Question(
                id=data["id"],
                points=float(data["points"]),
                scope=scope,
                of=of,
                wrt=wrt,
                free=free,
                reference=self._reference(data["reference"], known, (*path, "reference")),
                prompt=data["prompt"],
                labels=tuple(data["labels"]),
                all_or_nothing=data["all_or_nothing"],
                feedback=data["feedback"],
                names=known,
            )
        )

    def _check_asked(
        self,
        of: Expression | None,
        wrt: Expression | None,
        data: Mapping[str, Any],
        scope: Scope,
        path: Path_,
    ) -> None:
        """Check that the derivative exists and uses every index variable."""
        if of is None or wrt is None:
            return
        quantity = scope.model.get(base_name(wrt) or "")
        if quantity is not None and quantity.definition is None:
            reason = f"`{quantity.name}` has no formula, so nothing can be differentiated by it"
            self._fault((*path, "wrt"), reason)
        for name in data["free"]:
            if data["reference"] is None and name not in free_indices(of) | free_indices(wrt):
                self._fault(
                    (*path, "free", name), f"neither `of` nor `wrt` uses the index `{name}`"
                )

    def _narrowed(self, base: Scope, data: Mapping[str, Any], path: Path_) -> Scope:
        """The scope of a question with its own symbols, without the quantities that use hidden ones."""
        if not data["symbols"]:
            return base
        own = self._symbols(data["symbols"], (*path, "symbols"))
        symbols = {**base.symbols, **own}
        hidden = set(own)
        model = {}
        for name, quantity in base.model.items():
            if name in hidden or _uses(quantity, hidden):
                hidden.add(name)
            else:
                model[name] = quantity
        return Scope(symbols, model, self._names(symbols, model))

    def _optional(self, text: str | None, known: Names, path: Path_) -> Expression | None:
        return None if text is None else self._parse(text, known, path)

    def _reference(
        self, data: Mapping[str, str] | None, known: Names, path: Path_
    ) -> Expression | Python | None:
        if data is None:
            return None
        if "expression" in data:
            return self._parse(data["expression"], known, (*path, "expression"))
        file, _, function = data["python"].partition(":")
        return Python(self.source.folder / file, function)


def _words(text: str) -> list[str]:
    """Every name in an expression."""
    return re.findall(r"[A-Za-z_]\w*", text)


def _reached(model: Mapping[str, Any], name: str) -> set[str]:
    """All quantities that the text of one refers to, directly or not, in any order of the file."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        data = model[waiting.pop()]
        texts = [data["is"]] if "is" in data else [*data["upstream"], *data["upstream"].values()]
        fresh = {word for text in texts for word in _words(text) if word in model} - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _depends(model: Mapping[str, Quantity]) -> dict[str, frozenset[str]]:
    """The names that each quantity is computed from, directly or through others."""
    found: dict[str, frozenset[str]] = {}
    for quantity in model.values():
        roots = quantity.upstream.values() if quantity.definition is None else [quantity.definition]
        direct = symbols_in(*roots) | set(quantity.upstream)
        found[quantity.name] = frozenset(direct).union(*(found.get(name, ()) for name in direct))
    return found


def _spread(gradient: Expression, shape: Shape) -> Expression:
    """A gradient in the shape of an array; a scalar one is the same for every entry."""
    return gradient if gradient.shape == shape else mul(gradient, ones(shape))


def _params(draw: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in draw.items() if name != "kind"}


def _uses(quantity: Quantity, hidden: set[str]) -> bool:
    parts = [quantity.definition, *quantity.upstream.values()]
    used = symbols_in(*(part for part in parts if part is not None))
    return bool(hidden & (used | set(quantity.upstream)))


def _unknown_function(name: str) -> str:
    close = difflib.get_close_matches(name, INFIX_FUNCTIONS, n=2)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"the grader knows no function `{name}`{hint}"
