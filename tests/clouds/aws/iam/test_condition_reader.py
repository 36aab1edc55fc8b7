"""Conditions as they are written: dates, Booleans, operators and their slips."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from function.clouds.aws.iam.condition_operators import OPERATORS
from function.clouds.aws.iam.condition_reader import operator_of, read_conditions
from tests.support.profile import many

PREFIXES = ("", "ForAllValues:", "ForAnyValue:")
SUFFIXES = ("", "IfExists")


def errors(operator: str, value: Any, key: str = "aws:SourceAccount") -> list[str]:
    return [str(error) for error in read_conditions({operator: {key: value}}, ()).errors]


# The IAM User Guide: W3C's profile of ISO 8601 (https://www.w3.org/TR/NOTE-datetime), or seconds since 1970.
DATES = (
    "2026",
    "2026-11",
    "2026-11-27",
    "2026-11-27T10:00:00",
    "2026-11-27T10:00:00Z",
    "2026-11-27t10:00:00z",
    "2026-11-27T10:00:00.123Z",
    "2026-11-27T10:00:00.123456789+02:00",
    "2026-11-27T10:00:00-08:00",
    "1764237600",
    "1764237600.5",
    1764237600,
    "${aws:CurrentTime}",
)
# moto says of the first three, "The policy failed legacy parsing".
NO_DATES = (
    "20261127T100000Z",
    "2026-11-27T10:00:00+0200",
    "2026-11-27T10:00Z",
    "2026-13-01",
    "2026-02-30",
    "2026-W48-5",
    "2026-331",
    "2026-11-27 10:00:00",
    "27.11.2026",
    "tomorrow",
    "",
)


@pytest.mark.parametrize("value", DATES)
@pytest.mark.parametrize("operator", [name for name in OPERATORS if name.startswith("Date")])
def test_dates(operator: str, value: Any) -> None:
    assert errors(operator, value, "aws:CurrentTime") == []


@pytest.mark.parametrize("value", NO_DATES)
def test_no_dates(value: Any) -> None:
    (error,) = errors("DateLessThan", value, "aws:CurrentTime")
    assert error.endswith(f'"{value}" is not a date such as 2026-11-23T00:00:00Z')


@pytest.mark.parametrize("value", ["true", "false", "True", "False", "TRUE", "FALSE", True, False, ["true", False]])
@pytest.mark.parametrize("operator", ["Bool", "BoolIfExists", "Null", "ForAllValues:Bool"])
def test_truth_ignores_case(operator: str, value: Any) -> None:
    assert errors(operator, value, "aws:SecureTransport") == []


@pytest.mark.parametrize("value", ["yes", "1", 0, "", "true "])
def test_what_is_neither_true_nor_false(value: Any) -> None:
    (error,) = errors("Bool", value, "aws:SecureTransport")
    assert error.endswith("is not true or false")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("https://oidc.eks.eu-west-2.amazonaws.com/id/ABC:sub", "without https://"),
        ("http://oidc.example.com:sub", "without https://"),
        ("arn:aws:iam::111122223333:oidc-provider/oidc.example.com:sub", "without an ARN"),
        ("SourceAccount", "must look like aws:SourceAccount"),
        (":sub", "must look like aws:SourceAccount"),
        ("aws:", "must look like aws:SourceAccount"),
    ],
)
def test_keys_that_are_none(key: str, said: str) -> None:
    (error,) = errors("StringEquals", "x", key)
    assert said in error


@pytest.mark.parametrize(
    "key",
    [
        "oidc.eks.eu-west-2.amazonaws.com/id/ABC:sub",
        "oidc.example.com:aud",
        "aws:RequestTag/eks.amazonaws.com:team",
        "aws:PrincipalTag/Grüße aus Köln",
        "s3:ExistingObjectTag/a b",
        "AWS:sourceaccount",
    ],
)
def test_keys(key: str) -> None:
    assert errors("StringEquals", "x", key) == []


def every() -> list[str]:
    return [f"{prefix}{name}{suffix}" for name in OPERATORS for prefix in PREFIXES for suffix in SUFFIXES]


def slips(operator: str) -> Iterator[str]:
    """One letter left out, written twice, or in place of another."""
    for index, letter in enumerate(operator):
        yield operator[:index] + operator[index + 1 :]
        yield operator[:index] + letter + operator[index:]
        yield operator[:index] + "q" + operator[index + 1 :]


def _set_of(operator: str) -> tuple[str, bool]:
    prefix = next(one for one in reversed(PREFIXES) if operator.startswith(one))
    return prefix, operator.endswith("IfExists")


def test_the_hint_for_a_slip_means_the_same_set_of_values() -> None:
    """Without its set of values, ForAllValue:StringEquals would mean something else."""
    cases = [(slip, operator) for operator in every() for slip in slips(operator) if operator_of(slip) is None]
    for slip, operator in random.Random(0).sample(cases, many(len(cases))):
        (error,) = errors(slip, "2026")
        hint = error.partition("is not a condition operator of IAM; did you mean ")[2].removesuffix("?")
        assert operator_of(hint) is not None, (slip, error)
        assert _set_of(hint) == _set_of(operator), (slip, hint)


def test_what_is_like_no_operator_has_no_hint() -> None:
    assert errors("Contains", "x") == ["Contains: is not a condition operator of IAM"]
