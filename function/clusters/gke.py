"""GKE clusters: as PodIdentities list them, and as entries of the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NotRequired, TypedDict

from function.clusters.entry import (
    EntryCluster,
    EntryPlan,
    LastKnown,
    Resolution,
    Surroundings,
    as_before,
    not_seen,
    part,
)
from function.clusters.listed import OF_ENTRIES, Listed
from function.errors import FieldError, quoted
from function.naming import resource_name
from function.observed import ObservedResource
from function.resources.managed import ComposedResource
from function.spec.model import Maybe, Rule
from function.spec.patterns import GKEClusterName, Location, ProjectId, ProjectNumber, WorkloadPool

_OBSERVE = "observe: true, which reads it from the real cluster"
_FLEETS_OWN = ".workload.id.goog"


_READ = "spec.gke.clusterName, spec.gke.location, spec.gke.projectId, and what spec.gcp.providerConfigRef reaches"
_LOCATION = dict.fromkeys(("region", "zone"), "write location, its region or its zone, such as europe-west1")


class GKECluster(Listed):
    """The facts of a GKE cluster."""

    HINTS = _LOCATION | OF_ENTRIES
    KIND: ClassVar[str] = "gke"
    TITLE: ClassVar[str] = "a GKE cluster"

    project_id: ProjectId
    """The id of the project that it belongs to. Example: `prod-436507`."""
    cluster_name: Maybe[GKEClusterName] = None
    """Its name in GKE. Default: the item's `name`. Example: `prod-ew1`."""
    location: Location
    """The region or zone that it runs in. Example: `europe-west1`."""
    project_number: Maybe[ProjectNumber] = None
    """The number of the workload identity pool's project, in quotes; `spec.gcp.mode: Direct` needs it. Default: none. Example:
    `"123456789012"`."""
    workload_pool: Maybe[WorkloadPool] = None
    """Its workload identity pool. Default: `PROJECT_ID.svc.id.goog`. Where its pods are configured to use a fleet's pool, that
    of the fleet's host project, or one that the fleet made itself. Example: `fleet-host.svc.id.goog`."""

    def where(self, handle: str) -> tuple[str, ...]:
        """What tells it from other clusters."""
        return ("gke", self.project_id, self.location, self.cluster_name or handle)

    @property
    def pool(self) -> str:
        """The workload identity pool of its pods: the cluster's, whatever project a service account is in."""
        return self.workload_pool or _pool_of(self.project_id)

    @property
    def has_own_pool(self) -> bool:
        """Whether the pool is that of its own project, not a fleet's."""
        return self.pool == _pool_of(self.project_id)

    @property
    def pool_number(self) -> str | None:
        """The number of the pool's project, where it is known: the name of a pool that a fleet made itself has it."""
        return number_in(self.pool) or self.project_number

    def url(self, handle: str) -> str:
        """What principals call the cluster; `handle` is what the item of spec.clusters calls it."""
        name = self.cluster_name or handle
        return f"https://container.googleapis.com/v1/projects/{self.project_id}/locations/{self.location}/clusters/{name}"


def number_in(pool: str) -> str | None:
    """The project's number in the name of a pool that a fleet made itself: POOL_ID.global.PROJECT_NUMBER.workload.id.goog."""
    head, own, _ = pool.rpartition(_FLEETS_OWN)
    return head.rpartition(".")[2] if own else None


def _pool_of(project: str | None) -> str:
    # A project of another universe is called `s3ns:prod-436507`; that of a domain, `example.com:prod`, has a dot before the
    # colon.
    universe, colon, name = (project or "").partition(":")
    return f"{name}.{universe}.svc.id.goog" if colon and "." not in universe else f"{project}.svc.id.goog"


class GKEFacts(TypedDict):
    """The facts of a GKE cluster, or of the one that a vcluster runs in."""

    projectId: str
    """The id of the project that it belongs to. Example: `prod-436507`."""
    clusterName: str
    """Its name in GKE. Example: `prod-ew1`."""
    location: str
    """The region or zone that it runs in. Example: `europe-west1`."""
    projectNumber: NotRequired[str]
    """The number of the workload identity pool's project, where it is written. Example: `"123456789012"`."""
    workloadPool: str
    """Its workload identity pool. Example: `prod-436507.svc.id.goog`."""


@dataclass(frozen=True, slots=True)
class _RealCluster:
    """What is seen of the real cluster."""

    project: str
    pool: str | None


