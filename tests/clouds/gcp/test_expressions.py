"""Conditions in Google Cloud are CEL, as Google's own compiler reads it; what the function refuses of them it refuses, too."""

import random
from collections.abc import Iterator
from functools import cache

import pytest
import yaml
from cel_expr_python import cel  # type: ignore[import-untyped]

from function.clouds.gcp.expressions import errors
from tests.support import EXAMPLES
from tests.support.profile import many, seeds
from tests.support.random_gcp import CONDITIONS, existing_account, random_gcp, rich_gcp, rich_gcp_direct

OPERATORS_MAX = 12


@cache
def iam() -> cel.Env:
    """The variables and functions of "Attribute reference for IAM Conditions"."""
    text, texts = cel.Type.STRING, cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    variables = {
        "request.time": cel.Type.TIMESTAMP,
        "request.auth": texts,
        "request.host": text,
        "request.path": text,
        "resource.name": text,
        "resource.type": text,
        "resource.service": text,
        "destination.ip": text,
        "destination.port": cel.Type.INT,
    }
    extract = cel.Overload("extract_string", return_type=text, parameters=[text, text], is_member=True)
    return cel.NewEnv(variables=variables, functions=[cel.FunctionDecl("extract", [extract])])


def compiled(expression: str, *, typed: bool = True) -> cel.Expression | None:
    """What Google's compiler makes of an expression; None where it refuses it, for its types or but for its syntax."""
    try:
        return iam().compile(expression, disable_check=not typed)
    except RuntimeError:
        return None


def operators(expression: cel.Expression) -> int:
    """How many of its calls are &&, || and !, which strings in it must not look like."""
    whole = expression.serialize()
    return sum(whole.count(b"\x12" + bytes([len(name)]) + name) for name in (b"_&&_", b"_||_", b"!_"))


def of_syntax(expression: str) -> list[str]:
    """What the function says of an expression but for the number of operators."""
    return [error for error in errors(expression) if "logical operators" not in error]


def conditions_of_examples() -> list[str]:
    found = []
    for file in sorted(EXAMPLES.glob("*/xr.yaml")):
        spec = yaml.safe_load(file.read_text())["spec"]
        found += [role["condition"]["expression"] for role in spec.get("gcp", {}).get("roles", ()) if "condition" in role]
    return found


def test_conditions_of_examples_and_of_specs_are_truths() -> None:
    specs = [rich_gcp(), rich_gcp_direct(), existing_account(), *(random_gcp(random.Random(seed)) for seed in range(400))]
    written = {role["condition"]["expression"] for spec in specs for role in spec["gcp"]["roles"] if "condition" in role}
    assert written == {condition["expression"] for condition in CONDITIONS}
    for expression in (*conditions_of_examples(), *sorted(written)):
        made = compiled(expression)
        assert made, expression
        assert made.return_type() == cel.Type.BOOL, expression
        assert list(errors(expression)) == []


# What is between the quotes, by the kind of string; some of it breaks out of them.
_PLAIN = ("a", "b c", "//", "(", "]", "{", "&&", "!", "é", "\\\\", '\\"', "\\'", "\\n", "\\x41", "\\101", "\t", "?")
_RAW = ("a", "\\", "\\n", "//", ")", "[", "||", "é", "\\\\", "C:\\d")
_REMARKS = ("x", "(", '"', "it isn't", "&& ||")
_QUOTES = ('"', "'", '"""', "'''")


def a_string(rng: random.Random) -> str:
    """A literal of any of CEL's kinds."""
    prefix = rng.choice(("", "", "", "r", "R", "b", "B", "br", "bR", "Br"))
    quote = rng.choice(_QUOTES)
    parts = _RAW if "r" in prefix.lower() else _PLAIN
    inside = "".join(rng.choice(parts) for _ in range(rng.randint(0, 4)))
    others = "".join(rng.choice([other for other in _QUOTES if other[0] != quote[0]]) for _ in range(rng.randint(0, 1)))
    lines = "\n" if len(quote) == 3 and rng.random() < 0.3 else ""
    middle = f"{inside}{others}{lines}"
    return f"{prefix}{quote}{middle}{quote}"


def a_truth(rng: random.Random, depth: int = 3) -> str:
    """An expression of any of CEL's brackets, and of strings and comments in which they mean nothing."""
    choice = rng.randint(0, 11) if depth else rng.randint(0, 3)
    if choice < 2:
        return f"resource.name {rng.choice(('==', '!='))} {a_string(rng)}"
    if choice == 2:
        return f"{a_string(rng)} in [{a_string(rng)}, {a_string(rng)}]"
    if choice == 3:
        return f"resource.name.startsWith({a_string(rng)})"
    inner, other = a_truth(rng, depth - 1), a_truth(rng, depth - 1)
    return (
        f"({inner})",
        f"!({inner})",
        f"!(!({inner}))",
        f"({inner}) && ({other})",
        f"{inner}||{other}",
        f"{inner} // {rng.choice(_REMARKS)}\n && {other}",
        f"({inner} ? [{other}] : [true])[0]",
        f"{{{a_string(rng)}: {inner}}}[{a_string(rng)}]",
    )[choice - 4]


