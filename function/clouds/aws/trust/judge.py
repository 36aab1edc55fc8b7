"""Which listed pods a trust policy does not admit, and why: one that is rendered, or that of an existing role as AWS has it.

Only certain results are reported. A condition on a value that is unknown here (the caller's address, the time, its
organization) counts as met; a Deny with such a condition is ignored.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from function.clouds.aws.iam.evaluate import Request, evaluate
from function.clouds.aws.iam.policy import PolicyDocument
from function.clouds.aws.trust.condition_keys import UNKNOWN
from function.clouds.aws.trust.policy import PINNED_TAGS
from function.clouds.aws.trust.requests import Chained, Pod, Token, chained_requests, requests, token_requests

_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)")
_ANY = "any-other"
_OF_ONE_POD = ("aws:requesttag/kubernetes-pod-name", "aws:requesttag/kubernetes-pod-uid")
_NOT_COVERED = "is not covered"
_MOST_WILDCARDS = 100_000
"""Of a policy, for each who is asked about: with more, judging would take seconds."""
# A role's session, which assumes a target role, has these as well.
_OF_SESSIONS = (
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:sourceidentity",
    "aws:tokenissuetime",
    "aws:userid",
)

Who = Pod | Token | Chained


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One who is not admitted."""

    index: int
    """Among those who were asked about."""
    reason: str
    """What a statement denies, or why none allows it."""
    denied_by: int | None
    """The index of the statement that denies; None where none allows."""

    @property
    def words(self) -> str:
        """The reason, with the statement that it is about."""
        return self.reason if self.denied_by is None else f"statement {self.denied_by} {self.reason}"


@lru_cache(maxsize=256)
def left_out(text: str, who: tuple[Who, ...], partition: str, account: str, pin: str) -> tuple[LeftOut, ...] | None:
    """Those whom a policy does not admit; None where the policy is none that can be judged.

    With a pin that is wider than the service account, somebody else of its namespace or cluster has to be admitted, too.
    """
    if text.count("*") * len(who) > _MOST_WILDCARDS:
        return None
    try:
        document = _certain(json.loads(text), by_session=any(isinstance(one, Chained) for one in who))
        return tuple(
            LeftOut(index, *refusal)
            for index, one in enumerate(who)
            if (refusal := next(_refusals(document, one, partition, account, pin), None))
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def depends_on(document: PolicyDocument) -> list[str]:
    """The condition keys of a policy whose values nobody knows before a pod asks."""
    keys = (key for each in document.statements for operator in each.condition.values() for key in operator)
    return sorted({key for key in keys if _unknown(key, by_session=False)})


def _refusals(
    document: Mapping[str, Any], one: Who, partition: str, account: str, pin: str
) -> Iterator[tuple[str, int | None]]:
    for each in _with_others(one, pin):
        for request in _asked(each, partition, account):
            decision = evaluate(document, request)
            if not decision.allowed:
                yield _reason(request, decision.reasons, decision.statement), decision.statement


def _reason(request: Request, reasons: Sequence[str], denied_by: int | None) -> str:
    """Of all statements the one that comes nearest."""
    if denied_by is not None:
        service = '; AWS services are left out of it by Bool aws:PrincipalIsAWSService: "false"'
        return f"denies {request.action} to {request.principal.name}{service if request.principal.kind == 'Service' else ''}"
    near = [reason for reason in reasons if not reason.endswith(_NOT_COVERED)]
    if not near:
        return f"no statement allows {request.action} to {request.principal.name}"
    return f"{request.action}, {min(near, key=lambda reason: reason.count('; '))}"


def _asked(one: Who, partition: str, account: str) -> list[Request]:
    if isinstance(one, Chained):
        return chained_requests(one.pod, one.source_arn, account=account)
    return requests(one) if isinstance(one, Pod) else token_requests(one, partition, account)


def _with_others(one: Who, pin: str) -> Iterable[Who]:
    """Who is listed, and somebody whom a wider pin is to admit."""
    known = PINNED_TAGS[pin]
    if known == len(PINNED_TAGS) - 1:
        return (one,)
    if isinstance(one, Token):
        namespace = one.namespace if known == PINNED_TAGS["Namespace"] else _ANY
        return (one, replace(one, namespace=namespace, service_account=_ANY))
    pod = one.pod if isinstance(one, Chained) else one
    namespace = pod.namespace if known == PINNED_TAGS["Namespace"] else _ANY
    other = Pod(pod.cluster_arn, namespace, _ANY, session_tags=pod.session_tags)
    return (one, Chained(other, one.source_arn) if isinstance(one, Chained) else other)


def _certain(document: Mapping[str, Any], *, by_session: bool) -> dict[str, Any]:
    """The policy without what is unknown. Statements keep their places: one that is ignored asks for what never comes."""
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    return {**document, "Statement": [_without_unknown(each, by_session=by_session) for each in statements]}


def _without_unknown(statement: Mapping[str, Any], *, by_session: bool) -> dict[str, Any]:
    condition = statement.get("Condition") or {}
    known = {
        operator: {key: values for key, values in keys.items() if not _open(key, values, by_session=by_session)}
        for operator, keys in condition.items()
    }
    if statement.get("Effect") == "Deny" and known != condition:
        return {**statement, "Condition": {"Bool": {"aws:Never": "true"}}}
    return {**statement, "Condition": {operator: keys for operator, keys in known.items() if keys}}


def _open(key: str, values: object, *, by_session: bool) -> bool:
    """Whether a condition is on a value that is unknown here, or compares with one."""
    texts = values if isinstance(values, list) else [values]
    named = (name for text in texts if isinstance(text, str) for name in _VARIABLE.findall(text))
    return any(_unknown(each, by_session=by_session) for each in (key, *named))


def _unknown(key: str, *, by_session: bool) -> bool:
    name = key.lower()
    if by_session and (name in _OF_SESSIONS or name.startswith("aws:principaltag/")):
        return True
    return name in UNKNOWN or name in _OF_ONE_POD or name.startswith("aws:resourcetag/")
