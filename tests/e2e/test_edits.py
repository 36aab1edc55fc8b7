"""Edits of a live identity: what changes, what stays, and that nothing else is touched."""

import json

import pytest

from tests.e2e.audit import Audit
from tests.e2e.identities import Identity
from tests.e2e.specs import BOUNDARY, CLUSTER, QUEUES, READ_ONLY, SECOND_CLUSTER, inline_policy, spec

pytestmark = pytest.mark.real


@pytest.mark.oldest
def test_a_renamed_service_account_gets_a_new_association(identity: Identity, audit: Audit) -> None:
    identity.apply(spec("reader", "writer"))
    identity.settle()
    role, before = identity.role(), identity.associations()
    identity.apply(spec("reader", "author"))
    identity.until(lambda: ("prod", identity.namespace, "writer") not in identity.associations(), "without the old association")
    identity.settle()
    after = identity.associations()
    assert [account for _, _, account in sorted(after)] == ["author", "reader"]
    kept, gone = ("prod", identity.namespace, "reader"), ("prod", identity.namespace, "writer")
    assert (after[kept].uid, after[kept].external_name) == (before[kept].uid, before[kept].external_name)
    assert after[kept].spec == before[kept].spec
    assert identity.role().uid == role.uid
    trust = identity.role().spec["forProvider"]["assumeRolePolicy"]
    assert '["author","reader"]' in trust
    assert "writer" not in trust
    assert {write.name for write in audit.deletions()} == {before[gone].name}


def test_a_cluster_is_added_and_removed(identity: Identity, audit: Audit) -> None:
    identity.apply(spec("reader"))
    identity.settle()
    before = identity.composed()
    identity.apply(spec("reader", clusters=(CLUSTER, SECOND_CLUSTER)))
    identity.until(lambda: len(identity.associations()) == 2, "with an association in the second cluster")
    identity.settle()
    assert not audit.deletions()
    both = identity.composed()
    assert {key: managed.uid for key, managed in before.items()}.items() <= {
        key: managed.uid for key, managed in both.items()
    }.items()
    assert "cluster/stage" in identity.role().spec["forProvider"]["assumeRolePolicy"]
    identity.apply(spec("reader"))
    identity.until(lambda: len(identity.associations()) == 1, "without the association in the second cluster")
    identity.settle()
    assert {key: managed.uid for key, managed in identity.composed().items()} == {key: m.uid for key, m in before.items()}
    assert "cluster/stage" not in identity.role().spec["forProvider"]["assumeRolePolicy"]


def test_a_renamed_role_takes_the_associations_with_it(identity: Identity) -> None:
    old, new = f"{identity.namespace}-{identity.flavour.kind}-old", f"{identity.namespace}-{identity.flavour.kind}-new"
    identity.apply(spec(role={"name": old}))
    identity.settle()
    role, before = identity.role(), identity.associations()
    identity.apply(spec(role={"name": new}))
    identity.until(lambda: [r.external_name for r in identity.of_kind("Role").values()] == [new], "with the new role alone")
    identity.settle()
    after = identity.associations()
    assert identity.role().uid != role.uid
    assert {facts: (m.uid, m.external_name) for facts, m in after.items()} == {
        facts: (m.uid, m.external_name) for facts, m in before.items()
    }
    assert {managed.spec["forProvider"]["roleArn"].rpartition("/")[2] for managed in after.values()} == {new}
    identity.until(lambda: identity.cloud().role_names(identity.namespace) == [new], "without the old role in AWS")
    # An update in place leaves a resource ready: only AWS tells when it is done.
    identity.until(lambda: identity.roles_of_associations() == {new}, "with the associations moved in AWS")


def test_permissions_change_down_to_none(identity: Identity) -> None:
    identity.apply(spec("reader", permissions={"inlinePolicies": [inline_policy()], "managedPolicyArns": [READ_ONLY, QUEUES]}))
    identity.settle()
    role = identity.role()
    cloud_role = identity.cloud().role(role.external_name)
    assert (sorted(cloud_role.inline), sorted(cloud_role.attached)) == (["read-bucket"], [READ_ONLY, QUEUES])

    identity.apply(spec("reader", permissions={"inlinePolicies": [inline_policy("list")], "managedPolicyArns": [QUEUES]}))
    identity.until(
        lambda: sorted(identity.cloud().role(role.external_name).attached) == [QUEUES], "with one managed policy in AWS"
    )
    identity.until(
        lambda: sorted(identity.cloud().role(role.external_name).inline) == ["list"],
        "with the new inline policy in AWS",
    )
    identity.settle()

    identity.apply(spec("reader", permissions={}))
    identity.until(lambda: not identity.cloud().role(role.external_name).attached, "with no managed policy in AWS")
    identity.until(lambda: not identity.cloud().role(role.external_name).inline, "with no inline policy in AWS")
    identity.settle()
    assert identity.role().uid == role.uid


def test_what_is_taken_out_of_a_role_is_gone(identity: Identity) -> None:
    """The provider initialises fields that are missing, late and from what AWS has: left out they would come back."""
    identity.apply(
        spec("reader", role={"description": "reads", "maxSessionDuration": 7200, "permissionsBoundaryArn": BOUNDARY})
    )
    identity.settle()
    name = identity.role().external_name
    assert _described(identity, name) == ("reads", 7200, BOUNDARY)
    identity.apply(spec("reader"))
    identity.until(lambda: _described(identity, name) == ("", 3600, ""), "without them in AWS")
    identity.settle()
    assert _described(identity, name) == ("", 3600, "")


def _described(identity: Identity, name: str) -> tuple[str, int, str]:
    role = identity.cloud().role(name)
    return role.description, role.max_session_duration, role.boundary


def test_associations_are_given_up_and_made_again(identity: Identity) -> None:
    identity.apply(spec())
    identity.settle()
    role, before = identity.role(), identity.associations()
    identity.apply(spec(association={"create": False}))
    identity.until(lambda: not identity.associations(), "without associations")
    identity.settle()
    assert identity.role().uid == role.uid
    assert not identity.cloud().associations(identity.namespace)
    identity.apply(spec())
    identity.until(lambda: len(identity.associations()) == 2, "with associations again")
    identity.settle()
    assert identity.role().uid == role.uid
    assert {m.external_name for m in identity.associations().values()}.isdisjoint(m.external_name for m in before.values())


@pytest.mark.parametrize("ownership", ["Exclusive", "Additive"])
def test_revoked_sessions_stay_revoked(identity: Identity, ownership: str) -> None:
    """In the whole of what the role may do, whoever owns its policies."""
    permissions = {"ownership": ownership, "inlinePolicies": [inline_policy()]}
    identity.apply(spec("reader", permissions=permissions))
    identity.settle()
    name = identity.role().external_name
    identity.apply(spec("reader", permissions=permissions, role={"revokeSessionsBefore": "2026-11-27T03:00:00Z"}))
    both = ["AWSRevokeOlderSessions", "read-bucket"]
    identity.until(lambda: sorted(identity.cloud().role(name).inline) == both, "with the sessions revoked")
    identity.settle()
    statement = json.loads(identity.cloud().role(name).inline["AWSRevokeOlderSessions"])["Statement"]
    (denied,) = statement if isinstance(statement, list) else [statement]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"DateLessThan": {"aws:TokenIssueTime": "2026-11-27T03:00:00Z"}}
    identity.apply(spec("reader", permissions=permissions))
    identity.until(lambda: sorted(identity.cloud().role(name).inline) == ["read-bucket"], "with sessions as before")
