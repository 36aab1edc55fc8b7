"""Conditions that can never hold where EKS assumes a role for a pod, and what to write instead.

A key that the caller never sends makes a condition deny every pod, so only keys that EKS or IAM supplies are let through.
Source: EKS User Guide on session tags; IAM User Guide, "AWS global condition context keys".
"""

from collections.abc import Iterator

from function.clouds.aws.iam.condition_reader import operator_of
from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.pods import SESSION_TAGS
from function.errors import FieldError, Path, listed, quoted

_SENT = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:useragent",
        "aws:viaawsservice",
        "sts:durationseconds",
        "sts:rolesessionname",
    }
)
_TAG_LISTS = frozenset({"aws:tagkeys", "sts:transitivetagkeys"})
_NEVER = "never present when pods.eks.amazonaws.com assumes the role"


def first_hop_faults(conditions: Conditions, at: Path, *, session_tags: bool) -> Iterator[FieldError]:
    """Faults of conditions whose caller is pods.eks.amazonaws.com."""
    for operator, keys in conditions.items():
        for key, values in keys.items():
            messages = (*_by_key(key, values, session_tags=session_tags), *_by_operator(operator, key, values))
            yield from (FieldError((*at, operator, key), message) for message in messages)


def _by_key(written: str, values: tuple[str, ...], *, session_tags: bool) -> Iterator[str]:
    key = written.lower()
    if key.startswith("aws:requesttag/"):
        yield from _request_tag(key.partition("/")[2], session_tags=session_tags)
    elif key in _TAG_LISTS:
        yield from () if session_tags else ("no session tag arrives with disableSessionTags, so this would deny every pod",)
    elif key.startswith("eks:"):
        instead = "use aws:RequestTag/kubernetes-namespace and its like"
        yield f"{quoted(written)[1:-1]} is not a condition key of this call; {instead}"
    elif key in ("aws:principalorgid", "aws:principalorgpaths"):
        yield f"{_NEVER}; use trust.sourceOrganization or aws:SourceOrgPaths"
    elif key == "aws:sourcearn" and any(":podidentity" in value for value in values):
        yield "aws:SourceArn for pods.eks.amazonaws.com is the cluster ARN, not the association's"
    elif key not in _SENT and not key.startswith("aws:resourcetag/"):
        yield _NEVER


def _request_tag(tag: str, *, session_tags: bool) -> Iterator[str]:
    if not session_tags:
        yield "no session tag arrives with disableSessionTags, so this would deny every pod"
    elif tag not in SESSION_TAGS:
        yield f"EKS sends no such session tag; it sends {listed(SESSION_TAGS)}"


def _by_operator(operator: str, key: str, values: tuple[str, ...]) -> Iterator[str]:
    known = operator_of(operator)
    if known is None:
        return
    prefix, name, _ = known
    if name == "Null" and key.lower().startswith("aws:requesttag/") and "true" in values:
        yield "EKS always sends it, so this would deny every pod"
    if key.lower() in _TAG_LISTS and not prefix and name != "Null":
        yield "holds several values: write ForAllValues: or ForAnyValue: before the operator"
