"""The requests that are made to assume a role for a pod, and whether a trust policy admits them.

Source: the Amazon EKS User Guide, "Grant Pods access to AWS resources based on tags" (the session tags) and "Access AWS
resources using EKS Pod Identity target IAM roles", and the AWS IAM User Guide, "AWS global condition context keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.iam.evaluate import Decision, Principal, Request, TrustPolicy
from function.clouds.aws.trust.irsa import ACTION
from function.clouds.aws.trust.pod_identity import ACTIONS, SERVICE
from function.clouds.aws.trust.target_role import external_id
from function.spec.arn import Arn
from function.spec.issuer import Issuer


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
        return Arn(self.cluster_arn).account


@dataclass(frozen=True, slots=True)
class Chained:
    """A pod for which EKS assumes a target role, as a session of the role before it."""

    pod: Pod
    source_arn: str


def requests(pod: Pod) -> list[Request]:
    """The requests that EKS makes. All must be allowed: TagSession too, even if no session tags are sent."""
    context = _context(pod)
    return [Request(action, Principal("Service", SERVICE), context) for action in ACTIONS]


@dataclass(frozen=True, slots=True)
class Token:
    """A service account's token, with which its pods assume a role themselves (IRSA)."""

    issuer: str
    """The issuer's URL."""
    namespace: str
    service_account: str
    audience: str = "sts.amazonaws.com"


def token_requests(token: Token, partition: str, account: str) -> list[Request]:
    """The request of a pod with the token, for a role in this account."""
    issuer = Issuer(token.issuer).name
    context = {
        "aws:ResourceAccount": account,
        f"{issuer}:aud": token.audience,
        f"{issuer}:sub": f"system:serviceaccount:{token.namespace}:{token.service_account}",
    }
    return [Request(ACTION, Principal("Federated", Arn.of_oidc_provider(partition, account, issuer)), context)]


def chained_requests(pod: Pod, source_arn: str, *, external: str | None = None, account: str = "") -> list[Request]:
    """What EKS asks of a target role, as a session of the first role: session tags are handed on, or an external id is sent.

    `external` is the id where it is another than the pod's own; `account` the target role's, where it is known.
    """
    source, name = Arn(source_arn), source_arn.rpartition("/")[2]
    principal = Principal("AWS", f"arn:{source.aws_partition}:sts::{source.account}:assumed-role/{name}/eks-session")
    context: dict[str, str | tuple[str, ...]] = {
        "aws:PrincipalArn": source_arn,
        "aws:PrincipalAccount": source.account,
        "aws:PrincipalIsAWSService": "false",
        **({"aws:ResourceAccount": account} if account else {}),
    }
    if not pod.session_tags:
        identifier = external or external_id(Arn(pod.cluster_arn), pod.namespace, pod.service_account)
        return [Request(ACTIONS[0], principal, context | {"sts:ExternalId": identifier})]
    return [Request(action, principal, context | _tag_keys(pod)) for action in ACTIONS]


def admits_pod(document: Mapping[str, Any], pod: Pod) -> Decision:
    """Judge whether EKS could assume the role for the pod."""
    return admits_all(document, requests(pod))


def admits_all(document: Mapping[str, Any], wanted: list[Request]) -> Decision:
    """Judge requests of which every one has to be allowed.

    The statement is the one that decides the first action refused or, when all are allowed, that allows the first.
    """
    policy = TrustPolicy(document)
    decisions = {request.action: policy.decide(request) for request in wanted}
    decisive = next((decision for decision in decisions.values() if not decision.allowed), decisions[wanted[0].action])
    return Decision(
        allowed=decisive.allowed,
        statement=decisive.statement,
        reasons=tuple(f"{action}: {reason}" for action, decision in decisions.items() for reason in decision.reasons),
    )


def _context(pod: Pod) -> dict[str, str | tuple[str, ...]]:
    account = pod.account
    context: dict[str, str | tuple[str, ...]] = {
        "aws:SourceArn": pod.cluster_arn,
        "aws:SourceAccount": account,
        "aws:ResourceAccount": account,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": SERVICE,
    }
    if pod.org:
        context |= {"aws:SourceOrgId": pod.org, "aws:ResourceOrgId": pod.org}
    return context | (_tag_keys(pod) if pod.session_tags else {})


def _tag_keys(pod: Pod) -> dict[str, str | tuple[str, ...]]:
    tags = _session_tags(pod)
    context: dict[str, str | tuple[str, ...]] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return context | {"aws:TagKeys": tuple(tags), "sts:TransitiveTagKeys": tuple(tags)}


def _session_tags(pod: Pod) -> dict[str, str]:
    return {
        "eks-cluster-arn": pod.cluster_arn,
        "eks-cluster-name": pod.cluster_arn.rpartition("/")[2],
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.service_account,
        "kubernetes-pod-name": pod.name,
        "kubernetes-pod-uid": pod.uid,
    }
