"""Statements of the user's that trust tokens, and say whose."""

from typing import Any

import pytest

from tests.support.xrs import ACCOUNT, changed, composed

GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9"


def trusting(provider: str, condition: dict[str, Any]) -> str | None:
    """What is wrong with trusting a provider's tokens on a condition."""
    federated = provider if provider in ("www.amazon.com", "graph.facebook.com", "accounts.google.com") else None
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": federated or arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return composed(changed((("aws", "trust"), {"statements": [statement]}))).fatal


@pytest.mark.parametrize(
    ("provider", "condition"),
    [
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:owner/name:*"}}),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:owner/*"}}),
        (GITHUB, {"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:owner/name:*"}}),
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:owner/name:ref:refs/heads/main", f"{GITHUB}:aud": "x"}}),
        ("app.terraform.io", {"StringLike": {"app.terraform.io:sub": "organization:mine:*"}}),
        ("oidc.vercel.com", {"StringEquals": {"oidc.vercel.com:aud": "https://vercel.com/mine"}}),
        ("login.example.com", {"StringEquals": {"login.example.com:aud": "my-app"}}),
        ("login.example.com", {"StringLike": {"login.example.com:sub": "team-*"}}),
        (EKS, {"StringEquals": {f"{EKS}:sub": "system:serviceaccount:data:api"}}),
        ("www.amazon.com", {"StringEquals": {"www.amazon.com:user_id": "x"}}),
        ("www.amazon.com", {"StringEquals": {"www.amazon.com:app_id": "x"}}),
        ("graph.facebook.com", {"StringEquals": {"graph.facebook.com:id": "x"}}),
        ("accounts.google.com", {"StringEquals": {"accounts.google.com:oaud": "x"}}),
        ("accounts.google.com", {"StringEquals": {"accounts.google.com:sub": "x"}}),
    ],
)
def test_whoever_says_whose_tokens_is_not_refused(provider: str, condition: dict[str, Any]) -> None:
    assert trusting(provider, condition) is None


@pytest.mark.parametrize("value", ["*", "?*", "repo:*", "repo:/*", "repo*", "*:*", "*/name:*"])
def test_a_label_alone_leaves_nobody_out(value: str) -> None:
    """Of GitHub's subjects `repo:` begins every one."""
    assert f"needs a condition on {GITHUB}:sub" in str(trusting(GITHUB, {"StringLike": {f"{GITHUB}:sub": value}}))


@pytest.mark.parametrize(
    "issuer",
    [
        EKS,
        "container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/c",
        "westeurope.oic.prod-aks.azure.com/11111111-1111-1111-1111-111111111111/22222222-2222-2222-2222-222222222222",
    ],
)
def test_an_audience_alone_admits_every_pod_of_a_cluster(issuer: str) -> None:
    assert f"needs a condition on {issuer}:sub" in str(
        trusting(issuer, {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"}})
    )
