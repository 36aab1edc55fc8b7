"""That iam-policy-validator finds what is planted, and no error in what is right."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.linters.documents import IDENTITY, TRUST, changed
from tests.linters.policy_validator import PolicyType, validate

OPERATOR = {"StringEqual": {"aws:RequestTag/kubernetes-namespace": "payments"}}
KEY = {"StringEquals": {"aws:SourceAcount": "111122223333"}}

PLANTED: dict[PolicyType, dict[str, dict[str, Any]]] = {
    "TRUST_POLICY": {
        "invalid_sid_format": changed(TRUST, Sid="Payments API"),
        "invalid_action": changed(TRUST, Action=["sts:AssumeRoleX", "sts:TagSession"]),
        "invalid_operator": changed(TRUST, Condition=OPERATOR),
        "invalid_condition_key": changed(TRUST, Condition=KEY),
        "missing_principal": changed(TRUST, Principal=None),
    },
    "IDENTITY_POLICY": {
        "invalid_action": changed(IDENTITY, Action="s3:GetObjects"),
        "invalid_resource": changed(IDENTITY, Resource="payments/invoices"),
    },
}


def errors(folder: Path, policy_type: PolicyType, documents: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    found: dict[str, set[str]] = {name: set() for name in documents}
    for issue in validate(folder, policy_type):
        if issue.severity == "error":
            found[issue.file.removesuffix(".json")].add(issue.issue_type)
    return found


@pytest.mark.parametrize("policy_type", PLANTED)
def test_planted_defects_are_found(tmp_path: Path, policy_type: PolicyType) -> None:
    found = errors(tmp_path, policy_type, PLANTED[policy_type])
    assert found == {name: {name} for name in PLANTED[policy_type]}


@pytest.mark.parametrize(("policy_type", "document"), [("TRUST_POLICY", TRUST), ("IDENTITY_POLICY", IDENTITY)])
def test_right_documents_have_no_error(tmp_path: Path, policy_type: PolicyType, document: dict[str, Any]) -> None:
    assert errors(tmp_path, policy_type, {"right": document}) == {"right": set()}


def test_a_folder_without_policies_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="iam-validator"):
        validate(tmp_path, "TRUST_POLICY")
