"""Virtual clusters: as PodIdentities list them, and as entries of the catalogue, which have the facts of their host's entry.

What the host cluster calls the namespaces and service accounts within one: vcluster_names.py.
Source: loft-sh/vcluster, pkg/util/translate and pkg/util/namespaces; its platform's documentation of project namespaces.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar, NotRequired, TypedDict

from function.clusters.entry import AGENTS, Agent, Entry, EntryCluster, EntryPlan, Resolution, Surroundings
from function.clusters.vcluster_names import HostName, Mapping, Mappings, project_namespace, translate, virtual_names
from function.conditions import AGENT_READY, OIDC_PROVIDERS_READY, Condition
from function.errors import FieldError, Path, quoted
from function.spec.model import AtMost, Exclusive, Exclusively, Maybe, NotEmpty, Rule
from function.spec.patterns import LABEL_MAX, DNSLabel, Namespace


class VCluster(Exclusively):
    """A virtual cluster: its pods run in the entry's cluster, under names that are translated."""

    HINTS = {
        "namespace": "write hostNamespace, the namespace of the host cluster that it runs in",
        "devspace": "write project: the project of vCluster Platform, as in its host namespace loft-PROJECT-v-NAME",
        "serviceaccountsync": "look at sync.toHost.serviceAccounts.enabled in its vcluster.yaml: it has to be true there, and "
        "then write true",
    }
    RULES = (
        Exclusive(("host_namespace", "project"), needed=True),
        Rule("self.serviceAccountSync", "serviceAccountSync: without it every pod of the vcluster has one service account"),
        Rule(
            "!has(self.mappingsOnly) || !self.mappingsOnly || has(self.namespaceMappings)",
            "mappingsOnly needs namespaceMappings",
        ),
    )

    name: DNSLabel
    """The vcluster's name. Example: `sync`."""
    host_namespace: Maybe[Namespace] = None
    """The namespace of the host cluster that it runs in. Default: that of `project`. Example: `loft-devspace-v-sync`."""
    project: Maybe[DNSLabel] = None
    """The project of vCluster Platform that it belongs to; it runs in `loft-PROJECT-v-NAME` then. Default: none,
    `hostNamespace` says where it runs. Example: `devspace`."""
    service_account_sync: bool
    """Whether it syncs service accounts to the host cluster (`sync.toHost.serviceAccounts.enabled`), which it has to: otherwise
    all of its pods share one service account. Example: `true`."""
    namespace_mappings: Maybe[Annotated[dict[str, str], AtMost(64), NotEmpty]] = None
    """Its `sync.toHost.namespaces.mappings.byName`: namespaces that have a namespace of their own in the host cluster. Default:
    none. Example: `{"team-*": "host-team-*"}`."""
    mappings_only: bool = False
    """Its `sync.toHost.namespaces.mappingsOnly`: namespaces without a mapping are not synced. Default: `false`.
    Example: `true`."""

    @property
    def namespace(self) -> str:
        """The host namespace that it runs in."""
        return self.host_namespace or project_namespace(self.project or "", self.name)

    @cached_property
    def mappings(self) -> Mappings | None:
        """Its namespace mappings."""
        if not self.namespace_mappings:
            return None
        entries = tuple(Mapping(virtual, host) for virtual, host in self.namespace_mappings.items())
        return Mappings(entries, self.name, self.namespace, self.mappings_only)

    def host(self, namespace: str, name: str) -> HostName | None:
        """What the host cluster calls a service account; None where its namespace is not synced."""
        return translate(name, namespace, self.name, self.namespace, self.mappings)

    def unmapped(self, host_name: str) -> Iterator[HostName]:
        """The (namespace, name) in the vcluster that can have this name in the namespace that it runs in."""
        candidates = virtual_names(host_name, self.name)
        return (each for each in candidates if self.mappings is None or self.mappings.host_namespace(each.namespace) is None)

    def owns(self, namespace: str) -> bool:
        """Whether this namespace is mapped, and no other namespace of the vcluster can be mapped to its host namespace."""
        return self.mappings is not None and self.mappings.owns(namespace)

    def check_at(self, at: Path) -> Iterator[FieldError]:
        """Errors that need more than one field."""
        if not self.service_account_sync:
            message = (
                f"is false: host SA is vc-workload-{self.name} for every pod then, and none can have an identity of its own; "
                f"turn sync.toHost.serviceAccounts on, or list vc-workload-{self.name} in the host cluster, for all of them"
            )
            yield FieldError((*at, "serviceAccountSync"), message)
        if self.host_namespace is None and len(self.namespace) > LABEL_MAX:
            message = (
                f"makes the host namespace {quoted(self.namespace)}, which is {len(self.namespace)} characters and can have "
                f"{LABEL_MAX}; write hostNamespace, as the platform has shortened it"
            )
            yield FieldError((*at, "project"), message)
        if self.mappings is None:
            if self.mappings_only and self.namespace_mappings is None:
                yield FieldError((*at, "mappingsOnly"), "is true without namespaceMappings: no namespace would be synced")
            return
        for virtual, message in self.mappings.errors():
            yield FieldError((*at, "namespaceMappings", virtual), message)


