"""Conditions that can never be meant where EKS assumes a role for a pod, and what to write instead."""

from collections.abc import Iterator

from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.pods import SESSION_TAGS
from function.errors import FieldError, Path


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
