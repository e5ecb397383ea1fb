"""Each check of `validate` finds its fault, and nothing in a sound problem."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.authoring.validation import Finding, Level, Validation, ValidationOptions, validate
from grader.authoring.validation.fix_draws import fix_draws, with_count
from grader.cli.group import group
from grader.errors import AuthorError

SOUND = """\
id: small
draws: {count: 32, seed: 3}
dimensions: {n: 3, m: 2}
symbols:
  x: {shape: [n], latex: x}
  W: {shape: [m, n], latex: W}
  y: {shape: [m], latex: y}
functions:
  sigma: {is: relu, latex: \\sigma}
model:
  z: {is: W @ x, latex: z}
  h: {is: sigma(z), latex: h}
  l: {is: sum((h - y)**2)/2, latex: l}
questions:
  - {id: q1, of: l, wrt: h}
  - {id: q2, of: l, wrt: z}
  - {id: q3, of: l, wrt: W}
"""


def checked(folder: Path, text: str, *, cases: str = "") -> Validation:
    (folder / "problem.yaml").write_text(text, encoding="utf-8")
    if cases:
        (folder / "cases.yaml").write_text(cases, encoding="utf-8")
    return validate(folder, ValidationOptions())


def of(validation: Validation, check: str, level: Level) -> list[Finding]:
    return [one for one in validation.findings if (one.check, one.level) == (check, level)]


def changed(*pairs: tuple[str, str]) -> str:
    text = SOUND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_sound_problem(tmp_path: Path) -> None:
    validation = checked(tmp_path, SOUND)
    assert validation.sound
    assert not [f for f in validation.findings if f.level is not Level.NOTE], validation.findings
    for one in validation.questions:
        assert one.derived.by_step is not None
        assert one.derived.by_step.size < 1e-12
        assert one.derived.by_digits is not None
        assert one.derived.by_digits.size < 1e-12
        assert {str(read.verdict) for read in one.read.values()} == {"correct"}
        assert len(one.seen) > 15


# References


@pytest.mark.parametrize(
    "reference",
    [
        "W.T @ ((h - y)*sigma'(z))*1.0001",  # almost
        "W.T @ (h - y)",  # right while all units are active
        "W.T @ ((h - y)*sigma'(abs(z)))",  # right for positive inputs
    ],
)
def test_a_wrong_reference_of_the_authors_own(tmp_path: Path, reference: str) -> None:
    text = changed(("wrt: h}", f'wrt: x, reference: {{expression: "{reference}"}}}}'))
    (finding, *_) = of(checked(tmp_path, text), "derivation", Level.ERROR)
    assert finding.question == "q1"
    assert "is not the derivative" in finding.text


def test_a_right_reference_of_the_authors_own(tmp_path: Path) -> None:
    text = changed(("wrt: h}", "wrt: h, reference: {expression: h - y}}"))
    assert checked(tmp_path, text).sound


def test_a_wrong_python_reference(tmp_path: Path) -> None:
    code = (
        "def right(v):\n    return v['h'] - v['y']\n\ndef wrong(v):\n    return v['y'] - v['h']\n"
    )
    (tmp_path / "own.py").write_text(code, encoding="utf-8")
    for name, sound in (("right", True), ("wrong", False)):
        text = changed(("wrt: h}", f"wrt: h, reference: {{python: 'own.py:{name}'}}}}"))
        assert checked(tmp_path, text).sound == sound


def test_a_reference_that_nothing_checks_gets_a_warning(tmp_path: Path) -> None:
    text = changed(("of: l, wrt: h}", "reference: {expression: h - y}}"))
    (finding,) = of(checked(tmp_path, text), "derivation", Level.WARNING)
    assert "is not checked" in finding.text


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise KeyError('g')", "own.py:3: KeyError: 'g'"),
        ("raise SystemExit(0)", "own.py:3: SystemExit: 0"),
        ("return 'h'", "should return an array of numbers, but it returned str"),
        ("return None", "should return an array of finite numbers"),
        ("return v['h'] * float('nan')", "should return an array of finite numbers"),
        ("return np.ones(3)[: int(abs(v['y'][0])) + 1]", "arrays of different shapes"),
        ("return", "should return an array of finite numbers"),
        ("return (", "own.py:3: SyntaxError"),
        ("import nowhere", "own.py:3: ModuleNotFoundError: No module named 'nowhere'"),
    ],
)
def test_an_error_in_the_authors_python_has_its_line(
    tmp_path: Path, code: str, message: str
) -> None:
    (tmp_path / "own.py").write_text(f"import numpy as np\ndef f(v):\n    {code}\n", "utf-8")
    text = changed(("wrt: h}", "wrt: h, reference: {python: 'own.py:f'}}"))
    with pytest.raises(AuthorError) as caught:
        checked(tmp_path, text)
    (fault,) = caught.value.faults
    assert message in fault.reason
    assert fault.line == 15  # the question


def test_what_the_authors_python_prints_is_not_the_result(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def f(v):\n    print('hello')\n    return v['h'] - v['y']\n")
    text = changed(("wrt: h}", "wrt: h, reference: {python: 'own.py:f'}}"))
    (tmp_path / "problem.yaml").write_text(text, encoding="utf-8")
    words = ["validate", str(tmp_path), "--format", "json"]
    assert json.loads(CliRunner().invoke(group, words).stdout)[0]["sound"]


@pytest.mark.parametrize(
    ("question", "level", "message"),
    [
        ("of: 'sqrt(x[1])', wrt: 'x[1]', reference: {expression: 'x[1]'}", Level.ERROR, "not finite"),
        ("of: l, wrt: W, reference: {expression: '1'}", Level.ERROR, "scalar, the derivative is 2×3"),
        ("of: x, wrt: y", Level.WARNING, "x does not depend on y"),
        ("of: 'x[1]', wrt: 'x[2]'", Level.WARNING, "is zero on all draws"),
        ("of: 'exp(20*x[1])', wrt: 'x[1]', reference: "
         "{expression: 'where(x[1] < 0, 40, 20)*exp(20*x[1])'}", Level.ERROR, "is not the derivative"),
    ],
)  # fmt: skip
def test_odd_questions(tmp_path: Path, question: str, level: Level, message: str) -> None:
    text = changed(("of: l, wrt: h}", question + "}"))
    found = of(checked(tmp_path, text), "derivation", level)
    assert any(message in finding.text for finding in found), found
    assert found[0].line == 15


def test_an_identity_is_a_sound_jacobian(tmp_path: Path) -> None:
    assert checked(tmp_path, changed(("of: l, wrt: h}", "of: x, wrt: x}"))).sound


# The kill matrix


@pytest.mark.parametrize("loss", ["sum(maximum(x, y)**2)", "sum(maximum(0, 1 - x*y)**2)"])
def test_one_unit_that_cannot_be_told_apart_does_not_hide_another(
    tmp_path: Path, loss: str
) -> None:
    """Near misses at several kinks, and on both sides, are different mistakes."""
    text = f"id: kinks\nsymbols: {{x: {{shape: [3]}}, y: {{shape: [3]}}}}\nmodel: {{l: {{is: '{loss}'}}}}\n"
    assert checked(tmp_path, text + "questions: [{id: q1, of: l, wrt: x}]\n").sound


def test_the_authors_own_number_of_draws_is_tried(tmp_path: Path) -> None:
    text = """\
