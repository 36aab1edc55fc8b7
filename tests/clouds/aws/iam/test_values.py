"""Wildcards and variables, for any text, however long: what is not linear would not come to an end here."""

import random

import pytest

from function.clouds.aws.iam.values import Glob, Variable, Wildcard, covers, expand, read_template, variables_in, wrong_variable
from tests.support.plain_evaluate import _like, _pattern

LONG = 500_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", []),
        ("${a:b}", ["${a:b}"]),
        ("x${a:b}y${c:d}", ["${a:b}", "${c:d}"]),
        ("${a${b:c}}", ["${a${b:c}"]),
        ("${a\nb}", ["${a\nb}"]),
        ("$${a}", ["${a}"]),
        ("${}", ["${}"]),
        ("}${", []),
        ("${a:b", []),
    ],
)
def test_where_variables_stand(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in variables_in(text)] == found


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("${a:b}", Variable("a:b", None)),
        ("${ a:b }", Variable("a:b", None)),
        ("${a:b, 'c d'}", Variable("a:b", "c d")),
        ("${ a:b ,'c' }", Variable("a:b", "c")),
        ("${a:b, ''}", Variable("a:b", "")),
        ("${a:b, 'c', 'd'}", Variable("a:b", "c', 'd")),
        ("${a:b, '}", Variable("a:b, '", None)),
        ("${a:b, c}", Variable("a:b, c", None)),
        ("${*}", "*"),
        ("${ * }", Variable("*", None)),
    ],
)
def test_a_variable_and_its_default(text: str, variable: Variable | str) -> None:
    (part,) = read_template(text, variables=True)
    assert part == variable
    assert not isinstance(part, Wildcard)


@pytest.mark.parametrize(
    "text",
    [
        "${" * (LONG // 2),
        "${" + " " * LONG + "}",
        "${a:b" + " " * LONG + "}",
        "${a:b" + " ," * (LONG // 2) + "}",
        "${a:b" + ",'" * (LONG // 2) + "}",
        "${a:b" + ", " * (LONG // 2) + "'}",
        "${a:b}" * (LONG // 6),
        "*?" * (LONG // 2),
    ],
    ids=["opened", "blanks", "a key and blanks", "commas", "quotes", "commas and a quote", "variables", "wildcards"],
)
def test_is_linear_in_the_text(text: str) -> None:
    template = read_template(text, variables=True)
    assert len(template) <= LONG
    expand(template, {"a:b": "x"}.get)
    wrong_variable(text)
    assert not covers("*a" * 1000 + "b", "a" * 5000)


def test_patterns_match_what_a_plain_matcher_says() -> None:
    rng = random.Random(0)
    matched = 0
    for _ in range(20_000):
        pattern = "".join(rng.choice("aab*?") for _ in range(rng.randint(0, 9)))
        text = "".join(rng.choice("aab*") for _ in range(rng.randint(0, 9)))
        expected = _like(_pattern(pattern, None) or [], text)
        assert covers(pattern, text) is expected, (pattern, text)
        matched += expected
    assert matched > 1000


@pytest.mark.parametrize("pattern", ["*a*", "*" + "a" * 50 + "*", "*a?b*", "*a?a?a?a*", "a*b*c"])
def test_steps_bound_what_a_pattern_takes(pattern: str) -> None:
    """More for longer texts, and most where `?` stands behind a `*`."""
    glob = Glob(read_template(pattern, variables=False))  # type: ignore[arg-type]
    assert 0 < glob.steps(100) <= glob.steps(1000)
    assert glob.steps(100) < 500 or "?" in pattern
