"""How errors read."""

import ast
from collections.abc import Iterator

import pytest

from function.conditions import Condition
from function.errors import (
    MOST_ERRORS,
    STOPPED,
    FieldError,
    Found,
    InvalidSpec,
    TooManyErrors,
    dotted,
    listed,
    printable,
    quoted,
)
from function.result import Result
from tests.support.hostile import HOSTILE, LETTERS


def test_paths() -> None:
    assert dotted(("spec", "clusters", 0, "name")) == "spec.clusters[0].name"
    assert dotted(("spec", "tags", "a b")) == 'spec.tags["a b"]'
    assert dotted(("spec", "tags", "a\nb")) == 'spec.tags["a\\nb"]'


def test_text_of_users_cannot_break_out_of_its_quotes_or_its_line() -> None:
    assert quoted('a"; fake: b') == '"a\\"; fake: b"'
    assert quoted("a\u2028b\x1b[31m") == '"a\\u2028b\\u001b[31m"'
    assert len(quoted("x" * 1000)) <= 81
    assert quoted({"a": [1, None]}) == '{"a": [1, null]}'


def test_errors_are_sorted_by_number_and_named_once() -> None:
    errors = [FieldError(("a", 10), "x"), FieldError(("a", 9), "x"), FieldError(("a", 9), "x")]
    assert str(InvalidSpec(errors)) == "a[9]: x; a[10]: x"


def test_lists_in_prose() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_what_is_not_printable_is_escaped_as_python_and_yaml_do() -> None:
    assert printable("a\x1b\n\u202e\U000e0041\ud800") == "a\\u001b\\u000a\\u202e\\U000e0041\\ud800"
    assert printable(LETTERS) == LETTERS
    for text in (*HOSTILE.values(), "a\ud800b"):
        assert printable(text).isprintable()
        assert ast.literal_eval(f"'{printable(text)}'") == text


@pytest.mark.parametrize("text", [*HOSTILE.values(), "a\ud800b"], ids=[*HOSTILE, "surrogate"])
def test_nothing_that_leaves_can_be_raw(text: str) -> None:
    """However a message was made: by a rule that forgot to quote, or with the words of a provider."""
    wrong = FieldError(("spec", text, 0), f"{text} is wrong")
    assert str(wrong).isprintable()
    assert str(InvalidSpec([wrong])).isprintable()
    assert Condition("SpecValid", "False", "Invalid", f"{text} is wrong").message == f"{printable(text)} is wrong"
    assert Result((), fatal=text).fatal == printable(text)
    assert quoted(text).isprintable()


def _endless() -> Iterator[FieldError]:
    number = 0
    while True:
        yield FieldError(("a", number), "x")
        number += 1


def test_no_more_errors_are_looked_for_than_can_be_shown() -> None:
    found = Found([FieldError(("b",), "y")])
    with pytest.raises(TooManyErrors) as raised:
        found += _endless()
    assert len(raised.value.errors) == MOST_ERRORS + 1
    assert raised.value.errors[:2] == (FieldError(("b",), "y"), FieldError(("a", 0), "x"))


def test_that_there_are_more_errors_is_said() -> None:
    invalid = InvalidSpec(_endless())
    assert (len(invalid.errors), STOPPED in invalid.errors) == (MOST_ERRORS, True)
    assert InvalidSpec(invalid.errors).errors == invalid.errors
    exactly = InvalidSpec(FieldError(("a", number), "x") for number in range(MOST_ERRORS))
    assert (len(exactly.errors), STOPPED in exactly.errors) == (MOST_ERRORS, False)


def test_no_error_is_kept_in_endless_length() -> None:
    (error,) = InvalidSpec([FieldError(("a",), "x" * 100_000)]).errors
    assert (len(error.message), error.message[-4:]) == (2000, "x...")


def test_long_text_is_quoted_by_its_beginning() -> None:
    assert quoted("x" * 100_000) == quoted("x" * 81)
    assert quoted(["x" * 100_000, 1]) == f'["{"x" * 74}...'
