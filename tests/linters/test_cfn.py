"""That cfn-lint finds what is planted, and nothing in what is right."""

from typing import Any

from tests.linters.cfn import association, lint, role
from tests.linters.documents import IDENTITY, ROLE, TRUST, changed

RIGHT: dict[str, Any] = {"ClusterName": "blue", "Namespace": "payments", "ServiceAccount": "api", "RoleArn": ROLE}
OPERATOR = {"StringEqual": {"aws:RequestTag/kubernetes-namespace": "payments"}}


def test_planted_defects_are_found() -> None:
    planted = {
        "ResourceInTrust": role(changed(TRUST, Resource="*")),
        "Operator": role(changed(TRUST, Condition=OPERATOR)),
        "Action": role(changed(TRUST, Action="sts:AssumeRoleX")),
        "Principal": role(changed(TRUST, Principal=None)),
        "RoleName": role(TRUST, RoleName="a b"),
        "Path": role(TRUST, Path="nope"),
        "Duration": role(TRUST, MaxSessionDuration=60),
        "Inline": role(TRUST, Policies=[{"PolicyName": "read", "PolicyDocument": changed(IDENTITY, Sid="a b")}]),
        "RoleArn": association(**RIGHT | {"RoleArn": "app"}),
        "TargetRoleArn": association(**RIGHT, TargetRoleArn="app"),
        "Unknown": association(**RIGHT, RoleARN=ROLE),
        "Missing": association(ClusterName="blue", Namespace="payments", RoleArn=ROLE),
        "Boolean": association(**RIGHT, DisableSessionTags="never"),
    }
    assert {finding.resource for finding in lint(planted)} == set(planted)


def test_right_resources_have_no_finding() -> None:
    right = {
        "Role": role(
            TRUST,
            RoleName="payments-api",
            Path="/pods/",
            MaxSessionDuration=3600,
            Policies=[{"PolicyName": "read", "PolicyDocument": IDENTITY}],
        ),
        "Association": association(**RIGHT, DisableSessionTags=False),
    }
    assert lint(right) == []
