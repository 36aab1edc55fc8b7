"""Random trust policies and requests, of values so few that policies and requests often meet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from function.clouds.aws.iam.evaluate import Principal, Request
from function.clouds.aws.trust.pod_identity import SERVICE

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/blue"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"

ACTIONS = ("sts:AssumeRole", "sts:TagSession")
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"

CALLERS = (
    *([Principal("Service", SERVICE)] * 6),
    Principal("Service", "ec2.amazonaws.com"),
    Principal("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/source/session"),
    Principal("AWS", f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/source/session"),
    Principal("AWS", f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/source"),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:user/person"),
    Principal("Federated", PROVIDER),
)

PRINCIPALS: tuple[Any, ...] = (
    *([{"Service": SERVICE}] * 8),
    {"Service": [SERVICE, "ec2.amazonaws.com"]},
    {"Service": "ec2.amazonaws.com"},
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/source", f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/source"]},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"},
    {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/source/session"},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:user/person", "Service": SERVICE},
    {"Federated": PROVIDER},
    {"Federated": "cognito-identity.amazonaws.com"},
)

POLICY_ACTIONS: tuple[Any, ...] = (
    *([["sts:AssumeRole", "sts:TagSession"]] * 6),
    "sts:AssumeRole",
    ["sts:TagSession"],
    "sts:*",
    "*",
    "STS:assume*",
    "sts:?agSession",
    WEB_IDENTITY,
)

STRINGS = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
LIKES = ("StringLike", "StringNotLike")
ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key: what requests say, and which operators and values policies test it with."""

    name: str
    said: tuple[str | tuple[str, ...], ...]
    operators: tuple[str, ...]
    wanted: tuple[str, ...]
    several: bool = False  # whether it needs a set operator


def _ordered(family: str) -> tuple[str, ...]:
    return tuple(f"{family}{relation}" for relation in ORDERED)


_NAMES = ("payments", "Payments", "orders", "team-a", "pay*")
_NAME_PATTERNS = ("payments", "PAYMENTS", "orders", "pay*", "*", "team-?", "t*-a", "", "${*}", "pay${*}", "p?y*s")
_TAG_KEYS = ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-pod-name")

KEYS = (
    *(
        Key(
            f"aws:RequestTag/{tag}",
            _NAMES,
            STRINGS + LIKES,
            (*_NAME_PATTERNS, "${aws:RequestTag/kubernetes-namespace}", "${aws:PrincipalTag/team, 'orders'}"),
        )
        for tag in ("kubernetes-namespace", "kubernetes-service-account", "Eks-Cluster-Name")
    ),
    Key(
        "aws:SourceArn",
        (CLUSTER, f"arn:aws:eks:us-east-1:{OTHER_ACCOUNT}:cluster/blue", "arn:aws:s3:::bucket/a:b:c"),
        ARNS + LIKES + STRINGS,
        (
            CLUSTER,
            f"arn:aws:eks:*:{ACCOUNT}:cluster/*",
            "arn:aws:eks:*:*:cluster/b?ue",
            "arn:aws:eks:*",
            "arn:*:cluster/blue",
            "arn:aws:s3:::bucket/*:c",
            "arn:aws:eks:eu-west-1:${aws:SourceAccount}:cluster/blue",
            "*",
            "blue",
        ),
    ),
    Key("aws:SourceAccount", (ACCOUNT, OTHER_ACCOUNT), STRINGS + LIKES, (ACCOUNT, OTHER_ACCOUNT, "1111*")),
    Key("aws:SourceOrgId", ("o-one", "o-two"), STRINGS, ("o-one", "${aws:ResourceOrgId}")),
    Key("aws:ResourceOrgId", ("o-one",), STRINGS, ("o-one", "${AWS:sourceorgid}")),
    Key(
        "aws:TagKeys",
        (_TAG_KEYS, _TAG_KEYS[:1], (*_TAG_KEYS, "extra"), ("Kubernetes-Namespace",)),
        STRINGS + LIKES,
        (*_TAG_KEYS, "kubernetes-*", "*", "extra"),
        several=True,
    ),
    Key("aws:SecureTransport", ("true", "false"), ("Bool",), ("true", "false", "True")),
    Key("aws:SourceIp", ("203.0.113.7", "198.51.100.1", "2001:db8::1"), ("IpAddress", "NotIpAddress"), (
        "203.0.113.0/24", "198.51.100.1", "0.0.0.0/0", "2001:db8::/32",
    )),
    Key("aws:MultiFactorAuthAge", ("5", "10", "3600"), _ordered("Numeric"), ("5", "10", "10.0", "600")),
    Key("aws:CurrentTime", ("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"), _ordered("Date"), (
        "2026-01-01T00:00:00Z", "2026-03-01", "2026-06-01T12:00:00Z", "2026-06-01T14:00:00+02:00", "1767225600",
    )),
)  # fmt: skip

WEB_KEYS = (
    Key(
        f"{ISSUER}:sub",
        ("system:serviceaccount:payments:api", "system:serviceaccount:payments:web"),
        STRINGS + LIKES,
        ("system:serviceaccount:payments:api", "system:serviceaccount:payments:*", "system:serviceaccount:*:web"),
    ),
    Key(f"{ISSUER}:aud", ("sts.amazonaws.com",), STRINGS, ("sts.amazonaws.com", "other")),
)


