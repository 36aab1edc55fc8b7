"""The specs of the end-to-end tests. The account is the one that the stand-in of AWS plays."""

from typing import Any

Spec = dict[str, Any]
ACCOUNT = "111122223333"
CUSTOMER = "340605141517"
GIVEN = f"arn:aws:iam::{ACCOUNT}:role/team/given"
"""A role that nobody in the control plane manages."""
FOUND = "found"
"""The namespace of service accounts with associations that nobody in the control plane manages."""
CLUSTER = {"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}}
SECOND_CLUSTER = {"name": "stage", "eks": {"region": "eu-west-1", "accountId": ACCOUNT}}
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/tenant"
QUEUES = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"


def accounts(name: str) -> tuple[str, str]:
    """Two service accounts that no other identity of the namespace names."""
    return f"{name}-reader", f"{name}-writer"


def inline_policy(name: str = "read-bucket", action: str = "s3:GetObject") -> dict[str, Any]:
    """An inline policy with one statement."""
    return {"name": name, "statements": [{"actions": [action], "resources": ["arn:aws:s3:::acme-reports/*"]}]}


def spec(*accounts: str, clusters: tuple[dict[str, Any], ...] = (CLUSTER,), **aws: Any) -> Spec:
    """A spec for some service accounts (two by default); `aws` are fields of spec.aws."""
    return {
        "clusters": list(clusters),
        "serviceAccounts": [{"name": name} for name in accounts or ("reader", "writer")],
        "aws": {"permissions": {"inlinePolicies": [inline_policy()]}} | aws,
    }