class VClusterFacts(TypedDict):
    """The facts of a vcluster."""

    name: str
    """The vcluster's name. Example: `sync`."""
    hostNamespace: str
    """The namespace of the host cluster that it runs in. Example: `loft-devspace-v-sync`."""
    serviceAccountSync: bool
    """That it syncs service accounts to the host cluster. Example: `true`."""
    namespaceMappings: NotRequired[dict[str, str]]
    """The namespaces that have a namespace of their own in the host cluster. Example: `{"team-*": "host-team-*"}`."""
    mappingsOnly: NotRequired[bool]
    """Whether namespaces without a mapping are not synced. Example: `true`."""


class VirtualCluster(VCluster, EntryCluster):
    """A virtual cluster in another entry's cluster, whose facts it shares."""

    KIND: ClassVar[str] = "vcluster"
    TITLE: ClassVar[str] = "a vcluster"

    host_cluster: DNSLabel
    """The PodIdentityCluster of the cluster that it runs in. Example: `prod`."""

    @property
    def host_name(self) -> str:
        """The entry of the cluster that it runs in."""
        return self.host_cluster

    def check(self, name: str) -> Iterator[FieldError]:
        """Errors that need more than one field."""
        at: Path = ("spec", self.KIND)
        yield from self.check_at(at)
        if self.host_cluster == name:
            message = f"{quoted(name)} is this PodIdentityCluster itself; name that of the cluster which the vcluster runs in"
            yield FieldError((*at, "hostCluster"), message)

    def plan(self, around: Surroundings) -> EntryPlan:
        """Nothing is composed: its facts are the host's and its own."""
        resolution, host = self._resolve(around), self.host_cluster
        agent = next((agent for agent in AGENTS if around.host and agent == around.host.agent), None)
        others = Condition(OIDC_PROVIDERS_READY, "True", "OfHost", f"PodIdentityCluster {host} answers for the OIDC providers")
        if resolution.facts is not None and "eks" not in resolution.facts:
            return EntryPlan(resolution, agent=agent, oidc_providers_ready=others)
        return EntryPlan(resolution, agent=agent, agent_ready=_agent_of_host(host, agent), oidc_providers_ready=others)

    def _resolve(self, around: Surroundings) -> Resolution:
        what = f"PodIdentityCluster {self.host_cluster}, which spec.vcluster.hostCluster names,"
        if not around.host_fetched:
            return Resolution(None, "Waiting", f"{what} has not been looked up yet")
        host = around.host
        if host is None:
            return Resolution(None, "HostAbsent", f"{what} does not exist")
        if host.refused:
            return Resolution(None, "HostRefused", f"{what} is refused itself: {host.refused}")
        if host.virtual or "vcluster" in host.facts:
            message = f"{what} is a vcluster itself: name the cluster that it runs in, and its host namespace there"
            return Resolution(None, "HostIsVCluster", message)
        if not host.resolved or not host.facts:
            return Resolution(None, "HostUnresolved", f"{what} is not resolved: {host.unresolved or 'it has no facts yet'}")
        return Resolution({self.KIND: self._own(), **_of_host(host)})

    def _own(self) -> VClusterFacts:
        own: VClusterFacts = {
            "name": self.name,
            "hostNamespace": self.namespace,
            "serviceAccountSync": self.service_account_sync,
        }
        if self.namespace_mappings:
            own["namespaceMappings"] = dict(self.namespace_mappings)
            own["mappingsOnly"] = self.mappings_only
        return own


def _of_host(host: Entry) -> dict[str, Any]:
    """The facts of the host: those of its one kind."""
    kind = next(iter(host.facts))
    return {kind: host.facts[kind]}


def _agent_of_host(host: str, agent: Agent | None) -> Condition:
    says = f"PodIdentityCluster {host} says"
    if agent in ("Addon", "AutoMode"):
        return Condition(AGENT_READY, "True", "OfHost", f"{says} that the agent is in the host cluster ({agent})")
    if agent == "Absent":
        return Condition(AGENT_READY, "False", "OfHost", f"{says} that the agent is not in the host cluster")
    return Condition(AGENT_READY, "Unknown", "OfHost", f"{says} nothing of the agent in the host cluster")