class GKE(EntryCluster):
    """A GKE cluster: its facts, or where to read them."""

    HINTS = _LOCATION
    RULES = (Rule("has(self.projectId) || (has(self.observe) && self.observe)", "projectId is needed without observe"),)
    KIND: ClassVar[str] = "gke"
    TITLE: ClassVar[str] = "a GKE cluster"
    BELIEVABLE: ClassVar[Mapping[str, str]] = {"projectId": r"[a-z0-9.:-]+", "workloadPool": r"[a-z0-9.:-]+"}

    project_id: Maybe[ProjectId] = None
    """The id of the project that it belongs to. Default: with `observe` the real cluster's; required without. Example:
    `prod-436507`."""
    cluster_name: GKEClusterName = ""
    """Its name in GKE. Default: `metadata.name`. Example: `prod-ew1`."""
    location: Location
    """The region or zone that it runs in. Example: `europe-west1`."""
    observe: bool = False
    """Whether project and workload identity pool are read from the real cluster, by a managed resource that only observes it.
    Values that are written as well have to match. Default: `false`, they are as written. Example: `true`."""
    project_number: Maybe[ProjectNumber] = None
    """The number of the workload identity pool's project, in quotes; mode Direct needs it, and it cannot be observed. Default:
    none. Example: `"123456789012"`."""
    workload_pool: Maybe[WorkloadPool] = None
    """Its workload identity pool. Default: with `observe` the real cluster's, without it `PROJECT_ID.svc.id.goog`. Where its
    pods are configured to use a fleet's pool, that one, without `observe`. Example: `fleet-host.svc.id.goog`."""

    def check(self, name: str) -> Iterator[FieldError]:  # noqa: ARG002 - of other kinds
        """Errors that need more than one field."""
        if not self.observe and self.project_id is None:
            yield FieldError(("spec", "gke", "projectId"), f"is required: write it, or {_OBSERVE}")

    def plan(self, around: Surroundings) -> EntryPlan:
        """The observed cluster."""
        cluster = self._cluster(around) if self.observe else None
        return EntryPlan(self._resolve(around.seen(cluster), around.known), cluster)

    def _cluster(self, around: Surroundings) -> ComposedResource:
        """The cluster as a managed resource. With other credentials it may be another: they are part of the key."""
        config, project = around.provider_config("gcp"), self.project_id or ""
        key = resource_name("gke-cluster", around.namespace, config, project, self.location, self.cluster_name)
        fields = {"location": self.location, **({"project": project} if project else {})}
        versions = ("v1beta1", "v1beta2")
        return around.resource(
            key, ("container", "gcp"), "Cluster", self.cluster_name, fields, versions=versions, observe_only=True
        )

    def _resolve(self, resource: ObservedResource | None, known: LastKnown) -> Resolution:
        if not self.observe:
            return Resolution(self._facts(self.project_id or "", self.workload_pool or _pool_of(self.project_id)))
        seen = _see(resource)
        if seen is None:
            if before := self._before(known.of_spec):
                facts = self._facts(before["projectId"], before["workloadPool"])
                return Resolution(facts, message=as_before(self.cluster_name, resource, _READ))
            return Resolution(None, "Waiting", not_seen(self.cluster_name, resource, "its project", _READ))
        if wrong := "; ".join(self._contradictions(seen)):
            message = f"{wrong}: correct the spec, or spec.gcp.providerConfigRef, through which it is read"
            if self.workload_pool not in (None, seen.pool):
                message += "; where its pods use a fleet's pool, write the facts without observe"
            return Resolution(None, "Contradiction", message)
        pool = seen.pool or self._known_pool(seen.project, known.facts)
        if pool is None:
            message = (
                f"cluster {self.cluster_name} has no workload identity pool: enable Workload Identity Federation for GKE on it"
            )
            return Resolution(None, "NoWorkloadPool", message)
        return Resolution(self._facts(seen.project, pool))

    def _facts(self, project: str, pool: str) -> dict[str, GKEFacts]:
        facts: GKEFacts = {
            "projectId": project,
            "clusterName": self.cluster_name,
            "location": self.location,
            "workloadPool": pool,
        }
        if self.project_number:
            facts["projectNumber"] = self.project_number
        return {self.KIND: facts}

    def _before(self, known: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was known of this cluster and is nothing that the spec contradicts by now; empty where that is not so."""
        before = part(known, self.KIND)
        agrees = (
            isinstance(before.get("projectId"), str)
            and isinstance(before.get("workloadPool"), str)
            and (before.get("clusterName"), before.get("location")) == (self.cluster_name, self.location)
            and self.project_id in (None, before["projectId"])
            and self.workload_pool in (None, before["workloadPool"])
        )
        return before if agrees else {}

    def _known_pool(self, project: str, known: Mapping[str, Any]) -> str | None:
        """The workload identity pool that was known of this cluster of this project."""
        before = part(known, self.KIND)
        here = {"projectId": project, "location": self.location, "clusterName": self.cluster_name}
        pool = before["workloadPool"] if before.items() >= here.items() else None
        return pool if self.workload_pool in (None, pool) else None

    def _contradictions(self, seen: _RealCluster) -> Iterator[str]:
        if self.project_id is not None and self.project_id != seen.project:
            yield f"spec.gke.projectId is {quoted(self.project_id)}, the observed cluster's is {quoted(seen.project)}"
        if self.workload_pool is not None and seen.pool is not None and self.workload_pool != seen.pool:
            yield f"spec.gke.workloadPool is {quoted(self.workload_pool)}, the observed cluster's is {quoted(seen.pool)}"


def _see(resource: ObservedResource | None) -> _RealCluster | None:
    """The real cluster, None where the provider has not seen it."""
    if resource is None:
        return None
    provided = resource.within("status", "atProvider")
    project = provided.text("project")
    return _RealCluster(project, provided.text("workloadIdentityConfig", "workloadPool")) if project else None
