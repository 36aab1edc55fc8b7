"""`spec.forProvider` of the managed resources that are composed: only the fields that are set, by the CRDs' names.

TypedDicts, so that the type checker knows the fields and nothing is paid at run time. Source: the CRDs of provider-upjet-aws
v2.7.0, against which every rendered object is checked.
"""

from typing import NotRequired, TypedDict


class InlinePolicyField(TypedDict, total=False):
    """An entry of a Role's inlinePolicy; the empty one says that there is none, and takes away what there was."""

    name: str
    policy: str


class ExclusiveFields(TypedDict):
    """What an iam Role says of its permissions, which it then owns alone."""

    inlinePolicy: NotRequired[list[InlinePolicyField]]
    managedPolicyArns: NotRequired[list[str]]


class Role(ExclusiveFields):
    """iam Role."""

    assumeRolePolicy: str
    description: str
    maxSessionDuration: int
    path: str
    permissionsBoundary: str
    tags: NotRequired[dict[str, str]]


class Policy(TypedDict):
    """iam Policy."""

    description: str
    path: str
    policy: str
    tags: NotRequired[dict[str, str]]


class RolePolicy(TypedDict):
    """iam RolePolicy: one inline policy of a role."""

    policy: str
    role: str


class RolePolicyAttachment(TypedDict):
    """iam RolePolicyAttachment."""

    policyArn: str
    role: str


class PodIdentityAssociation(TypedDict):
    """eks PodIdentityAssociation, without the namespace and service account in which its siblings differ."""

    clusterName: str
    disableSessionTags: bool
    region: str
    roleArn: str
    targetRoleArn: NotRequired[str]
    tags: NotRequired[dict[str, str]]
