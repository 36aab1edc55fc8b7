"""Users beside the administrator: what Crossplane's own roles let them do, and how many identities a quota lets them have."""

import pytest

from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.waiting import until
from tests.e2e.identities import GROUP, Identity
from tests.e2e.specs import spec

# What Crossplane's Helm chart installs: it gathers what the RBAC manager makes for every kind.
_EDITOR = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "crossplane-edit"},
    "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"rbac.crossplane.io/aggregate-to-edit": "true"}}]},
}


def _bind(identity: Identity, user: str) -> None:
    metadata = {"name": user, "namespace": identity.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "crossplane-edit"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata}
    Kubectl(identity.plane.places).apply(_EDITOR, binding | {"roleRef": role, "subjects": [subject]})


def _may(user: Kubectl, verb: str, what: str, namespace: str) -> bool:
    try:
        return user("auth", "can-i", verb, what, "-n", namespace).strip() == "yes"
    except Refused:
        return False


def test_a_tenant_writes_identities_where_it_may_and_nothing_else(identity: Identity) -> None:
    tenant, kind = Kubectl(identity.plane.places, "team-a"), f"{identity.flavour.plural}.{GROUP}"
    with pytest.raises(Refused, match="forbidden"):
        tenant.apply(identity.manifest(spec()))
    _bind(identity, "team-a")
    until(lambda: _may(tenant, "create", kind, identity.namespace), 60, "the aggregated role")
    tenant.apply(identity.manifest(spec()))
    identity.settle()
    assert not _may(tenant, "create", kind, "default")
    assert not _may(Kubectl(identity.plane.places, "team-b"), "create", kind, identity.namespace)


def test_a_quota_limits_them(identity: Identity) -> None:
    kubectl, kind = Kubectl(identity.plane.places), f"{identity.flavour.plural}.{GROUP}"
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "identities", "namespace": identity.namespace}}
    kubectl.apply(quota | {"spec": {"hard": {f"count/{kind}": "1"}}})
    until(
        lambda: kubectl.get("resourcequota", "identities", "-n", identity.namespace)[0].get("status", {}).get("hard"),
        60,
        "the quota",
    )
    identity.apply(spec())
    identity.settle()
    second = identity.manifest(spec("other")) | {"metadata": {"name": "second", "namespace": identity.namespace}}
    with pytest.raises(Refused, match="exceeded quota"):
        kubectl.apply(second)
