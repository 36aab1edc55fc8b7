"""Target roles, source roles, existing roles: what is composed for them, and what is said of them."""

import json
from typing import Any

import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.observed import plain_struct
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, desired, everything_provided, spec

CUSTOMER = "340605141517"
HOST = f"arn:aws:iam::{ACCOUNT}:role/host"
GIVEN = f"arn:aws:iam::{CUSTOMER}:role/team/given"
MANY = [{"name": f"api-{n}", "clusters": ["prod"], "namespaces": [f"team-{m}" for m in range(16)]} for n in range(64)]
COMPOSED: dict[str, Any] = {"accountId": CUSTOMER, "providerConfigRef": {"name": "customer"}}
GRANT = '{"Statement":[{"Action":["sts:AssumeRole","sts:TagSession"],"Effect":"Allow","Resource":"%s"}],"Version":"2012-10-17"}'


def condition(answer: Any, kind: str) -> tuple[str, str, str]:
    """Status, reason and message of a condition."""
    (found,) = (c for c in answer.conditions if c.type == kind)
    return fnv1.Status.Name(found.status).removeprefix("STATUS_CONDITION_").capitalize(), found.reason, found.message


def status(answer: Any) -> Any:
    """What the function says of the XR."""
    return plain_struct(answer.desired.composite.resource)["status"]


def of_kind(answer: Any, kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in desired(answer).values() if manifest["kind"] == kind]


@pytest.mark.parametrize("kind", FLAVOURS)
def test_each_role_is_composed_in_its_account_by_its_provider_config(kind: str) -> None:
    answer = answered(changed((("aws", "targetRole"), COMPOSED)), kind)
    configs = {
        m["metadata"]["annotations"]["podidentity.dev/derived-name"]: m["spec"]["providerConfigRef"]["name"]
        for m in of_kind(answer, "Role")
    }
    assert configs == {"role data/reports": "default", "target data/reports": "customer"}
    targets = {m["spec"]["forProvider"]["targetRoleArn"] for m in of_kind(answer, "PodIdentityAssociation")}
    (target,) = targets
    assert target.startswith(f"arn:aws:iam::{CUSTOMER}:role/data-reports-target-")
    role = next(
        m
        for m in of_kind(answer, "Role")
        if m["metadata"]["annotations"]["podidentity.dev/derived-name"] == "role data/reports"
    )
    assert role["spec"]["forProvider"]["inlinePolicy"] == [{"name": "assume-target-role", "policy": GRANT % target}]


def test_a_target_role_that_is_taken_out_makes_the_associations_anew() -> None:
    """EKS keeps the target role of an association that is edited."""
    with_target, without = answered(changed((("aws", "targetRole"), {"arn": GIVEN}))), answered(spec())
    keys = [{k for k in desired(answer) if k.startswith("association-")} for answer in (with_target, without)]
    assert keys[0].isdisjoint(keys[1])


def test_a_target_role_that_is_replaced_keeps_the_associations() -> None:
    first, second = (answered(changed((("aws", "targetRole"), {"arn": arn}))) for arn in (GIVEN, f"{GIVEN}2"))
    assert desired(first).keys() == desired(second).keys()


@pytest.mark.parametrize("kind", FLAVOURS)
def test_the_identity_is_the_target_role_once_both_are_there(kind: str) -> None:
    written = changed((("aws", "targetRole"), COMPOSED))
    there = everything_provided(written, kind)
    seen = status(answered(written, kind, there))
    assert seen["identity"] == seen["aws"]["targetRoleArn"] != seen["aws"]["roleArn"]
    assert "rolloutToken" in seen
    for manifest in there.values():
        if (
            manifest["kind"] == "Role"
            and manifest["metadata"]["annotations"]["podidentity.dev/derived-name"] == "target data/reports"
        ):
            del manifest["status"]
    seen = status(answered(written, kind, there))
    assert "identity" not in seen
    assert "targetRoleArn" not in seen["aws"]
    assert "rolloutToken" not in seen


def test_what_is_ready_says_for_how_long_pods_keep_what_they_have() -> None:
    written = changed((("aws", "targetRole"), COMPOSED))
    answer = answered(written, observed=everything_provided(written))
    assert condition(answer, "AssociationsReady")[2] == (
        "all associations are ready (3); pods that are older have to be restarted, and a change reaches running pods within 59 minutes"
    )
    role, target = (status(answer)["aws"][name].rpartition("/")[2] for name in ("roleArn", "targetRoleArn"))
    assert condition(answer, "RoleReady")[2] == f"role {role} is ready; target role {target} is ready"


