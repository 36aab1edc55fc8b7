"""A ServiceAccount, and an Object of provider-kubernetes that manages it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import Places
from tests.controlplane.provider_kubernetes import CLUSTER, NAMESPACED
from tests.controlplane.waiting import until
from tests.e2e.api import Api, Object

ANNOTATE = ("Observe", "Update")
EVERYTHING = ("*",)
# The provider looks every 30 seconds at what is not ready, whatever its poll interval.
_PATIENCE = 90.0


@dataclass(frozen=True)
class ObjectFlavour:
    """One of the two kinds called Object."""

    group: str
    version: str
    namespaced: bool


OBJECT_FLAVOURS = {
    "namespaced": ObjectFlavour(NAMESPACED, "v1alpha1", namespaced=True),
    "cluster": ObjectFlavour(CLUSTER, "v1alpha2", namespaced=False),
}


@dataclass(frozen=True)
class Account:
    """A ServiceAccount `app` in a namespace of its own, and Objects for it; both may be missing."""

    places: Places
    api: Api
    flavour: ObjectFlavour
    namespace: str

    def create(self, **annotations: str) -> None:
        """Make the ServiceAccount, as its user does."""
        metadata = {"name": "app", "namespace": self.namespace, "annotations": annotations}
        Kubectl(self.places).apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})

    def read(self) -> Object:
        """The metadata of the ServiceAccount; empty when it is gone."""
        found = self.api.get("", "v1", "serviceaccounts", self.namespace, "app") or {"metadata": {}}
        return dict(found["metadata"])

    def annotations(self) -> dict[str, str]:
        """The annotations that are not kubectl's."""
        found: dict[str, str] = self.read().get("annotations", {})
        return {name: value for name, value in found.items() if not name.startswith("kubectl.kubernetes.io/")}

    def manage(self, policies: tuple[str, ...], annotations: dict[str, str], name: str = "", **metadata: str) -> None:
        """Write an Object with nothing but metadata of the ServiceAccount, and wait until it is ready."""
        self.write(policies, annotations, name, **metadata)
        self.until(lambda: self.seen(name) and self._ready(name), "the Object ready")

    def write(self, policies: tuple[str, ...], annotations: dict[str, str], name: str = "", **metadata: str) -> None:
        """Write it, without waiting."""
        wanted = {"name": "app", "namespace": self.namespace, "annotations": annotations} | metadata
        provider = {"manifest": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": wanted}}
        written: dict[str, Any] = {"apiVersion": f"{self.flavour.group}/{self.flavour.version}", "kind": "Object"}
        written["metadata"] = {"name": self._name(name)} | ({"namespace": self._where()} if self._where() else {})
        Kubectl(self.places).apply(written | {"spec": {"managementPolicies": list(policies), "forProvider": provider}})

    def unmanage(self, name: str = "") -> None:
        """Delete the Object, and wait until it is gone."""
        kind, namespace = f"objects.{self.flavour.group}", ([f"--namespace={self._where()}"] if self._where() else [])
        Kubectl(self.places)("delete", kind, self._name(name), *namespace)

    def seen(self, name: str = "") -> bool:
        """Whether the provider has tried what is written now."""
        found = self._object(name)
        synced = [c for c in found.get("status", {}).get("conditions", []) if c["type"] == "Synced"]
        return any(condition.get("observedGeneration") == found["metadata"]["generation"] for condition in synced)

    def conditions(self, name: str = "") -> dict[str, tuple[str, str, str]]:
        """Status, reason and message of each of the Object's conditions."""
        found = self._object(name).get("status", {}).get("conditions", [])
        return {c["type"]: (c["status"], c["reason"], c.get("message", "")) for c in found}

    def until(self, seen: Callable[[], Any], what: str) -> None:
        """Wait for something about it."""
        until(seen, _PATIENCE, f"{self.flavour.group} in {self.namespace}: {what}")

    def _ready(self, name: str) -> bool:
        ready = {"Ready": ("True", "Available", ""), "Synced": ("True", "ReconcileSuccess", "")}
        return self.conditions(name) == ready

    def _object(self, name: str) -> Object:
        where = (self.flavour.group, self.flavour.version, "objects", self._where(), self._name(name))
        return self.api.get(*where) or {}

    def _name(self, name: str) -> str:
        return f"{self.namespace}{name}"

    def _where(self) -> str:
        return self.namespace if self.flavour.namespaced else ""