id: rare
draws: {count: 40, seed: 4}
symbols: {x: {shape: [2]}}
model: {l: {is: 'sum(where(x > 1.2, x**2, x))'}}
questions: [{id: q1, of: l, wrt: x}]
"""
    validation = checked(tmp_path, text)
    hardest = validation.questions[0].hardest
    assert hardest is not None
    assert validation.needed is not None
    if hardest.caught >= 2:
        assert validation.needed <= 40


def test_equal_sizes_are_named(tmp_path: Path) -> None:
    found = of(checked(tmp_path, changed(("m: 2}", "m: 1}"))), "mistakes", Level.WARNING)
    assert {finding.advice for finding in found} == {"give m a size above 1"}


def test_a_symmetric_matrix_is_named(tmp_path: Path) -> None:
    text = """\
id: form
dimensions: {n: 3}
symbols: {x: {shape: [n]}, A: {shape: [n, n], draw: symmetric}}
model: {q: {is: x.T @ A @ x}}
questions: [{id: q1, of: q, wrt: x}]
"""
    found = of(checked(tmp_path, text), "mistakes", Level.WARNING)
    assert any("A is symmetric" in finding.text for finding in found)


def test_a_unit_that_is_never_inactive_is_named(tmp_path: Path) -> None:
    text = changed(
        ("latex: x}", "latex: x, draw: positive}"), ("latex: W}", "latex: W, draw: positive}")
    )
    validation = checked(tmp_path, text)
    (kink,) = of(validation, "kinks", Level.WARNING)
    assert kink.text.startswith("z: 2 of 2")
    missing = "sigma'(z) is missing"
    (parted,) = [f for f in of(validation, "mistakes", Level.WARNING) if missing in f.detail][:1]
    assert "positive" in parted.text


def test_undefined_points_are_named(tmp_path: Path) -> None:
    text = changed(("l: {is: sum((h - y)**2)/2", "l: {is: sum(log(h + y))"))
    found = of(checked(tmp_path, text), "undefined", Level.WARNING)
    assert {finding.question for finding in found} == {"q1", "q2", "q3"}
    assert "of random draws" in found[0].text


def test_too_few_draws_are_reported_and_fixed(tmp_path: Path) -> None:
    text = """\