def test_a_target_role_of_another_account_than_asked_for() -> None:
    written = changed((("aws", "targetRole"), {**COMPOSED, "name": "t"}))
    there = everything_provided(written)
    for manifest in there.values():
        if manifest["metadata"].get("annotations", {}).get("crossplane.io/external-name") == "t":
            manifest["status"]["atProvider"]["arn"] = f"arn:aws:iam::{ACCOUNT}:role/t"
    state, reason, message = condition(answered(written, observed=there), "RoleReady")
    assert (state, reason) == ("False", "AccountMismatch")
    assert message == (
        f"the role is arn:aws:iam::{ACCOUNT}:role/t, but should be arn:aws:iam::{CUSTOMER}:role/t: the provider config uses the "
        "credentials of another account or partition"
    )


def test_an_existing_target_role_says_what_its_trust_has_to_allow() -> None:
    written = changed((("aws", "targetRole"), {"arn": GIVEN}))
    answer = answered(written, observed=everything_provided(written))
    role = status(answer)["aws"]["roleArn"]
    assert condition(answer, "RoleReady")[2] == (
        f"role {role.rpartition('/')[2]} is ready; the trust policy of {GIVEN} must let {role} do sts:AssumeRole and sts:TagSession "
        "for these pods"
    )
    assert status(answer)["identity"] == GIVEN


def test_the_platforms_half_is_associations_alone_with_the_grant_to_paste() -> None:
    written = changed((("aws", "role"), {"arn": HOST}), (("aws", "targetRole"), {"arn": GIVEN}))
    answer = answered(written)
    assert {manifest["kind"] for manifest in desired(answer).values()} == {"PodIdentityAssociation"}
    message = condition(answer, "RoleReady")[2]
    assert message.endswith(f"{HOST} must be allowed: {GRANT % GIVEN}")


def test_the_developers_half_is_a_role_alone_with_the_grant_to_hand_over() -> None:
    written = changed((("aws", "sourceRoleArn"), HOST), (("aws", "accountId"), CUSTOMER), (("aws", "role", "name"), "mine"))
    answer = answered(written, observed=everything_provided(written))
    assert {manifest["kind"] for manifest in desired(answer).values()} == {"Role"}
    mine = f"arn:aws:iam::{CUSTOMER}:role/mine"
    assert condition(answer, "RoleReady")[2] == f"role mine is ready; {HOST} must be allowed: {GRANT % mine}"
    assert condition(answer, "AssociationsReady") == (
        "True",
        "NotManaged",
        f"{HOST} has another owner, who has to associate it, with {mine} as its target role",
    )
    assert status(answer)["identity"] == mine


def untagged() -> dict[str, Any]:
    return changed(
        (("aws", "disableSessionTags"), True), (("aws", "trust"), {"pin": "None"}), (("aws", "targetRole"), COMPOSED)
    )


