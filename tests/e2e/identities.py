"""A PodIdentity or a claim under test: written as its user writes it, looked at as its user looks at it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.provider_kubernetes import CLUSTER, NAMESPACED
from tests.controlplane.waiting import steadily
from tests.e2e.api import Api, Object
from tests.e2e.cloud import GoogleSnapshot, Snapshot
from tests.e2e.missed import MISSED
from tests.e2e.specs import ACCOUNT
from tests.real import provider_aws
from tests.standin.provider.kind import Kind, Served
from tests.standin.provider.kinds import KINDS as ALL_KINDS

GROUP, VERSION = "podidentity.dev", "v1alpha1"
RESOURCE_NAME = "crossplane.io/composition-resource-name"
EXTERNAL_NAME = "crossplane.io/external-name"
# The real provider takes half a minute and more to say what AWS refused, and as long to try again.
_PATIENCE = 90.0 if provider_aws.named() is None else 240.0
_TOKENS = itertools.count(1)


@dataclass(frozen=True)
class Flavour:
    """One of the two kinds that users write, and the groups of what is composed for it."""

    kind: str
    plural: str
    managed: str
    """What the groups in AWS end in."""

    @property
    def name(self) -> str:
        """Its name in FLAVOURS."""
        return "xr" if self.kind == "PodIdentity" else "claim"

    def served(self, kind: Kind) -> Served:
        """One of the provider's kinds, as this flavour composes it."""
        of_claims, of_xrs = kind.served()
        return of_xrs if self.kind == "PodIdentity" else of_claims


FLAVOURS = {
    "xr": Flavour("PodIdentity", "podidentities", "aws.m.upbound.io"),
    "claim": Flavour("PodIdentityClaim", "podidentityclaims", "aws.upbound.io"),
}
KINDS = {cloud: tuple(kind for kind in ALL_KINDS if kind.cloud == cloud) for cloud in ("aws", "gcp")}
"""The kinds that are composed in each cloud, all of which the stand-in knows."""


@dataclass(frozen=True)
class Managed:
    """A composed managed resource."""

    key: str
    kind: str
    name: str
    uid: str
    external_name: str
    spec: Object
    status: Object = field(compare=False)
    written: Object = field(repr=False)
    """All of the object but what a look of the real provider changes that finds nothing new: the time of Synced."""

    @property
    def ready(self) -> bool:
        """Whether the provider calls it ready and in step."""
        conditions = {condition["type"]: condition["status"] for condition in self.status.get("conditions", [])}
        return conditions.get("Ready") == "True" and conditions.get("Synced") == "True"