id: pools
draws: {count: 16, seed: 11}
dimensions: {n: 4}
symbols: {x: {shape: [n]}}
model:
  a: {is: '[max(x[1], x[2]), max(x[3], x[4])]'}
  l: {is: sum(relu(a)**2)}
questions: [{id: q1, of: l, wrt: x}]
"""
    validation = checked(tmp_path, text)
    assert not validation.sound
    assert validation.needed is not None
    assert validation.needed > 16
    result = CliRunner().invoke(group, ["validate", str(tmp_path), "--fix-draws"])
    assert result.exit_code == 0, result.output
    assert f"count: {validation.needed}" in (tmp_path / "problem.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: a\ndraws: {count: 16, seed: 3}\n", "id: a\ndraws: {count: 48, seed: 3}\n"),
        ("id: a\ndraws: {seed: 3} # x\n", "id: a\ndraws: {count: 48, seed: 3} # x\n"),
        ("id: a\ndraws:\n  seed: 3\nq: 1\n", "id: a\ndraws:\n  count: 48\n  seed: 3\nq: 1\n"),
        ("id: a # b\nq: 1\n", "id: a # b\ndraws: {count: 48}\nq: 1\n"),
        ("id: a\ndraws: {}\n", "id: a\ndraws: {count: 48}\n"),
        ("id: a\r\ndraws:\r\n  count: 20 # c\r\n", "id: a\r\ndraws:\r\n  count: 48 # c\r\n"),
        ("q: 1\nid: a", "q: 1\ndraws: {count: 48}\nid: a"),
        ("id: a", "id: a\ndraws: {count: 48}"),
        ("id: a\r\nq: 1\r\n", "id: a\r\ndraws: {count: 48}\r\nq: 1\r\n"),
        ("id: a\rq: 1\r", "id: a\rdraws: {count: 48}\rq: 1\r"),
        ("id: a\r\ndraws:\r\n  seed: 3\r\n", "id: a\r\ndraws:\r\n  count: 48\r\n  seed: 3\r\n"),
        ("{id: a, q: 1}\n", "{id: a, draws: {count: 48}, q: 1}\n"),
        ("  id: a\n  q: 1\n", "  id: a\n  draws: {count: 48}\n  q: 1\n"),
        ("id: >-\n  a\nq: 1\n", "id: >-\n  a\ndraws: {count: 48}\nq: 1\n"),
    ],
)
def test_fixing_draws_leaves_all_else_as_it_is(before: str, after: str) -> None:
    assert with_count(before, 48) == after


@pytest.mark.parametrize(
    "text", ["n: &n 16\ndraws: {count: *n}\n", "draws: {count: &c 16}\nn: *c\n"]
)
def test_a_count_that_is_shared_is_not_touched(tmp_path: Path, text: str) -> None:
    file = tmp_path / "problem.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError, match="write `count: 48` yourself"):
        fix_draws(tmp_path, 48)
    assert file.read_text("utf-8") == text
    assert list(tmp_path.iterdir()) == [file]


# Words


@pytest.mark.parametrize(
    ("old", "new", "check", "message"),
    [
        ("latex: y}", "latex: x}", "spellings", "spelling of both"),
        ("latex: y}", "latex: \\sigma}", "spellings", "both the function"),
        ("latex: y}", "latex: \\tanh}", "spellings", "is also the function tanh"),
        ("latex: y}", "latex: W^2}", "spellings", "could be a power"),
        ("latex: y}", "latex: 'y_{a}^{b}_{c}x'}", "spellings", "cannot be read"),
        ("  y: {", "  u: {shape: [n]}\n  y: {", "symbols", "`u` is never used"),
        ("m: 2}", "m: 2, k: 5}", "symbols", "`k` is never used"),
        ("wrt: z}", "wrt: h}", "questions", "ask the same"),
        ("wrt: z}", "wrt: z, points: 0.33}", "points", "sum to 2.33"),
        ("wrt: z}", "wrt: z, points: 40}", "points", "where most questions have 1"),
        ("latex: y}", "latex: 'W_{12}'}", "spellings", "could be an entry of `W`"),
        ("latex: y}", "latex: x_1}", "spellings", "could be an entry of `x`"),
        ("latex: y}", "latex: '\\nabla'}", "spellings", "cannot be read"),
        ("latex: y}", "latex: '\\top'}", "spellings", "may be taken for a transpose"),
        (
            "sigma: {is: relu, latex: \\sigma}",
            "sigma: {is: relu, latex: g}\n  t: {is: tanh, latex: g}",
            "spellings",
            "both functions",
        ),
        ("wrt: z}", "wrt: z, prompt: 'What is $\\frac{a}{b?'}", "prompts", "not closed"),
        ("wrt: h}", "wrt: h, forbid: [y]}", "notations", "breaks the question's own rules"),
        (
            "wrt: h}",
            "wrt: h, mistakes: [{expression: 'h - y', message: no}]}",
            "notations",
            "so it is a right answer",
        ),
    ],
)
def test_what_students_could_misread(
    tmp_path: Path, old: str, new: str, check: str, message: str
) -> None:
    validation = checked(tmp_path, changed((old, new)))
    found = [f for f in validation.findings if f.check == check and f.level is not Level.NOTE]
    assert any(message in finding.text for finding in found), validation.findings


def test_a_star_for_a_matrix_product_in_the_model(tmp_path: Path) -> None:
    found = of(checked(tmp_path, changed(("is: W @ x", "is: W * x"))), "names", Level.WARNING)
    assert "problem.yaml" in found[0].text
    assert "write @" in found[0].advice


# Cases


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ('q1: {right: ["y - h"]}', "gets the verdict incorrect, not correct"),
        (
            'q1: {wrong: [{infix: "h - y", verdict: incorrect}]}',
            "gets the verdict correct, not incorrect",
        ),
        (
            'q1: {wrong: [{infix: "y - h", verdict: incorrect, codes: [transposed]}]}',
            "does not get the code transposed",
        ),
        ("q9: {right: [h]}", "there is no question q9"),
        ("q1: {right: [{tex: h}]}", "unknown key 'tex'"),
        ("q1: {right: [{latxe: h}]}", "did you mean 'latex'?"),
        ("q1: {right: [{codes: [sign]}]}", "only one of them"),
        ("q1: {wrong: [{infix: h, verdict: correct}]}", "the verdict of a wrong answer must be"),
        ("q1: {wrong: [h - y]}", "gets the verdict correct, not incorrect"),
        ("q1: {wrong: [{infix: h, verdict: wrong}]}", "'wrong'; expected 'correct', 'partial'"),
        ("q1: {wrong: [{infix: h, verdict: incorrect, codes: [sing]}]}", "did you mean 'sign'?"),
        ("q1: [h - y]", "needs lists named `right` and `wrong`"),
        ("[1, 2]", "expected a mapping (key: value)"),
        ("q1: {right: [h", "cases.yaml:1:"),
        (
            "q2: {}\nq1:\n  right:\n    - h - y\n    - y - h",
            "cases.yaml:5:7: q1.right[1]: right answer",
        ),
    ],
)
def test_a_case_that_does_not_hold(tmp_path: Path, cases: str, message: str) -> None:
    small = changed(("  - {id: q3, of: l, wrt: W}\n", ""))
    found = of(checked(tmp_path, small, cases=cases), "cases", Level.ERROR)
    assert any(message in finding.text for finding in found), found


# Variants


def test_each_choice_of_the_variants_is_checked(tmp_path: Path) -> None:
    text = changed(
        ("questions:", "variants: {functions: {sigma: [relu, tanh]}}\nquestions:"),
        ("wrt: z}", 'wrt: z, reference: {expression: "(h - y)*step(z)"}}'),
    )
    (finding, *_) = of(checked(tmp_path, text), "derivation", Level.ERROR)
    assert finding.text.startswith("with sigma = tanh: ")


def test_combinations_of_variants_are_checked(tmp_path: Path) -> None:
    """Each choice alone is sound; both together take the logarithm of zeros."""
    text = changed(
        ("is: relu", "is: sigmoid"), ("sum((h - y)**2)/2", "sum(y*h)"),
        ("n: 3, m: 2", "n: 3, m: 6"),
        ("questions:", "variants:\n  functions: {sigma: [sigmoid, relu]}\n"
         "  model: {l: [sum(y*h), sum(y*log(h))]}\nquestions:"),
    )  # fmt: skip
    validation = checked(tmp_path, text)
    assert not validation.sound
    assert validation.variants == 8
    (finding, *_) = of(validation, "variants", Level.ERROR)
    assert finding.text.startswith("with sigma = relu, l = sum(y*log(h)): ")


def test_a_choice_gets_all_checks(tmp_path: Path) -> None:
    """A variant with a unit that never switches gets the same finding as a problem with one."""
    text = changed(
        ("is: relu", "is: sigmoid"), ("is: W @ x", "is: W @ x - 9"),
        ("questions:", "variants: {functions: {sigma: [sigmoid, relu]}}\nquestions:"),
    )  # fmt: skip
    found = checked(tmp_path, text).findings
    assert any(one.text.startswith("with sigma = relu: ") for one in found), found


# The command


def test_the_command_prints_a_table_and_the_findings(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(changed(("m: 2}", "m: 1}")), encoding="utf-8")
    result = CliRunner().invoke(group, ["validate", str(tmp_path)])
    assert result.exit_code == 0
    assert "q3" in result.output
    assert "give m a size above 1" in result.output
    assert "Sound." in result.output


def test_the_exit_code_is_4_if_one_problem_is_not_sound(tmp_path: Path) -> None:
    good, bad, broken = (tmp_path / name for name in ("good", "bad", "broken"))
    texts = (SOUND, changed(("wrt: h}", "wrt: h, reference: {expression: y}}")), "id: [")
    for folder, text in zip((good, bad, broken), texts, strict=True):
        folder.mkdir()
        (folder / "problem.yaml").write_text(text, encoding="utf-8")
    paths = [str(good), str(bad), str(broken)]
    result = CliRunner().invoke(group, ["validate", *paths, "--format", "json"])
    assert result.exit_code == 4
    reports = json.loads(result.stdout)
    assert [report["sound"] for report in reports] == [True, False, False]
    mistakes = reports[0]["questions"][0]["mistakes"]
    assert all({"code", "text", "draws", "share"} <= set(mistake) for mistake in mistakes)
