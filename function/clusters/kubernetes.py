"""Clusters outside EKS and GKE, known by the issuer of their tokens: as PodIdentities list them, and as entries."""

from collections.abc import Iterator
from typing import ClassVar, TypedDict

from function.clusters.entry import EntryCluster, EntryPlan, Resolution, Surroundings
from function.clusters.listed import Listed
from function.clusters.oidc_providers import OIDCProviders, check_providers, plan_providers, providers_ready, references
from function.errors import FieldError, Path
from function.spec.arn import DEFAULT_PARTITION
from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Strict
from function.spec.patterns import Audience, OIDCIssuer


class _ByIssuer(Strict):
    """The facts of a cluster outside EKS and GKE."""

    oidc_issuer: OIDCIssuer
    """The URL of its service account issuer, which AWS has to reach; the role's account has to have an OIDC provider for it,
    and the cluster the pod identity webhook (amazon-eks-pod-identity-webhook). Example: `https://oidc.example.com/clusters/edge`."""
    audience: Maybe[Audience] = None
    """The audience of the pods' tokens. Default: `sts.amazonaws.com`. Example: `sts.amazonaws.com`."""


class KubernetesCluster(_ByIssuer, Listed):
    """The facts of a cluster outside EKS: k3s, kOps, Control Plane mk8s, on any cloud or none."""

    KIND: ClassVar[str] = "kubernetes"
    TITLE: ClassVar[str] = "a cluster outside GKE"

    def where(self, handle: str) -> tuple[str, ...]:  # noqa: ARG002 - its issuer says it
        """What tells it from other clusters."""
        return ("kubernetes", self.oidc_issuer.name)

    @property
    def issuer(self) -> Issuer | None:
        """The issuer of its tokens."""
        return self.oidc_issuer

    @property
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return self.audience or DEFAULT_AUDIENCE


class KubernetesFacts(TypedDict):
    """The facts of any other cluster, or of the one that a vcluster runs in."""

    oidcIssuer: str
    """The URL of its OIDC issuer. Example: `https://oidc.example.com/clusters/edge`."""
    audience: str
    """The audience of the pods' tokens for AWS. Example: `sts.amazonaws.com`."""


class Kubernetes(_ByIssuer, EntryCluster):
    """A cluster outside EKS and GKE, and the OIDC providers that it needs."""

    KIND: ClassVar[str] = "kubernetes"
    TITLE: ClassVar[str] = "a cluster outside GKE"
    NOT_FACTS: ClassVar[tuple[str, ...]] = ("oidcProviders",)

    oidc_providers: OIDCProviders = []
    """The accounts whose roles use IRSA: in each an OIDC provider is made, or taken over where there is one, which then admits
    the cluster's audience alone. Default: none. Example: `[{accountId: "678801588313", providerConfigRef: {name: prod}}]`."""

    def references(self) -> Iterator[tuple[Path, ProviderConfigRef]]:
        """The provider configs of its OIDC providers."""
        return references(self.oidc_providers, self.KIND)

    def check(self, name: str) -> Iterator[FieldError]:  # noqa: ARG002 - of other kinds
        """Errors that need more than one field."""
        yield from check_providers(self.oidc_providers, self.KIND)

    def plan(self, around: Surroundings) -> EntryPlan:
        """The OIDC providers; the facts are all written."""
        audience = self.audience or DEFAULT_AUDIENCE
        facts: KubernetesFacts = {"oidcIssuer": str(self.oidc_issuer), "audience": audience}
        providers = plan_providers(self.oidc_providers, self.oidc_issuer, DEFAULT_PARTITION, audience, around)
        ready = providers_ready(len(self.oidc_providers), providers, around.observed)
        return EntryPlan(Resolution({self.KIND: facts}), once=tuple(providers.values()), oidc_providers_ready=ready)
