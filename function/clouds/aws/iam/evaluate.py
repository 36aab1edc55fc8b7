"""Whether a role's trust policy admits a request, and if not, why.

Source: the AWS IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Principal". A request is
allowed when a statement allows it and none denies it. Only the trust policy is judged: a caller let in by its account
(`root`, or the account's number) still needs a policy of its own, and service or resource control policies can deny
what is allowed here.

A document that IAM would refuse (an unknown condition operator, a Resource, neither Action nor NotAction) is a
ValueError, in Deny statements as in Allow statements: no decision about it can be right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from function.clouds.aws.iam.conditions import Context, KeyCondition, explain, holds, key_conditions
from function.clouds.aws.iam.values import covers

PrincipalKind = Literal["AWS", "Service", "Federated"]

_VERSION_WITH_VARIABLES = "2012-10-17"
_FORBIDDEN = ("Resource", "NotResource")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, in the terms of a Principal element.

    The name is a service (`pods.eks.amazonaws.com`), the ARN of an identity provider, or the ARN of a role, a role's
    session, a user or an account's root.
    """

    kind: PrincipalKind
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """One call to be judged. Values of condition keys are strings, or tuples where a key holds several."""

    action: str
    principal: Principal
    context: Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed, which statement decided it, and what each statement says of it."""

    allowed: bool
    statement: int | None  # None when no statement matches
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    body: Mapping[str, Any]
    denies: bool
    conditions: Sequence[KeyCondition]


def evaluate(document: Mapping[str, Any], request: Request) -> Decision:
    """Judge a request by a trust policy."""
    variables = document.get("Version") == _VERSION_WITH_VARIABLES
    statements = [_read(index, body) for index, body in enumerate(_listed(document.get("Statement")))]
    context = Context(request.context)
    mismatches = [_mismatch(statement, request, context, variables=variables) for statement in statements]
    matched = [index for index, mismatch in enumerate(mismatches) if not mismatch]
    denying = [index for index in matched if statements[index].denies]
    return Decision(
        allowed=bool(matched) and not denying,
        statement=next(iter([*denying, *matched]), None),
        reasons=tuple(
            f"statement {index}: {mismatch or ('denies' if statement.denies else 'allows')}"
            for index, (statement, mismatch) in enumerate(zip(statements, mismatches, strict=True))
        ),
    )


def _read(index: int, body: Mapping[str, Any]) -> _Statement:
    try:
        _check(body)
        conditions = key_conditions(body.get("Condition", {}))
    except ValueError as error:
        message = f"statement {index}: {error}"
        raise ValueError(message) from error
    return _Statement(body, body["Effect"] == "Deny", conditions)


def _check(body: Mapping[str, Any]) -> None:
    problem = next(_problems(body), None)
    if problem:
        raise ValueError(problem)


def _problems(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("Effect") not in {"Allow", "Deny"}:
        yield f"Effect is {body.get('Effect')!r}, must be Allow or Deny"
    for one, other in (("Action", "NotAction"), ("Principal", "NotPrincipal")):
        if (one in body) == (other in body):
            yield f"needs either {one} or {other}"
    principal = _principal_element(body)
    if principal != "*" and not isinstance(principal, Mapping):
        yield f'Principal is {principal!r}, must be "*" or an object'
    for name in _FORBIDDEN:
        if name in body:
            yield f"a trust policy has no {name}"


def _mismatch(statement: _Statement, request: Request, context: Context, *, variables: bool) -> str:
    """Say why a statement does not match a request; empty when it does."""
    if not _covers_action(statement.body, request.action):
        return f"action {request.action} is not covered"
    if not _covers_principal(statement.body, request.principal):
        return f"principal {request.principal.name} is not covered"
    failed = [condition for condition in statement.conditions if not holds(condition, context, variables=variables)]
    return "; ".join(explain(condition, context) for condition in failed)


def _covers_action(body: Mapping[str, Any], action: str) -> bool:
    wanted = _listed(body.get("Action", body.get("NotAction")))
    named = any(covers(pattern, action) for pattern in wanted)
    return named == ("Action" in body)


def _covers_principal(body: Mapping[str, Any], principal: Principal) -> bool:
    return _names(_principal_element(body), principal) == ("Principal" in body)


def _principal_element(body: Mapping[str, Any]) -> Any:
    return body.get("Principal", body.get("NotPrincipal"))


def _names(element: Any, principal: Principal) -> bool:
    """Say whether a Principal element names the caller. `{"AWS": "*"}` is the same as `"*"`: it names services too."""
    if element == "*" or "*" in _listed(element.get("AWS")):
        return True
    named = _listed(element.get(principal.kind))
    if principal.kind != "AWS":
        return principal.name in named
    return any(_is_or_holds(name, principal.name) for name in named)


def _is_or_holds(name: str, caller: str) -> bool:
    """Say whether an AWS principal of a policy is the caller, the role whose session it is, or its account."""
    if name == caller:
        return True
    _, partition, service, _, account, resource = _arn(caller)
    if name in {account, f"arn:{partition}:iam::{account}:root"}:
        return True
    role = _arn(name)
    if service != "sts" or role[1:5] != [partition, "iam", "", account]:
        return False
    # A session's ARN leaves out the path of its role.
    kind, _, session = resource.partition("/")
    return kind == "assumed-role" and _role_name(role[5]) == session.partition("/")[0]


def _role_name(resource: str) -> str | None:
    return resource.rpartition("/")[2] if resource.startswith("role/") else None


def _arn(text: str) -> list[str]:
    parts = text.split(":", 5)
    return parts if len(parts) == 6 and parts[0] == "arn" else [""] * 6


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
