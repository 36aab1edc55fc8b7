"""Presets: only actions that list are allowed on all resources, and ARNs have the role's partition."""

import json
from typing import Any

import pytest

from tests.support.xrs import changed, composed

ZONE, SECRET = "arn:{}:route53:::hostedzone/Z0", "arn:{}:secretsmanager:eu-central-1:111122223333:secret:reports-*"
PRESETS = {
    "ExternalDNS": ({"hostedZoneArns": [ZONE]}, ["route53:ListHostedZones"]),
    "CertManager": ({"hostedZoneArns": [ZONE]}, ["route53:ListHostedZonesByName"]),
    "ExternalSecrets": ({"secretArns": [SECRET]}, [["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"]]),
}


def statements(name: str, partition: str, region: str) -> list[dict[str, Any]]:
    fields = {field: [arn.format(partition) for arn in arns] for field, arns in PRESETS[name][0].items()}
    clusters = [{"name": "prod", "eks": {"region": region, "accountId": "111122223333"}}]
    spec = changed(
        (("clusters",), clusters),
        (("serviceAccounts",), [{"name": "api"}]),
        (("aws", "permissions"), {"presets": [{"name": name, **fields}]}),
    )
    (role,) = (made.object() for made in composed(spec).resources if made.kind == "Role")
    (policy,) = role["spec"]["forProvider"]["inlinePolicy"]
    found: list[dict[str, Any]] = json.loads(policy["policy"])["Statement"]
    return found


@pytest.mark.parametrize(("partition", "region"), [("aws", "eu-central-1"), ("aws-cn", "cn-north-1")])
@pytest.mark.parametrize("name", PRESETS)
def test_what_is_allowed_on_everything(name: str, partition: str, region: str) -> None:
    found = statements(name, partition, region)
    assert [statement["Action"] for statement in found if statement["Resource"] == "*"] == PRESETS[name][1]
    named = [statement["Resource"] for statement in found if statement["Resource"] != "*"]
    assert all(resource.startswith(f"arn:{partition}:") for resource in named)


def test_cert_manager_may_look_at_changes_and_write_text_records_alone() -> None:
    found = {statement["Action"]: statement for statement in statements("CertManager", "aws", "eu-central-1")}
    assert found["route53:GetChange"]["Resource"] == "arn:aws:route53:::change/*"
    key = "route53:ChangeResourceRecordSetsRecordTypes"
    assert found["route53:ChangeResourceRecordSets"]["Condition"] == {
        "ForAllValues:StringEquals": {key: "TXT"},
        "Null": {key: "false"},
    }
