"""Which listed pods a trust policy does not admit, and why: one that is rendered, or that of an existing role as AWS has it.

Only certain results are reported. A condition on a value that is unknown here (the caller's address, the time, its
organization) counts as met; a Deny with such a condition is ignored.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from function.cache import Cache
from function.clouds.aws.iam.evaluate import Asked, Request, TrustPolicy
from function.clouds.aws.iam.policy import PolicyDocument
from function.clouds.aws.trust.condition_keys import UNKNOWN
from function.clouds.aws.trust.policy import PINNED_TAGS
from function.clouds.aws.trust.requests import Chained, Pod, Token, chained_requests, requests, token_requests
from function.clouds.aws.trust.set_cover import positions
from function.steps import Steps, StepsSpent

_VARIABLE = re.compile(r"\$\{\s*([^},\s]+)")
_ANY = "any-other"
_OF_ONE_POD = ("aws:requesttag/kubernetes-pod-name", "aws:requesttag/kubernetes-pod-uid")
_NOT_COVERED = "is not covered"
_STEPS = 1_000_000
"""How much one policy may take to be judged: about a quarter of a second."""
_LONGEST = 65_536
"""The characters of the longest policy that is read. IAM has no longer ones than 8,192, but does not count white space."""
_ROOM = 4 << 20
_BYTES_OF_ONE = 320
"""What one who is asked about takes in the cache, beside the names."""
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


class Unjudged(Enum):
    """Why there is no judgement."""

    UNREADABLE = "it is no policy that IAM has"
    TOO_COMPLEX = "it is too complex to judge"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Those who are not admitted; it is false where all are."""

    indices: tuple[int, ...] = ()
    """Among those who were asked about."""
    reason: str = ""
    """Of the first of them: what a statement denies, or why none allows it."""
    denied_by: int | None = None
    """The index of the statement that denies it; None where none allows."""

    def __bool__(self) -> bool:
        """Whether anybody is left out."""
        return bool(self.indices)

    @property
    def words(self) -> str:
        """The reason, with the statement that it is about."""
        return self.reason if self.denied_by is None else f"statement {self.denied_by} {self.reason}"


_Asked = tuple[str, tuple[Who, ...], str, str, str]


def _weight(asked: _Asked, judged: LeftOut | Unjudged) -> int:
    text, who, *_ = asked
    found = 8 * len(judged.indices) + 2 * len(judged.reason) if isinstance(judged, LeftOut) else 0
    pods = (each.pod if isinstance(each, Chained) else each for each in who)
    names = sum(len(each.namespace) + len(each.service_account) for each in pods)
    return 2 * len(text) + _BYTES_OF_ONE * (1 + len(who)) + names + found


_JUDGED: Cache[_Asked, LeftOut | Unjudged] = Cache(_ROOM, _weight)


def left_out(text: str, who: tuple[Who, ...], partition: str, account: str, pin: str) -> LeftOut | Unjudged:
    """Those whom a policy does not admit.

    With a pin that is wider than the service account, somebody else of its namespace or cluster has to be admitted, too.
    """
    return _JUDGED.once((text, who, partition, account, pin), lambda: _judge(text, who, partition, account, pin))


def _judge(text: str, who: tuple[Who, ...], partition: str, account: str, pin: str) -> LeftOut | Unjudged:
    if len(text) > _LONGEST:
        return Unjudged.TOO_COMPLEX
    try:
        policy = TrustPolicy(_certain(json.loads(text), by_session=any(isinstance(one, Chained) for one in who)))
        requests = _requests(who, partition, account, pin)
        refused = _refused(policy, requests)
        if not refused:
            return LeftOut()
        first = requests[min(refused)][refused[min(refused)]]
        decision = policy.decide(first)
        return LeftOut(tuple(sorted(refused)), _reason(first, decision.reasons, decision.statement), decision.statement)
    except StepsSpent:
        return Unjudged.TOO_COMPLEX
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Unjudged.UNREADABLE


def _requests(who: Sequence[Who], partition: str, account: str, pin: str) -> list[list[Request]]:
    """For each of those who are asked about, the requests of which every one has to be allowed."""
    known: dict[Who, list[Request]] = {}
    for one in who:
        for each in _with_others(one, pin):
            if each not in known:
                known[each] = _asked(each, partition, account)
    return [[request for each in _with_others(one, pin) for request in known[each]] for one in who]


def _refused(policy: TrustPolicy, requests: Sequence[Sequence[Request]]) -> dict[int, int]:
    """The index of the first request that is refused, by the index of who makes it.

    The first requests of all are looked at, then the second ones of those who are left, and so on.
    """
    steps = Steps(_STEPS)
    order = sorted((turn, whose) for whose, own in enumerate(requests) for turn in range(len(own)))
    asked = Asked([requests[whose][turn] for turn, whose in order])
    refused: dict[int, int] = {}
    for turn in range(order[-1][0] + 1 if order else 0):
        among = sum(1 << bit for bit, (at, whose) in enumerate(order) if at == turn and whose not in refused)
        for bit in positions(policy.refused(asked, among, steps)):
            refused[order[bit][1]] = turn
    return refused


def depends_on(document: PolicyDocument) -> list[str]:
    """The condition keys of a policy whose values nobody knows before a pod asks."""
    keys = (key for each in document.statements for operator in each.condition.values() for key in operator)
    return sorted({key for key in keys if _unknown(key, by_session=False)})


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