def broken(expression: str, rng: random.Random) -> str:
    """With a character or two taken out, put in or made another."""
    letters = list(expression)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(letters) + 1)
        new = rng.choice(("", "", *"\"'()[]{}\\/!&|rb\n", '"""', "'''", "//", " "))
        letters[at : at + rng.randint(0, 1)] = [new]
    return "".join(letters)


def corpus(seed: int, number: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(number):
        whole = a_truth(rng)
        yield whole
        yield broken(whole, rng)
        yield broken(whole, rng)


def test_what_compiles_has_no_error_and_what_has_one_does_not_compile() -> None:
    taken = refused = 0
    for expression in corpus(seed=1, number=2000):
        ours = of_syntax(expression)
        if compiled(expression, typed=False):
            taken += 1
            assert ours == [], expression
        refused += bool(ours)
    assert taken > 1500
    assert refused > 500


def test_operators_are_counted_as_they_are() -> None:
    """Not those in strings and comments, nor the first half of !=; !! is not among them, which CEL's parser drops."""
    checked = above = 0
    rng = random.Random(2)
    for _ in seeds(2000):
        expression = rng.choice((" && ", "||", "\n&& true != ")).join(a_truth(rng, depth=2) for _ in range(rng.randint(1, 9)))
        made = compiled(expression, typed=False)
        if made:
            checked += 1
            counted = [error for error in errors(expression) if "logical operators" in error]
            there = operators(made)
            assert [error.split()[1] for error in counted] == ([str(there)] if there > OPERATORS_MAX else []), expression
            above += bool(counted)
    assert checked > many(1000)
    assert above > many(100)


_PIECES = (
    *"abx1.,?:()[]{}!-+*/%<>",
    "&&",
    "||",
    "==",
    "!=",
    "<=",
    "in",
    "true",
    "'s'",
    "a.b",
    "f(",
    "1.5",
    "-1",
    "? x :",
    "{'a':",
)
_SLIPS = (*";@$~#`\\^", "=", "&", "|", "=~", "=>", ":=", "<>", "->", "??", "**", "and", "not")


def test_pieces_in_any_order_that_compile_have_no_error() -> None:
    taken = refused = found = 0
    rng = random.Random(3)
    for _ in seeds(6000):
        pieces = [rng.choice(_PIECES if rng.random() < 0.95 else _SLIPS) for _ in range(rng.randint(1, 7))]
        expression = rng.choice(("", " ")).join(pieces)
        ours = of_syntax(expression)
        if compiled(expression, typed=False):
            taken += 1
            assert ours == [], expression
        else:
            refused += 1
            found += bool(ours)
    assert taken > many(200)
    assert found > 0.95 * refused


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("true ? false", "has a ? that nothing answers with a :"),
        ("resource.name =~ 'a'", "has =~, which CEL does not have"),
        ("x => y", "has =>, which CEL does not have"),
        ("resource.name == 'a';", "has ;, which CEL does not have"),
        ("resource.name == \u201ca\u201d", "has \u201c, which CEL does not have"),
        ("a == 'x' # c", "has #, which CEL does not have"),
        ("true &&", "ends with &&, after which something is missing"),
        ("&& true", "has && without anything before it"),
        ("a == == b", "has nothing between == and =="),
        ("true, false", "has a , outside of brackets"),
        ("a : b", "has a : without a ?"),
        ("NOT true", 'has no operator between "NOT" and "true": write &&, || or ! for and, or and not'),
    ],
)
def test_what_is_wrong_is_said(expression: str, said: str) -> None:
    assert compiled(expression) is None
    assert list(errors(expression)) == [said]


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " \n",
        '"a',
        "'a\nb' == 'c'",
        "('a'",
        "'a')",
        "['a')",
        "{'a': 1}]",
        "r'a\\' + 'b'' == 'c'",
        "'''a'' == 'b'",
        "\"a\\\" == 'b'",
        "resource.name == 'it's'",
    ],
)
def test_both_refuse(expression: str) -> None:
    assert compiled(expression) is None
    assert list(errors(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "r'a\\b' != 'a'",
        'b\'a\' == br"""a"""',
        "'''a\n\"'' b''' == 'c' // '(",
        '"\\"" == \'"\' && !([[1], [2]][0] == [1])',
        "true // [",
    ],
)
def test_both_take(expression: str) -> None:
    assert compiled(expression)
    assert list(errors(expression)) == []
