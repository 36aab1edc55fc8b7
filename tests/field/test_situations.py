"""Each row of aws.yaml and google.yaml, as a PodIdentity and as a claim."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.xrs import ACCOUNT, FLAVOURS, answered, composed, everything_provided

_HERE = Path(__file__).parent
BASES: dict[str, dict[str, Any]] = {
    "aws": {
        "clusters": [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}}],
        "serviceAccounts": [{"name": "web"}],
        "aws": {},
    },
    "google": {
        "clusters": [{"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}],
        "serviceAccounts": [{"name": "web"}],
        "gcp": {"projectId": "web-271828", "serviceAccount": {"accountId": "web-app"}},
    },
}
ROWS = [(cloud, row) for cloud in BASES for row in yaml.safe_load((_HERE / f"{cloud}.yaml").read_text())]


def spec(cloud: str, row: dict[str, Any]) -> dict[str, Any]:
    whole = {**BASES[cloud], **row["spec"]}
    if cloud == "google":
        given = {**BASES[cloud]["gcp"], **row["spec"]["gcp"]}
        whole["gcp"] = {name: value for name, value in given.items() if value is not None}
    return whole


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(("cloud", "row"), ROWS, ids=[row["name"] for _, row in ROWS])
def test_what_is_answered(cloud: str, row: dict[str, Any], kind: str) -> None:
    written = spec(cloud, row)
    answer = answered(written, kind)
    said = row.get("said")
    assert [result.message for result in answer.results] == ([said] if said else [])
    if said:
        assert not answer.desired.resources
        return
    made = [one.object() for one in composed(written, kind).resources]
    for name, check in CHECKS.items():
        if name in row:
            check(row[name], made)
    if "also" in row:
        conditions = answered(written, kind, everything_provided(written, kind)).conditions
        messages = [one.message for one in conditions if one.type == ("RoleReady" if cloud == "aws" else "BindingsReady")]
        assert messages[0].endswith(row["also"])


def _role(made: list[dict[str, Any]]) -> dict[str, Any]:
    (role,) = (one["spec"]["forProvider"] for one in made if one["kind"] == "Role")
    fields: dict[str, Any] = role
    return fields


def _policies(made: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {one["name"]: json.loads(one["policy"])["Statement"] for one in _role(made)["inlinePolicy"] if one}


def _trusts(provider: str, made: list[dict[str, Any]]) -> None:
    (statement,) = json.loads(_role(made)["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Federated": provider}


def _allows(wanted: dict[str, dict[str, list[str]]], made: list[dict[str, Any]]) -> None:
    policies = _policies(made)
    for name, by_resource in wanted.items():
        allowed = {one["Resource"]: one["Action"] for one in policies[name]}
        several = {place: actions if isinstance(actions, list) else [actions] for place, actions in allowed.items()}
        assert several == by_resource


def _denies(wanted: dict[str, Any], made: list[dict[str, Any]]) -> None:
    for name, condition in wanted.items():
        (statement,) = _policies(made)[name]
        assert statement == {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


def _grants(fields: dict[str, str], made: list[dict[str, Any]]) -> None:
    every = [one["spec"]["forProvider"] for one in made if one["kind"].endswith("IAMMember")]
    assert [one for one in every if fields.items() <= one.items()]


CHECKS: dict[str, Callable[[Any, list[dict[str, Any]]], None]] = {
    "trusts": _trusts,
    "allows": _allows,
    "denies": _denies,
    "grants": _grants,
}


def test_every_check_is_used() -> None:
    assert {name for _, row in ROWS for name in row} == {"name", "from", "spec", "said", "also", *CHECKS}


def test_a_role_that_is_there_may_trust_itself() -> None:
    """IAM knows it then. Before, the row "a role that trusts itself before it is there" is what is said."""
    (row,) = (row for _, row in ROWS if row["name"] == "a role that trusts itself before it is there")
    written = spec("aws", row)
    alone = {**written, "aws": {"role": written["aws"]["role"]}}
    assert not answered(written, observed=everything_provided(alone)).results
