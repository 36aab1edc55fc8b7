"""Which resources a PodIdentityCluster is to have, by what is known of the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from function.catalogue import Required
from function.cluster import facts
from function.cluster.facts import Resolution
from function.cluster.host import Host, host_of, of_vcluster
from function.cluster.keys import OIDC_PROVIDER
from function.cluster.known import Known
from function.cluster.render import Renderer
from function.cluster.spec import EKS, Spec
from function.composition import ManagedResource
from function.observed import Observed, ObservedResource


@dataclass(frozen=True, slots=True)
class Wanted:
    """The resources, and what they were decided by."""

    spec: Spec
    resolution: Resolution
    host: Host | None = None
    cluster: ManagedResource | None = None
    addon: ManagedResource | None = None
    providers: Mapping[str, ManagedResource] = field(default_factory=dict)
    """The OIDC providers by their account."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What was known of the cluster, and may still be."""
    issuer_known: bool = True
    """Whether the issuer is known; until then there are no more OIDC providers than exist."""

    @property
    def resources(self) -> tuple[ManagedResource, ...]:
        """All of them."""
        some = (self.cluster, self.addon, *self.providers.values())
        return tuple(resource for resource in some if resource is not None)


def wanted(spec: Spec, observed: Observed, required: Required, known: Known) -> Wanted:
    """What is to be there; `known` is what the status held."""
    renderer = Renderer(spec)
    if spec.eks is not None:
        return _eks(spec, spec.eks, renderer, observed, known)
    if spec.gke is not None:
        cluster = renderer.gke_cluster(spec.gke) if spec.gke.observe else None
        resolution = facts.of_gke(spec.gke, _seen(cluster, observed), known)
        return Wanted(spec, resolution, cluster=cluster, before=known.of_spec())
    if spec.kubernetes is not None:
        issuer = spec.kubernetes.oidc_issuer
        providers = {p.account_id: renderer.oidc_provider(p, issuer) for p in spec.kubernetes.oidc_providers}
        return Wanted(spec, facts.of_kubernetes(spec.kubernetes), providers=providers)
    return _vcluster(spec, required, known)


def _seen(cluster: ManagedResource | None, observed: Observed) -> ObservedResource | None:
    return None if cluster is None else observed.get(cluster.name)


def _eks(spec: Spec, eks: EKS, renderer: Renderer, observed: Observed, known: Known) -> Wanted:
    cluster = renderer.eks_cluster(eks) if eks.observe else None
    resolution = facts.of_eks(eks, _seen(cluster, observed), known)
    addon = renderer.addon(eks) if eks.pod_identity_agent and eks.pod_identity_agent.addon else None
    if resolution.auto_mode or (addon and resolution.auto_mode is None and addon.name not in observed):
        # What is there stays until Auto Mode is known to be on; what is not waits until it is known to be off.
        addon = None
    issuer = resolution.facts["eks"].get("oidcIssuer") if resolution.facts else None
    some = issuer or _issuer_before(observed, known)
    providers = {p.account_id: renderer.oidc_provider(p, some) for p in eks.oidc_providers} if some else {}
    if issuer is None:
        providers = {account: provider for account, provider in providers.items() if provider.name in observed}
    return Wanted(spec, resolution, None, cluster, addon, providers, issuer_known=issuer is not None, before=known.of_spec())


def _vcluster(spec: Spec, required: Required, known: Known) -> Wanted:
    assert spec.vcluster is not None  # noqa: S101 - exactly one of the four is written
    host = host_of(spec.vcluster, required)
    return Wanted(spec, of_vcluster(spec.vcluster, host), host, before=known.of_spec())


def _issuer_before(observed: Observed, known: Known) -> str | None:
    """The issuer for which there are OIDC providers already, which stay while it is not known whether it is still that."""
    before = known.facts.get("eks")
    issuer = before.get("oidcIssuer") if isinstance(before, Mapping) else None
    urls = (observed[name].text("spec", "forProvider", "url") for name in observed.starting(OIDC_PROVIDER))
    return issuer if isinstance(issuer, str) else next((url for url in urls if url), None)
