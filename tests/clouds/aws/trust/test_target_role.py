"""Target roles, composed and of a source role of somebody else's: by our own evaluator here, by others in tests/oracle."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from function.clouds.aws.trust.requests import Pod, admits_all, chained_requests
from tests.oracle.attempts import external_id, of_first_role, of_target_role, roles, session, tags_of
from tests.support.profile import seeds
from tests.support.random_specs import listed_pods, random_chain_spec, random_source_role_spec
from tests.support.xrs import ACCOUNT, changed, composed

KINDS = (random_chain_spec, random_source_role_spec)
TARGET_ACCOUNT = "340605141517"
TARGET = {"accountId": TARGET_ACCOUNT, "name": "reports", "providerConfigRef": {"name": "customer"}}

Spec = Callable[[Random], dict[str, Any]]


@pytest.mark.parametrize("seed", seeds(60))
@pytest.mark.parametrize("kind", KINDS)
def test_admits_the_listed_pods_and_no_other(kind: Spec, seed: int) -> None:
    rng = Random(seed)
    spec = kind(rng)
    found = roles(spec)
    asked = []
    if found.first:
        asked += [(found.first.trust, attempt) for attempt in of_first_role(spec, found.first, rng, 8)]
    if found.target:
        asked += [(found.target.trust, attempt) for attempt in of_target_role(spec, found, rng, 8)]
    for trust, attempt in asked:
        decision = admits_all(trust, list(attempt.requests))
        assert decision.allowed == attempt.wanted, (attempt.name, decision.reasons)


@pytest.mark.parametrize("seed", seeds(20))
@pytest.mark.parametrize("kind", KINDS)
def test_the_requests_of_a_source_role_are_those_of_the_guides(kind: Spec, seed: int) -> None:
    """What the evaluator is asked is written twice, so that one mistake cannot hide in policy and request alike."""
    spec = kind(Random(seed))
    source = roles(spec).source_arn
    for one in listed_pods(spec):
        assert tuple(chained_requests(Pod(*one), source)) == session(source, tags_of(one))
        untagged = tuple(chained_requests(Pod(*one, session_tags=False), source))
        assert untagged == session(source, {"sts:ExternalId": external_id(one)})
        wrong = tuple(chained_requests(Pod(*one, session_tags=False), source, external="other"))
        assert wrong == session(source, {"sts:ExternalId": "other"})


@pytest.mark.parametrize("seed", seeds(30))
def test_each_listed_pod_has_an_association_with_both_roles_and_no_other_pod_has(seed: int) -> None:
    """A trust policy admits whom EKS asks for: it asks by association, for these two roles."""
    spec = random_chain_spec(Random(seed))
    found = roles(spec)
    made = [r.object()["spec"]["forProvider"] for r in composed(spec).resources if r.name.startswith("association-")]
    assert {(a["roleArn"], a["targetRoleArn"], a["disableSessionTags"]) for a in made} == {
        (found.source_arn, found.target_arn, spec["aws"]["disableSessionTags"])
    }
    pods = {(a["clusterName"], a["region"], a["namespace"], a["serviceAccount"]) for a in made}
    assert pods == {(arn.split("/")[1], arn.split(":")[3], *account) for arn, *account in listed_pods(spec)}
    assert len(made) == len(pods)


def test_the_users_conditions_are_for_the_first_role_alone() -> None:
    """aws:SourceArn and the like are absent on the second hop: there they would deny every pod."""
    found = roles(
        changed(
            (("aws", "targetRole"), TARGET),
            (("aws", "trust", "conditions"), {"Bool": {"aws:SecureTransport": True}}),
            (("aws", "trust", "sourceAccount"), True),
            (("aws", "trust", "sourceOrganization"), True),
        )
    )
    assert found.first
    assert found.target
    assert all("Bool" in statement["Condition"] for statement in found.first.trust["Statement"])
    assert all(set(statement["Condition"]) == {"ArnEquals", "StringEquals"} for statement in found.target.trust["Statement"])
    keys = {key for statement in found.target.trust["Statement"] for key in statement["Condition"]["StringEquals"]}
    assert all(key.startswith("aws:RequestTag/") for key in keys)


def test_external_ids_name_the_cluster_as_eks_does() -> None:
    """By the cluster's name in EKS, not by the handle of spec.clusters."""
    found = roles(
        changed(
            (("clusters", 0, "eks", "clusterName"), "Prod_Frankfurt"),
            (("serviceAccounts",), [{"name": "api", "clusters": ["prod"]}]),
            (("aws", "targetRole"), TARGET),
            (("aws", "disableSessionTags"), True),
            (("aws", "trust", "pin"), "None"),
        )
    )
    assert found.target
    assume, tag = found.target.trust["Statement"]
    assert assume["Condition"]["StringEquals"] == {"sts:ExternalId": f"eu-central-1/{ACCOUNT}/Prod_Frankfurt/data/api"}
    assert tag["Action"] == "sts:TagSession"
    assert "Condition" not in tag


def test_the_grant_of_an_existing_target_to_the_letter() -> None:
    arn = f"arn:aws:iam::{TARGET_ACCOUNT}:role/team/reports"
    found = roles(changed((("aws", "targetRole"), {"arn": arn})))
    assert found.first
    assert found.first.inline["assume-target-role"] == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": arn}],
    }
