"""Names with scripts: layers, entries, transposes and powers, settled by the symbol table."""

import difflib
from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Expression, Item, Number, Symbol
from grader.notation.builder import NONSENSE, SIZE_LIMIT, constant, is_condition
from grader.notation.latex.functions import FunctionReader
from grader.notation.latex.scripts import (
    complete,
    is_index_list,
    layer_of,
    leading_layer,
    split,
    split_script,
    without_brackets,
)
from grader.notation.latex_tokens import Token
from grader.notation.names import GREEK, LATEX_FUNCTIONS, Function, Key

COMMANDS = ("frac", "partial", "nabla", "sum", "prod", "sqrt", "odot", "cdot", "times", "top")
STEPS = frozenset({"H", "u", "\\Theta", "\\theta"})  # letters for the unit step


class NameReader(FunctionReader):
    """Reads names."""

    def named(self, token: Token) -> Expression:
        """A letter, word or command with its scripts: a function, a symbol, an entry, a constant."""
        function = self.function(token)
        if function is not None and self._is_called(token):
            return self.called(function, token)
        first = self.at - 1
        sub, sup, primes = self.scripts()
        node = self.resolve(token, sub, sup, first)
        if node is not None:
            self.decoration(token, node, first)
            for _ in range(primes):
                node = self.primed(node, self.span(first))
            return node
        return self.undeclared(token, function, sub, sup, first)

    def primed(self, node: Expression, span: Span) -> Expression:
        """A prime behind an array can only be a transpose; behind a scalar it is nothing known."""
        if node.shape == SCALAR and node is not NONSENSE:
            self.build.fail("a prime behind a scalar that is no function", span)
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
        """A subscript; of `W_12`, which TeX sets as W₁2, both digits, since nobody means that."""
        token = self.peek()
        if token.kind == "number" and len(token.text) == 2 and token.text.isdigit():
            self.at += 1
            return [token]
        sub = self.group()
        if sub and sub[0].text == ",":
            hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
            self.build.fail("a comma as a sign of differentiation is not read", token.span, hint)
        return sub

    def resolve(
        self, token: Token, sub: list[Token] | None, sup: list[Token] | None, first: int
    ) -> Expression | None:
        """What a name with scripts stands for in the table, None if it is not there.

        In this order: the superscript is a layer; the scripts are part of a declared name; the plain
        name with an entry and a power; the subscript is a layer (`W_2` where `W^2` was declared).
        """
        content, transposed, primes = split_script(sup)
        layer, subscript = layer_of(content), layer_of(sub)
        first_of, rest = leading_layer(sub)
        for key, entry, power in (
            ((token.text, layer, subscript), None, None),
            ((token.text, layer, None), sub, None),
            ((token.text, None, first_of), rest, content),
            ((token.text, first_of, None), self._one_each(token, first_of, rest), content),
            ((token.text, None, subscript), None, content),
            ((token.text, None, None), sub, content),
            ((token.text, subscript, None), content, None),
            ((token.text, None, layer), sub, None),
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
                continue  # h_{1i}^2 is no entry 1, i of the column h_2
            if isinstance(node, Number) and entry:
                continue  # n_0^2 is a power of the size n_0, not an entry of n^2
            return self.finished(node, entry, power, transposed + primes, first)
        return None

    def lookup(self, key: Key, span: Span) -> Expression | None:
        names = self.build.names
        if key[1:] == (None, None) and self.build.bound_index(key[0]) is not None:
            return self.plain(key[0], span)
        if key in names.definitions:
            return replace(names.definitions[key], span=span)
        name = names.spellings.get(key)
        if name is not None:
            symbol = names.symbols[name]
            return Symbol(symbol.name, symbol.shape, span)
        base, sup, sub = key
        if sup is None and sub is None:
            return self.plain(base, span)
        if sup is not None and sub is not None:
            return None
        size = names.dimensions.get(base + (sub or sup or ""))
        return Number(float(size), span) if size is not None else None

    def plain(self, base: str, span: Span) -> Expression | None:
        names = self.build.names
        index = self.build.index(base)
        if index is not None:
            return self.build.index_value(index, span)
        if base in names.dimensions:
            return Number(float(names.dimensions[base]), span)
        return Number(3.141592653589793, span) if base == "\\pi" else None

    def finished(
        self,
        node: Expression,
        entry: list[Token] | None,
        power: list[Token] | None,
        transposes: int,
        first: int,
    ) -> Expression:
        """A name with the entry, transposes and power that its scripts ask for."""
        if transposes % 2 and entry and node.shape != SCALAR:
            node, transposes = self.build.apply("transpose", node, span=node.span), 0
        if entry:
            if node.shape == SCALAR and self._is_kronecker(node, entry):
                return self.kronecker(entry, first)
            if node.shape == SCALAR:
                self._check_no_derivative(node, entry)
            entry = self._whole_subscript(node, entry)
            node = self.entry(node, entry, first)
        if (
            power
            and node.shape != SCALAR
            and (is_index_list(power) or self._is_example(node, power))
        ):
            node, power = self.entry(node, power, first), None
        if power:
            node = self.build.power(node, self.exponent(power), self.span(first))
        if transposes % 2:
            node = self.build.apply("transpose", node, span=self.span(first))
        return node if node is NONSENSE else replace(node, span=self.span(first))

    def _one_each(self, token: Token, layer: str, rest: list[Token]) -> list[Token]:
        """The indices in `h_{2,1}` behind the layer, if there is one for each axis of the array."""
        names = self.build.names
        name = names.spellings.get((token.text, layer, None))
        if name is None or (token.text, None, None) in names.spellings:
            return []
        count = sum(len(part.text) for part in rest if part.text != ",")
        return rest if count == (1 if 1 in names.symbols[name].shape else 2) else []

    def _is_example(self, node: Expression, power: Sequence[Token]) -> bool:
        """Whether a superscript on a vector is an index, as in `x^{(i)}` or `C^n`: an entry."""
        inside = without_brackets(power)
        if len(inside) != 1 or inside[0].kind not in ("letter", "command") or 1 not in node.shape:
            return False
        if self.build.index(inside[0].text) is None:
            return False
        self.build.notes.append(f"the superscript {inside[0].text} was read as an index")
        return True

    def _check_no_derivative(self, node: Expression, entry: Sequence[Token]) -> None:
        """Refuse `l_W` for a derivative."""
        name = self.build.names.spellings.get((entry[0].text, None, None))
        layered = any(base == entry[0].text for base, _, _ in self.build.names.spellings)
        if len(entry) == 1 and entry[0].kind in ("letter", "word") and (name or layered):
            hint = "write a derivative as a fraction: \\frac{\\partial L}{\\partial W}"
            self.build.fail("a number with a name as its subscript", entry[0].span, hint)

    def _whole_subscript(self, node: Expression, entry: list[Token]) -> list[Token]:
        """`W_ij` for `W_{ij}`: of a matrix, the index that stands right behind the first one."""
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
            hint = f"LaTeX lowers only the first sign: write _{{{both}}}"
            self.build.fail(f"`_{both}` without braces", token.span, hint)
        self.at += 1
        self.build.notes.append(f"`_{both}` was read as `_{{{both}}}`")
        return [*entry, token]

    def _is_kronecker(self, node: Expression, entry: Sequence[Token]) -> bool:
        """δ_{ik}, with δ a scalar or undeclared, is Kronecker's where both are indices."""
        source = self.build.source[node.span.start : node.span.end] if node.span else ""
        letters = [token for token in entry if token.text != ","]
        return source in ("\\delta", "δ") and len(letters) == 2

    def kronecker(self, entry: Sequence[Token], first: int) -> Expression:
        parts = [[token] for token in entry if token.text != ","]
        left, right = (self.within(part, self.whole) for part in parts)
        return self.build.apply("eq", left, right, span=self.span(first))

    def decoration(self, token: Token, node: Expression, first: int) -> None:
        """The argument list of `l(\\theta)` or `h^1(x)`, which says nothing.

        A quantity before a bracket with nothing in it but what the quantity is computed from is no
        product.
        """
        if self.peek().text != "(":
            return
        base = node.base if isinstance(node, Item) else node
        if token.text in self.build.names.calls:
            self.skip_bracket()
        elif isinstance(base, Symbol) and self._lists_arguments(base):
            self.skip_bracket()
            span = self.span(first)
            written = self.build.source[span.start : span.end]
            self.build.notes.append(f"`{written}` was read as a value, not as a product")

    def _lists_arguments(self, quantity: Symbol) -> bool:
        """Whether the bracket that follows holds names that the quantity depends on."""
        names = self.build.names
        known = names.depends.get(quantity.name)
        if known is None:
            return False
        inside = self._inside_bracket()
        if quantity == names.loss and inside and all(_is_name_part(token) for token in inside):
            return True
        return all(self._is_one_of(part, known) for part in _arguments(inside))

    def _inside_bracket(self) -> list[Token]:
        depth = 0
        for at in range(self.at, len(self.tokens)):
            depth += (self.tokens[at].text == "(") - (self.tokens[at].text == ")")
            if depth == 0:
                return self.tokens[self.at + 1 : at]
        return []

    def _is_one_of(self, tokens: Sequence[Token], known: frozenset[str]) -> bool:
        """Whether tokens are one declared name among those of a set."""
        if not tokens or tokens[0].kind not in ("letter", "word", "accent", "command"):
            return False
        layer = subscript = None
        rest = list(tokens[1:])
        while len(rest) >= 2 and rest[0].text in ("^", "_"):
            inside, behind = _script(rest)
            if rest[0].text == "^":
                layer = layer_of(inside)
            else:
                subscript = layer_of(inside)
            rest = behind
        keys = ((tokens[0].text, layer, subscript), (tokens[0].text, subscript, layer))
        return not rest and any(self.build.names.spellings.get(key) in known for key in keys)

    def skip_bracket(self) -> None:
        opened, depth = self.next(), 1
        while depth:
            token = self.next()
            if token.kind == "end":
                self.unexpected(token, ")", opened)
            depth += (token.text == "(") - (token.text == ")")

    def undeclared(
        self,
        token: Token,
        function: Function | None,
        sub: list[Token] | None,
        sup: list[Token] | None,
        first: int,
    ) -> Expression:
        if token.text == "e" and sup and not sub:
            exponent = self.within(sup, self.whole)
            return self.build.apply("exp", exponent, span=self.span(first))
        if token.text == "\\delta" and sub and not sup and self._is_pair(sub):
            return self.kronecker(sub, first)
        if token.text == "\\chi" and sub and not sup:
            return self.condition(sub, first)
        if token.text in STEPS and not sub and not sup and self.peek().text == "(":
            return self.step(token)
        if token.text == "I" and not sup:
            return self.identity(sub, first) if sub else self.indicator(token)
        if token.text == "d" and sub is None and sup is None:
            return self.differential(token)
        span = self.span(first)
        if function is not None:
            hint = f"write {self.build.source[span.start : span.end]}(…)"
            self.build.fail("a function without its argument", span, hint)
        if token.kind == "command" and token.text[1:] not in GREEK:
            self.build.fail(f"`{token.text}` is not known here", span, self._known_commands(token))
        written = self.build.source[span.start : span.end]
        return self.build.unknown(written, span, list(self.build.names.latex.values()))

    def _is_pair(self, sub: Sequence[Token]) -> bool:
        return len([token for token in sub if token.text != ","]) == 2

    def _known_commands(self, token: Token) -> str:
        """The layers that a letter does have, or the commands that are spelled nearly like this."""
        names = self.build.names
        spelled = [name for key, name in names.spellings.items() if key[0] == token.text]
        if spelled:
            return f"declared are: {', '.join(names.latex[name] for name in spelled)}"
        known = {*(base for base, _, _ in names.spellings), *names.function_bases}
        known |= {f"\\{name}" for name in (*LATEX_FUNCTIONS, *GREEK, *COMMANDS)}
        close = difflib.get_close_matches(token.text, [*known], n=3, cutoff=0.6)
        if close:
            return f"did you mean {' or '.join(f'`{name}`' for name in sorted(close))}?"
        return "neither the problem nor your paper defines it (\\newcommand)"

    def indicator(self, token: Token) -> Expression:
        """`I(z > 0)`, where no I is declared; the bracket must be a condition."""
        if self.peek().text not in ("(", "[", "\\{"):
            return self.build.unknown("I", token.span, self.build.names.known())
        condition = self.bracket(self.next())
        if condition is not NONSENSE and not is_condition(condition):
            self.build.fail("an indicator wants a condition: I(z > 0)", self.span(self.at - 1))
        return condition

    def condition(self, tokens: Sequence[Token], first: int) -> Expression:
        """`\\chi_{z > 0}`: 1 where the condition holds."""
        node = self.within(without_brackets(tokens), self.whole)
        if node is not NONSENSE and not is_condition(node):
            self.build.fail("an indicator wants a condition: \\chi_{z > 0}", self.span(first))
        return node

    def step(self, token: Token) -> Expression:
        """`H(z)`, where no H is declared: the unit step."""
        self.build.notes.append(f"`{token.text}(…)` was read as the unit step, 1 where z > 0")
        return self.build.call(Function(token.text, "step"), 0, self.arguments(), token.span)

    def identity(self, sub: Sequence[Token], first: int) -> Expression:
        """`I_{n}`, where no I is declared."""
        size = constant(self.within(sub, self.sum))
        if size is None or not 1 <= size <= SIZE_LIMIT:
            self.build.fail("an identity matrix wants its size, I_{n}", self.span(first))
        return self.build.apply("identity", params=(int(size), int(size)), span=self.span(first))

    def differential(self, token: Token) -> Expression:
        """`dW^{[1]}`: the gradient of the loss by what follows."""
        loss = self.build.names.loss
        if loss is None or self.peek().kind not in ("letter", "accent", "command", "word"):
            self.build.unknown("d", token.span, self.build.names.known())
        first = self.at - 1
        self.build.deeper(token.span)
        node = self._own_differential() or self.named(self.next())
        self.build.depth -= 1
        if node.span is None:
            return replace(node, span=self.span(first))
        if self._is_quotient_of_differentials():
            self.at += 2
            return self.build.derivative(node, self.named(self.next()), self.span(first))
        return self.build.derivative(loss, node, self.span(first))

    def _own_differential(self) -> Expression | None:
        """`dz^{[3]}` where the student defined it; its span is left out to tell it from a z."""
        token, at = self.peek(), self.at
        if not any(base == f"d{token.text}" for base, _, _ in self.build.names.definitions):
            return None
        self.at += 1
        sub, sup, primes = self.scripts()
        own = token._replace(text=f"d{token.text}")
        node = self.resolve(own, sub, sup, at) if not primes else None
        if node is None:
            self.at = at
            return None
        return replace(node, span=None)

    def _is_quotient_of_differentials(self) -> bool:
        """Whether `/ d` and a name follow: `dl/dW`."""
        slash, mark, name = [*self.tokens[self.at : self.at + 3], *self.tokens[-1:] * 3][:3]
        return (
            slash.text == "/"
            and mark.text in ("d", "\\partial")
            and name.kind in ("letter", "word", "accent", "command")
        )


def _is_too_much(node: Expression, entry: Sequence[Token]) -> bool:
    """Whether there are more indices than an array has axes."""
    letters = sum(len(token.text) for token in entry if token.text not in ",()[]")
    return 1 in node.shape and letters > 1 and not any(t.text in "+-" for t in entry)


def _script(tokens: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """What stands in the script that begins here, and what follows it."""
    if tokens[1].text != "{":
        return [tokens[1]], list(tokens[2:])
    depth = 0
    for at in range(1, len(tokens)):
        depth += (tokens[at].text == "{") - (tokens[at].text == "}")
        if depth == 0:
            return list(tokens[2:at]), list(tokens[at + 1 :])
    return list(tokens[2:]), []


def _arguments(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    return [part for group in split(tokens, ",") for part in split(group, ";")]


def _is_name_part(token: Token) -> bool:
    """Whether a token can stand in a list of arguments: names, scripts and commas."""
    return token.kind not in ("sign", "number") or token.text in ",;_^{}"
