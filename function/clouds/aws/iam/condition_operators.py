"""IAM's condition operators: how one value of a policy compares with one value of a request.

Source: the AWS IAM User Guide, "IAM JSON policy elements: Condition operators". Where the guide is silent:

- a date of digits only is epoch seconds, and a date without an offset is UTC;
- binary values of a request are written in base64, as those of a policy are;
- a value that cannot be read (a number, date, address or ARN that is none) equals nothing, so a negated operator holds.
"""

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from function.clouds.aws.iam.values import Pattern, matches

Compare = Callable[[Pattern, str], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    """How a condition operator compares, without its prefix and suffix."""

    compare: Compare
    must: str  # for messages: what a request's value must do
    negated: bool = False
    variables: bool = False  # whether ${...} in the policy's value is a variable


def _text(pattern: Pattern) -> str:
    return "".join(pattern)


def _equal(pattern: Pattern, value: str) -> bool:
    return _text(pattern) == value


def _equal_ignoring_case(pattern: Pattern, value: str) -> bool:
    return _text(pattern).lower() == value.lower()


def _arn_like(pattern: Pattern, value: str) -> bool:
    """Match the six parts of an ARN one by one, so that no wildcard reaches over a colon but in the last."""
    parts = value.split(":", 5)
    wanted = _arn_parts(pattern)
    return len(parts) == len(wanted) == 6 and all(map(matches, wanted, parts))


def _arn_parts(pattern: Pattern) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for character in pattern:
        if character == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(character)
    return parts


def _bool(pattern: Pattern, value: str) -> bool:
    return value.lower() in {"true", "false"} and _equal_ignoring_case(pattern, value)


def _binary(pattern: Pattern, value: str) -> bool:
    try:
        return base64.b64decode(_text(pattern), validate=True) == base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False


def _in_network(pattern: Pattern, value: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(_text(pattern), strict=False)
    except ValueError:
        return False


_DAY = len("2026-11-23")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_EPOCH = re.compile(r"\d{1,11}(\.\d+)?", re.ASCII)
# W3C's profile of ISO 8601, with seconds where there is a time.
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII | re.IGNORECASE)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _date(text: str) -> datetime | None:
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        if not _DATE.fullmatch(text):
            return None
        read = datetime.fromisoformat(f"{text}-01-01"[: max(len(text), _DAY)].upper())
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def is_number(text: str) -> bool:
    """Whether the numeric operators can read a value."""
    return _number(text) is not None


def is_date(text: str) -> bool:
    """Whether the date operators can read a value."""
    return _date(text) is not None


def _ordered(read: Callable[[str], Any], relation: Callable[[Any, Any], bool]) -> Compare:
    """Compare as numbers or dates: the request's value is on the left of the relation."""

    def compare(pattern: Pattern, value: str) -> bool:
        left, right = read(value), read(_text(pattern))
        return left is not None and right is not None and relation(left, right)

    return compare


def _ordered_operators(family: str, read: Callable[[str], Any]) -> dict[str, Operator]:
    equal = _ordered(read, operator.eq)
    return {
        f"{family}Equals": Operator(equal, "be"),
        f"{family}NotEquals": Operator(equal, "be", negated=True),
        f"{family}LessThan": Operator(_ordered(read, operator.lt), "be less than"),
        f"{family}LessThanEquals": Operator(_ordered(read, operator.le), "be at most"),
        f"{family}GreaterThan": Operator(_ordered(read, operator.gt), "be greater than"),
        f"{family}GreaterThanEquals": Operator(_ordered(read, operator.ge), "be at least"),
    }


def _both(name: str, opposite: str, compare: Compare, must: str, *, variables: bool) -> dict[str, Operator]:
    return {
        name: Operator(compare, must, variables=variables),
        opposite: Operator(compare, must, negated=True, variables=variables),
    }


OPERATORS: dict[str, Operator] = {
    **_both("StringEquals", "StringNotEquals", _equal, "be", variables=True),
    **_both(
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        _equal_ignoring_case,
        "be, ignoring case,",
        variables=True,
    ),
    **_both("StringLike", "StringNotLike", matches, "be like", variables=True),
    **_both("ArnEquals", "ArnNotEquals", _arn_like, "be like the ARN", variables=True),
    **_both("ArnLike", "ArnNotLike", _arn_like, "be like the ARN", variables=True),
    **_both("IpAddress", "NotIpAddress", _in_network, "be in", variables=False),
    **_ordered_operators("Numeric", _number),
    **_ordered_operators("Date", _date),
    "Bool": Operator(_bool, "be", variables=True),
    "BinaryEquals": Operator(_binary, "be"),
}
"""Every operator but Null, which looks only at whether a key is there."""
