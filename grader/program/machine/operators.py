"""Operators, as Python and NumPy calculate them. Sizes are known before anything is calculated.

Nothing but numbers, arrays of them, texts and the containers of a program ever comes to an operator of
Python: there is no object here whose methods a program could have made.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from grader.program.budget import BITS, Budget
from grader.program.errors import Failed, Refused
from grader.program.machine.frame import known
from grader.program.values import Named, Unknown, Walk, only_names

SMALL = 256  # the product of two sizes whose result need not be counted
INTEGERS = frozenset((int, bool))
FLOATS = frozenset((float, np.float64))
NUMBERS = frozenset((int, bool, float, np.bool_, np.float16, np.float32, np.float64, np.int8, np.int16,
                     np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64))  # fmt: skip
SEQUENCES = frozenset((list, tuple))
PLAIN = NUMBERS | {np.ndarray, str, type(None), range}
_WORD = 2**63

Operation = Callable[[Any, Any], Any]
Guarded = Callable[[Budget, Any, Any], Any]


def kind(value: Any) -> str:
    """What a value is, in words for a message."""
    match value:
        case np.ndarray():
            return "an array"
        case str():
            return "a text"
        case None:
            return "None"
        case _ if type(value) in NUMBERS:
            return "a number"
        case _:
            return f"a {type(value).__name__.lower()}"


def check_plain(value: Any, budget: Budget) -> None:
    """Raise Refused if a container holds what is unknown or no plain value, or is too large."""
    stack = [value]
    count = 0
    while stack:
        item = stack.pop()
        if type(item) in PLAIN:
            continue
        if type(item) in SEQUENCES or type(item) in (set, frozenset):
            count += 1 + len(item)
            budget.room(count)
            stack.extend(item)
        elif type(item) is dict:
            stack.extend(item.values())
            count += 1 + len(item)
        elif type(known(item)) is Named:
            raise only_names()
        budget.room(count)
    budget.items(count)


def check_numbers(value: Any, budget: Budget) -> int:
    """How many numbers nested lists hold. Raises Refused if they hold anything else."""
    stack = [value]
    count = size = 0
    while stack:
        item = stack.pop()
        if type(item) in NUMBERS:
            size += 1
        elif type(item) is np.ndarray:
            size += item.size
        elif type(item) in SEQUENCES or type(item) is range:
            count += 1 + len(item)
            budget.room(count)
            stack.extend(item)
        else:
            known(item)
            raise Failed(f"an array cannot hold {kind(item)}")
    budget.items(count)
    budget.array(size)
    return size


def _shape(value: Any, budget: Budget) -> Any:
    if type(value) is np.ndarray:
        return value.shape
    if type(value) is int:
        _check_word(value)
    elif type(value) not in NUMBERS:
        check_numbers(value, budget)
        return np.shape(value)
    return ()


def _check_word(value: int) -> None:
    if not -_WORD <= value < 2 * _WORD:
        raise Failed("an integer that is too large for an array")


broadcast_shapes = lru_cache(maxsize=4_000)(np.broadcast_shapes)
"""The same shapes come with every draw."""


def check_broadcast(budget: Budget, a: Any, b: Any) -> None:
    """Count the result of an operation on each entry. Raises Refused, and ValueError as NumPy does."""
    first, second = _shape(a, budget), _shape(b, budget)
    shape = first if first == second else broadcast_shapes(first, second)
    budget.array(math.prod(shape))


def check_product(budget: Budget, a: Any, b: Any) -> None:
    """Count the result and the work of `a @ b`. Raises Refused, and ValueError as NumPy does."""
    first, second = _shape(a, budget), _shape(b, budget)
    if not first or not second:
        return
    rows = first[-2] if len(first) > 1 else 1
    columns = second[-1] if len(second) > 1 else 1
    stacks = math.prod(broadcast_shapes(first[:-2], second[:-2]))
    budget.array(stacks * rows * columns)
    budget.work(stacks * rows * columns * first[-1])


def _is_array(value: Any) -> bool:
    return type(value) is np.ndarray


def _numbers(a: Any, b: Any, budget: Budget) -> bool:
    """Whether both are numbers, arrays or lists that NumPy makes arrays of; at least one is no list."""
    if _is_array(a):
        return _is_array(b) or type(b) in NUMBERS or type(b) in SEQUENCES or type(b) is range
    if _is_array(b):
        return type(a) in NUMBERS or type(a) in SEQUENCES or type(a) is range
    numbers = type(a) in NUMBERS and type(b) in NUMBERS
    if numbers and (isinstance(a, np.generic) or isinstance(b, np.generic)):
        for value in (a, b):
            if type(value) is int:
                _check_word(value)
    return numbers


def _refuse(symbol: str, a: Any, b: Any) -> Any:
    for value in (known(a), known(b)):
        if type(value) is Named:
            raise only_names()
    return Failed(f"`{symbol}` between {kind(a)} and {kind(b)}")


def _number(value: Any) -> Any:
    if isinstance(value, complex):
        raise Refused("a complex number")
    return value


def _add(budget: Budget, a: Any, b: Any) -> Any:
    if type(a) is type(b) and (type(a) is str or type(a) in SEQUENCES):
        budget.items(len(a) + len(b))
        return a + b
    return _each("+", operator.add, budget, a, b)


def _multiply(budget: Budget, a: Any, b: Any) -> Any:
    for text, times in ((a, b), (b, a)):
        if type(text) is str or type(text) in SEQUENCES:
            if type(times) in INTEGERS or isinstance(times, np.integer):
                budget.items(len(text) * max(int(times), 0))
                return a * b if type(times) in INTEGERS else text * int(times)
            if isinstance(times, np.floating):
                check_numbers(text, budget)
                return a * b
    if type(a) in INTEGERS and type(b) in INTEGERS:
        _check_bits(a.bit_length() + b.bit_length())
    return _each("*", operator.mul, budget, a, b)


def _power(budget: Budget, a: Any, b: Any) -> Any:
    if type(a) in INTEGERS and type(b) in INTEGERS:
        _check_bits(a.bit_length() * abs(b) if a not in (0, 1, -1) else 1)
    return _number(_each("**", operator.pow, budget, a, b))


def _left_shift(budget: Budget, a: Any, b: Any) -> Any:
    if type(a) in INTEGERS and type(b) in INTEGERS:
        _check_bits(a.bit_length() + b)
    return _each("<<", operator.lshift, budget, a, b)


def _check_bits(bits: int) -> None:
    if bits > BITS:
        raise Refused(f"an integer of more than {BITS:,} bits")


def _remainder(budget: Budget, a: Any, b: Any) -> Any:
    return formatted(budget, a, b) if type(a) is str else _each("%", operator.mod, budget, a, b)


def _product(budget: Budget, a: Any, b: Any) -> Any:
    if (_is_array(a) or _is_array(b)) and _numbers(a, b, budget):
        check_product(budget, a, b)
        return a @ b
    raise _refuse("@", a, b)


def _each(symbol: str, operation: Operation, budget: Budget, a: Any, b: Any) -> Any:
    """An operation on each entry."""
    if not _numbers(a, b, budget):
        if type(a) in SEQUENCES or type(b) in SEQUENCES:
            return _with_list(symbol, operation, budget, a, b)
        raise _refuse(symbol, a, b)
    if _is_array(a) or _is_array(b):
        check_broadcast(budget, a, b)
    return operation(a, b)


def _with_list(symbol: str, operation: Operation, budget: Budget, a: Any, b: Any) -> Any:
    """NumPy's own numbers make an array of a list beside them."""
    if isinstance(a, np.generic) or isinstance(b, np.generic):
        check_broadcast(budget, a, b)
        return operation(a, b)
    raise _refuse(symbol, a, b)


