"""Trust in EKS Pod Identity, which assumes the role that it associates, with session tags or without."""

from function.clouds.aws.iam.policy import Conditions
from function.clouds.aws.pods import ACTIONS, SERVICE
from function.clouds.aws.trust import PINNED_TAGS, Facts, Tagged


def trust_in_eks(
    subjects: tuple[Facts, ...],
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
