"""Which listed pods the observed trust policy of an existing role does not admit.

Only certain results are reported. A condition on a value that is unknown here (the caller's address, the time, its
organization) counts as met; a Deny with such a condition is ignored.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from function.clouds.aws.trust.condition_keys import UNKNOWN
from function.clouds.aws.trust.policy import PINNED_TAGS
from function.clouds.aws.trust.requests import Pod, Token, admits_all, requests, token_requests

_ANY = "any-other"
_OF_ONE_POD = ("aws:requesttag/kubernetes-pod-name", "aws:requesttag/kubernetes-pod-uid")


@lru_cache(maxsize=256)
def left_out(text: str, who: tuple[Pod | Token, ...], partition: str, account: str, pin: str) -> tuple[int, ...] | None:
    """The indices of those whom a policy does not admit; None where the policy is none that can be judged.

    With a pin that is wider than the service account, somebody else of its namespace or cluster has to be admitted, too.
    """
    try:
        document = _certain(json.loads(text))
        return tuple(
            index
            for index, one in enumerate(who)
            if not all(admits_all(document, _asked(each, partition, account)).allowed for each in _with_others(one, pin))
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _asked(one: Pod | Token, partition: str, account: str) -> list[Any]:
    return requests(one) if isinstance(one, Pod) else token_requests(one, partition, account)


def _with_others(one: Pod | Token, pin: str) -> Iterable[Pod | Token]:
    """Who is listed, and somebody whom a wider pin is to admit."""
    known = PINNED_TAGS[pin]
    if known == len(PINNED_TAGS) - 1:
        return (one,)
    namespace = one.namespace if known == PINNED_TAGS["Namespace"] else _ANY
    if isinstance(one, Pod):
        return (one, Pod(one.cluster_arn, namespace, _ANY, session_tags=one.session_tags))
    return (one, Token(one.issuer, namespace, _ANY, one.audience))


def _certain(document: Mapping[str, Any]) -> dict[str, Any]:
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    kept = [_without_unknown(statement) for statement in statements]
    return {**document, "Statement": [statement for statement in kept if statement is not None]}


def _without_unknown(statement: Mapping[str, Any]) -> dict[str, Any] | None:
    condition = statement.get("Condition") or {}
    known = {operator: {k: v for k, v in keys.items() if not _unknown(k)} for operator, keys in condition.items()}
    if statement.get("Effect") == "Deny" and known != condition:
        return None
    return {**statement, "Condition": {operator: keys for operator, keys in known.items() if keys}}


def _unknown(key: str) -> bool:
    return key.lower() in (*UNKNOWN, *_OF_ONE_POD) or key.lower().startswith("aws:resourcetag/")
