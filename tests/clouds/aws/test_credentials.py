"""Which credentials each cluster has, and what service accounts are annotated with."""

import json
from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition, of_kind, status
from tests.support.xrs import ACCOUNT, ISSUER, answered, changed, everything_provided, mixed

ROLE_ARN = "eks.amazonaws.com/role-arn"


def principals(answer: Any) -> list[dict[str, str]]:
    (role,) = of_kind(answer, "Role")
    return [s["Principal"] for s in json.loads(role["spec"]["forProvider"]["assumeRolePolicy"])["Statement"]]


@pytest.mark.parametrize(
    ("credentials", "wanted"),
    [
        (None, ["Service", "oidc.example.com/edge"]),
        (["IRSA"], [ISSUER[8:], "oidc.example.com/edge"]),
        (["PodIdentity", "IRSA"], ["Service", ISSUER[8:], "oidc.example.com/edge"]),
    ],
)
def test_each_cluster_takes_the_credentials_that_it_supports(credentials: list[str] | None, wanted: list[str]) -> None:
    answer = answered(mixed() if credentials is None else changed((("aws", "credentials"), credentials), base=mixed()))
    found = [p["Federated"].partition("oidc-provider/")[2] if "Federated" in p else "Service" for p in principals(answer)]
    assert found == wanted
    assert len(of_kind(answer, "PodIdentityAssociation")) == (credentials != ["IRSA"])


def test_annotations_hold_what_is_not_the_default() -> None:
    written = changed((("aws", "irsa"), {"tokenExpirationSeconds": 3600}), (("aws", "credentials"), ["IRSA"]), base=mixed())
    entries = status(answered(written))["serviceAccounts"]
    arn = f"arn:aws:iam::{ACCOUNT}:role/data-reports-9ac6bf6d19d802b9"
    assert entries[0]["annotations"] == {ROLE_ARN: arn, "eks.amazonaws.com/token-expiration": "3600"}
    assert entries[1]["annotations"] == entries[0]["annotations"] | {"eks.amazonaws.com/audience": "pods"}


def test_with_irsa_alone_it_is_said_what_is_left_to_do() -> None:
    written = changed((("aws", "credentials"), ["IRSA"]), base=mixed())
    answer = answered(written, observed=everything_provided(written))
    assert condition(answer, "AssociationsReady") == (
        "True",
        "NotManaged",
        "IRSA needs no associations; the service accounts have to carry the annotations in status.serviceAccounts",
    )
