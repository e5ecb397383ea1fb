"""Names with scripts: layers, entries, transposes and powers, settled by the symbol table."""

from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span, StudentError
from grader.expression import SCALAR, Expression, Item, Number, Symbol
from grader.notation.builder import NONSENSE
from grader.notation.latex.decoration import DecorationReader
from grader.notation.latex.indices import WHOLE_AXIS
from grader.notation.latex.scripts import (
    TRANSPOSES,
    complete,
    is_index_list,
    is_one_name,
    layer_of,
    leading_layer,
    one_by_one,
    pair,
    power_of,
    split,
    split_script,
    without_brackets,
)
from grader.notation.latex.undeclared import UndeclaredReader
from grader.notation.latex_tokens import Token
from grader.notation.names import Key, OwnFunction

TURNS = TRANSPOSES | {"'"}


class NameReader(UndeclaredReader, DecorationReader):
    """Reads names."""

    def named(self, token: Token) -> Expression:
        """A letter, word or command with its scripts: a function, a symbol, an entry, a constant."""
        function = self.function(token)
        if function is not None and self._is_called(token):
            return self.called(function, token)
        if self.begins_differential(token):
            return self.differential(token)
        first = self.at - 1
        sub, sup, primes = self.scripts()
        if sup and all(part.text == "'" for part in sup):
            primes += len(sup)
            sup = None
        primed = token.text + "'" * primes
        if primes and self.build.names.spelled(primed):
            token, primes = token._replace(text=primed), 0
        own = self.own_function(token, sub, sup) if self.peek().text == "(" else None
        if own is not None:
            return self.called_own(own, primes, first)
        slope = self.slope(token, sub, sup, primes, first)
        if slope is not None:
            return slope
        node = self.resolve(token, sub, sup, first)
        if node is not None:
            self.decoration(token, node, first)
            for _ in range(primes):
                node = self.primed(node, self.span(first))
            return node
        return self.undeclared(token, function, sub, sup, first)

    def own_function(
        self, token: Token, sub: list[Token] | None, sup: list[Token] | None
    ) -> OwnFunction | None:
        """The student's function of this name."""
        return self.build.names.own_function((token.text, layer_of(sup), layer_of(sub)))

    def called_own(self, own: OwnFunction, primes: int, first: int) -> Expression:
        """`h_\\theta(x_i)`: the body of the student's function, with the argument for its parameter."""
        args = self.arguments()
        span = self.span(first)
        if primes or len(args) != len(own.parameters):
            hint = f"it is defined with {len(own.parameters)} arguments"
            self.build.fail("this call of a function of the paper cannot be read", span, hint)
        body = [token._replace(start=span.start, end=span.end) for token in own.body]
        parameters = dict(zip(own.parameters, args, strict=True))
        node = self.build.applied(parameters, lambda: self.within(body, self.whole))
        return node if node is NONSENSE else replace(node, span=span)

    def slope(
        self,
        token: Token,
        sub: list[Token] | None,
        sup: list[Token] | None,
        primes: int,
        first: int,
    ) -> Expression | None:
        """`\\rho'(r_i)`, the derivative of a quantity that depends on r; None if it is a product."""
        primes += split_script(sup)[2]
        if not primes or self.peek().text != "(":
            return None
        bare = [part for part in sup or () if part.text != "'"]
        node = self.resolve(token, sub, bare or None, first)
        if node is None or not self._takes_argument(node):
            return None
        wrt = self.bracket(self.next())
        span, by = self.span(first), _base(wrt)
        alike = by is not None and node.shape == by.shape
        if isinstance(wrt, Item) and isinstance(node, Symbol) and alike:
            node = Item(node, wrt.row, wrt.column, wrt.shape, span)
        if primes > 1 or node.shape != SCALAR or wrt.shape != SCALAR:
            hint = "write it entry by entry, or as a fraction with \\partial"
            self.build.fail("a prime on a whole array of the model cannot be read", span, hint)
        return self.build.derivative(node, wrt, span)

    def _takes_argument(self, node: Expression) -> bool:
        """Whether the next brackets hold one name that the quantity is computed from."""
        quantity, inside = _base(node), self._inside_bracket()
        if quantity is None or not is_one_name(inside):
            return False
        names = self.build.names
        spelled = {name for key, name in names.spellings.items() if key[0] == inside[0].text}
        return not spelled.isdisjoint(names.depends.get(quantity.name, ()))

    def primed(self, node: Expression, span: Span) -> Expression:
        """A prime after an array is a transpose; after a scalar it has no meaning."""
        if node.shape == SCALAR and node is not NONSENSE:
            self.build.fail("a prime on a scalar that is not a function", span)
        return self.build.apply("transpose", node, span=span)

    def scripts(self) -> tuple[list[Token] | None, list[Token] | None, int]:
        """The subscript, superscript and number of primes that follow a name, in any order."""
        sub: list[Token] | None = None
        sup: list[Token] | None = None
        primes = 0
        while True:
            token = self.peek()
            if token.text == "_" and sub is None and token.kind == "sign":
                self.at += 1
                sub = self.subscript()
            elif token.text == "^" and sup is None and token.kind == "sign":
                self.at += 1
                sup = self.group()
            elif token.text == "'":
                self.at += 1
                primes += 1
            else:
                return sub, sup, primes

    def subscript(self) -> list[Token]:
        """A subscript. TeX sets `W_12` as W₁2, but students mean both digits."""
        token = self.peek()
        if token.kind == "number" and len(token.text) == 2 and token.text.isdigit():
            self.at += 1
            return [token]
        sub = self.group()
        if sub and sub[0].text == ",":
            hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
            self.build.fail("a comma for a derivative cannot be read", token.span, hint)
        return sub

    def resolve(
        self, token: Token, sub: list[Token] | None, sup: list[Token] | None, first: int
    ) -> Expression | None:
        """The meaning of a name with scripts in the table; None if it has none.

        In this order: the superscript is a layer; the scripts are part of a declared name; the plain
        name with an entry and a power; the subscript is a layer (`W_2` where `W^2` was declared).
        """
        content, transposed, primes = split_script(sup)
        layer, subscript = layer_of(content), layer_of(sub)
        part, indices = self._declared_part(token, sub)
        if part and (node := self.lookup((token.text, None, part), token.span)) is not None:
            return self.finished(node, indices, content, transposed + primes, first)
        first_of, rest = leading_layer(sub)
        digit, others = leading_layer(one_by_one(sub or ()))  # `h_{21}`, where only h_2 is declared
        for key, entry, power in (
            ((token.text, layer, subscript), None, None),
            ((token.text, layer, None), sub, None),
            ((token.text, None, first_of), rest, content),
            ((token.text, first_of, None), self._one_each(token, first_of, rest), content),
            ((token.text, None, subscript), None, content),
            ((token.text, None, None), sub, content),
            ((token.text, subscript, None), content, None),
            ((token.text, None, self._lowered(layer, content, sub)), sub, None),
            ((token.text, None, digit), others, content),
        ):
            whole = complete(key, layer, subscript) if first_of != key[1] else bool(entry)
            node = self.lookup(key, token.span) if whole else None
            if node is None or (entry is content and content and not is_index_list(content)):
                continue
            if (
                key[2] is not None
                and key[2] == layer != subscript
                and entry
                and _is_too_much(node, entry)
            ):
                continue  # h_{1i}^2 is not the entry 1, i of the column h_2
            if isinstance(node, Number) and entry:
                continue  # n_0^2 is a power of the size n_0, not an entry of n^2
            return self.finished(node, entry, power, transposed + primes, first)
        return None

    def _lowered(
        self, layer: str | None, content: list[Token], sub: list[Token] | None
    ) -> str | None:
        """A superscript as the declared subscript: a power in `h_t^2`, but perhaps not in `h^2`."""
        return None if sub and len(content) == 1 else layer

    def _declared_part(self, token: Token, sub: list[Token] | None) -> tuple[str, list[Token]]:
        """`c_{t,1}` as the declared c_t and the index 1; "" if no such part is declared."""
        if sub is None or not any(other.text == "," for other in sub):
            return "", []
        for at in range(len(sub) - 1, 0, -1):
            part = "".join(other.text for other in sub[:at])
            names = self.build.names
            declared = any(
                (token.text, None, part) in known for known in (names.spellings, names.definitions)
            )
            if (
                sub[at].text == ","
                and declared
                and not part.isdigit()
                and part not in names.indices
            ):
                return part, sub[at + 1 :]
        return "", []

    def lookup(self, key: Key, span: Span) -> Expression | None:
        names = self.build.names
        if key[1:] == (None, None) and self.build.bound_index(key[0]) is not None:
            return self.plain(key[0], span)
        if key in names.definitions:
            return self.own(key, span)
        name = names.spellings.get(key)
        if name is not None:
            symbol = names.symbols[name]
            return Symbol(symbol.name, symbol.shape, span)
        base, sup, sub = key
        if sup is None and sub is None:
            return self.plain(base, span)
        if sup is not None and sub is not None:
            return None
        return self.size(base + (sub or sup or ""), span)

    def own(self, key: Key, span: Span) -> Expression | None:
        """The student's definition of a name. Raises Unreadable for `δ_k` if it is defined without a k."""
        names = self.build.names
        try:
            node = names.own(key)
        except StudentError as error:
            self.build.fail(error.message, span)
        if key[2] in names.indices:
            message = f"this name was defined without an index {key[2]}, but is used with one"
            self.build.fail(message, span, "define its entries with an index")
        return None if node is None else replace(node, span=span)

    def plain(self, base: str, span: Span) -> Expression | None:
        names = self.build.names
        index = self.build.index(base)
        if index is not None:
            return self.build.index_value(index, span)
        if base in names.dimensions:
            return self.size(base, span)
        return Number(3.141592653589793, span) if base == "\\pi" else None

    def size(self, name: str, span: Span) -> Expression | None:
        """The number of a dimension."""
        size = self.build.names.dimensions.get(name)
        return None if size is None else Number(float(size), span, name)

    def finished(
        self,
        node: Expression,
        entry: list[Token] | None,
        power: list[Token] | None,
        transposes: int,
        first: int,
    ) -> Expression:
        """A name with the entry, transposes and power of its scripts."""
        is_power = not entry and node.shape[0] == node.shape[1] and len(power or ()) == 1  # A^k
        if power and 1 not in node.shape and not is_power and self._is_example(power):
            below = self.selectors(entry, node) if entry else ()
            node = self.build.example(node, self.selectors(power, node), below, self.span(first))
            entry = power = None
        single = transposes % 2 and entry and node.shape != SCALAR
        if single and entry and not self._is_row(node, entry, first):  # W_{ij}^T is an entry of W^T
            node, transposes = self.build.apply("transpose", node, span=node.span), 0
        if entry:
            if 1 in node.shape and self._is_kronecker(node, entry):
                return self.kronecker(entry, first)
            if node.shape == SCALAR:
                self._check_no_derivative(node, entry)
            entry = self._whole_subscript(node, entry)
            node = self.entry(node, entry, first)
        if (
            power
            and node.shape != SCALAR
            and (is_index_list(power) or (1 in node.shape and self._is_example(power)))
        ):
            node, power = self.entry(node, power, first), None
        if power:
            of_size = isinstance(node, Number)  # a size has no layers or examples
            exponent = self.within(power, self.whole) if of_size else self.exponent(power)
            node = self.build.power(node, exponent, self.span(first), power_of(power))
        if transposes % 2:
            node = self.build.apply("transpose", node, span=self.span(first))
        return node if node is NONSENSE else replace(node, span=self.span(first))

    def _is_row(self, node: Expression, entry: Sequence[Token], first: int) -> bool:
        """Whether a script picks a row before it is transposed, `H_{k,:}^T` or `H_k^T`, not an entry.

        `H^T_k` looks the same in print, but `H^T_{k,:}` is a row of Hᵀ.
        """
        script = without_brackets(entry)
        parts = split(script, ",")
        if len(parts) == 1:
            parts = self.undivided(script, node)
        if not any(token.text in WHOLE_AXIS for token in script):
            return len(parts) == 1 and 1 not in node.shape
        behind = self.tokens[first : self.at]
        return any(t.text in TURNS and t.start > entry[-1].start for t in behind)

    def _one_each(self, token: Token, layer: str, rest: list[Token]) -> list[Token]:
        """The indices in `h_{2,1}` after the layer, if there is one for each axis of the array."""
        names = self.build.names
        name = names.spellings.get((token.text, layer, None))
        if name is None or (token.text, None, None) in names.spellings:
            return []
        count = sum(len(part.text) for part in rest if part.text != ",")
        return rest if count == (1 if 1 in names.symbols[name].shape else 2) else []

    def _is_example(self, power: Sequence[Token]) -> bool:
        """Whether a superscript is an index, as in `x^{(i)}` or `C^n`: an example or an entry."""
        inside = without_brackets(power)
        if len(inside) != 1 or inside[0].kind not in ("letter", "command"):
            return False
        known = self.build.selecting if len(inside) < len(power) else self.build.index
        if known(inside[0].text) is None:
            return False
        self.build.notes.append(f"the superscript {inside[0].text} was read as an index")
        return True

    def _check_no_derivative(self, node: Expression, entry: Sequence[Token]) -> None:
        """Refuse `l_W` for a derivative."""
        name = self.build.names.spellings.get((entry[0].text, None, None))
        layered = any(base == entry[0].text for base, _, _ in self.build.names.spellings)
        if len(entry) == 1 and entry[0].kind in ("letter", "word") and (name or layered):
            hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
            self.build.fail("a scalar cannot have a name as its subscript", entry[0].span, hint)

    def _whole_subscript(self, node: Expression, entry: list[Token]) -> list[Token]:
        """`W_ij` for `W_{ij}`: both indices of a matrix, without braces."""
        token = self.peek()
        if (
            len(entry) != 1
            or entry[0].kind not in ("letter", "number")
            or token.kind not in ("letter", "number")
            or token.start != entry[0].end
            or self.tokens[self.at - 1] is not entry[0]
            or (token.kind == "letter" and self.build.selecting(token.text) is None)
        ):
            return entry
        both = f"{entry[0].text}{token.text}"
        if 1 in node.shape:
            hint = f"LaTeX lowers only the first character; write _{{{both}}}"
            self.build.fail(f"`_{both}` without braces", token.span, hint)
        self.at += 1
        self.build.notes.append(f"`_{both}` was read as `_{{{both}}}`")
        return [*entry, token]

    def _is_kronecker(self, node: Expression, entry: Sequence[Token]) -> bool:
        """Whether δ_{ik} is Kronecker's: δ is a scalar, a vector or undeclared, and i, k are indices."""
        source = self.build.source[node.span.start : node.span.end] if node.span else ""
        return source in ("\\delta", "δ") and pair(entry) is not None


def _base(node: Expression) -> Symbol | None:
    """The symbol of a node: itself, or the array of an entry."""
    base = node.base if isinstance(node, Item) else node
    return base if isinstance(base, Symbol) and base is not NONSENSE else None


def _is_too_much(node: Expression, entry: Sequence[Token]) -> bool:
    """Whether there are more indices than an array has axes."""
    letters = sum(len(token.text) for token in entry if token.text not in ",()[]")
    return 1 in node.shape and letters > 1 and not any(t.text in "+-" for t in entry)
