"""Roles that pods get by their tokens (IRSA), alone and beside EKS Pod Identity: by our own evaluator here, by others in tests/oracle."""

from random import Random
from typing import Any

import pytest

from function.clouds.aws.trust.requests import Token, admits_all, requests, token_requests
from tests.oracle.attempts import issuer_name, of_first_role, provider_arn, roles, service, token
from tests.support.profile import seeds
from tests.support.random_specs import listed_pods, listed_tokens, pod, random_token_spec
from tests.support.xrs import ACCOUNT, changed

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"
NAME = "oidc.eks.eu-central-1.amazonaws.com/id/ABC"


@pytest.mark.parametrize("seed", seeds(80))
def test_admits_the_listed_pods_and_no_other(seed: int) -> None:
    rng = Random(seed)
    spec = random_token_spec(rng)
    role = roles(spec).first
    assert role
    for attempt in of_first_role(spec, role, rng, 8):
        decision = admits_all(role.trust, list(attempt.requests))
        assert decision.allowed == attempt.wanted, (attempt.name, decision.reasons)


@pytest.mark.parametrize("seed", seeds(20))
def test_the_requests_of_a_pod_are_those_of_the_guides(seed: int) -> None:
    """What the evaluator is asked is written twice, so that one mistake cannot hide in policy and request alike."""
    spec = random_token_spec(Random(seed))
    role = roles(spec).first
    assert role
    partition = role.arn.split(":")[1]
    for issuer, audience, namespace, account in listed_tokens(spec):
        provider, subject = provider_arn(issuer, role.account, partition), f"system:serviceaccount:{namespace}:{account}"
        made = token_requests(Token(issuer, namespace, account, audience), partition, role.account)
        assert tuple(made) == token(provider, issuer_name(issuer), subject, audience)
    for one in listed_pods(spec):
        assert tuple(requests(pod(one, {"aws": {"disableSessionTags": False}}))) == service(one)


def _policy(*changes: Any) -> list[Any]:
    spec = changed(
        (("clusters",), [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT, "oidcIssuer": ISSUER}}]),
        (("serviceAccounts",), [{"name": "api"}, {"name": "worker", "namespace": "web"}]),
        (("aws", "credentials"), ["IRSA"]),
        *changes,
    )
    role = roles(spec).first
    assert role
    statements: list[Any] = role.trust["Statement"]
    return statements


def test_subjects_are_listed_under_the_issuers_name() -> None:
    assert _policy() == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{NAME}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{NAME}:aud": "sts.amazonaws.com",
                    f"{NAME}:sub": ["system:serviceaccount:data:api", "system:serviceaccount:web:worker"],
                }
            },
        }
    ]


def test_pin_namespace_moves_the_subject_alone() -> None:
    """The audience must not become a pattern with it."""
    (statement,) = _policy((("aws", "trust", "pin"), "Namespace"))
    assert statement["Condition"] == {
        "StringEquals": {f"{NAME}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{NAME}:sub": ["system:serviceaccount:data:*", "system:serviceaccount:web:*"]},
    }


def test_the_migration_has_both_callers_and_each_its_own_conditions() -> None:
    """aws:SourceAccount and aws:SourceOrgId are absent with a token: there they would deny every pod."""
    by_eks, by_token = _policy(
        (("aws", "credentials"), ["PodIdentity", "IRSA"]),
        (("serviceAccounts",), [{"name": "api"}]),
        (("aws", "trust"), {"sourceAccount": True, "sourceOrganization": True}),
    )
    assert by_eks["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert {"aws:SourceAccount", "aws:SourceOrgId"} < set(by_eks["Condition"]["StringEquals"])
    assert by_token["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(by_token["Condition"]["StringEquals"]) == {f"{NAME}:aud", f"{NAME}:sub"}
