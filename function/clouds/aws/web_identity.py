"""IAM roles for service accounts (IRSA): trust in the tokens of a cluster's OIDC issuer, and what the service accounts carry.

Source: the Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts"; amazon-eks-pod-identity-webhook's README.
"""

from collections.abc import Iterable

from function.clouds.aws.trust import Listed
from function.clusters import DEFAULT_AUDIENCE

ACTION = "sts:AssumeRoleWithWebIdentity"

_SCHEME, _PORT = "https://", ":443"
_ANNOTATION = "eks.amazonaws.com/"
_A_DAY = 86400
"""For how long the webhook asks for tokens where nothing is said, in seconds."""


def issuer_name(issuer: str) -> str:
    """What IAM calls an issuer, in ARNs and condition keys: its URL without scheme and default port."""
    host, slash, path = issuer.removeprefix(_SCHEME).partition("/")
    return f"{host.removesuffix(_PORT)}{slash}{path}"


def provider_arn(partition: str, account: str, issuer: str) -> str:
    """The ARN of an issuer's OIDC provider in an account, which has to be the role's."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer_name(issuer)}"


def trust_in_tokens(provider: str, issuer: str, audience: str, accounts: Iterable[tuple[str, str]], pin: str) -> Listed:
    """The issuer's tokens for these (namespace, service account), or with pin Namespace for all of their namespaces."""
    name = issuer_name(issuer)
    audiences = {"StringEquals": {f"{name}:aud": (audience,)}}
    if pin == "Namespace":
        operator, subjects = "StringLike", {f"system:serviceaccount:{namespace}:*" for namespace, _ in accounts}
    else:
        operator, subjects = "StringEquals", {f"system:serviceaccount:{namespace}:{account}" for namespace, account in accounts}
    return Listed({"Federated": (provider,)}, (ACTION,), operator, f"{name}:sub", tuple(sorted(subjects)), audiences)


def annotations(role_arn: str, audience: str, expiration: int | None) -> dict[str, str]:
    """What a service account has to carry, for the webhook that gives its pods their tokens."""
    found = {f"{_ANNOTATION}role-arn": role_arn}
    if audience != DEFAULT_AUDIENCE:
        found[f"{_ANNOTATION}audience"] = audience
    if expiration not in (None, _A_DAY):
        found[f"{_ANNOTATION}token-expiration"] = str(expiration)
    return found