def _bits(symbol: str, operation: Operation) -> Guarded:
    def calculate(budget: Budget, a: Any, b: Any) -> Any:
        if type(a) is set and type(b) is set:
            return operation(a, b)
        if type(a) is dict and type(b) is dict and symbol == "|":
            budget.items(len(a) + len(b))
            return operation(a, b)
        return _each(symbol, operation, budget, a, b)

    return calculate


def _plain(symbol: str, operation: Operation) -> Guarded:
    def calculate(budget: Budget, a: Any, b: Any) -> Any:
        return _each(symbol, operation, budget, a, b)

    return calculate


BINARY: Mapping[type[ast.operator], tuple[Operation, Guarded]] = {
    ast.Add: (operator.add, _add),
    ast.Sub: (operator.sub, _bits("-", operator.sub)),
    ast.Mult: (operator.mul, _multiply),
    ast.Div: (operator.truediv, _plain("/", operator.truediv)),
    ast.FloorDiv: (operator.floordiv, _plain("//", operator.floordiv)),
    ast.Mod: (operator.mod, _remainder),
    ast.Pow: (operator.pow, _power),
    ast.MatMult: (operator.matmul, _product),
    ast.LShift: (operator.lshift, _left_shift),
    ast.RShift: (operator.rshift, _plain(">>", operator.rshift)),
    ast.BitAnd: (operator.and_, _bits("&", operator.and_)),
    ast.BitOr: (operator.or_, _bits("|", operator.or_)),
    ast.BitXor: (operator.xor, _bits("^", operator.xor)),
}
"""An operation for two small arrays or floats, and the same for any values, with its guards."""

