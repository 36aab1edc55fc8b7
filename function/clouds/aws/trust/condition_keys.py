"""Conditions that can never hold where a role is assumed for a pod, and what to write instead.

A key that the caller never sends makes a condition deny every pod, so only keys that the caller or IAM supplies are let
through. Source: EKS User Guide on session tags; IAM User Guide, "AWS global condition context keys" and "Available keys for AWS
OIDC federation"; "Creating VPC endpoint policies for AWS STS".
"""

from collections.abc import Iterable, Iterator

from function.clouds.aws.iam.condition_reader import operator_of
from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.trust.pod_identity import SESSION_TAGS
from function.errors import FieldError, Path, listed, quoted

_SENT_BY_ALL = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:sourceip",
        "aws:useragent",
        "sts:durationseconds",
        "sts:rolesessionname",
    }
)
_SENT_BY_PODS = _SENT_BY_ALL | frozenset(
    {
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    }
)
"""Pods call STS themselves with their tokens, through an interface endpoint of their VPC where there is one."""
_SENT_BY_EKS = _SENT_BY_ALL | frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:viaawsservice",
    }
)
UNKNOWN = (_SENT_BY_PODS | _SENT_BY_EKS) - {
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:resourceaccount",
    "aws:sourceaccount",
    "aws:sourcearn",
}
"""Keys that are sent with values which cannot be known beforehand, in lower case."""
_TAG_LISTS = frozenset({"aws:tagkeys", "sts:transitivetagkeys"})
_CLAIMS = ("aud", "sub")
_NEVER = "never present when pods.eks.amazonaws.com assumes the role"
_NEVER_FOR_PODS = "never present when a pod assumes the role with a web identity token (IRSA)"


def check_for_tokens(conditions: Conditions, at: Path, issuers: Iterable[str]) -> Iterator[FieldError]:
    """Errors of conditions whose callers are pods with tokens of one of the issuers, under the issuers' names in IAM."""
    claims = [{f"{issuer}:{claim}".lower() for claim in _CLAIMS} for issuer in issuers]
    by_all = _SENT_BY_PODS.union(*claims[:1]).intersection(*(_SENT_BY_PODS | each for each in claims))
    for operator, keys in conditions.items() if claims else ():
        for key in keys:
            sent = key.lower() in by_all or key.lower().startswith("aws:resourcetag/")
            if not sent:
                yield FieldError((*at, operator, key), _NEVER_FOR_PODS)


def check_for_eks(conditions: Conditions, at: Path, *, session_tags: bool) -> Iterator[FieldError]:
    """Errors of conditions whose caller is pods.eks.amazonaws.com."""
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
    elif key not in _SENT_BY_EKS and not key.startswith("aws:resourcetag/"):
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
