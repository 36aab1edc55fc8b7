"""The target role, which EKS assumes with the credentials of the first role: its trust, and what the first role needs for it.

Source: the Amazon EKS User Guide, "Access AWS resources using EKS Pod Identity target IAM roles".
"""

from collections.abc import Iterable

from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement
from function.clouds.aws.trust.pod_identity import ACTIONS
from function.clouds.aws.trust.policy import PINNED_TAGS, ListStatement, PodTags, Principals, Tagged
from function.spec.arn import Arn

GRANT = "assume-target-role"
"""The name of the inline policy that lets the first role assume the target."""


def external_id(cluster_arn: Arn, namespace: str, service_account: str) -> str:
    """What EKS sends as sts:ExternalId where it sends no session tags: known before the association is made."""
    return "/".join((cluster_arn.region, cluster_arn.account, cluster_arn.name, namespace, service_account))


def trust_with_tags(source_arn: Arn, subjects: tuple[PodTags, ...], pin: str) -> Tagged:
    """The first role as the caller, with the session tags of these subjects, which it hands on."""
    return Tagged(_account_of(source_arn), ACTIONS, subjects, PINNED_TAGS[pin], _only(source_arn))


def trust_by_external_id(source_arn: Arn, subjects: Iterable[tuple[Arn, str, str]]) -> tuple[ListStatement, Statement]:
    """The first role as the caller, without session tags. What is tagged is the session, so TagSession stands by itself."""
    identifiers = tuple(sorted({external_id(*facts) for facts in subjects}))
    principal = _account_of(source_arn)
    listed = ListStatement(principal, (ACTIONS[0],), "StringEquals", "sts:ExternalId", identifiers, _only(source_arn))
    return listed, Statement(principal=principal, action=(ACTIONS[1],))


def grant(target_arn: Arn) -> PolicyDocument:
    """The policy that the first role needs."""
    return PolicyDocument((Statement(action=ACTIONS, resource=(target_arn,)),))


def _account_of(source_arn: Arn) -> Principals:
    # IAM stores a role principal by the role's unique id: the role must exist first, and a recreated role does not match. The
    # account as principal, with a condition on the role's ARN, avoids both.
    return {"AWS": (f"arn:{source_arn.aws_partition}:iam::{source_arn.account}:root",)} if source_arn.aws_partition else {}


def _only(source_arn: Arn) -> Conditions:
    return {"ArnEquals": {"aws:PrincipalArn": (source_arn,)}}
