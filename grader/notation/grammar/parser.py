"""Token trees → syntax tree, by operator precedence (Pratt).

The parser knows no shapes. Of the symbol table it knows what cuts names: which is a function, and which
letters are declared. Nothing is read twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.grammar import scripts, syntax
from grader.notation.grammar.dispatch import Dispatch
from grader.notation.grammar.operators import (
    AND,
    BESIDE,
    DOTS,
    NO_SIGN,
    NOT_FACTORS,
    OPERATORS,
    OR,
    PRODUCT,
    RELATION,
    SUM,
    Operator,
)
from grader.notation.grammar.pratt import Pratt
from grader.notation.grammar.syntax import Node
from grader.notation.grammar.trees import (
    Enclosed,
    Tree,
    Trees,
    environment_of,
    first_of,
    split,
    trees,
)
from grader.notation.latex_tokens import WORDS, Token
from grader.notation.names import INFIX_FUNCTIONS, LATEX_FUNCTIONS, Function, Names
from grader.primitives import TABLE

BARE = frozenset(name for name, row in TABLE.items() if row.bare or row.arity == (1, 1))
OF_PRODUCTS = BARE - {"sqrt", "abs"}  # \sin 2x, but √2 x
NAMING = ("letter", "word", "accent", "command")
_BEFORE = ("+", "-", "{")
_CALLING = ("(", "[", "\\{", "{")
_BETWEEN_CASES = (",", ";", "and", "\\quad")

Form = Callable[["Parser", Any], Node]
FORMS: Dispatch[str, Form] = Dispatch()  # what begins with a command, by that command
form = FORMS.of


def parse(tokens: Sequence[Token], names: Names, source: str) -> Node:
    """The syntax tree of a formula. Raises Unreadable, TooLarge."""
    here = tokens[-1].end if tokens else 0
    named = [_named(token, names) if token.kind == "prose" else token for token in tokens]
    return Parser(names, source).whole(trees(named, source), here)


def _named(words: Token, names: Names) -> Token:
    """Words as a name, if they are one: `\\text{G1}`."""
    declared = (words.text, None, None) in names.spellings
    return words._replace(kind="word") if declared else words


class Parser(Pratt[Node]):
    """Parses runs of trees with the names of a question."""

    def __init__(self, names: Names, source: str) -> None:
        super().__init__(source)
        self.names = names

    # A run of trees

    def interrupted(self, node: Node, tree: Tree) -> Node:
        """What was read up to a tree that cannot follow it, so that an unknown name is found first."""
        message = f"expected an operator or the end, but found `{tree.text}`"
        rest = syntax.Unparsed(message, first_of(tree).span)
        return syntax.Factors((node, rest), ("",), node.span)

    def perhaps(self, run: Trees, here: int) -> Node:
        """A run of trees that may have no meaning; `Unparsed` if it cannot be parsed."""
        try:
            return self.whole(run, here)
        except TooLarge:
            raise
        except Unreadable as error:
            return syntax.Unparsed(error.message, error.span or Span(here, here + 1), error.hint)

    def conditional(self) -> Node:
        """`a if c else b` and `a if c, b if d`; undefined where no condition holds."""
        value = self.expression()
        token = self.peek()
        if token.text != "if":
            return value
        rows: list[tuple[Node | None, Node | None]] = []
        while self.take("if"):
            rows.append((value, self.expression()))
            while self.peek().text in _BETWEEN_CASES:
                self.at += 1
            otherwise = self.take("otherwise")
            if self.peek().kind == "end" and not otherwise:
                break
            value = self.expression()
            if otherwise or self.take("otherwise"):
                rows.append((value, None))
                break
        return syntax.Cases(tuple(rows), token.span)

    # Names

    def is_name(self, tree: Tree) -> bool:
        """Whether a tree is a name that is not a function."""
        match tree.kind:
            case "letter" | "accent":
                return tree.text not in self.names.function_bases
            case "word":
                return tree.text not in WORDS and self.function(tree) is None
            case "command":
                return tree.text not in FORMS and tree.text not in NOT_FACTORS
        return False

    # Operators

    def joined(self, node: Node, ahead: Operator, first: int) -> Node:
        """A run of operators of one power."""
        power, operands, signs = ahead.power, [node], []
        while (following := self.operator()) is not None and following.power == power:
            if following is NO_SIGN:
                self._check_no_rows()
            self.at += following is not NO_SIGN
            signs.append(following.sign)
            operands.append(self.expression(power + 1))
        return _JOINED[power](operands, signs, self.span(first))

    def operator(self) -> Operator | None:
        """The operator that comes next; two factors side by side have one too."""
        tree = self.trees[self.at]
        found = OPERATORS.get(tree.text)
        if found is not None:
            return found
        return NO_SIGN if self.starts_factor(tree) else None

    def starts_factor(self, tree: Tree) -> bool:
        """Whether a factor begins here."""
        match tree.kind:
            case "number" | "bold" | "letter" | "accent" | "branch":
                return True
            case "word":
                return tree.text not in WORDS
        if tree.text in ("|", "\\|"):
            return self.bars == 0
        return tree.kind == "command" and tree.text not in NOT_FACTORS

    def operand(self, power: int) -> Node:
        """A factor, or a product with signs before it."""
        if self.trees[self.at].text not in _BEFORE:
            return self.factor()
        first, signs = self.at, ""
        while (tree := self.peek()).text in ("+", "-") or self._is_nothing(tree):
            signs += tree.text.strip("{")
            self.at += 1
        if not signs:
            return self.factor()
        node = self.expression(max(power, PRODUCT))
        return syntax.Negated(node, self.span(first)) if signs.count("-") % 2 else node

    def _is_nothing(self, tree: Tree) -> bool:
        """Whether a tree is an empty group, which TeX needs before a sign."""
        empty = isinstance(tree, Enclosed) and tree.text == "{" and not tree.trees
        return empty and self.trees[self.at + 1].text not in ("^", "_", "'")

    def _check_no_rows(self) -> None:
        """Refuse a matrix drawn with a bracket on each line."""
        last, tree = self.trees[self.at - 1], self.trees[self.at]
        if last.text != "[" or tree.text != "[" or "\n" not in self.source[last.end : tree.start]:
            return
        hint = "write the rows of a matrix in \\begin{bmatrix}…\\end{bmatrix} or [[a, b], [c, d]]"
        self.fail("brackets on separate lines are not read as a matrix", first_of(tree).span, hint)

    # Factors

    def factor(self) -> Node:
        """A number, a name, a bracket or a form, with its scripts."""
        first = self.at
        tree = self.next()
        self.deeper(tree)
        node = self.marked(self._factor(tree), first)
        self.depth -= 1
        return node

    def _factor(self, tree: Tree) -> Node:
        if isinstance(tree, Enclosed):
            return self.branch(tree)
        if tree.kind in ("number", "bold"):
            return self._number(tree)
        if tree.text in DOTS:
            return syntax.Omitted(tree.text, tree.span)
        if tree.text in FORMS:
            return FORMS[tree.text](self, tree)
        if tree.text in ("|", "\\|"):
            return self._between_bars(tree)
        if tree.kind in NAMING and (tree.kind != "command" or tree.text not in NOT_FACTORS):
            return self.name(tree)
        return self.unexpected(tree, "a number, a name or a bracket")

    def _number(self, token: Token) -> Node:
        if (token.kind == "bold" or token.text in ("0", "1")) and self.take("_"):
            script = self.subscript()
            return syntax.Ones(
                token.text, token.kind == "bold", Span(token.start, script.span.end), script
            )
        if token.kind != "bold":
            return syntax.Literal(token.text, token.span)
        following = self.peek()
        if isinstance(following, Enclosed) and following.text in ("(", "[", "\\{"):
            self.at += 1
            of = self.branch(following)
            return syntax.Indicator(of, Span(token.start, following.end))
        return syntax.Ones(token.text, True, token.span)

    def name(self, token: Tree) -> Node:
        """A name with its scripts; a function with its arguments."""
        assert isinstance(token, Token)
        function = self.function(token)
        sub, sup, primes = self.scripts(token.text)
        word = Span(token.start, token.end)
        whole = Span(token.start, max(token.end, self.trees[self.at - 1].end))
        name = syntax.Name(token.text, token.kind, whole, word, sub, sup, primes, function)
        return name if function is None else self._called(name, function)

    def function(self, token: Tree) -> Function | None:
        """The function of a name; None if it is the name of something else."""
        found = self.names.function_bases.get(token.text)
        if found is not None or token.kind == "letter":
            return found
        if (token.text, None, None) in self.names.spellings:
            return None
        name = token.text.removeprefix("\\")
        primitive = LATEX_FUNCTIONS.get(name) or INFIX_FUNCTIONS.get(name)
        return Function(name, primitive) if primitive else None

    def _called(self, name: syntax.Name, function: Function) -> Node:
        following, primitive = self.peek(), function.primitive
        bare = primitive in BARE and name.text not in self.names.function_bases
        bare = bare and (TABLE[primitive].bare or not name.primes)
        if following.text not in _CALLING and not (bare and self.starts_factor(following)):
            return name
        order = self._order() if primitive == "sqrt" else None
        following = self.peek()
        if isinstance(following, Enclosed) and following.text in _CALLING:
            self.at += 1
            args = self.arguments(following)
        elif primitive in OF_PRODUCTS:
            return syntax.Bare(name, function, name.span)
        else:
            args = (self.factor(),)
        return syntax.Call(
            name, function, args, Span(name.span.start, self.trees[self.at - 1].end), order
        )

    def _order(self) -> Node | None:
        """The 3 of `\\sqrt[3]{x}`; None for `\\sqrt[x]`, whose argument is in the bracket."""
        tree = self.peek()
        if not isinstance(tree, Enclosed) or tree.text != "[" or self.at + 2 > len(self.trees):
            return None
        if not self.starts_factor(self.trees[self.at + 1]):
            return None
        self.at += 1
        return self.whole(tree.trees, tree.end)

    def arguments(self, tree: Enclosed) -> tuple[Node, ...]:
        """The arguments in a bracket or in braces."""
        if tree.text == "{":
            return (self.whole(tree.trees, tree.last.start),)
        parts = split(tree.trees, ",", ";")
        return tuple(self.perhaps(part, tree.last.start) for part in parts)

    def _between_bars(self, opened: Tree) -> Node:
        self.bars += 1
        of = self.expression()
        closing = self.next()
        if closing.text != opened.text:
            hint = f"the `{opened.text}` here is never closed"
            if closing.kind == "end":
                self.fail(f"`{opened.text}` is missing", opened.span, hint)
            self.unexpected(closing, opened.text)
        at = self.at
        if [tree.text for tree in self.trees[at : at + 3 : 2]] == ["^", "_"]:  # ‖v‖^2_2
            self.trees[at : at + 4] = [*self.trees[at + 2 : at + 4], *self.trees[at : at + 2]]
        if self.take("_"):
            kind = "".join(self.subscript().signs)
            if kind not in ("2", "F"):
                self.fail(f"the norm ‖·‖ with subscript {kind} cannot be read", opened.span)
        self.bars -= 1
        return syntax.Bars(opened.text, of, Span(opened.start, closing.end), opened.span)

    # Brackets

    def branch(self, tree: Enclosed) -> Node:
        """What is in brackets, braces or an environment."""
        if environment_of(tree) is not None:
            return FORMS["\\begin"](self, tree)
        if tree.text == "{":
            return self._brace(tree)
        divided = split(tree.trees, ",")
        semicolons = any(one.text == ";" for one in tree.trees)
        if semicolons:
            divided = split(tree.trees, ",", ";")
        parts = tuple(self.perhaps(part, tree.last.start) for part in divided)
        return syntax.Bracket(tree.text, parts, tree.span, semicolons)

    def _brace(self, tree: Enclosed) -> Node:
        """A group. The scripts after `{h}` are those of h."""
        inside = self.whole(tree.trees, tree.last.start)
        if isinstance(inside, syntax.Name) and inside.plain and inside.function is None:
            sub, sup, primes = self.scripts(inside.text)
            span = Span(tree.start, self.trees[self.at - 1].end)
            return replace(inside, span=span, sub=sub, sup=sup, primes=primes)
        return syntax.Bracket("{", (inside,), tree.span)

    # Scripts

    def scripts(self, base: str) -> tuple[syntax.Script | None, syntax.Script | None, int]:
        """The scripts and primes that follow a name, in any order, one script of each kind."""
        sub: syntax.Script | None = None
        sup: syntax.Script | None = None
        primes = 0
        while True:
            text = self.trees[self.at].text
            if text == "_" and sub is None:
                self.at += 1
                sub = self.subscript()
            elif text == "^" and sup is None:
                self.at += 1
                sup = self.superscript(raw=base == "e" and "e" not in self.names.bases())
            elif text == "'":
                self.at += 1
                primes += 1
            else:
                return sub, sup, primes

    def subscript(self) -> syntax.Script:
        """The subscript after `_`: a group in braces, or one token."""
        run, span = self._script(two_digits=True)
        return scripts.subscript(self, run, span)

    def superscript(self, raw: bool = False) -> syntax.Script:
        """The superscript after `^`: a group in braces, or one token; `raw` ones have no transposes."""
        run, span = self._script()
        return scripts.superscript(self, run, span, raw)

    def _script(self, two_digits: bool = False) -> tuple[Trees, Span]:
        """What is in a script. TeX takes one digit, so `x^10` is refused: it would be x¹0.

        TeX sets `W_12` as W₁2 too, but students mean both digits.
        """
        tree = self.next()
        if tree.kind == "end":
            self.unexpected(tree, "an argument")
        if isinstance(tree, Enclosed) and tree.text == "{":
            return tree.trees, tree.span
        text = tree.text
        meant = two_digits and len(text) == 2 and text.isdigit()
        if tree.kind == "number" and len(text) > 1 and not meant:
            hint = f"write ^{{{text}}} or _{{{text}}}"
            message = f"LaTeX puts only the first digit of {text} into the script"
            self.fail(message, tree.span, hint)
        return (tree,), tree.span

    def marked(self, node: Node, first: int) -> Node:
        """A complete factor with the scripts, primes and `!` that follow it."""
        marks: list[syntax.Suffix] = []
        while True:
            token = self.trees[self.at]
            if token.text in ("^", "_") and token.kind == "sign":
                bracketed = self.trees[self.at - 1].text in ("(", "[")
                self.at += 1
                script = self.subscript() if token.text == "_" else self.superscript()
                marks.append(syntax.Suffix(token.text, self.span(first), script, bracketed))
                if bracketed and "=" in script.signs and self.take("^"):
                    self.superscript()  # [y_i]_{i=1}^{n}
            elif token.text in ("'", "!"):
                self.at += 1
                marks.append(syntax.Suffix(token.text, self.span(first)))
            elif isinstance(token, Enclosed) and token.text == "{" and not token.trees:
                self.at += 1  # A{}^T: the scripts of an empty group belong to the factor before it
            else:
                break
        return syntax.Marked(node, tuple(marks), self.span(first)) if marks else node


# Runs of operators of one power


def _logic(function: str) -> Callable[[list[Node], list[str], Span], Node]:
    return lambda operands, signs, span: syntax.Logic(function, tuple(operands), span)


def _product(operands: list[Node], signs: list[str], span: Span) -> Node:
    """A product; factors side by side within one with signs are its factors too."""
    factors: list[Node] = []
    between: list[str] = []
    for at, operand in enumerate(operands):
        if at:
            between.append(signs[at - 1])
        if isinstance(operand, syntax.Factors):
            factors += operand.factors
            between += operand.signs
        else:
            factors.append(operand)
    return syntax.Factors(tuple(factors), tuple(between), span)


_JOINED: dict[int, Callable[[list[Node], list[str], Span], Node]] = {
    OR: _logic("or"),
    AND: _logic("and"),
    RELATION: lambda operands, signs, span: syntax.Relation(tuple(operands), tuple(signs), span),
    SUM: lambda operands, signs, span: syntax.Terms(tuple(operands), tuple(signs), span),
    PRODUCT: _product,
    BESIDE: _product,
}
