"""Read the Condition blocks that users write."""

import re
from collections.abc import Mapping
from typing import Any

from function.clouds.aws.iam.policy import Conditions
from function.errors import FieldError, Path, quoted

# IAM User Guide, "IAM JSON policy elements: Condition operators".
_OPERATORS = frozenset(
    [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
    ]
)

_OPERATOR = re.compile(r"(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(/[ -~]+)?:[ -~]+")


def read_conditions(raw: object, at: Path, errors: list[FieldError]) -> Conditions:
    """A Condition block as a value; its faults go to `errors`."""
    if not isinstance(raw, Mapping):
        errors.append(FieldError(at, f"must be an object (operator, then key, then values), not {quoted(raw)}"))
        return {}
    return {operator: _read_keys(operator, keys, (*at, operator), errors) for operator, keys in raw.items()}


def _read_keys(operator: str, raw: object, at: Path, errors: list[FieldError]) -> Mapping[str, tuple[str, ...]]:
    if not _known(operator):
        errors.append(FieldError(at, "is not a condition operator of IAM"))
    if not isinstance(raw, Mapping) or not raw:
        errors.append(FieldError(at, f"must be an object with at least one condition key, not {quoted(raw)}"))
        return {}
    errors += (
        FieldError((*at, key), "is not a condition key: it has no service prefix") for key in raw if not _KEY.fullmatch(key)
    )
    return {key: _read_values(values, (*at, key), errors) for key, values in raw.items()}


def _known(operator: str) -> bool:
    match = _OPERATOR.fullmatch(operator)
    if operator == "Null" or match is None:
        return operator == "Null"
    return match[2] in _OPERATORS


def _read_values(raw: object, at: Path, errors: list[FieldError]) -> tuple[str, ...]:
    values = raw if isinstance(raw, list) else [raw]
    if not values:
        errors.append(FieldError(at, "has no values; such a condition never holds"))
    wrong = [value for value in values if not isinstance(value, str | int | float)]
    errors += (FieldError(at, f"must be a value or a list of values, not {quoted(value)}") for value in wrong)
    return tuple(_text(value) for value in values)


def _text(value: Any) -> str:
    # IAM itself turns true and 5 into strings.
    return str(value).lower() if isinstance(value, bool) else str(value)
