"""The spec and status of a PodIdentityCluster. The XRD is made from this."""

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from function.clouds import EntryDefaults
from function.clusters.entry import Agent
from function.clusters.kinds import ClusterFacts, EntryClusters
from function.errors import FieldError, Path, quoted
from function.spec.management import (
    KubernetesProviderConfigRef,
    ManagementPolicies,
    ProviderConfigRef,
    Scope,
    check_policies,
)
from function.spec.model import Distinct, Maybe, NotEmpty, Rule, Strict
from function.spec.patterns import DNSLabel, NamespacePattern, is_label

_DEFAULT_NAMESPACE = "crossplane-system"


class UsableFrom(Strict):
    """Whose PodIdentities may name this cluster."""

    namespaces: Annotated[list[NamespacePattern], Field(max_length=64), NotEmpty, Distinct]
    """Patterns of their namespaces; `*` stands for any characters. Example: `["team-*"]`."""


class ManagedResources(Strict):
    """Which of the two kinds of managed resources is composed here."""

    RULES = (
        Rule(
            "!has(self.__namespace__) || !has(self.scope) || self.scope == 'Namespaced'",
            "namespace needs scope Namespaced",
        ),
    )

    scope: Literal["Namespaced", "Cluster"] = "Namespaced"
    """`Namespaced`: those of `*.aws.m.upbound.io` and `*.gcp.m.upbound.io`. `Cluster`: those of `*.aws.upbound.io` and
    `*.gcp.upbound.io`. A change makes them anew: take Delete out of managementPolicies first. Default: `Namespaced`. Example:
    `Cluster`."""
    namespace: Maybe[DNSLabel] = None
    """The namespace of namespaced ones. Default: `crossplane-system`. Example: `platform`."""


class Spec(EntryDefaults, EntryClusters):
    """A cluster in the platform's catalogue: PodIdentities name it, and need not know anything else about it."""

    kubernetes_provider_config_ref: Maybe[KubernetesProviderConfigRef] = None
    """How provider-kubernetes reaches the cluster, for PodIdentities with `serviceAccountManagement`. Default: none. Example:
    `{name: prod}`."""
    usable_from: Maybe[UsableFrom] = None
    """Whose PodIdentities may name this cluster. Default: everybody's. Example: `{namespaces: ["team-*"]}`."""
    managed_resources: ManagedResources = Field(default_factory=ManagedResources)
    """Which of the two kinds of managed resources is composed here. Default: namespaced ones in `crossplane-system`. Example:
    `{scope: Cluster}`."""
    management_policies: ManagementPolicies = ["Observe", "Create", "Update", "LateInitialize"]
    """What Crossplane may do with the add-on and the OIDC providers; without `Delete` they outlive this, since pods depend on
    them. Default: `[Observe, Create, Update, LateInitialize]`. Example: `["*"]`."""

    @property
    def scope(self) -> Scope:
        """Which of the two kinds of managed resources is composed."""
        return Scope(namespaced=self.managed_resources.scope == "Namespaced")

    @property
    def namespace(self) -> str:
        """The namespace of the managed resources, empty where they have none."""
        return (self.managed_resources.namespace or _DEFAULT_NAMESPACE) if self.scope.namespaced else ""


class ClusterStatus(TypedDict):
    """What is known of the cluster."""

    cluster: NotRequired[ClusterFacts]
    """The cluster's facts as they were last resolved. The condition FactsResolved says whether they are current."""
    specDigest: NotRequired[str]
    """A digest of the parts of the spec that `cluster` depends on. PodIdentities wait while the spec has another digest.
    Example: `d0f8b3cbe1e9a5a0`."""
    podIdentityAgent: NotRequired[Agent]
    """The Pod Identity Agent of an EKS cluster: `Addon` (EKS's add-on), `AutoMode` (built in), `Absent` or `Unknown`. Example:
    `Addon`."""


def check_name(name: str) -> Iterator[FieldError]:
    """PodIdentities name it as the handle of a cluster, which is a DNS label."""
    if not is_label(name):
        message = f"{quoted(name)} is not a DNS-1123 label, which it has to be as a name in spec.clusters"
        yield FieldError(("metadata", "name"), message)


def check(spec: Spec, name: str) -> Iterator[FieldError]:
    """Errors that need more than one field."""
    for cluster in spec.written:
        yield from cluster.check(name)
        yield from spec.check_defaults(cluster)
    yield from _managed_resources(spec)
    yield from check_policies(list(spec.management_policies))


def _managed_resources(spec: Spec) -> Iterator[FieldError]:
    if spec.scope.namespaced:
        return
    if spec.managed_resources.namespace is not None:
        message = "has no meaning with scope Cluster, whose resources have no namespace: leave it out"
        yield FieldError(("spec", "managedResources", "namespace"), message)
    for at, reference in _references(spec):
        if reference.kind == "ProviderConfig":
            message = (
                "is ProviderConfig, and with managedResources.scope Cluster it has to be usable without a namespace: "
                "write the name alone"
            )
            yield FieldError((*at, "kind"), message)


def _references(spec: Spec) -> Iterator[tuple[Path, ProviderConfigRef]]:
    for cloud, reference in spec.provider_configs.items():
        yield ("spec", cloud, "providerConfigRef"), reference
    for cluster in spec.written:
        yield from cluster.references()