IN_PLACE: Mapping[type[ast.operator], Operation] = {
    ast.Add: operator.iadd,
    ast.Sub: operator.isub,
    ast.Mult: operator.imul,
    ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv,
    ast.Mod: operator.imod,
    ast.Pow: operator.ipow,
    ast.MatMult: operator.imatmul,
    ast.LShift: operator.ilshift,
    ast.RShift: operator.irshift,
    ast.BitAnd: operator.iand,
    ast.BitOr: operator.ior,
    ast.BitXor: operator.ixor,
}


def augmented(kind_of: type[ast.operator]) -> Guarded:
    """`a += b` and the like: an array, a list, a set or a dictionary is changed in place."""
    in_place = IN_PLACE[kind_of]
    _, new = BINARY[kind_of]
    check = check_product if kind_of is ast.MatMult else check_broadcast

    def calculate(budget: Budget, a: Any, b: Any) -> Any:
        if type(a) is np.ndarray:
            if type(b) not in FLOATS and not (type(b) is np.ndarray and a.size * b.size <= SMALL):
                if not _numbers(a, b, budget):
                    raise _refuse(f"{symbols[kind_of]}=", a, b)
                check(budget, a, b)
            return in_place(a, b)
        if type(a) is list and kind_of is ast.Add:
            return _extended(budget, a, b)
        if type(a) in (set, dict) and type(a) is type(b) and kind_of in _BITS:
            budget.items(len(a) + len(b))
            return in_place(a, b)
        if type(a) is list and kind_of is ast.Mult:
            result = new(budget, a, b)
            if type(result) is list:
                a[:] = result
                return a
            return result
        return new(budget, a, b)

    return calculate


