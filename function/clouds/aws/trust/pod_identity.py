"""EKS Pod Identity: who calls, what is called, the session tags that tell the pods apart, and the trust in that.

Source: the Amazon EKS User Guide, "Configure a Kubernetes service account to assume an IAM role with EKS Pod Identity" and
"Grant Pods access to AWS resources based on tags".
"""

from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.trust.policy import PINNED_TAGS, PodTags, Tagged

SERVICE = "pods.eks.amazonaws.com"
"""The service that assumes roles for pods, under this name in every partition that has it."""

ACTIONS = ("sts:AssumeRole", "sts:TagSession")
"""EKS refuses an association with a role whose trust policy lacks either, also where session tags are disabled."""

SESSION_TAGS = (
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
)
"""The session tags that EKS sends; no others can be added."""


def has_endpoint(partition: str) -> bool:
    """Whether EKS Pod Identity is known to have an endpoint there: botocore lists none in the isolated partitions."""
    return not partition.startswith("aws-iso")


def trust_in_eks(
    subjects: tuple[PodTags, ...],
    account: str,
    pin: str,
    *,
    session_tags: bool = True,
    source_account: bool = False,
    source_organization: bool = False,
) -> Tagged:
    """EKS as the caller, for the pods of these subjects; `account` is their clusters'.

    Without session tags only the cluster can be told, by aws:SourceArn.
    """
    by_source = pin == "Cluster" and not session_tags
    equals: dict[str, tuple[str, ...]] = {}
    if source_account or by_source:
        equals["aws:SourceAccount"] = (account,)
    if source_organization:
        equals["aws:SourceOrgId"] = ("${aws:ResourceOrgId}",)
    clusters = tuple(sorted({facts[0] for facts in subjects}))
    condition: Conditions = {"StringEquals": equals, "ArnEquals": {"aws:SourceArn": clusters} if by_source else {}}
    return Tagged(
        principal={"Service": (SERVICE,)},
        actions=ACTIONS,
        subjects=subjects,
        pins=PINNED_TAGS[pin] if session_tags else 0,
        condition={operator: keys for operator, keys in condition.items() if keys},
    )
