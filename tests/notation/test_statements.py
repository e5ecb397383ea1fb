r"""A formula as statements: its last exact member, its conditions, and what is only a reason."""

import pytest
from test_signs import canonical, names

from grader.errors import StudentError
from grader.notation import latex, printing
from grader.notation.statements import Equation, equations

L = r"\frac{\partial l}{\partial x}"
REFUSED = "refused"


def answers(text: str) -> list[str]:
    """The readings of all answers in a formula, reasons left out."""
    return [read(one) for one in equations(text, names()) if not one.reason]


def read(equation: Equation) -> str:
    try:
        return printing.infix(
            latex.read_tokens(equation.answer, names(), equation.source).node, names()
        )
    except StudentError:
        return REFUSED


CHOICE = "where(x > 0, x, y)"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # layout
        (r"\begin{array}{rcl} L &=& x + y \\ &=& x + 2y \end{array}", "x + 2*y"),
        (r"\begin{array}{l} L = x + y \\ = x + 2y \end{array}", "x + 2*y"),
        (r"\begin{cases} L = x + 2y \end{cases}", "x + 2*y"),
        (r"\left\{\begin{aligned} L &= x + 2y \end{aligned}\right.", "x + 2*y"),
        (r"L = \left( x &+ 2y \right)", "x + 2*y"),
        (r"\begin{aligned} L &= \left( x \right. \\ &\left. + 2y \right) \end{aligned}", "x + 2*y"),
        (r"\begin{align} L &amp;= x + y \\ &amp;= x + 2y \end{align}", "x + 2*y"),  # from a page
        (r"\text{By the rule} => L = x + 2y", "x + 2*y"),
        (r"\boxed{L = x + 2y}", "x + 2*y"),
        (r"\fbox{$L = x + 2y$}", "x + 2*y"),
        (r"\colorbox{yellow}{$\displaystyle L = x + 2y$}", "x + 2*y"),
        (r"L = \boxed{x + 2y}", "x + 2*y"),
        (r"L = x + 2y. \tag{4}", "x + 2*y"),
        (r"L = x + 2y \qquad (4)", "x + 2*y"),
        (r"L = x + 2y \quad \blacksquare", "x + 2*y"),
        (r"\cancel{L = x} \quad L = x + 2y", "x + 2*y"),
        (r"\sout{L = x} \; L = x + 2y", "x + 2*y"),
        # equals signs
        (r"L \overset{(4)}{=} x + 2y", "x + 2*y"),
        (r"L \stackrel{\text{chain rule}}{=} x + 2y", "x + 2*y"),
        (r"L \underset{(3)}{=} x + 2y", "x + 2*y"),
        (r"L := x + 2y", "x + 2*y"),
        (r"L \coloneqq x + 2y", "x + 2*y"),
        (r"L \overset{?}{=} x + 2y", REFUSED),
        # an approximation is the answer only if nothing exact is
        (r"L = x + 2y \approx 3.1", "x + 2*y"),
        (r"L = x + 2y \simeq 0.31 = 0.4", "x + 2*y"),
        (r"L \approx 0.31", "0.31"),
        (r"L \approx x \approx 2y", "2*y"),
        (r"L = x + 2y \overset{!}{=} 0", "x + 2*y"),
        # what is said to differ
        (r"L = x + 2y \ne x", "x + 2*y"),
        (r"L = x + 2y \not= x", "x + 2*y"),
        # a reason is never the answer
        (r"L = x + 2y \text{ since } \frac{\partial l}{\partial y} = 2", "x + 2*y"),
        (r"L = x + 2y \quad \text{because } y = 3", "x + 2*y"),
        (r"L = x + 2y \quad (\text{since } y = 1 - x)", "x + 2*y"),
        (r"\text{Since } y = x, \quad L = x + 2y", "x + 2*y"),
        (r"L = x + 2y, \text{ by the chain rule}", "x + 2*y"),
        (r"L = x + 2y \because y = 3", "x + 2*y"),
        # conditions, in words of several languages
        (r"L = x \text{ if } x > 0 \text{ and } y \text{ otherwise}", CHOICE),
        (r"L = x \text{ as long as } x > 0, y \text{ otherwise}", CHOICE),
        (r"L = x \text{ given } x > 0, \text{ else } y", CHOICE),
        (r"L = x \text{ while } x > 0, \text{ else } y", CHOICE),
        (r"L = x \text{ where } x > 0, y \text{ elsewhere}", CHOICE),
        (r"L = x \text{ if x > 0}, y \text{ otherwise}", CHOICE),
        (r"\text{if } x > 0, L = x, \text{ otherwise } L = y", CHOICE),
        (r"L = \begin{cases} x & \text{where } x > 0 \\ y & \text{elsewhere} \end{cases}", CHOICE),
        (r"L = \begin{cases} x & \text{falls } x > 0 \\ y & \text{andernfalls} \end{cases}", CHOICE),
        (r"L = \begin{cases} x & \text{si } x > 0 \\ y & \text{sinon} \end{cases}", CHOICE),
        (r"L = \begin{cases} x & \text{如果 } x > 0 \\ y & \text{其他} \end{cases}", CHOICE),
        (r"L = \begin{cases} x & \text{when } x > 0 \\ y & \text{in all other cases} \end{cases}", CHOICE),
        (r"L = \bigg\{\begin{array}{ll} x & x > 0 \\ y & \text{else} \end{array}", CHOICE),
        (r"L = x \text{ if } x > 0 \text{ and } y > 0, \text{ else } y", "where((x > 0) & (y > 0), x, y)"),
        (r"\text{if } x > 0: L = x; \text{ else } L = y", CHOICE),
        (r"L = z_i \quad \forall i", "z[i]"),
        (r"L = z_i \quad \text{for } i = 1, \dots, n", "z[i]"),
        # conditions that are not understood
        (r"L = x \text{ unless } x > 0, y \text{ otherwise}", REFUSED),
        (r"L = \begin{cases} x & \text{unless } x > 0 \\ y & \text{else} \end{cases}", REFUSED),
        (r"L = \begin{cases} x & \text{except when } x > 0 \\ y & \text{else} \end{cases}", REFUSED),
        (r"L = \begin{cases} x & \text{if not } x > 0 \\ y & \text{else} \end{cases}", REFUSED),
        # two answers
        (r"L = x \text{ or } L = 2x", REFUSED),
        (r"L = x \text{ or } 2x", REFUSED),
        (r"L = x, L = 2x", REFUSED),
        (r"L = x \lor L = 2x", REFUSED),
        (r"L = x \lor 2x", REFUSED),
        (r"L = x \text{ and } L = 2x", REFUSED),
        # no equation
        (r"L \propto x + 2y", REFUSED),
        (r"L = x + 2y \text{ for large } x", REFUSED),
        (r"L = x + 2y \text{ only if } x > 0", REFUSED),
        (r"L = x + 2y \text{ times } 2", REFUSED),
        (r"L = x + 2y \xrightarrow{x \to 0} 2y", REFUSED),
        (r"L = x + 2y \text{ (not } x \text{)}", REFUSED),
    ],
)  # fmt: skip
def test_the_answer(text: str, meant: str) -> None:
    expected = meant if meant == REFUSED else canonical(meant)
    assert answers(text.replace("L", L)) == [expected]