_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
symbols: Mapping[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&",
    ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip


def _extended(budget: Budget, a: list[Any], b: Any) -> Any:
    """`a += b` for a list; NumPy's own arrays and numbers are added to its entries, not to its end."""
    if type(b) is np.ndarray or isinstance(b, np.generic):
        return _add(budget, a, b)
    if type(b) in (list, tuple, range, str, dict, Walk) or type(b) in VIEWS:
        for part in b if b is not a else [*a]:
            budget.room(len(a) + 1)
            a.append(part)
        budget.items(len(a))
        return a
    raise _refuse("+=", a, b)


def negative(budget: Budget, value: Any) -> Any:
    """`-value`."""
    return _unary("-", operator.neg, budget, value)


def _unary(symbol: str, operation: Callable[[Any], Any], budget: Budget, value: Any) -> Any:
    if type(value) is np.ndarray:
        if value.size > SMALL:
            budget.array(value.size)
        return operation(value)
    if type(value) in NUMBERS:
        return operation(value)
    if type(known(value)) is Named:
        raise only_names()
    raise Failed(f"`{symbol}` of {kind(value)}")


def positive(budget: Budget, value: Any) -> Any:
    """`+value`."""
    return _unary("+", operator.pos, budget, value)


def inverted(budget: Budget, value: Any) -> Any:
    """`~value`; of Python's own truth values too, as long as Python has it."""
    return _unary("~", operator.invert, budget, int(value) if type(value) is bool else value)


def truth(value: Any) -> bool:
    """Whether a condition holds. Raises Refused for what is unknown, and ValueError as NumPy does."""
    if type(value) in (Unknown, Named):
        _refuse("not", value, value)
    return bool(value)


def contains(budget: Budget, item: Any, container: Any) -> bool:
    """`item in container`."""
    if type(container) is str:
        if type(known(item)) is not str:
            raise Failed(f"`in` between {kind(item)} and a text")
        return item in container
    if type(container) is np.ndarray:
        check_broadcast(budget, item, container)
        return item in container
    if type(container) is range:
        check_key(item)
        return type(item) is not str and item == (whole := int(item)) and whole in container
    if type(container) is Walk:
        return any(truth(COMPARED[ast.Eq][1](budget, part, item)) for part in container)
    if type(container) is dict or type(container) in VIEWS:
        check_key(item)
        budget.items(len(container) if type(container) in VIEWS else 1)
        return item in container
    if type(container) in SEQUENCES or type(container) is set:
        check_plain((item, container), budget)
        return item in container
    raise _refuse("in", item, container)


_PARTS = 100  # of a key
VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


def check_key(key: Any) -> None:
    """Raise what Python raises for a key that has no hash, and Refused for one of another kind."""
    if type(key) is str or type(key) in NUMBERS or key is None:
        return
    parts = [key]
    count = 0
    while parts:
        part = parts.pop()
        count += 1
        if count > _PARTS:
            raise Refused("a key of too many parts")
        if type(part) is tuple:
            parts.extend(part)
        elif type(part) is not str and type(part) not in NUMBERS and part is not None:
            known(part)
            raise Failed(f"{kind(part)} is no key")


def _not(test: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *args: not test(*args)


def _ordered(symbol: str, operation: Operation) -> Guarded:
    def compare(budget: Budget, a: Any, b: Any) -> Any:
        if _numbers(a, b, budget):
            if _is_array(a) or _is_array(b):
                check_broadcast(budget, a, b)
            return operation(a, b)
        if type(a) is type(b) and (type(a) is str or type(a) in SEQUENCES or type(a) is set):
            check_plain((a, b), budget)
            return operation(a, b)
        if type(a) in SEQUENCES or type(b) in SEQUENCES:
            return _with_list(symbol, operation, budget, a, b)
        raise _refuse(symbol, a, b)

    return compare


def _equal(symbol: str, operation: Operation) -> Guarded:
    def compare(budget: Budget, a: Any, b: Any) -> Any:
        if _numbers(a, b, budget):
            if _is_array(a) or _is_array(b):
                check_broadcast(budget, a, b)
            return operation(a, b)
        for value in (known(a), known(b)):
            if type(value) is Named:
                raise only_names()
        if _is_array(a) or _is_array(b):
            if a is not None and b is not None:
                raise _refuse(symbol, a, b)
            return operation(a, b)
        if isinstance(a, np.generic) or isinstance(b, np.generic):
            other = b if isinstance(a, np.generic) else a
            if type(other) in SEQUENCES:
                return _with_list(symbol, operation, budget, a, b)
        if type(a) in CONTAINERS and type(b) in CONTAINERS:
            check_plain((a, b), budget)
        return operation(a, b)

    return compare


CONTAINERS = frozenset((list, tuple, dict, set))
COMPARED: Mapping[type[ast.cmpop], tuple[Operation | None, Guarded]] = {
    ast.Eq: (operator.eq, _equal("==", operator.eq)),
    ast.NotEq: (operator.ne, _equal("!=", operator.ne)),
    ast.Lt: (operator.lt, _ordered("<", operator.lt)),
    ast.LtE: (operator.le, _ordered("<=", operator.le)),
    ast.Gt: (operator.gt, _ordered(">", operator.gt)),
    ast.GtE: (operator.ge, _ordered(">=", operator.ge)),
    ast.Is: (None, lambda budget, a, b: known(a) is known(b)),
    ast.IsNot: (None, lambda budget, a, b: known(a) is not known(b)),
    ast.In: (None, contains),
    ast.NotIn: (None, _not(contains)),
}

_FORMAT = re.compile(r"%(?:%|[-0+ ]?\d{0,2}(?:\.\d{1,2})?[sdifeg])|%")
_SPECIFICATION = re.compile(r"[-<>^0+ ]?\d{0,2}(?:\.\d{1,2})?[sdfeg%]?")


def formatted(budget: Budget, template: str, values: Any) -> str:
    """`template % values`, of plain fields and plain values. Raises Refused for anything else."""
    fields = [field for field in _FORMAT.findall(template) if field != "%%"]
    values = values if type(values) is tuple else (values,)
    if "%" in fields or len(fields) > 20:
        raise Refused("a format with fields that are not plain")
    return template % tuple([printed_value(budget, value) for value in values])


_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)(?::([^{}]*))?\}|[{}]")


def formatted_fields(budget: Budget, template: str, args: Any, keywords: Any) -> str:
    """`template.format(...)` with fields that are numbers, names or empty. Raises Refused."""
    count = iter(range(len(args) + 1))

    def field(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if match[1] is None:
            raise Refused("a format with fields that are not plain")
        name = match[1] or str(next(count))
        if name.isdecimal() and (len(name) > 3 or int(name) >= len(args)):
            raise Failed("a format with more fields than values")
        value = args[int(name)] if name.isdecimal() else keywords[name]
        return in_text(budget, value, match[2] or "", -1)

    budget.items(len(template))
    text = _FIELD.sub(field, template)
    budget.room(len(text))
    return text


def printed_value(budget: Budget, value: Any) -> Any:
    """A value that may stand in a text: a text, a number, None. Raises Refused."""
    if type(known(value)) is str:
        budget.items(len(value))
        return value
    if type(value) in NUMBERS or value is None:
        return value
    raise Refused(f"{kind(value)} in a text")


def in_text(budget: Budget, value: Any, specification: str, conversion: int) -> str:
    """A field of an f-string."""
    value = printed_value(budget, value)
    if conversion == ord("r") and type(value) is str:
        raise Refused("a text in quotes inside a text")
    if not _SPECIFICATION.fullmatch(specification):
        raise Refused("a format that is not plain")
    return format(value, specification)
