"""Managed policies, and permissions beside those of others."""

import pytest

from tests.clouds.aws.test_chains import of_kind
from tests.support.xrs import ACCOUNT, answered, changed, everything_provided
from tests.test_properties import rich_tokens


@pytest.mark.parametrize("field", ["path", "description"])
def test_what_iam_cannot_change_in_a_managed_policy_is_refused(field: str) -> None:
    policy = {"name": "p", "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}]}
    at = ("aws", "permissions", "managedPolicies")
    old, new = {"path": ("/a/", "/b/"), "description": ("a", "b")}[field]
    there = everything_provided(changed((at, [{**policy, field: old}])))
    answer = answered(changed((at, [{**policy, field: new}])), observed=there)
    assert answer.results[0].message == (
        f'spec.aws.permissions.managedPolicies[0].{field}: the {field} of policy p is "{old}" and cannot become "{new}": '
        "keep it, or give the policy another name"
    )


def test_additive_permissions_leave_the_role_alone() -> None:
    answer = answered(rich_tokens())
    (role,) = of_kind(answer, "Role")
    assert {"inlinePolicy", "managedPolicyArns"}.isdisjoint(role["spec"]["forProvider"])
    inline = {policy["metadata"]["annotations"]["crossplane.io/external-name"] for policy in of_kind(answer, "RolePolicy")}
    assert inline == {"i", "preset-external-dns", "preset-cert-manager", "preset-external-secrets"}
    (policy,) = of_kind(answer, "Policy")
    assert policy["metadata"]["annotations"] == {"crossplane.io/external-name": "m"}
    arns = {attachment["spec"]["forProvider"]["policyArn"] for attachment in of_kind(answer, "RolePolicyAttachment")}
    assert arns == {"arn:aws:iam::aws:policy/X", f"arn:aws:iam::{ACCOUNT}:policy/m/m"}