def policy(random: Random, request: Request) -> dict[str, Any]:
    statements = random.choice((1, 1, 2, 3))
    return {"Version": "2012-10-17", "Statement": [_statement(random, request) for _ in range(statements)]}


def _statement(random: Random, request: Request) -> dict[str, Any]:
    effect = "Deny" if random.random() < 0.2 else "Allow"
    names = "NotPrincipal" if effect == "Deny" and random.random() < 0.05 else "Principal"
    keys = _keys(request.principal)
    return {
        "Effect": effect,
        names: random.choice(_principals(request.principal)),
        "NotAction" if random.random() < 0.05 else "Action": random.choice(POLICY_ACTIONS),
        "Condition": _condition(random, random.sample(keys, min(len(keys), random.choice((0, 1, 1, 2, 3)))), request),
    }


def _principals(caller: Principal) -> Sequence[Any]:
    # iam-simulate takes a web identity for a principal of the account that its provider's ARN names. The guide counts
    # an account's users, roles and sessions among its principals, not those whom a provider vouches for.
    return [principal for principal in PRINCIPALS if caller.kind != "Federated" or principal != {"AWS": ACCOUNT}]


def _condition(random: Random, keys: Sequence[Key], request: Request) -> dict[str, dict[str, Any]]:
    condition: dict[str, dict[str, Any]] = {}
    for key in keys:
        name = key.name.upper() if random.random() < 0.1 else key.name
        operator = "Null" if random.random() < 0.1 else _operator(random, key)
        condition.setdefault(operator, {})[name] = _wanted(random, operator, key, request)
    return condition


def _operator(random: Random, key: Key) -> str:
    operator = random.choice(key.operators) + ("IfExists" if random.random() < 0.2 else "")
    if not key.several:
        return operator
    # The guide: a condition of an operator with IfExists is true when the key is absent. iam-simulate holds that one
    # with ForAnyValue: is false nevertheless.
    qualifiers = ("ForAllValues:",) if operator.endswith("IfExists") else ("ForAllValues:", "ForAnyValue:")
    return random.choice(qualifiers) + operator


def _wanted(random: Random, operator: str, key: Key, request: Request) -> str | list[str]:
    if operator == "Null":
        return random.choice(("true", "false"))
    values = [value for value in key.wanted if not any(misjudged(operator, value, request) for misjudged in MISJUDGED)]
    if random.random() < 0.5:
        return random.choice(values)
    return random.sample(values, min(len(values), random.choice((1, 2, 3))))


def _variable_without_value(operator: str, value: str, request: Request) -> bool:
    """Leave out variables without a value: the guide lets negated operators match them, iam-simulate does not."""
    present = {key.lower() for key in request.context}
    variable = re.fullmatch(r".*\$\{(\w+:[^,]+)\}.*", value)
    return "Not" in operator and variable is not None and variable[1].lower() not in present


def _escape_without_wildcards(operator: str, value: str, request: Request) -> bool:
    """Leave out `${*}` in operators without wildcards: the guide makes it a `*`, iam-simulate takes it as written."""
    return "${*}" in value and "Like" not in operator


def _no_arn(operator: str, value: str, request: Request) -> bool:
    """Leave out negated ARN operators with what is no ARN: the guide is silent, iam-simulate lets nothing match."""
    return operator.startswith("ArnNot") and value.count(":") < 5


def _variable_in_arn(operator: str, value: str, request: Request) -> bool:
    """Leave out variables in ARNs: the guide allows them, iam-simulate splits the ARN at the colon in the variable."""
    return operator.startswith("Arn") and "${" in value


def _all_addresses(operator: str, value: str, request: Request) -> bool:
    """Leave out 0.0.0.0/0: a range like any other, in which iam-simulate finds no address."""
    return value == "0.0.0.0/0"


def _address_without_prefix(operator: str, value: str, request: Request) -> bool:
    """Leave out single addresses: an IPv6 address is not an IPv4 address, but iam-simulate does not say so."""
    return operator.startswith("NotIpAddress") and "/" not in value


def _epoch(operator: str, value: str, request: Request) -> bool:
    """Leave out UNIX time: the guide allows it, and it counts seconds; iam-simulate counts milliseconds."""
    return operator.startswith("Date") and value.isdecimal()


MISJUDGED = (
    _variable_without_value,
    _escape_without_wildcards,
    _no_arn,
    _variable_in_arn,
    _all_addresses,
    _address_without_prefix,
    _epoch,
)
"""What we and iam-simulate judge differently, and why: left out of the random policies, and tested without it."""


def request(random: Random) -> Request:
    caller = random.choice(CALLERS)
    action = WEB_IDENTITY if caller.kind == "Federated" else random.choice(ACTIONS)
    return Request(action, caller, _context(random, _keys(caller)))


def _keys(caller: Principal) -> Sequence[Key]:
    return WEB_KEYS if caller.kind == "Federated" else KEYS


def _context(random: Random, keys: Sequence[Key]) -> Mapping[str, str | tuple[str, ...]]:
    return {key.name: random.choice(key.said) for key in keys if random.random() < 0.75}