def test_without_session_tags_the_target_role_asks_for_the_external_ids() -> None:
    (trust,) = (
        json.loads(m["spec"]["forProvider"]["assumeRolePolicy"])
        for m in of_kind(answered(untagged()), "Role")
        if m["metadata"]["annotations"]["podidentity.dev/derived-name"] == "target data/reports"
    )
    assume, tag = trust["Statement"]
    assert assume["Condition"]["StringEquals"] == {
        "sts:ExternalId": [
            f"eu-central-1/{ACCOUNT}/prod/data/api",
            f"eu-central-1/{ACCOUNT}/prod/data/worker",
            f"eu-central-1/{ACCOUNT}/stage/data/api",
        ]
    }
    assert tag == {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:TagSession"}


def test_another_external_id_than_expected_is_said() -> None:
    there = everything_provided(untagged())
    for manifest in there.values():
        if manifest["kind"] == "PodIdentityAssociation":
            manifest["status"]["atProvider"]["externalId"] = "something/else"
    state, reason, message = condition(answered(untagged(), observed=there), "AssociationsReady")
    assert (state, reason) == ("False", "ExternalIdMismatch")
    assert message.startswith(
        f"EKS sends something/else as sts:ExternalId for api in prod/data, and the target role expects eu-central-1/{ACCOUNT}/prod/data/api"
    )


OBSERVED: Any = (("aws", "role"), {"arn": HOST, "observe": True})


def looked_at(policy: Any) -> Any:
    there = everything_provided(changed(OBSERVED))
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"]["atProvider"]["assumeRolePolicy"] = policy if isinstance(policy, str) else json.dumps(policy)
    return answered(changed(OBSERVED), observed=there)


def trust(**condition: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": statement}


@pytest.mark.parametrize("kind", FLAVOURS)
def test_an_observed_role_is_only_looked_at(kind: str) -> None:
    (role,) = of_kind(answered(changed(OBSERVED), kind), "Role")
    assert role["spec"]["managementPolicies"] == ["Observe"]
    assert role["spec"]["forProvider"] == {}
    assert role["metadata"]["annotations"] == {"crossplane.io/external-name": "host"}


def test_an_observed_role_says_whom_its_trust_leaves_out() -> None:
    answer = looked_at(trust(StringEquals={"aws:RequestTag/kubernetes-service-account": "api"}))
    assert condition(answer, "RoleReady") == (
        "False",
        "NotTrusted",
        f"{HOST} is an existing role, which is not changed; its trust policy does not admit worker in prod/data by EKS Pod Identity: "
        'sts:AssumeRole, statement 0: StringEquals aws:RequestTag/kubernetes-service-account: is "worker", must be "api"',
    )
    assert "rolloutToken" not in status(answer)


def test_an_observed_role_that_is_another_one_is_said() -> None:
    """One of that name in the account of the provider config, or on another path: judging its trust would mislead."""
    there = everything_provided(changed(OBSERVED))
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"]["atProvider"]["arn"] = f"arn:aws:iam::{ACCOUNT}:role/team/host"
    assert condition(answered(changed(OBSERVED), observed=there), "RoleReady") == (
        "False",
        "AccountMismatch",
        f"the role is arn:aws:iam::{ACCOUNT}:role/team/host, but should be {HOST}: its path is another, or the provider config uses "
        "the credentials of another account or partition",
    )


@pytest.mark.parametrize(
    "policy",
    [
        trust(),
        trust(StringEquals={"aws:SourceOrgId": "o-1"}, IpAddress={"aws:SourceIp": "10.0.0.0/8"}),
        trust(ArnLike={"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:cluster/*"}),
    ],
)
def test_an_observed_role_that_may_admit_all_is_not_accused(policy: Any) -> None:
    assert condition(looked_at(policy), "RoleReady")[2].endswith("its trust policy admits these pods")


# Variables that are filled in for each pod, in so many values that it takes more than is worth it.
HARD = {"StringLike": {"aws:RequestTag/kubernetes-service-account": ["*${aws:RequestTag/kubernetes-namespace}*" * 20] * 8}}


def test_an_observed_trust_that_is_too_complex_is_said_to_be() -> None:
    many = changed((("serviceAccounts",), MANY), base=changed(OBSERVED))
    there = everything_provided(many)
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"]["atProvider"]["assumeRolePolicy"] = json.dumps(trust(**HARD))
    state, reason, message = condition(answered(many, observed=there), "RoleReady")
    assert (state, reason) == ("True", "ExistingRole")
    assert (
        "; its trust policy is too complex to judge whether it admits these pods; its trust policy must let pods.eks" in message
    )


def test_a_composed_trust_that_is_too_complex_is_said_to_be() -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:*", "Condition": HARD}
    many = changed(
        (("serviceAccounts",), MANY), (("aws", "trust"), {"pin": "Namespace", "maxCharacters": 8192, "statements": [deny]})
    )
    there = everything_provided(many)
    state, reason, message = condition(answered(many, observed=there), "RoleReady")
    assert (state, reason) == ("True", "Available")
    assert message.endswith("; its trust policy is too complex to judge whether it admits the pods")


@pytest.mark.parametrize("policy", ["{}", "no JSON", "[]", '{"Statement": 7}', '{"Statement": [{"Effect": "Allow"}]}'])
def test_an_observed_trust_that_cannot_be_judged_is_described(policy: str) -> None:
    state, reason, message = condition(looked_at(policy), "RoleReady")
    assert (state, reason) == ("True", "ExistingRole")
    assert "its trust policy must let pods.eks.amazonaws.com do" in message


def test_a_composed_role_that_is_handed_over_and_observed_is_not_deleted() -> None:
    before = changed((("aws", "role", "name"), "host"))
    there = everything_provided(before)
    answer = answered(changed(OBSERVED), observed=there)
    assert not answer.results
    (key,) = (name for name in there if name.startswith("role-"))
    assert desired(answer)[key]["spec"]["managementPolicies"] == ["Observe"]


def test_an_existing_role_says_account_and_partition_where_no_eks_cluster_does() -> None:
    edge = [{"name": "edge", "kubernetes": {"oidcIssuer": "https://oidc.example.com/edge"}}]
    arn = f"arn:aws-cn:iam::{ACCOUNT}:role/given"
    answer = answered(
        changed((("clusters",), edge), (("serviceAccounts",), [{"name": "api"}]), (("aws",), {"role": {"arn": arn}}))
    )
    assert not answer.results
    (entry,) = status(answer)["serviceAccounts"]
    assert entry["annotations"]["eks.amazonaws.com/role-arn"] == arn


def test_a_pin_of_a_cluster_in_a_vcluster_is_the_host_clusters() -> None:
    """It is the user's word, and wider than any vcluster."""
    vcluster = {"name": "sync", "project": "devspace", "serviceAccountSync": True}
    asked = changed(
        (("clusters", 0, "vcluster"), vcluster),
        (("serviceAccounts",), [{"name": "api", "namespace": "data", "clusters": ["prod"]}]),
        (("aws",), {"trust": {"pin": "Cluster"}}),
    )
    (role,) = of_kind(answered(asked), "Role")
    (statement,) = json.loads(role["spec"]["forProvider"]["assumeRolePolicy"])["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:RequestTag/eks-cluster-arn": f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/prod"}
    }
