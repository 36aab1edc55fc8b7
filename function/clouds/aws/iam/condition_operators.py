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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from function.clouds.aws.iam.values import Glob, Pattern, Wildcard


class Matcher(Protocol):
    """The values of one condition, read once."""

    def matches(self, value: str) -> bool:
        """Say whether a request's value compares with any of them."""

    def steps(self, length: int) -> int:
        """What it takes at most for a value of a length, in steps."""


Read = Callable[[Sequence[Pattern]], Matcher]


@dataclass(frozen=True, slots=True)
class Operator:
    """How a condition operator compares, without its prefix and suffix."""

    read: Read
    must: str  # for messages: what a request's value must do
    negated: bool = False
    variables: bool = False  # whether ${...} in the policy's value is a variable


def _text(pattern: Pattern) -> str:
    return "".join(pattern)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts that a value may be."""

    texts: frozenset[str]
    any_case: bool = False

    def matches(self, value: str) -> bool:
        return (value.lower() if self.any_case else value) in self.texts

    def steps(self, length: int) -> int:  # noqa: ARG002 - as of others
        return 1


def _equal(patterns: Sequence[Pattern]) -> Matcher:
    return _Texts(frozenset(map(_text, patterns)))


def _equal_ignoring_case(patterns: Sequence[Pattern]) -> Matcher:
    return _Texts(frozenset(_text(pattern).lower() for pattern in patterns), any_case=True)


def _bool(patterns: Sequence[Pattern]) -> Matcher:
    return _Texts(frozenset(_text(pattern).lower() for pattern in patterns) & {"true", "false"}, any_case=True)


class _Globs:
    """What patterns take, which is asked for many values of few lengths."""

    def __init__(self, globs: Iterable[Glob]) -> None:
        self._globs = tuple(globs)
        self._steps: dict[int, int] = {}

    def steps(self, length: int) -> int:
        if length not in self._steps:
            self._steps[length] = 1 + sum(glob.steps(length) for glob in self._globs)
        return self._steps[length]


class _Like(_Globs):
    """Patterns. Those without wildcards are looked up."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(map(Glob, filter(_is_wild, patterns)))
        self._texts = {_text(pattern) for pattern in patterns if not _is_wild(pattern)}

    def matches(self, value: str) -> bool:
        return value in self._texts or any(glob.matches(value) for glob in self._globs)


class _ARNLike(_Globs):
    """Patterns of ARNs: the six parts are matched one by one, so that no wildcard reaches over a colon but in the last."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        split = [parts for parts in map(_arn_parts, patterns) if len(parts) == _ARN_PARTS]
        self._wanted = [[Glob(part) for part in parts] for parts in split]
        super().__init__(glob for wanted in self._wanted for glob in wanted)

    def matches(self, value: str) -> bool:
        parts = value.split(":", _ARN_PARTS - 1)
        return len(parts) == _ARN_PARTS and any(all(map(Glob.matches, wanted, parts)) for wanted in self._wanted)


_ARN_PARTS = 6


def _is_wild(pattern: Pattern) -> bool:
    return any(isinstance(part, Wildcard) for part in pattern)


def _arn_parts(pattern: Pattern) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for part in pattern:
        if isinstance(part, Wildcard):
            parts[-1].append(part)
        else:
            first, *others = part.split(":", _ARN_PARTS - len(parts))
            parts[-1].append(first)
            parts += ([other] for other in others)
    return parts


@dataclass(frozen=True, slots=True)
class _Ordered:
    """Values that are read as numbers, dates or the like; the request's is on the left of the relation."""

    read: Callable[[str], Any]
    relation: Callable[[Any, Any], bool]
    wanted: list[Any]

    def matches(self, value: str) -> bool:
        left = self.read(value)
        return left is not None and any(self.relation(left, right) for right in self.wanted)

    def steps(self, length: int) -> int:
        return _PER_READ + length // 8 + len(self.wanted)


_PER_READ = 16


def _ordered(
    read: Callable[[str], Any], relation: Callable[[Any, Any], bool], read_wanted: Callable[[str], Any] | None = None
) -> Read:
    """Compare as what both sides are read as; what cannot be read compares with nothing."""

    def matcher(patterns: Sequence[Pattern]) -> Matcher:
        wanted = map(read_wanted or read, map(_text, patterns))
        return _Ordered(read, relation, [each for each in wanted if each is not None])

    return matcher


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_in(address: Any, network: Any) -> bool:
    return address in network


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


def _both(name: str, opposite: str, compare: Read, must: str, *, variables: bool) -> dict[str, Operator]:
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
    **_both("StringLike", "StringNotLike", _Like, "be like", variables=True),
    **_both("ArnEquals", "ArnNotEquals", _ARNLike, "be like the ARN", variables=True),
    **_both("ArnLike", "ArnNotLike", _ARNLike, "be like the ARN", variables=True),
    **_both("IpAddress", "NotIpAddress", _ordered(_address, _is_in, _network), "be in", variables=False),
    **_ordered_operators("Numeric", _number),
    **_ordered_operators("Date", _date),
    "Bool": Operator(_bool, "be", variables=True),
    "BinaryEquals": Operator(_ordered(_bytes, operator.eq), "be"),
}
"""Every operator but Null, which looks only at whether a key is there."""
