"""IAM policy documents as values, in IAM's own terms."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator -> condition key -> values, nested as IAM nests them, so that two conditions never overwrite each other."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Where a pair such as action and not_action stands, one of the two is empty."""

    effect: Literal["Allow", "Deny"] = "Allow"
    sid: str | None = None
    principal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_principal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    action: tuple[str, ...] = ()
    not_action: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    not_resource: tuple[str, ...] = ()
    condition: Conditions = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The statement under IAM's names, a list of one as the bare value."""
        parts: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": {kind: bare(values) for kind, values in self.principal.items()},
            "NotPrincipal": {kind: bare(values) for kind, values in self.not_principal.items()},
            "Action": bare(self.action),
            "NotAction": bare(self.not_action),
            "Resource": bare(self.resource),
            "NotResource": bare(self.not_resource),
            "Condition": {
                operator: {key: bare(values) for key, values in keys.items()} for operator, keys in self.condition.items()
            },
        }
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True)
class PolicyDocument:
    """A policy: what an inline policy holds, and what says who may assume a role."""

    statements: tuple[Statement, ...]
    version: str = "2012-10-17"
    id: str | None = None
    too_complex: bool = False
    """Whether it was too complex to judge whom it admits."""

    def document(self) -> dict[str, Any]:
        """The policy under IAM's names."""
        named = {"Id": self.id} if self.id else {}
        return {"Version": self.version, **named, "Statement": [statement.document() for statement in self.statements]}

    @cached_property
    def json(self) -> str:
        """The policy as IAM takes it: the same text for the same policy in every process."""
        return compact(self.document())

    @property
    def length(self) -> int:
        """The characters of the policy as IAM counts them."""
        return characters(self.json)


# json.dumps would build one of these at every call.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_NOT_LATIN_1 = re.compile("[^\x00-\xff]")


def compact(value: object) -> str:
    """JSON without white space, keys sorted: field order of a protobuf Struct differs between processes."""
    text = _ENCODER.encode(value)
    # IAM's documents hold characters up to U+00FF; beyond those JSON has escapes.
    return text if text.isascii() else _NOT_LATIN_1.sub(lambda found: json.dumps(found[0])[1:-1], text)


def characters(text: str) -> int:
    """The length of a policy as IAM counts it, white space left out."""
    return len("".join(text.split()))


def bare(values: tuple[str, ...]) -> str | list[str]:
    """One value alone, several as a list: IAM reads both, and the quota is two characters happier."""
    return values[0] if len(values) == 1 else list(values)


def merged(parts: Iterable[Conditions]) -> Conditions:
    """All conditions together; operators meet, keys of one operator must not (the caller has refused that)."""
    together: dict[str, dict[str, tuple[str, ...]]] = {}
    for part in parts:
        for operator, keys in part.items():
            together.setdefault(operator, {}).update(keys)
    return together
