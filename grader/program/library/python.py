"""Python's own functions and the methods of lists, dictionaries and texts."""

import copy
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from grader.program.budget import ITEMS, Budget
from grader.program.errors import Refused
from grader.program.library import settings
from grader.program.library.dtypes import Type, unwrapped
from grader.program.library.elementwise import TABLE as ELEMENTWISE
from grader.program.library.elementwise import broadcasts
from grader.program.library.rows import Row, described, plain, row
from grader.program.values import Unknown, Walk

TEXT = 1_000  # characters
BITS = 4_096  # of a whole number
VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
SEQUENCES: tuple[Any, ...] = (list, tuple, range, str, dict, set, np.ndarray, *VIEWS)
NUMBERS: tuple[Any, ...] = (bool, int, float, np.generic)


def items(budget: Budget, values: Any) -> list[Any]:
    """The items of a list, dictionary, range, array and so on, in order.

    Raises Refused if there are too many or one of the values is unknown, TypeError for a number.
    """
    found = list(islice(walked(budget, values), ITEMS + 1))
    if len(found) > ITEMS:
        raise Refused(f"a list of more than {ITEMS:,} items")
    return found


def walked(budget: Budget, values: Any) -> Iterator[Any]:
    """The items of a value one by one, as they are when they are asked for. Raises what `items` does."""
    if isinstance(values, Unknown):
        raise values.refused()
    if isinstance(values, SEQUENCES):
        bounded(budget, len(values))
    elif not isinstance(values, Walk):
        raise TypeError(f"{described(values)} is not iterable")
    return iter(values)


ROOM = 16  # numbers that take the space of one item of a list


def bounded(budget: Budget, length: int) -> None:
    """Count the items of a list. Raises Refused if there are too many."""
    if length > ITEMS:
        raise Refused(f"a list of more than {ITEMS:,} items")
    budget.array(length * ROOM)


def _grown(budget: Budget, values: Any, more: int = 1) -> None:
    """Count items that are put in. Raises Refused if there are too many."""
    if len(values) + more > ITEMS:
        raise Refused(f"a list of more than {ITEMS:,} items")
    budget.array(more * ROOM)


def flat(value: Any) -> Any:
    """A value that is compared and hashed in no time: a number, a text, or a tuple of these."""
    parts = value if type(value) is tuple else (value,)
    for part in parts:
        if type(part) is not str and part is not None and not isinstance(part, NUMBERS):
            raise Refused(f"{described(part)} where a number or a text is expected")
    return value


def _range(budget: Budget, *args: Any) -> range:
    return range(*[plain(value) for value in args])


def _len(budget: Budget, values: Any) -> int:
    if isinstance(values, Unknown):
        raise values.refused()
    if not isinstance(values, SEQUENCES):
        raise TypeError(f"{described(values)} has no len()")
    return len(values)


def _zip(budget: Budget, *sequences: Any, strict: bool = False) -> Any:
    parts = [walked(budget, values) for values in sequences]
    return Walk(zip(*parts, strict=bool(strict)), sequences)


def _enumerate(budget: Budget, iterable: Any, start: int = 0) -> Any:
    return Walk(enumerate(walked(budget, iterable), plain(start)), (iterable,))


def _reversed(budget: Budget, sequence: Any) -> Any:
    if isinstance(sequence, (Walk, set)):
        raise TypeError("the argument of reversed() must be a sequence")
    walked(budget, sequence)
    return Walk(reversed(sequence), (sequence,))


def _sorted(budget: Budget, iterable: Any, *, key: Any = None, reverse: Any = False) -> list[Any]:
    values = items(budget, iterable)
    order = _order(values, key)
    return sorted(values, key=order, reverse=bool(reverse))


def _order(values: list[Any], key: Any) -> Callable[[Any], Any] | None:
    """What values are compared by. Raises Refused where that may take long."""
    if key is not None:
        return lambda value: flat(key(value))
    for value in values:
        flat(value)
    return None


def _extreme(function: Callable[..., Any]) -> Row:
    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        key = kwargs.pop("key", None)
        values = items(budget, args[0]) if len(args) == 1 else list(args)
        return function(values, key=_order(values, key), **kwargs)

    return call


def _sum(budget: Budget, iterable: Any, start: Any = 0) -> Any:
    total = start
    for value in walked(budget, iterable):
        if isinstance(total, NUMBERS) and isinstance(value, NUMBERS):
            total = total + value
        elif type(total) is type(value) is list:
            bounded(budget, len(total) + len(value))
            total = total + value
        else:
            total = ELEMENTWISE["numpy.add"](budget, total, value)
    return total


