"""Whether a role's trust policy admits a request, and if not, why.

Source: the AWS IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Principal". A request is
allowed when a statement allows it and none denies it. Only the trust policy is judged: a caller let in by its account
(`root`, or the account's number) still needs a policy of its own, and service or resource control policies can deny
what is allowed here.

A document that IAM would refuse (an unknown condition operator, a Resource, neither Action nor NotAction) is a
ValueError, in Deny statements as in Allow statements: no decision about it can be right.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from function.clouds.aws.iam.conditions import Context, Contexts, read_conditions
from function.clouds.aws.iam.values import covers
from function.steps import Steps

PrincipalKind = Literal["AWS", "Service", "Federated"]

_VERSION_WITH_VARIABLES = "2012-10-17"
_FORBIDDEN = ("Resource", "NotResource")
_PER_CALL = 4
"""The steps of a statement for each kind of call."""


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
    context: Context


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed, which statement decided it, and what each statement says of it."""

    allowed: bool
    statement: int | None  # None when no statement matches
    reasons: tuple[str, ...]


class TrustPolicy:
    """A trust policy that is read once, to judge many requests."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        variables = document.get("Version") == _VERSION_WITH_VARIABLES
        listed = _listed(document.get("Statement"))
        self._statements = [_Statement(index, body, variables=variables) for index, body in enumerate(listed)]

    def decide(self, request: Request) -> Decision:
        """Judge a request, and say what each statement says of it."""
        contexts = Contexts([request.context])
        mismatches = [statement.mismatch(request, contexts) for statement in self._statements]
        matched = [index for index, mismatch in enumerate(mismatches) if not mismatch]
        denying = [index for index in matched if self._statements[index].denies]
        return Decision(
            allowed=bool(matched) and not denying,
            statement=next(iter([*denying, *matched]), None),
            reasons=tuple(
                f"statement {index}: {mismatch or ('denies' if statement.denies else 'allows')}"
                for index, (statement, mismatch) in enumerate(zip(self._statements, mismatches, strict=True))
            ),
        )

    def refused(self, asked: "Asked", among: int, steps: Steps) -> int:
        """Of some of the requests, those that are not allowed. StepsSpent tells that it takes more steps."""
        allowed = denied = 0
        for statement in self._statements:
            matched = statement.matched(asked, among, steps)
            allowed, denied = (allowed, denied | matched) if statement.denies else (allowed | matched, denied)
        return among & ~(allowed & ~denied)


class Asked:
    """Requests that are judged together. Some of them are a mask, in which each is the bit of its index."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.contexts = Contexts([request.context for request in requests])
        self.calls: dict[tuple[str, Principal], int] = {}
        """Which of them ask for what, and by whom."""
        for index, request in enumerate(requests):
            call = request.action, request.principal
            self.calls[call] = self.calls.get(call, 0) | 1 << index


def evaluate(document: Mapping[str, Any], request: Request) -> Decision:
    """Judge a request by a trust policy."""
    return TrustPolicy(document).decide(request)


class _Statement:
    """One statement, read."""

    def __init__(self, index: int, body: Mapping[str, Any], *, variables: bool) -> None:
        try:
            _check(body)
            self._conditions = read_conditions(body.get("Condition", {}), variables=variables)
        except ValueError as error:
            message = f"statement {index}: {error}"
            raise ValueError(message) from error
        self._body = body
        self._actions: dict[str, bool] = {}
        self._principals: dict[Principal, bool] = {}
        self.denies = body["Effect"] == "Deny"

    def mismatch(self, request: Request, contexts: Contexts) -> str:
        """Say why it does not match the one request of these contexts; empty when it does."""
        if not self._covers_action(request.action):
            return f"action {request.action} is not covered"
        if not self._covers_principal(request.principal):
            return f"principal {request.principal.name} is not covered"
        steps = Steps(sys.maxsize)
        for condition in self._conditions:
            condition.check(contexts, contexts.all, steps)
        failed = [condition for condition in self._conditions if not condition.met(contexts, contexts.all, steps)]
        return "; ".join(condition.explain(contexts.values(0, condition.key)) for condition in failed)

    def matched(self, asked: Asked, among: int, steps: Steps) -> int:
        """Which of some of the requests it matches."""
        steps.spend(_PER_CALL * len(asked.calls))
        covered = among & sum(
            requests
            for (action, principal), requests in asked.calls.items()
            if self._covers_action(action) and self._covers_principal(principal)
        )
        matched = covered
        for condition in self._conditions if covered else ():
            condition.check(asked.contexts, covered, steps)
            matched = condition.met(asked.contexts, matched, steps)
        return matched

    def _covers_action(self, action: str) -> bool:
        if action not in self._actions:
            self._actions[action] = _covers_action(self._body, action)
        return self._actions[action]

    def _covers_principal(self, principal: Principal) -> bool:
        if principal not in self._principals:
            self._principals[principal] = _covers_principal(self._body, principal)
        return self._principals[principal]


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
