"""Everything that is rendered, as tools that others wrote see it: no error, and other findings only where we say why."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from function.catalogue.entry import Fetched
from function.compose import compose
from function.observed import Observed
from tests.linters import botocore_models, cfn, policy_validator
from tests.support.clusters import ACCOUNT, ISSUER, OF_ACCOUNT, by_kind, eks
from tests.support.clusters import composed as composed_cluster
from tests.support.profile import seeds
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, composed
from tests.test_examples import FOLDERS, example, required
from tests.test_properties import rich_source, rich_spec, rich_tokens

# What iam-policy-validator finds beside errors, and why it stays.
OPINIONS = {
    ("high", "confused_deputy_risk"): "it knows SourceAccount and the like; aws:RequestTag/eks-cluster-arn pins the cluster",
    ("critical", "missing_condition"): "trust.pin None, which a user has to write, means no condition",
    ("high", "missing_condition"): "whether a queue is read from elsewhere is the users' own policy",
    ("medium", "missing_condition"): "what may assume the target role names that one role, whose trust has the conditions",
    ("medium", "missing_required_condition_any_of"): "whether S3 is reached through a VPC is the users' own policy",
}


@cache
def rendered() -> dict[str, list[dict[str, Any]]]:
    """The composed objects of every example, of a spec with every field, and of random ones."""
    found = {}
    for folder in FOLDERS:
        document = example(folder, "xr")
        found[folder.name] = [
            made.object() for made in compose(document.xr(), Observed({}), Fetched.read(required(folder))).resources
        ]
    specs = {
        "rich": rich_spec(),
        "tokens": rich_tokens(),
        "source": rich_source(),
        **{f"random-{seed}": random_spec(random.Random(seed), 2048) for seed in seeds(60)},
    }
    specs["gov"] = changed(*((("clusters", i, "eks", "region"), "us-gov-west-1") for i in range(2)))
    specs["china"] = changed(*((("clusters", i, "eks", "region"), "cn-north-1") for i in range(2)))
    return found | {name: [made.object() for made in composed(spec).resources] for name, spec in specs.items()}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """ForProvider of every object of a kind, by a name of letters and digits."""
    return {
        "".join(c for c in f"{name}{number}" if c.isalnum()): manifest["spec"]["forProvider"]
        for name, manifests in rendered().items()
        for number, manifest in enumerate(manifests)
        if manifest["kind"] == kind and manifest["spec"]["managementPolicies"] != ["Observe"]
    }


def test_policies_are_valid(tmp_path: Path) -> None:
    trust, identity = tmp_path / "trust", tmp_path / "identity"
    trust.mkdir()
    identity.mkdir()
    for name, role in of_kind("Role").items():
        (trust / f"{name}.json").write_text(role["assumeRolePolicy"])
        for number, inline in enumerate(filter(None, role.get("inlinePolicy", []))):
            (identity / f"{name}-{number}.json").write_text(inline["policy"])
    for kind in ("Policy", "RolePolicy"):
        for name, policy in of_kind(kind).items():
            (identity / f"{kind}-{name}.json").write_text(policy["policy"])
    issues = [*policy_validator.validate(trust, "TRUST_POLICY"), *policy_validator.validate(identity, "IDENTITY_POLICY")]
    assert not [issue for issue in issues if (issue.severity, issue.issue_type) not in OPINIONS]
    # An allowance that nothing needs any more would hide the next finding.
    assert {(issue.severity, issue.issue_type) for issue in issues} == set(OPINIONS)


def test_cloudformation_would_take_the_roles_and_associations() -> None:
    roles = {
        f"Role{name}": cfn.role(
            json.loads(role["assumeRolePolicy"]),
            Path=role["path"],
            Policies=[
                {"PolicyName": inline["name"], "PolicyDocument": json.loads(inline["policy"])}
                for inline in role.get("inlinePolicy", [])
                if inline
            ],
            ManagedPolicyArns=role.get("managedPolicyArns", []),
            MaxSessionDuration=role["maxSessionDuration"],
        )
        for name, role in of_kind("Role").items()
    }
    associations = {
        f"Association{name}": cfn.association(
            ClusterName=one["clusterName"],
            Namespace=one["namespace"],
            ServiceAccount=one["serviceAccount"],
            RoleArn=one["roleArn"],
            DisableSessionTags=one["disableSessionTags"],
        )
        for name, one in list(of_kind("PodIdentityAssociation").items())[:100]
    }
    assert roles
    assert associations
    assert not cfn.lint(roles | associations)


def test_aws_would_take_the_requests() -> None:
    """By botocore's models, with the lengths and patterns that botocore itself does not check."""
    for manifests in rendered().values():
        for manifest in (one for one in manifests if ".aws." in one["apiVersion"]):
            for operation, request in _requests(manifest):
                assert not botocore_models.problems(operation, request), manifest


def _requests(manifest: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The calls that the provider makes for an object."""
    given = manifest["spec"]["forProvider"]
    if manifest["kind"] == "Object" or manifest["spec"]["managementPolicies"] == ["Observe"]:
        return []
    if manifest["kind"] == "RolePolicyAttachment":
        return [("AttachRolePolicy", {"RoleName": given["role"], "PolicyArn": given["policyArn"]})]
    if manifest["kind"] == "PodIdentityAssociation":
        return [("CreatePodIdentityAssociation", {name: value for name, value in given.items() if name != "region"})]
    name = manifest["metadata"]["annotations"]["crossplane.io/external-name"]
    if manifest["kind"] == "RolePolicy":
        return [("PutRolePolicy", {"RoleName": given["role"], "PolicyName": name, "PolicyDocument": given["policy"]})]
    if manifest["kind"] == "Policy":
        call = {
            "PolicyName": name,
            "Path": given["path"],
            "PolicyDocument": given["policy"],
            "Description": given["description"],
        }
        return [("CreatePolicy", call | {"Tags": _tags(given)})]
    create = {
        "RoleName": name,
        "Path": given["path"],
        "AssumeRolePolicyDocument": given["assumeRolePolicy"],
        "Tags": _tags(given),
    }
    optional = {
        "description": "Description",
        "maxSessionDuration": "MaxSessionDuration",
        "permissionsBoundary": "PermissionsBoundary",
    }
    # What is empty the provider leaves out of the call.
    create |= {theirs: given[ours] for ours, theirs in optional.items() if given[ours]}
    puts = [
        ("PutRolePolicy", {"RoleName": name, "PolicyName": inline["name"], "PolicyDocument": inline["policy"]})
        for inline in given.get("inlinePolicy", [])
        if inline
    ]
    return [("CreateRole", create), *puts]


def _tags(given: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.get("tags", {}).items()]


def test_what_a_cluster_needs_can_be_asked_of_aws() -> None:
    agent = {"addon": True, "version": "v1.3.8-eksbuild.2"}
    spec = eks(observe=False, accountId=ACCOUNT, oidcIssuer=ISSUER, podIdentityAgent=agent, oidcProviders=[OF_ACCOUNT])
    made = by_kind(composed_cluster(spec))
    (addon,) = (resource["spec"]["forProvider"] for resource in made["Addon"])
    request = {name: value for name, value in addon.items() if name != "region"}
    assert botocore_models.problems("CreateAddon", request) == []
    (provider,) = (resource["spec"] for resource in made["OpenIDConnectProvider"])
    request = {"Url": provider["forProvider"]["url"], "ClientIDList": provider["initProvider"]["clientIdList"]}
    assert botocore_models.problems("CreateOpenIDConnectProvider", request) == []