def _truths(function: Callable[..., bool]) -> Row:
    def call(budget: Budget, iterable: Any) -> bool:
        values = items(budget, iterable)
        for value in values:
            if isinstance(value, Unknown):
                raise value.refused()
        return function(values)

    return call


def _power(budget: Budget, base: Any, exponent: Any, modulus: Any = None) -> Any:
    """`pow`, which is `**`. Raises Refused for whole numbers of thousands of digits."""
    base, exponent, modulus = plain(base), plain(exponent), plain(modulus)
    if type(base) is int and type(exponent) is int and modulus is None:
        if base.bit_length() * abs(exponent) > BITS:
            raise Refused("a whole number of too many digits")
    else:
        broadcasts(budget, base, exponent)
    result = pow(base, exponent, modulus)
    if type(result) is complex:
        raise Refused("a complex number")
    return result


def _round(budget: Budget, number: Any, ndigits: Any = None) -> Any:
    """Python rounds half to even, and gives a whole number if `ndigits` is not given."""
    if type(number) not in (int, float, bool) and not isinstance(number, np.generic):
        raise TypeError("round() of something else than a number")
    if ndigits is not None and abs(plain(ndigits)) > 400:
        raise Refused("rounding to hundreds of digits")
    return round(number, ndigits)


def _float(budget: Budget, value: Any = 0.0) -> float:
    return float(_text_or_number(value))


def _int(budget: Budget, value: Any = 0) -> int:
    return int(_text_or_number(value))


def _text_or_number(value: Any) -> Any:
    """What `float` and `int` take. Arrays count if they have one entry."""
    if type(value) is str:
        if len(value) > 40:
            raise Refused("a long text as a number")
        return value
    given = plain(value)
    if isinstance(given, np.dtype) or type(given) in (list, tuple):
        raise TypeError("the argument must be a number or a text")
    if type(given) is np.ndarray:
        if given.size != 1:
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        return given.item()
    return given


def _bool(budget: Budget, value: Any = False) -> bool:
    if isinstance(value, Unknown):
        raise value.refused()
    return bool(value)


def _str(budget: Budget, value: Any = "") -> str:
    if type(value) is not str and not isinstance(value, NUMBERS) and value is not None:
        raise Refused(f"{described(value)} as a text")
    return short(str(value))


def short(text: str) -> str:
    """A text. Raises Refused if it is long."""
    if len(text) > TEXT:
        raise Refused(f"a text of more than {TEXT:,} characters")
    return text


def _list(budget: Budget, iterable: Any = ()) -> list[Any]:
    return items(budget, iterable)


def _tuple(budget: Budget, iterable: Any = ()) -> tuple[Any, ...]:
    return tuple(items(budget, iterable))


def _set(budget: Budget, iterable: Any = ()) -> set[Any]:
    return {flat(value) for value in items(budget, iterable)}


def _dict(budget: Budget, pairs: Any = (), **named: Any) -> dict[Any, Any]:
    """`dict(a=1)`, `dict(other)`, `dict(pairs)`."""
    if isinstance(pairs, dict):
        return {**pairs, **named}
    return {**{flat(key): value for key, value in items(budget, pairs)}, **named}


def _isinstance(budget: Budget, value: Any, kinds: Any) -> bool:
    if isinstance(value, Unknown):
        raise value.refused()
    asked = [unwrapped(kind) for kind in (kinds if type(kinds) is tuple else (kinds,))]
    for kind in asked:
        if not isinstance(kind, Type):
            raise Refused("`isinstance` of a type that the grader does not know")
    return any(isinstance(value, kind.kinds) for kind in asked)


def _map(budget: Budget, function: Callable[..., Any], *iterables: Any) -> Any:
    columns = [walked(budget, values) for values in iterables]
    return Walk(map(function, *columns), (function, *iterables))


def _filter(budget: Budget, function: Callable[..., Any] | None, iterable: Any) -> Any:
    def is_kept(value: Any) -> bool:
        return _bool(budget, value if function is None else function(value))

    return Walk(filter(is_kept, walked(budget, iterable)), (function, iterable))


def deep(budget: Budget, value: Any, depth: int = 0) -> Any:
    """A copy of lists and dictionaries with all arrays in them."""
    if depth > 16:
        raise Refused("lists that are nested too deep")
    budget.step()
    if type(value) in (list, tuple):
        return type(value)([deep(budget, part, depth + 1) for part in value])
    if type(value) is dict:
        return {key: deep(budget, part, depth + 1) for key, part in value.items()}
    return shallow(budget, value)


def shallow(budget: Budget, value: Any) -> Any:
    """A copy of a list, dictionary or array; numbers and texts are their own."""
    if type(value) is np.ndarray:
        budget.array(value.size)
        return value.copy()
    if type(value) in (list, dict, set):
        bounded(budget, len(value))
        return copy.copy(value)
    if value is None or isinstance(value, (*NUMBERS, str, tuple)):
        return value
    raise Refused(f"a copy of {described(value)}")


