"""The requests that EKS Pod Identity makes to assume a role for a pod, and whether a trust policy admits them.

Source: the Amazon EKS User Guide, "Grant Pods access to AWS resources based on tags" (the session tags), and the AWS
IAM User Guide, "AWS global condition context keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.iam.evaluate import Decision, Principal, Request, evaluate
from function.clouds.aws.pods import ACTIONS, SERVICE


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod whose role is to be assumed. Its name and uid matter only to a policy that pins a single pod."""

    cluster_arn: str
    namespace: str
    service_account: str
    session_tags: bool = True
    org: str | None = None  # the organization of the cluster's account, where it is in one
    name: str = "pod"
    uid: str = "00000000-0000-0000-0000-000000000000"

    @property
    def account(self) -> str:
        """The cluster's account, which has to be the role's too."""
        return self.cluster_arn.split(":")[4]


def requests(pod: Pod) -> list[Request]:
    """Give the requests of which EKS needs every one allowed, even TagSession when no session tags are sent."""
    context = _context(pod)
    return [Request(action, Principal("Service", SERVICE), context) for action in ACTIONS]


def admits_pod(document: Mapping[str, Any], pod: Pod) -> Decision:
    """Judge whether EKS could assume the role for the pod.

    The statement is the one that decides the first action refused or, when both are allowed, that allows AssumeRole.
    """
    decisions = {request.action: evaluate(document, request) for request in requests(pod)}
    decisive = next((decision for decision in decisions.values() if not decision.allowed), decisions[ACTIONS[0]])
    return Decision(
        allowed=decisive.allowed,
        statement=decisive.statement,
        reasons=tuple(f"{action}: {reason}" for action, decision in decisions.items() for reason in decision.reasons),
    )


def _context(pod: Pod) -> dict[str, str | tuple[str, ...]]:
    context: dict[str, str | tuple[str, ...]] = {
        "aws:SourceArn": pod.cluster_arn,
        "aws:SourceAccount": pod.account,
        "aws:ResourceAccount": pod.account,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": SERVICE,
    }
    if pod.org:
        context |= {"aws:SourceOrgId": pod.org, "aws:ResourceOrgId": pod.org}
    if pod.session_tags:
        tags = _session_tags(pod)
        context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        context |= {"aws:TagKeys": tuple(tags), "sts:TransitiveTagKeys": tuple(tags)}
    return context


def _session_tags(pod: Pod) -> dict[str, str]:
    return {
        "eks-cluster-arn": pod.cluster_arn,
        "eks-cluster-name": pod.cluster_arn.rpartition("/")[2],
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.service_account,
        "kubernetes-pod-name": pod.name,
        "kubernetes-pod-uid": pod.uid,
    }
