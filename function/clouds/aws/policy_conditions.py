"""Read and judge the Condition blocks that users write."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from function.clouds.aws.pods import SESSION_TAGS
from function.clouds.aws.policy import Conditions
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


def first_hop_faults(conditions: Conditions, at: Path, *, session_tags: bool) -> Iterator[FieldError]:
    """Conditions that can never be meant where the caller is pods.eks.amazonaws.com, and what to write instead."""
    for operator, keys in conditions.items():
        for key, values in keys.items():
            faults = _first_hop(key, values, session_tags=session_tags)
            yield from (FieldError((*at, operator, key), message) for message in faults)


def _first_hop(written: str, values: tuple[str, ...], *, session_tags: bool) -> Iterator[str]:
    key = written.lower()
    if key.startswith("aws:requesttag/"):
        yield from _request_tag(key.partition("/")[2], session_tags=session_tags)
    elif key.startswith("eks:"):
        yield f"{written} is not a condition key of this call; use aws:RequestTag/kubernetes-namespace and its like"
    elif key.startswith("aws:principaltag/") or key in ("aws:principalarn", "sts:externalid"):
        yield "never present when pods.eks.amazonaws.com assumes the role"
    elif key in ("aws:principalorgid", "aws:principalorgpaths"):
        yield "never present when pods.eks.amazonaws.com assumes the role; use trust.sourceOrganization or aws:SourceOrgPaths"
    elif key == "aws:sourcearn" and any(":podidentityassociation/" in value for value in values):
        yield "aws:SourceArn for pods.eks.amazonaws.com is the cluster ARN, not the association's"


def _request_tag(tag: str, *, session_tags: bool) -> Iterator[str]:
    if not session_tags:
        yield "no session tag arrives with disableSessionTags, so this would deny every pod"
    elif tag not in SESSION_TAGS:
        yield f"EKS sends no such session tag; it sends {', '.join(SESSION_TAGS)}"
