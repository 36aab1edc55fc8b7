"""Edits that are taken back again, and what cannot be edited: on the stand-in and on the real provider-aws alike."""

import json
from typing import Any

import pytest

from tests.e2e.audit import Audit
from tests.e2e.identities import Identity
from tests.e2e.specs import ACCOUNT, CLUSTER, CUSTOMER, QUEUES, READ_ONLY, SECOND_CLUSTER, inline_policy, spec

pytestmark = pytest.mark.real
# On the stand-in, test_edits has nearly the same.
_TESTED_BESIDE = pytest.mark.real(only=True)
_EDITS = 7
"""More than the versions of a managed policy that IAM keeps."""


def _subjects(identity: Identity) -> list[tuple[str, str]]:
    """Cluster and service account of every association in AWS."""
    return sorted((found.cluster, found.service_account) for found in identity.cloud().associations(identity.namespace))


def _become(identity: Identity, written: dict[str, Any], subjects: list[tuple[str, str]]) -> None:
    identity.apply(written)
    identity.until(lambda: _subjects(identity) == subjects, f"with {subjects} in AWS")
    identity.settle()


def test_it_comes_and_stays(identity: Identity, audit: Audit) -> None:
    permissions = {"inlinePolicies": [inline_policy()], "managedPolicyArns": [READ_ONLY]}
    identity.apply(spec(permissions=permissions) | {"tags": {"team": "data"}})
    identity.settle()
    assert _subjects(identity) == [("prod", "reader"), ("prod", "writer")]
    role = identity.cloud().role(identity.role().external_name)
    assert (list(role.inline), role.attached) == (["read-bucket"], [READ_ONLY])
    assert role.tags["team"] == "data"
    assert identity.roles_of_associations() == {role.name}
    assert not audit.deletions()


@_TESTED_BESIDE
def test_a_service_account_is_renamed_and_back(identity: Identity) -> None:
    before = [("prod", "reader"), ("prod", "writer")]
    _become(identity, spec("reader", "writer"), before)
    role = identity.role().uid
    _become(identity, spec("reader", "author"), [("prod", "author"), ("prod", "reader")])
    _become(identity, spec("reader", "writer"), before)
    assert identity.role().uid == role


@_TESTED_BESIDE
def test_a_cluster_is_renamed_and_back(identity: Identity) -> None:
    _become(identity, spec("reader", clusters=(CLUSTER,)), [("prod", "reader")])
    role = identity.role().uid
    _become(identity, spec("reader", clusters=(SECOND_CLUSTER,)), [("stage", "reader")])
    _become(identity, spec("reader", clusters=(CLUSTER,)), [("prod", "reader")])
    assert identity.role().uid == role


@_TESTED_BESIDE
def test_a_role_is_renamed_and_back(identity: Identity) -> None:
    names = [f"{identity.namespace}-{identity.flavour.kind}-{which}" for which in ("first", "second", "first")]
    for name in names:
        identity.apply(spec("reader", role={"name": name}))
        identity.until(lambda: identity.cloud().role_names(identity.namespace) == [name], f"with role {name} alone in AWS")  # noqa: B023
        identity.until(lambda: identity.roles_of_associations() == {name}, f"with the association of {name}")  # noqa: B023
        identity.settle()


def test_a_path_cannot_be_changed(identity: Identity, audit: Audit) -> None:
    name = f"{identity.namespace}-{identity.flavour.kind}"
    identity.apply(spec("reader", role={"name": name}))
    identity.settle()
    before, role = identity.composed(), identity.cloud().role(name)
    identity.apply(spec("reader", role={"name": name, "path": "/data/"}))
    identity.wait_refused()
    assert f'the path of role {name} is "/" and cannot become "/data/"' in identity.conditions()["SpecValid"][2]
    assert identity.cloud().role(name) == role
    identity.apply(spec("reader", role={"name": name}))
    identity.until(lambda: identity.conditions()["SpecValid"][0] == "True", "healed")
    identity.settle()
    assert {key: managed.uid for key, managed in identity.composed().items()} == {key: m.uid for key, m in before.items()}
    assert not audit.deletions()


