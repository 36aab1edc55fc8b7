"""Entries of the catalogue under test: PodIdentityClusters, written as a platform team writes them, and what is composed for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import steadily
from tests.e2e.api import Api, Object
from tests.e2e.identities import GROUP, VERSION, Identity, request_reconcile
from tests.e2e.missed import MISSED
from tests.real import provider_aws

PLURAL = "podidentityclusters"
SCOPES = ("Namespaced", "Cluster")
"""The two kinds of managed resources that an entry can compose."""
_NAMESPACE = "crossplane-system"
# Plural and version of what is composed in cluster scope; namespaced ones are all v1beta1.
_KINDS = {
    "Cluster": ("eks", "clusters", "v1beta2"),
    "Addon": ("eks", "addons", "v1beta1"),
    "OpenIDConnectProvider": ("iam", "openidconnectproviders", "v1beta1"),
}
# The real provider takes half a minute and more to say what AWS refused, and as long to try again.
_PATIENCE = 90.0 if provider_aws.named() is None else 240.0


@dataclass(frozen=True)
class Entry:
    """One PodIdentityCluster, written or not."""

    plane: ControlPlane
    api: Api
    name: str
    scope: str = "Namespaced"

    def apply(self, **spec: Any) -> None:
        """Write it; its managed resources are of its scope."""
        managed = {"managedResources": {"scope": self.scope}} if self.scope != "Namespaced" else {}
        manifest = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "PodIdentityCluster", "metadata": {"name": self.name}}
        Kubectl(self.plane.places).apply({**manifest, "spec": {**managed, **spec}})

    def delete(self) -> None:
        """Delete it, and wait until it is gone with all that is composed for it."""
        Kubectl(self.plane.places)("delete", f"{PLURAL}.{GROUP}", self.name, "--ignore-not-found")
        self.until(lambda: not any(self.of_kind(kind) for kind in _KINDS), "gone")

    def read(self) -> Object:
        """It, as it stands; empty when it is gone."""
        return self.api.get(GROUP, VERSION, PLURAL, "", self.name) or {}

    def facts(self) -> Object:
        """The facts that it has, empty until there are any."""
        found: Object = self.read().get("status", {}).get("cluster", {})
        return found

    def conditions(self) -> dict[str, tuple[str, str, str]]:
        """Status, reason and message of each condition."""
        found = self.read().get("status", {}).get("conditions", [])
        return {c["type"]: (c["status"], c["reason"], c.get("message", "")) for c in found}

    def of_kind(self, kind: str) -> list[Object]:
        """The managed resources of one kind that are composed for it."""
        service, plural, version = _KINDS[kind]
        labels = {"crossplane.io/composite": self.name}
        if self.scope == "Namespaced":
            return self.api.list(f"{service}.aws.m.upbound.io", "v1beta1", plural, labels, _NAMESPACE)
        return self.api.list(f"{service}.aws.upbound.io", version, plural, labels)

    def patch_observed(self, kind: str, patch: Object) -> None:
        """Change what the provider wrote into the status of its one managed resource of a kind."""
        service, plural, _ = _KINDS[kind]
        (found,) = self.of_kind(kind)
        namespaced = self.scope == "Namespaced"
        group, where = f"aws.{'m.' if namespaced else ''}upbound.io", [f"--namespace={_NAMESPACE}"] if namespaced else []
        arguments = ("--subresource=status", *where)
        Kubectl(self.plane.places).patch(f"{plural}.{service}.{group}", found["metadata"]["name"], patch, *arguments)

    def settle(self) -> None:
        """Wait until what is written now has been reconciled, and is ready with all that is composed for it."""
        self.until(steadily(lambda: self._handled() and self._true("Ready") and self._true("FactsResolved")), "ready")

    def until(self, seen: Callable[[], Any], what: str) -> None:
        """Wait for something about it."""
        MISSED.until(seen, _PATIENCE, f"PodIdentityCluster {self.name} {what}", self.reconcile)

    def reconcile(self) -> None:
        """Ask for a reconcile, if it is there."""
        if self.read():
            request_reconcile(Kubectl(self.plane.places), PLURAL, self.name, "")

    def _true(self, kind: str) -> bool:
        return self.conditions().get(kind, ("",))[0] == "True"

    def _handled(self) -> bool:
        found = self.read()
        synced = [c for c in found.get("status", {}).get("conditions", []) if c["type"] == "Synced"]
        return any(c["status"] == "True" and c["observedGeneration"] == found["metadata"]["generation"] for c in synced)


def watched(plane: ControlPlane) -> bool:
    """Whether this Crossplane watches what a function requires."""
    return tuple(map(int, plane.version.split("."))) >= (2, 4)


def look_again(found: Identity | Entry) -> None:
    """Have it reconciled where Crossplane reads what was required and does not watch it, without another change."""
    if watched(found.plane):
        return
    found.reconcile()