@dataclass(frozen=True)
class Identity:
    """One PodIdentity, or one claim."""

    plane: ControlPlane
    api: Api
    flavour: Flavour
    namespace: str
    name: str
    provider: str = "aws"
    """The cloud that its spec is about; what is composed in others is not looked for."""

    def manifest(self, spec: Object) -> Object:
        """What the user writes."""
        metadata = {"name": self.name, "namespace": self.namespace}
        return {"apiVersion": f"{GROUP}/{VERSION}", "kind": self.flavour.kind, "metadata": metadata, "spec": spec}

    def apply(self, spec: Object) -> None:
        """Write it."""
        Kubectl(self.plane.places).apply(self.manifest(spec))

    def delete(self) -> None:
        """Delete it, without waiting."""
        Kubectl(self.plane.places)("delete", self.flavour.plural, self.name, "-n", self.namespace, "--wait=false")

    def read(self) -> Object:
        """It, as it stands; empty when it is gone."""
        return self.api.get(GROUP, VERSION, self.flavour.plural, self.namespace, self.name) or {}

    def xr(self) -> Object:
        """The composite resource: itself, or the claim's."""
        mine = self.read()
        if self.flavour.kind == "PodIdentity":
            return mine
        reference = mine.get("spec", {}).get("resourceRef")
        return (self.api.get(GROUP, VERSION, "xpodidentities", "", reference["name"]) if reference else None) or {}

    def composed(self) -> dict[str, Managed]:
        """The managed resources by their composition resource names."""
        found = {}
        for kind in KINDS[self.provider]:
            served = self.flavour.served(kind)
            for item in self.api.list(served.group, served.version, kind.plural, self._labels):
                if self.flavour.kind == "PodIdentity" and item["metadata"]["namespace"] != self.namespace:
                    continue
                managed = _managed(item)
                found[managed.key] = managed
        return found

    def usages(self) -> list[Object]:
        """The Usages that were composed."""
        namespaced = self.flavour.kind == "PodIdentity"
        plural = "usages" if namespaced else "clusterusages"
        found = self.api.list("protection.crossplane.io", "v1beta1", plural, self._labels)
        return [usage for usage in found if not namespaced or usage["metadata"]["namespace"] == self.namespace]

    def objects(self) -> list[Object]:
        """The Objects of provider-kubernetes that were composed."""
        namespaced = self.flavour.kind == "PodIdentity"
        group, version = (NAMESPACED, "v1alpha1") if namespaced else (CLUSTER, "v1alpha2")
        found = self.api.list(group, version, "objects", self._labels)
        return [each for each in found if not namespaced or each["metadata"]["namespace"] == self.namespace]

    @property
    def _labels(self) -> dict[str, str]:
        """What everything composed is labelled with."""
        if self.flavour.kind == "PodIdentity":
            return {"crossplane.io/composite": self.name}
        return {"crossplane.io/claim-name": self.name, "crossplane.io/claim-namespace": self.namespace}

    def of_kind(self, kind: str) -> dict[str, Managed]:
        """The composed resources of one kind."""
        return {key: managed for key, managed in self.composed().items() if managed.kind == kind}

    def role(self) -> Managed:
        """The composed role."""
        (role,) = self.of_kind("Role").values()
        return role

    def associations(self) -> dict[tuple[str, str, str], Managed]:
        """The associations by cluster, namespace and service account."""
        found = self.of_kind("PodIdentityAssociation").values()
        facts = ("clusterName", "namespace", "serviceAccount")
        by_facts: dict[tuple[str, str, str], Managed] = {}
        for managed in found:
            cluster, namespace, account = (managed.spec["forProvider"][fact] for fact in facts)
            by_facts[cluster, namespace, account] = managed
        assert len(by_facts) == len(found), "two associations of one service account"
        return by_facts

    def conditions(self) -> dict[str, tuple[str, str, str]]:
        """Status, reason and message of each condition, as the user sees them."""
        found = self.read().get("status", {}).get("conditions", [])
        return {
            condition["type"]: (condition["status"], condition["reason"], condition.get("message", "")) for condition in found
        }

    def our_conditions(self) -> dict[str, tuple[str, str, str]]:
        """The conditions that are not Crossplane's own."""
        return {name: facts for name, facts in self.conditions().items() if name not in CROSSPLANES_OWN}

    def cloud(self, account: str = ACCOUNT) -> Snapshot:
        """What stands in an account of AWS now."""
        return Snapshot(self.plane.places, account)

    def google(self) -> GoogleSnapshot:
        """What stands in Google Cloud now."""
        return GoogleSnapshot(self.plane.places)

    def roles_of_associations(self) -> set[str]:
        """The names of the roles that the associations in AWS hand out."""
        return {association.role_arn.rpartition("/")[2] for association in self.cloud().associations(self.namespace)}

    def settle(self) -> None:
        """Wait until what is written now has been reconciled, and is ready down to the last managed resource."""
        self.until(steadily(self._ready), "ready")

    def _ready(self) -> bool:
        return self.handled() and _true(self.read(), "Ready") and all(m.ready for m in self.composed().values())

    def handled(self) -> bool:
        """Whether Crossplane has seen what is written now, and said so."""
        mine, xr = self.read(), self.xr()
        if not mine or not xr:
            return False
        # A claim's spec is copied to its XR first, and that is reconciled then.
        same = {name: value for name, value in mine["spec"].items() if name in _USERS} == {
            name: value for name, value in xr["spec"].items() if name in _USERS
        }
        return same and _seen(mine) and _seen(xr)

    def until(self, seen: Callable[[], Any], what: str) -> None:
        """Wait for something about it."""
        MISSED.until(seen, _PATIENCE, f"{self.flavour.kind} {self.namespace}/{self.name} {what}", self.reconcile)

    def reconcile(self) -> None:
        """Ask for a reconcile, if it is there."""
        metadata = self.xr().get("metadata")
        if metadata:
            plural = self.flavour.plural if self.flavour.kind == "PodIdentity" else "xpodidentities"
            request_reconcile(Kubectl(self.plane.places), plural, metadata["name"], metadata.get("namespace", ""))

    def wait_refused(self) -> None:
        """Wait until what is written now has been refused."""
        self.until(lambda: self.our_conditions().get("SpecValid", ("",))[0] == "False", "refused")
        self.until(self.handled, "handled")

    def wait_gone(self) -> None:
        """Wait until it and everything composed for it is gone."""
        self.until(lambda: not self.read() and not self.composed(), "gone")


CROSSPLANES_OWN = ("Synced", "Ready", "Responsive")
_USERS = (
    "clusters",
    "serviceAccounts",
    "serviceAccountManagement",
    "deletionOrder",
    "managementPolicies",
    "tags",
    "aws",
    "gcp",
)


def request_reconcile(kubectl: Kubectl, plural: str, name: str, namespace: str) -> None:
    """Ask for a reconcile, as Crossplane's documentation says how."""
    where = [f"--namespace={namespace}"] if namespace else []
    token = f"crossplane.io/reconcile-requested-at={next(_TOKENS)}"
    kubectl("annotate", f"{plural}.{GROUP}", name, token, "--overwrite", *where)


def _true(xr: Object, condition: str) -> bool:
    return any(found["type"] == condition and found["status"] == "True" for found in xr.get("status", {}).get("conditions", []))


def _seen(xr: Object) -> bool:
    """Whether the last reconcile was of this generation."""
    generation = xr["metadata"]["generation"]
    synced = [found for found in xr.get("status", {}).get("conditions", []) if found["type"] == "Synced"]
    return any(found.get("observedGeneration", generation) == generation for found in synced)


def _managed(item: Object) -> Managed:
    metadata = item["metadata"]
    return Managed(
        metadata["annotations"][RESOURCE_NAME],
        item["kind"],
        metadata["name"],
        metadata["uid"],
        metadata["annotations"].get(EXTERNAL_NAME, ""),
        item["spec"],
        item.get("status", {}),
        _written(item),
    )


def _written(item: Object) -> Object:
    metadata = {name: value for name, value in item["metadata"].items() if name not in ("resourceVersion", "managedFields")}
    status = item.get("status", {})
    conditions = [
        each | ({"lastTransitionTime": ""} if each["type"] == "Synced" else {}) for each in status.get("conditions", [])
    ]
    return {**item, "metadata": metadata, "status": {**status, "conditions": conditions}}
