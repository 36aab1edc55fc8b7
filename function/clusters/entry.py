"""What all kinds of cluster have in common as entries of the catalogue: what is known of one, and what it is to compose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from function.conditions import AGENT_READY, OIDC_PROVIDERS_READY, Condition
from function.errors import FieldError, Path
from function.observed import Observed, ObservedResource
from function.resources.managed import ComposedResource, managed_resource
from function.resources.readiness import is_absent, why
from function.spec.management import ProviderConfigRef, Scope, without
from function.spec.model import Strict

Agent = Literal["Addon", "AutoMode", "Absent", "Unknown"]
"""What an EKS cluster has of the Pod Identity Agent."""

AGENTS: tuple[Agent, ...] = ("Addon", "AutoMode", "Absent", "Unknown")

OBSERVE_ONLY = ("Observe",)

NOT_NEEDED = Condition(AGENT_READY, "True", "NotNeeded", "EKS clusters alone have the Pod Identity Agent")
NO_OIDC_PROVIDERS = Condition(OIDC_PROVIDERS_READY, "True", "NotManaged", "no OIDC providers are listed")


@dataclass(frozen=True, slots=True)
class Entry:
    """A PodIdentityCluster as others read it. Whatever of it cannot be read is empty."""

    name: str
    facts: Mapping[str, Any]
    """`status.cluster`: the shape of an item of spec.clusters. Empty until the facts are resolved."""
    resolved: bool
    """Whether its condition FactsResolved is True, and the facts are those of its spec as it is now."""
    unresolved: str
    """Why it is not."""
    refused: str
    """Why its spec is refused, empty where it is not: nothing of a refused spec may count."""
    virtual: bool
    """Whether it is a vcluster's."""
    defaults: Mapping[str, Mapping[str, Any]]
    """Defaults for PodIdentities, by cloud: `spec.aws`, `spec.gcp`."""
    kubernetes_provider_config_ref: Mapping[str, Any]
    namespaces: tuple[str, ...]
    """Patterns of the owners' namespaces that may use it."""
    agent: str = ""
    """`status.podIdentityAgent`: what an EKS cluster has of the agent."""


@dataclass(frozen=True, slots=True)
class LastKnown:
    """The facts that the status of an entry held, and whether they followed from the spec as it is now."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    same_spec: bool = False

    @property
    def of_spec(self) -> Mapping[str, Any]:
        """The last known facts, if they followed from the spec as it is now; else none.

        An edit may mean another cluster, and typed facts were never observed.

        That the observing managed resource exists proves nothing: Crossplane creates it before it writes the status, and may
        fail in between.
        """
        return self.facts if self.same_spec else {}


def part(facts: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The facts of one kind of cluster. Empty for a vcluster's entry: there the facts are the host's, from the host's entry."""
    found = facts.get(kind) if "vcluster" not in facts else None
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry is planned with, beside what is written of its cluster."""

    scope: Scope
    namespace: str
    """Where the managed resources go; empty where they have none. Part of every key: Crossplane would leave behind an object
    that moves to another namespace or group."""
    provider_configs: Mapping[str, ProviderConfigRef]
    """By cloud."""
    management_policies: tuple[str, ...]
    observed: Observed
    known: LastKnown
    host: Entry | None = None
    """The entry that a vcluster names as its host; None where there is none."""
    host_fetched: bool = True

    def provider_config(self, cloud: str) -> str:
        """The provider config of a cloud, as a part of a key."""
        return "/".join(self.provider_configs[cloud].render(self.scope).values())

    def resource(
        self,
        key: str,
        group: tuple[str, str],
        kind: str,
        external_name: str,
        fields: Mapping[str, Any],
        *,
        versions: tuple[str, str] = ("v1beta1", "v1beta1"),
        provider_config: ProviderConfigRef | None = None,
        observe_only: bool = False,
        init_provider: Mapping[str, Any] | None = None,
        without_policy: str = "",
    ) -> ComposedResource:
        """A managed resource of the entry.

        `group` is service and cloud, `versions` are those of the namespaced and of the cluster-scoped kind.
        """
        reference = provider_config or self.provider_configs[group[1]]
        version = versions[0] if self.scope.namespaced else versions[1]
        return managed_resource(
            key,
            f"{self.scope.group(*group)}/{version}",
            kind,
            fields,
            provider_config=reference.render(self.scope),
            management_policies=OBSERVE_ONLY if observe_only else without(self.management_policies, without_policy),
            init_provider=init_provider,
            external_name=external_name,
            namespace=self.namespace,
        )

    def seen(self, resource: ComposedResource | None) -> ObservedResource | None:
        """A composed resource as it is observed."""
        return None if resource is None else self.observed.get(resource.name)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The facts of a cluster, or why they are not known."""

    facts: Mapping[str, Any] | None
    """The shape of `status.cluster`."""
    reason: str = "Resolved"
    message: str = "all facts of the cluster are known"

    @property
    def known(self) -> bool:
        """Whether they are known."""
        return self.facts is not None


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What an entry is to compose, by what is known of its cluster, and what is said of that."""

    resolution: Resolution
    cluster: ComposedResource | None = None
    """The managed resource through which the real cluster is observed."""
    once: tuple[ComposedResource, ...] = ()
    """What the cluster needs once: the agent's add-on, OIDC providers."""
    agent: Agent | None = None
    """None where the cluster is not EKS's."""
    agent_ready: Condition = NOT_NEEDED
    oidc_providers_ready: Condition = NO_OIDC_PROVIDERS

    @property
    def resources(self) -> tuple[ComposedResource, ...]:
        """All that is composed."""
        return (*((self.cluster,) if self.cluster else ()), *self.once)


class EntryCluster(Strict):
    """A cluster as the platform writes it into the catalogue. Each kind of cluster is a subclass."""

    KIND: ClassVar[str]
    """The name of its field."""
    TITLE: ClassVar[str]
    """What to call one in a sentence."""
    NOT_FACTS: ClassVar[tuple[str, ...]] = ()
    """The fields that its facts do not follow from."""
    BELIEVABLE: ClassVar[Mapping[str, str]] = {}
    """Facts that a status must hold to be trusted, with the pattern of each. A name that ends in `?` may be absent."""

    @property
    def host_name(self) -> str | None:
        """The entry of the cluster that it runs in, where that is another's."""
        return None

    def references(self) -> Iterator[tuple[Path, ProviderConfigRef]]:
        """The provider configs that it names itself, beside those of the entry's defaults."""
        return iter(())

    def check(self, name: str) -> Iterator[FieldError]:
        """Errors that need more than one field; `name` is the entry's."""
        raise NotImplementedError

    def plan(self, around: Surroundings) -> EntryPlan:
        """What to compose for it."""
        raise NotImplementedError


def not_seen(cluster: str, resource: ObservedResource | None, what: str, read: str) -> str:
    """Why the facts of an observed cluster are not known; `read` are the fields by which it is found."""
    state = None if resource is None else resource.conditions()
    if state is not None and state.good:
        return f"the observed cluster {cluster} does not say {what} yet"
    absent = f"; check {read}" if state is not None and is_absent(state) else ""
    return f"the observed cluster {cluster} {why(state)}{absent}"


def as_before(cluster: str, resource: ObservedResource | None, read: str) -> str:
    """What to say where the facts are the last known ones."""
    return f"the facts are those that were known before; {not_seen(cluster, resource, 'more', read)}"
