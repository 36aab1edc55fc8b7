"""A bad edit of a good identity: refused in words, and nothing happens to what exists."""

from typing import Any

import pytest

from tests.e2e.audit import Audit
from tests.e2e.identities import Identity
from tests.e2e.specs import inline_policy, spec

pytestmark = pytest.mark.real
_BAD: dict[str, Any] = {
    "association": {"tags": {"aws:owner": "data"}},
    "trust": {"conditions": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "other"}}},
    "permissions": {"inlinePolicies": [inline_policy(action="GetObject")]},
}


def test_a_bad_edit_names_every_fault_and_changes_nothing(identity: Identity, audit: Audit) -> None:
    identity.apply(spec())
    identity.settle()
    before = identity.composed()
    identity.apply(spec(**_BAD))
    identity.wait_refused()
    status, reason, message = identity.conditions()["SpecValid"]
    assert (status, reason) == ("False", "Invalid")
    for path in ("spec.aws.association.tags", "spec.aws.trust.conditions", "spec.aws.permissions.inlinePolicies[0]"):
        assert path in message
    assert identity.conditions()["RoleReady"][0] == "True"
    assert identity.conditions()["AssociationsReady"][0] == "True"
    assert identity.composed() == before
    assert not audit.deletions()

    identity.apply(spec())
    identity.until(lambda: identity.conditions()["SpecValid"][0] == "True", "healed")
    identity.settle()
    assert {key: managed.uid for key, managed in identity.composed().items()} == {key: m.uid for key, m in before.items()}
