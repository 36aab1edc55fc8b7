"""IAM roles for service accounts (IRSA): trust in the tokens of a cluster's OIDC issuer, and what the service accounts carry.

Source: the Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts"; amazon-eks-pod-identity-webhook's README.
"""

from collections.abc import Iterable

from function.clouds.aws.trust.policy import ListStatement
from function.spec.arn import Arn
from function.spec.issuer import DEFAULT_AUDIENCE, Issuer

ACTION = "sts:AssumeRoleWithWebIdentity"

_ANNOTATION = "eks.amazonaws.com/"
_A_DAY = 86400
"""For how long the webhook asks for tokens where nothing is said, in seconds."""


def trust_in_tokens(
    partition: str, account: str, issuer: Issuer, audience: str, names: Iterable[tuple[str, str]], pin: str
) -> ListStatement:
    """The issuer's tokens for these names (namespace, service account), or with pin Namespace for all of their namespaces.

    The OIDC provider that IAM needs is in the role's account.
    """
    name = issuer.name
    provider = Arn.of_oidc_provider(partition, account, name)
    audiences = {"StringEquals": {f"{name}:aud": (audience,)}}
    if pin == "Namespace":
        operator, subjects = "StringLike", {f"system:serviceaccount:{namespace}:*" for namespace, _ in names}
    else:
        operator, subjects = "StringEquals", {f"system:serviceaccount:{namespace}:{name}" for namespace, name in names}
    return ListStatement({"Federated": (provider,)}, (ACTION,), operator, f"{name}:sub", tuple(sorted(subjects)), audiences)


def annotations(role_arn: str, audience: str, expiration: int | None) -> dict[str, str]:
    """What a service account has to carry, for the webhook that gives its pods their tokens."""
    found = {f"{_ANNOTATION}role-arn": role_arn}
    if audience != DEFAULT_AUDIENCE:
        found[f"{_ANNOTATION}audience"] = audience
    if expiration not in (None, _A_DAY):
        found[f"{_ANNOTATION}token-expiration"] = str(expiration)
    return found
