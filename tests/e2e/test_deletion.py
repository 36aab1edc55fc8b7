"""What is left when an identity is deleted: nothing, or what its managementPolicies say."""

import pytest

from tests.e2e.conftest import NewIdentity
from tests.e2e.identities import FLAVOURS, Identity
from tests.e2e.specs import READ_ONLY, inline_policy, spec

_PERMISSIONS = {"inlinePolicies": [inline_policy()], "managedPolicyArns": [READ_ONLY]}
_NO_DELETE = ["Observe", "Create", "Update", "LateInitialize"]


@pytest.mark.real
@pytest.mark.oldest
def test_everything_is_gone_afterwards(identity: Identity) -> None:
    identity.apply(spec(permissions=_PERMISSIONS))
    identity.settle()
    assert identity.cloud().role_names(identity.namespace) == [identity.role().external_name]
    identity.delete()
    identity.wait_gone()
    assert identity.cloud().role_names(identity.namespace) == []
    assert not identity.cloud().associations(identity.namespace)


def test_without_delete_the_cloud_keeps_everything(identity: Identity) -> None:
    identity.apply(spec(permissions=_PERMISSIONS) | {"managementPolicies": _NO_DELETE})
    identity.settle()
    name, ids = identity.role().external_name, {m.external_name for m in identity.associations().values()}
    identity.delete()
    identity.wait_gone()
    role = identity.cloud().role(name)
    assert (sorted(role.attached), sorted(role.inline)) == ([READ_ONLY], ["read-bucket"])
    assert {association.id for association in identity.cloud().associations(identity.namespace)} == ids


@pytest.mark.real
def test_a_claim_moves_to_a_podidentity(new_identity: NewIdentity) -> None:
    claim = new_identity(FLAVOURS["claim"])
    claim.apply(spec())
    claim.settle()
    claim.apply(spec() | {"managementPolicies": _NO_DELETE})
    claim.until(lambda: all("Delete" not in m.spec["managementPolicies"] for m in claim.composed().values()), "without Delete")
    claim.until(lambda: all("*" not in m.spec["managementPolicies"] for m in claim.composed().values()), "without *")
    claim.settle()
    name, before = claim.role().external_name, _associations(claim)
    entries = claim.read()["status"]["serviceAccounts"]
    existing = [
        {"cluster": e["cluster"], "namespace": e["namespace"], "serviceAccount": e["name"], "id": e["associationId"]}
        for e in entries
    ]
    moved = Identity(claim.plane, claim.api, FLAVOURS["xr"], claim.namespace, claim.name)
    moved.apply(spec(association={"existing": existing}))
    moved.settle()
    claim.delete()
    claim.wait_gone()
    moved.settle()
    assert moved.role().external_name == name
    assert {m.external_name for m in moved.associations().values()} == {entry["id"] for entry in existing}
    assert _associations(moved) == before
    assert not moved.cloud().calls_named("DeleteRole", name)
    # What the migration needed is no longer needed; taking it out again must not lose the ids.
    moved.apply(spec())
    moved.settle()
    assert _associations(moved) == before


def _associations(identity: Identity) -> list[tuple[str, str, str]]:
    """What stands in AWS, but for the tags that name the managed resource."""
    return [(found.id, found.service_account, found.role_arn) for found in identity.cloud().associations(identity.namespace)]