def test_words_that_are_not_read_are_kept() -> None:
    first, second = equations(
        rf"\text{{not }} {L} = x \text{{ is wrong but }} y = 3 \text{{ (see above)}}", names()
    )
    assert (first.before, first.behind) == ("not", "is wrong but")
    assert (second.before, second.behind) == ("", "see above")


def test_nothing_of_a_formula_gets_lost() -> None:
    (equation,) = equations(r"\text{if } x > 0", names())
    assert equation.text(equation.answer) == "x > 0"


def test_a_reason_is_a_statement_of_its_own() -> None:
    answer, reason = equations(rf"{L} = x + 2y \text{{ since }} y = 3", names())
    assert (answer.reason, reason.reason) == (False, True)
    assert reason.text(reason.answer) == "3"


def test_approximations_are_apart() -> None:
    (equation,) = equations(rf"{L} = x = 2 \approx 1.9 = 1.8", names())
    assert [equation.text(member) for member in equation.members[1:]] == ["x", "2"]
    assert [equation.text(member) for member in equation.approximate] == ["1.9", "1.8"]


def test_statements_side_by_side() -> None:
    found = equations(rf"{L} = x, \quad y = 3; \quad z = 2 \\ \text{{with }} \epsilon = 4", names())
    assert [one.text(one.answer) for one in found] == ["x", "3", "2", "4"]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        (r"a = \\ -b = \\ c", ["a", "-b", "c"]),  # the signs of equality end the rows
        (r"f(x)(d - s(z) = y(d - y)", ["f(x)(d-s(z)", "y(d-y)"]),  # a bracket is missing
        (r"a = x(y)) = b", ["a", "x(y))", "b"]),  # a bracket too many
        (r"\boxed{\begin{aligned} a &= b \\ &+ c \end{aligned}}\quad (7.1)", ["a", "b+c"]),
        (
            r"a = \begin{cases} b = c & i = j \\ d = e & i \ne j \end{cases}",
            ["a", r"\beginc&i=j\\e&i\nej\end"],
        ),
        (
            r"a = \begin{cases} c \text{ if } i = j \\ e, i = 1 \\ d = f \text{ otherwise} \end{cases}",
            ["a", r"\begincifi=j\\e,i=1\\fotherwise\end"],
        ),
    ],
)
def test_rows_and_brackets(text: str, members: list[str]) -> None:
    (equation,) = equations(text, names())
    assert ["".join(token.text for token in member) for member in equation.members] == members


def test_a_row_with_its_own_left_side_is_another_statement() -> None:
    found = equations(rf"{L} = \\ {L} = x", names())
    assert [one.text(one.answer) for one in found][-1] == "x"