def _slice(budget: Budget, *args: Any) -> slice:
    return slice(*[None if value is None else plain(value) for value in args])


BUILTINS: dict[str, Any] = {
    "open": settings.FILE,
    "slice": _slice,
    "len": _len,
    "range": _range,
    "xrange": _range,
    "zip": _zip,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "sorted": _sorted,
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "any": _truths(any),
    "all": _truths(all),
    "abs": row(abs),
    "round": _round,
    "pow": _power,
    "divmod": row(divmod, broadcasts),
    "isinstance": _isinstance,
    "map": _map,
    "filter": _filter,
    "float": Type("float", np.dtype(float), (float,), _float),
    "int": Type("int", np.dtype(int), (int,), _int),
    "bool": Type("bool", np.dtype(bool), (bool,), _bool),
    "str": Type("str", None, (str,), _str),
    "list": Type("list", None, (list,), _list),
    "tuple": Type("tuple", None, (tuple,), _tuple),
    "dict": Type("dict", None, (dict,), _dict),
    "set": Type("set", None, (set,), _set),
}

TABLE: dict[str, Row] = {"copy.copy": shallow, "copy.deepcopy": deep}


def _append(budget: Budget, values: list[Any], value: Any) -> None:
    _grown(budget, values)
    values.append(value)


def _extend(budget: Budget, values: list[Any], more: Any) -> None:
    new = items(budget, more)
    _grown(budget, values, len(new))
    values.extend(new)


def _insert(budget: Budget, values: list[Any], place: Any, value: Any) -> None:
    _grown(budget, values)
    values.insert(plain(place), value)


def _pop(budget: Budget, values: list[Any], place: Any = -1) -> Any:
    return values.pop(plain(place))


def _sort(budget: Budget, values: list[Any], *, key: Any = None, reverse: Any = False) -> None:
    values[:] = _sorted(budget, values, key=key, reverse=reverse)


LIST_METHODS: dict[str, Row] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "sort": _sort,
    "index": lambda budget, values, value: values.index(flat(value)),
    "count": lambda budget, values, value: values.count(flat(value)),
    "remove": lambda budget, values, value: values.remove(flat(value)),
    "reverse": lambda budget, values: values.reverse(),
    "clear": lambda budget, values: values.clear(),
    "copy": lambda budget, values: shallow(budget, values),
}
TUPLE_METHODS: dict[str, Row] = {name: LIST_METHODS[name] for name in ("index", "count")}


def _update(budget: Budget, values: dict[Any, Any], pairs: Any = (), **named: Any) -> None:
    new = _dict(budget, pairs, **named)
    _grown(budget, values, len(new))
    values.update(new)


def _set_default(budget: Budget, values: dict[Any, Any], key: Any, default: Any = None) -> Any:
    _grown(budget, values)
    return values.setdefault(flat(key), default)


DICT_METHODS: dict[str, Row] = {
    "get": lambda budget, values, key, default=None: values.get(flat(key), default),
    "pop": lambda budget, values, key, *default: values.pop(flat(key), *default),
    "keys": lambda budget, values: values.keys(),
    "values": lambda budget, values: values.values(),
    "items": lambda budget, values: values.items(),
    "update": _update,
    "setdefault": _set_default,
    "clear": lambda budget, values: values.clear(),
    "copy": lambda budget, values: shallow(budget, values),
}


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("a text is expected")
    return value


def _join(budget: Budget, separator: str, parts: Any) -> str:
    texts = [_text(part) for part in items(budget, parts)]
    if sum(map(len, texts)) + len(separator) * len(texts) > TEXT:
        raise Refused(f"a text of more than {TEXT:,} characters")
    return separator.join(texts)


def _replace(budget: Budget, text: str, old: Any, new: Any) -> str:
    if (len(text) + 1) * (len(_text(new)) + 1) > TEXT:
        raise Refused(f"a text of more than {TEXT:,} characters")
    return text.replace(_text(old), new)


STR_METHODS: dict[str, Row] = {
    "startswith": lambda budget, text, prefix: text.startswith(_text(prefix)),
    "endswith": lambda budget, text, suffix: text.endswith(_text(suffix)),
    "upper": lambda budget, text: short(text.upper()),
    "lower": lambda budget, text: short(text.lower()),
    "strip": lambda budget, text: text.strip(),
    "isdigit": lambda budget, text: text.isdigit(),
    "split": lambda budget, text, *separator: text.split(*[_text(part) for part in separator]),
    "join": _join,
    "replace": _replace,
}
