"""That a request is checked for all that botocore's models say, and a right one passes."""

import json
from typing import Any

import pytest

from tests.linters.botocore_models import problems
from tests.linters.documents import IDENTITY, ROLE, TRUST

POLICY_ARN = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"

RIGHT: dict[str, dict[str, Any]] = {
    "CreateRole": {
        "RoleName": "payments-api",
        "AssumeRolePolicyDocument": json.dumps(TRUST),
        "Path": "/pods/",
        "Description": "Invoices: read",
        "MaxSessionDuration": 3600,
        "PermissionsBoundary": POLICY_ARN,
        "Tags": [{"Key": "équipe", "Value": ""}],
    },
    "PutRolePolicy": {"RoleName": "payments-api", "PolicyName": "read", "PolicyDocument": json.dumps(IDENTITY)},
    "AttachRolePolicy": {"RoleName": "payments-api", "PolicyArn": POLICY_ARN},
    "CreatePodIdentityAssociation": {
        "clusterName": "blue",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": ROLE,
        "disableSessionTags": False,
        "tags": {"team": "payments"},
    },
}


@pytest.mark.parametrize("operation", RIGHT)
def test_a_right_request_has_no_problem(operation: str) -> None:
    assert problems(operation, RIGHT[operation]) == []


@pytest.mark.parametrize(
    ("operation", "changes", "problem"),
    [
        ("CreateRole", {"RoleName": "a" * 65}, "CreateRole.RoleName: 65 characters, at most 64"),
        ("CreateRole", {"RoleName": ""}, "CreateRole.RoleName: 0 characters, at least 1"),
        ("CreateRole", {"RoleName": "a b"}, "CreateRole.RoleName: 'a b' does not match"),
        ("CreateRole", {"RoleName": "naïve"}, "CreateRole.RoleName: 'naïve' does not match"),
        ("CreateRole", {"Path": "pods"}, "CreateRole.Path: 'pods' does not match"),
        ("CreateRole", {"Description": "a" * 1001}, "CreateRole.Description: 1001 characters, at most 1000"),
        ("CreateRole", {"Description": "日"}, "CreateRole.Description: '日' does not match"),
        ("CreateRole", {"MaxSessionDuration": 60}, "CreateRole.MaxSessionDuration: 60, at least 3600"),
        ("CreateRole", {"MaxSessionDuration": 43201}, "CreateRole.MaxSessionDuration: 43201, at most 43200"),
        ("CreateRole", {"MaxSessionDuration": "1"}, "CreateRole.MaxSessionDuration: '1' is not a integer"),
        ("CreateRole", {"Tags": [{"Key": "a" * 129, "Value": ""}]}, "CreateRole.Tags[0].Key: 129 characters, at most"),
        ("CreateRole", {"Tags": [{"Key": "a"}]}, "CreateRole.Tags[0].Value: missing"),
        ("CreateRole", {"Tags": [{"Key": "a", "Value": "b"}] * 51}, "CreateRole.Tags: 51 items, at most 50"),
        ("PutRolePolicy", {"PolicyName": "a/b"}, "PutRolePolicy.PolicyName: 'a/b' does not match"),
        ("PutRolePolicy", {"PolicyDocument": ""}, "PutRolePolicy.PolicyDocument: 0 characters, at least 1"),
        ("AttachRolePolicy", {"PolicyArn": "read"}, "AttachRolePolicy.PolicyArn: 4 characters, at least 20"),
        ("AttachRolePolicy", {"Policy": "read"}, "AttachRolePolicy.Policy: unknown"),
        (
            "CreatePodIdentityAssociation",
            {"disableSessionTags": "no"},
            "CreatePodIdentityAssociation.disableSessionTags: 'no' is not a boolean",
        ),
        (
            "CreatePodIdentityAssociation",
            {"tags": {"a" * 129: "b"}},
            f"CreatePodIdentityAssociation.tags key '{'a' * 129}': 129 characters, at most 128",
        ),
        (
            "CreatePodIdentityAssociation",
            {"tags": {str(number): "b" for number in range(51)}},
            "CreatePodIdentityAssociation.tags: 51 entries, at most 50",
        ),
        ("CreatePodIdentityAssociation", {"rolearn": ROLE}, "CreatePodIdentityAssociation.rolearn: unknown"),
    ],
)
def test_a_planted_defect_is_found(operation: str, changes: dict[str, Any], problem: str) -> None:
    found = problems(operation, RIGHT[operation] | changes)
    assert [one for one in found if one.startswith(problem)], found


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("CreateRole", "AssumeRolePolicyDocument"),
        ("AttachRolePolicy", "PolicyArn"),
        ("CreatePodIdentityAssociation", "serviceAccount"),
    ],
)
def test_a_missing_member_is_found(operation: str, name: str) -> None:
    request = {member: value for member, value in RIGHT[operation].items() if member != name}
    assert problems(operation, request) == [f"{operation}.{name}: missing"]
