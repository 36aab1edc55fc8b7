"""What a role's permissions ask of the session tags that EKS Pod Identity sends.

Source: the Amazon EKS User Guide, "Grant Pods access to AWS resources based on tags": there are six, and they are transitive,
so that a role which these sessions assume needs sts:TagSession as well.
"""

import re
from collections.abc import Iterator

from function.clouds.aws.iam.policy import PolicyDocument
from function.clouds.aws.iam.values import covers
from function.clouds.aws.permissions.reader import RolePermissions

_PRINCIPAL_TAG = re.compile(
    r"aws:PrincipalTag/(eks-cluster-(?:arn|name)|kubernetes-(?:namespace|service-account|pod-name|pod-uid))", re.IGNORECASE
)
_ASSUME, _TAG = "sts:assumerole", "sts:tagsession"


def tags_asked_for(permissions: RolePermissions) -> tuple[str, ...]:
    """The session tags of pods that the policies name, sorted."""
    return tuple(sorted({tag.lower() for policy in _policies(permissions) for tag in _PRINCIPAL_TAG.findall(policy.json)}))


def assumes_without_tagging(permissions: RolePermissions) -> bool:
    """Whether a policy allows sts:AssumeRole, and none sts:TagSession. Policies that others made are not known."""
    allowed = [
        action.lower()
        for policy in _policies(permissions)
        for statement in policy.statements
        if statement.effect == "Allow"
        for action in statement.action
    ]
    may_tag = bool(permissions.arns) or any(covers(each, _TAG) for each in allowed)
    return not may_tag and any(covers(each, _ASSUME) for each in allowed)


def _policies(permissions: RolePermissions) -> Iterator[PolicyDocument]:
    yield from (policy.document for policy in permissions.inline)
    yield from (policy.document for policy in permissions.composed)