@_TESTED_BESIDE
def test_description_duration_and_tags_are_taken_out(identity: Identity) -> None:
    identity.apply(spec("reader", role={"description": "reads", "maxSessionDuration": 7200}) | {"tags": {"team": "data"}})
    identity.settle()
    name = identity.role().external_name
    assert _described(identity, name) == ("reads", 7200, "data")
    identity.apply(spec("reader"))
    identity.until(lambda: _described(identity, name) == ("", 3600, ""), "without them in AWS")
    identity.until(lambda: all("team" not in a.tags for a in identity.cloud().associations(identity.namespace)), "without tags")
    identity.settle()
    assert _described(identity, name) == ("", 3600, "")


def _described(identity: Identity, name: str) -> tuple[str, int, str]:
    role = identity.cloud().role(name)
    return role.description, role.max_session_duration, role.tags.get("team", "")


@_TESTED_BESIDE
def test_managed_policies_come_and_go(identity: Identity) -> None:
    """One after the other, down to none, and up again: the last is the one that no list can take away."""
    for arns in ([READ_ONLY], [READ_ONLY, QUEUES], [QUEUES], [], [READ_ONLY]):
        identity.apply(spec("reader", permissions={"managedPolicyArns": arns}))
        identity.until(lambda: _attached(identity) == sorted(arns), f"with {arns} in AWS")  # noqa: B023
        identity.settle()
    assert _attached(identity) == [READ_ONLY]


def _attached(identity: Identity) -> list[str]:
    roles = identity.cloud().role_names(identity.namespace)
    return sorted(identity.cloud().role(roles[0]).attached) if roles else []


def test_an_own_policy_is_edited_more_often_than_iam_keeps_versions(identity: Identity) -> None:
    name = f"queues-{identity.namespace}"
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    for number in range(_EDITS + 1):
        action = f"sqs:Action{number}"
        statements = [{"actions": [action], "resources": [f"arn:aws:sqs:*:{ACCOUNT}:jobs"]}]
        identity.apply(spec("reader", permissions={"managedPolicies": [{"name": name, "statements": statements}]}))
        identity.until(lambda: action in identity.cloud().policy(arn), f"with {action} in AWS")  # noqa: B023
        identity.settle()
    assert _attached(identity) == [arn]


def test_a_target_role_without_session_tags(identity: Identity) -> None:
    """In another account; then with session tags, and without the target role."""
    target = {
        "accountId": CUSTOMER,
        "providerConfigRef": {"name": "customer"},
        "permissions": {"managedPolicyArns": [READ_ONLY]},
    }
    written = spec("reader", permissions={}, targetRole=target, disableSessionTags=True, trust={"pin": "Cluster"})
    identity.apply(written)
    identity.settle()
    (association,) = identity.cloud().associations(identity.namespace)
    arn = identity.read()["status"]["aws"]["targetRoleArn"]
    assert (association.target_role_arn, association.disable_session_tags) == (arn, True)
    (name,) = identity.cloud(CUSTOMER).role_names(identity.namespace)
    trust = json.loads(identity.cloud(CUSTOMER).role(name).trust)
    assert any("sts:ExternalId" in str(statement.get("Condition")) for statement in trust["Statement"])
    assert not any("aws:RequestTag" in str(statement.get("Condition")) for statement in trust["Statement"])
    identity.apply(spec("reader", permissions={}, targetRole=target))
    identity.until(lambda: not identity.cloud().associations(identity.namespace)[0].disable_session_tags, "with tags in AWS")
    identity.settle()
    identity.apply(spec("reader", permissions={}))
    identity.until(lambda: not identity.cloud(CUSTOMER).role_names(identity.namespace), "without the target role in AWS")
    identity.settle()
    (association,) = identity.cloud().associations(identity.namespace)
    assert (association.target_role_arn, association.disable_session_tags) == ("", False)
